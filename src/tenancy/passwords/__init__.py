"""Passwords: which may be chosen, how they are kept, and signing in with one."""
