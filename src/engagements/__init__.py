"""The work: clients, engagements, sessions, notes, framework, measures, portal. Knows no HTTP."""
