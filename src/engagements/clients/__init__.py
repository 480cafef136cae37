"""Client organisations, their units and contacts."""
