"""How well copies are found: real posts with planted edits, and with changes that make another message."""
