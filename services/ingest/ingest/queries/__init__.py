"""The query language of a study: which posts belong to it."""
