"""Counts of what others did with posts, observation by observation."""
