"""Measures: indicators on control charts, domain scores, and what they allow anyone to say."""
