"""Segments: the named groups of a segmentation, and the posts that belong to them."""
