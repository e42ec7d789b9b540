"""Readings: what the models find in one text, from language to keyphrases."""
