"""Studies: which behaviour each asks about, as far as codes depend on it."""
