"""Actions: what was agreed in an engagement, and ticking it off."""
