"""What an owner settles for the whole workspace, and how anybody leaves it."""
