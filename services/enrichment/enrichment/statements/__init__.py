"""Statements: the clauses and short sentences of a post, the unit that is coded."""
