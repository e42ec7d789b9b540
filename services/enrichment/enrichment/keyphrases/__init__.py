"""Keyphrases: the few words of a post that tell what it is about."""
