"""What every reader of a post's text shares: spans, what counts as spoken, hashed n-grams."""
