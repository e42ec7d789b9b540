"""Personal data in posts: found, and masked in whatever leaves the service."""
