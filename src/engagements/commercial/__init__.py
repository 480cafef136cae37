"""The three-way agreement: what may be told to the sponsor, and who accepted it."""
