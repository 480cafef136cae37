"""Files that people send: which kinds are taken, and where they lie, sealed."""
