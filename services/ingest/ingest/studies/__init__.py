"""Studies: business questions, and which posts belong to each."""
