"""Imports: files of posts, kept until a job has read them to their end."""
