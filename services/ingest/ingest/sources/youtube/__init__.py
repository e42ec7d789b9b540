"""Comments from YouTube."""
