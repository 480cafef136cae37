"""The ground: who is here, and the walls between them. Knows nothing of consultancy."""
