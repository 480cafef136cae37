"""Actions: what people promised to do."""
