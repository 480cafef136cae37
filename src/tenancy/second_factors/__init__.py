"""Second factors: authenticator apps, and recovery codes for when they are lost."""
