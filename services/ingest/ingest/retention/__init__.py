"""Retention: posts go when their source's time is over."""
