"""Notes: writing, reading and changing who may read."""
