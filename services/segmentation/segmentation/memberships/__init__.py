"""Memberships: which post belongs to which segment, how strongly, and the assignment of new posts."""
