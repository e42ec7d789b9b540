"""What people decide about insights."""
