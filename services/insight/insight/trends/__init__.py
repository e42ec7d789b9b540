"""How the shares of a study's segments changed between any two periods of equal length."""
