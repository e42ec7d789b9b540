"""Erasure that reaches whatever was derived from a post."""
