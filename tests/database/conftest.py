"""Tests of keys have an installation of their own, with a consultancy and its work."""

from custody import here, house, work

__all__ = ["here", "house", "work"]
