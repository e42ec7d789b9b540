"""Mechanisms that every service is built from; no business rule lives here."""
