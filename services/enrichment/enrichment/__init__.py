"""Statements, vectors, language and sentiment of every post."""
