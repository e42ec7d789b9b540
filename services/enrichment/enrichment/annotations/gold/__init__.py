"""Gold labels: what coders agree on, or what an adjudicator decided."""
