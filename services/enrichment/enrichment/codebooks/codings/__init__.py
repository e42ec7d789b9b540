"""Codings by own codebooks: of posts that arrive, and of those that are stored."""
