"""A service small enough to test the kit with."""
