"""Annotations: people code samples of statements, blind, so that a code's quality is measured and not guessed."""
