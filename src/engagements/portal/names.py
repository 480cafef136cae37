"""Whether a sentence names somebody."""

import re
from collections.abc import Iterable

SHORTEST = 3
"""Shorter parts of a name, such as initials, are words of their own too often."""


def named_in(sentence: str, names: Iterable[str]) -> str:
    """The first part of any of these names that stands in the sentence as a word; empty if none."""
    words = set(re.findall(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*", re.sub(r"[’']s\b", "", sentence)))
    parts = [part for name in names for part in name.split() if len(part) >= SHORTEST]
    return next((part for part in parts if part in words), "")
