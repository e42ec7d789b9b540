"""Runs this service's schema changes."""

from kit.migrations import run_migrations

run_migrations()
