"""Tenants: workspaces, their members, assignments, reach and keys."""
