"""Shares that may be quoted: how common something is among posts, and how sure that number is."""
