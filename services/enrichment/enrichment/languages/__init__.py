"""Language identification that would rather abstain than guess."""
