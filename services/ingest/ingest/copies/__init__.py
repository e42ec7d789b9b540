"""Copies: posts with nearly the same text, found as they come in and grouped under the first of them."""
