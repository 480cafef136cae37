"""Pages that anybody can open: the product, signing in, health, the API document."""
