"""Labels: which codes a passage carries, as a person says."""
