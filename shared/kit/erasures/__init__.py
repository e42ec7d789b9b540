"""Erasure as every service does it: a record that confirms it, nothing of it in what waits, clean streams."""
