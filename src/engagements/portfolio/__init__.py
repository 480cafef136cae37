"""Engagements: their brief, phases, milestones, objectives and people."""
