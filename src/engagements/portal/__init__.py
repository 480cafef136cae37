"""Publications, and the sponsor's page made of them."""
