"""A copy of what a workspace keeps that names one person, for that person."""
