"""Posts: accepted once, changed by revision, erased for good."""
