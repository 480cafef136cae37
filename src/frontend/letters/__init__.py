"""Mails: one folder a letter, with its subject, its text and its HTML."""
