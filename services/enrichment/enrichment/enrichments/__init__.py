"""Enrichments: what is kept of each post and told to the services downstream."""
