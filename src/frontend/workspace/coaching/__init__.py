"""What a participant sees: their coaching, and a reflection between two sessions."""
