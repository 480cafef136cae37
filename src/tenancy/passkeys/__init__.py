"""Passkeys: how people set them up, and prove themselves with them."""
