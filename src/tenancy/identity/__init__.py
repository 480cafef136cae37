"""People across workspaces: identities, codes by mail, sign-in sessions."""
