"""Posts that others push."""
