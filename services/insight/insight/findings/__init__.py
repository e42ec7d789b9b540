"""What the posts of a segment say, judged from counts: share, tone, trend, and the sentence that states them."""
