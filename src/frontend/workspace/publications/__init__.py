"""Publications in the workspace: what sponsors will read, looked at before it is published."""
