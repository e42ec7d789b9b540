"""Insights: claims with what proves them and where they stand in their life."""
