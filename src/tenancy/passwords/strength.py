"""Which passwords may be chosen: long, not known to others, and not made of what others know."""

import re
from collections.abc import Iterable
from itertools import pairwise
from unicodedata import normalize

from tenancy.passwords.breached import is_breached

SHORTEST = 12
LONGEST = 256
"""Characters. What is longer is refused, and never cut."""
LEFT_OVER = 8
"""So many characters must be left beside what everybody knows of a person."""
SURPRISES = 5
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "abcdefghijklmnopqrstuvwxyz")
NEIGHBOURS = {pair for row in ROWS for a, b in pairwise(row) for pair in (a + b, b + a)}
REPEATED = re.compile(r"(.{1,6}?)\1+", re.DOTALL)
PRODUCT = "cocreate"


def why_not(password: str, known: Iterable[str]) -> str | None:
    """Why a password may not be chosen, in a sentence for its person; None where it may.

    Args:
        known: what everybody knows of the person: name, address, workspaces.
    """
    if len(password) < SHORTEST:
        return f"Use {SHORTEST} characters or more. A few words that have no tie do well."
    if len(password) > LONGEST:
        return f"Use {LONGEST} characters or fewer."
    folded = normalize("NFC", password).casefold()
    if _is_trivial(folded):
        return "This repeats itself or follows the keyboard, so it is tried early. Choose another."
    if len(_without(folded, known)) < LEFT_OVER:
        return "This is little more than your name, your address or your workspace. Choose another."
    if is_breached(password):
        return "Others chose this too, and it is on lists that attackers try first. Choose another."
    return None


def _is_trivial(folded: str) -> bool:
    follows = sum(a == b or a + b in NEIGHBOURS for a, b in pairwise(folded))
    few = len(set(folded)) < SURPRISES or len(folded) - follows < SURPRISES
    return few or REPEATED.fullmatch(folded) is not None


def _without(folded: str, known: Iterable[str]) -> str:
    """What is left, without spaces, when the words that everybody knows are taken away."""
    words = {word for text in (*known, PRODUCT) for word in _words(text)}
    for word in sorted(words, key=len, reverse=True):
        folded = folded.replace(word, " ")
    return "".join(folded.split())


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", text.casefold()) if len(word) >= 3]
