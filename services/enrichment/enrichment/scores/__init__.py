"""How good the heads are, beside what others published: `python -m enrichment.scores`."""
