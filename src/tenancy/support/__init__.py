"""Support: an operator looks into a workspace, with an owner's consent and for a limited time."""
