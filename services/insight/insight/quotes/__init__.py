"""Posts that prove a claim and posts that speak against it."""
