"""Erasures: posts and authors that must go, here and downstream, and must not come back."""
