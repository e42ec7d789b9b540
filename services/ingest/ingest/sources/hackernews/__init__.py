"""Stories and comments from Hacker News."""
