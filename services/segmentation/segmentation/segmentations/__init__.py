"""Segmentations: versions of the partition of a study's posts, computed by jobs and published whole."""
