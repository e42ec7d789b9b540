"""Segmentations as they were published, and which post belongs to which of their segments."""
