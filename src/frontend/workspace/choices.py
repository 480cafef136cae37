"""Closed sets of words, as a form offers them."""

from collections.abc import Iterable


def choices(words: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of a word and its label: "people and OD" becomes "People and OD"."""
    return [(word, word[:1].upper() + word[1:]) for word in words]
