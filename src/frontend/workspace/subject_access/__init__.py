"""A copy of what is kept about oneself: its page and the file to keep."""
