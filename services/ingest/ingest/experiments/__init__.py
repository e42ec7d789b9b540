"""Queries as experiments: what a version gains and loses, how good it is, and how to better it."""
