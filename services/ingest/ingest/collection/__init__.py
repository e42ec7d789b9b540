"""Collecting posts from sources: on time, by one replica each, from where the last one stopped."""
