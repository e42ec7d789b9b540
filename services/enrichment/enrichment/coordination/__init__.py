"""Coordination: the same thing shared by many within minutes, as evidence about posts, never a score of a person."""
