"""Groups of posts that belong together, versioned and with a stability score."""
