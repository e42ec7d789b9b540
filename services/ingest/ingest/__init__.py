"""Studies, posts and authors: what comes in, from where, and how it leaves."""
