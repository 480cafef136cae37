"""The three-way agreement: proposing it, reading and answering it, ending it."""
