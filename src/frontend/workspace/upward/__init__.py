"""The upward sentence: proposing words of a note, and answering for one's own."""
