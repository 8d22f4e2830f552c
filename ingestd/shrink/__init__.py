"""A PDF that is too large is made to fit: its images take less, and nothing else of it changes."""
