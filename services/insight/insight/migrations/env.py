"""Runs the migrations of the insight service."""

from kit.migrations import run_migrations

run_migrations()
