"""Members of the workspace: who they are, and what happens when one of them leaves."""
