"""What an operator opens of a workspace that let them in."""
