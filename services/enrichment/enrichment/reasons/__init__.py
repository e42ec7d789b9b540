"""Reasons: the words in which a person states why."""
