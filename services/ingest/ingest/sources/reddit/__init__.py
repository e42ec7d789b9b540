"""Posts and comments from Reddit."""
