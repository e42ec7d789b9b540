"""Claims that a person may quote, their review, and their delivery to partners."""
