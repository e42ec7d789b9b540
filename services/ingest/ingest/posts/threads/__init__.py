"""Threads: which post answers which, and how deep."""
