"""The pages of clients, their units and contacts."""
