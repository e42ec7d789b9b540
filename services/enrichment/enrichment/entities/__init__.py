"""Entities: what a post names, from brands to dates."""
