"""The trail as an owner reads it: who did what to which thing."""
