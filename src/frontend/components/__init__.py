"""What pages are made of: Jinja macros, and the geometry of the charts they draw."""
