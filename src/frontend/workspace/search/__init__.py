"""Search in what the reader may read."""
