"""Coaching sessions, workshops and meetings, and who comes."""
