"""The consultancy's surface, `/w/{slug}`: for its staff and for those it coaches."""
