"""The upward sentence: words of a note that their speaker lets a sponsor read."""
