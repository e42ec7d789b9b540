"""Codebooks: versioned sets of codes, each with a definition, cues and examples."""
