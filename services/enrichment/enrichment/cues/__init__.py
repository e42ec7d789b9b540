"""Cues: phrases that tell a code, found in many passages at once."""
