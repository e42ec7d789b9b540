"""Posts from Bluesky, through its Jetstream."""
