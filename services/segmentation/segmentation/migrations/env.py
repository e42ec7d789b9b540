"""Runs the migrations of the segmentation service."""

from kit.migrations import run_migrations

run_migrations()
