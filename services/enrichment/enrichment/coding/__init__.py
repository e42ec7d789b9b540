"""Codes: what a coder may say of a statement or a post, and what it sees of it."""
