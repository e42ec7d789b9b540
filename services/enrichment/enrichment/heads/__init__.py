"""Heads: small models on top of n-grams and the encoder, trained here and shipped with the service."""
