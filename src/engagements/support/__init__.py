"""What support is shown of a workspace, and what owners are shown of support."""
