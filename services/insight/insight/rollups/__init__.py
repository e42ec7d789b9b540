"""Posts counted by study and hour, kept exact through repetitions, changes and erasures."""
