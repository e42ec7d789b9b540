"""Topics of a conversation: communities of posts that are near in meaning, found, named and frozen."""
