"""Analyses of texts that are no posts: read and answered, never stored."""
