"""Posts from a Mastodon server."""
