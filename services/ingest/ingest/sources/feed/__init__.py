"""Posts from RSS, Atom and JSON feeds."""
