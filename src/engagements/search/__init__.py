"""Search in what the reader may read: the database decides what that is, then it is opened."""
