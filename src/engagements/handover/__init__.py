"""Handing an engagement over with its history: who leads it, what passes on and what stays."""
