"""Who wrote posts, known by pseudonym only."""
