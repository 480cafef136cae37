"""Measures in the workspace: indicators with their charts, and the scores of the domains."""
