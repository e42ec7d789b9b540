"""Annotation tasks: which statements are drawn, and who is to code them."""
