"""Signing up: a workspace is founded once the code that was mailed has been typed."""
