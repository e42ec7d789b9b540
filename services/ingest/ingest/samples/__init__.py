"""Sample conversations: made-up posts to try the platform on."""
