"""Sentiment of posts and statements, with calibrated probabilities and abstention."""
