"""Letting support in, for owners."""
