"""What belongs to a person and not to a workspace: ways to sign in, sessions, workspaces."""
