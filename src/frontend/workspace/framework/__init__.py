"""The page of the framework."""
