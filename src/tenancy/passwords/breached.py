"""Passwords that are known from breaches: the common ones that are long enough to be chosen.

The list holds no password, only the first bytes of a hash of each, sorted.
"""

import hashlib
from bisect import bisect_left
from functools import cache
from pathlib import Path
from unicodedata import normalize

LIST = Path(__file__).with_name("breached.bin")
BYTES = 6
"""Of each hash: few enough to be small, enough that no other password is taken for a known one."""


def is_breached(password: str) -> bool:
    """Whether it is on the list, in small or capital letters."""
    known, wanted = _known(), digest(password)
    places = range(len(known) // BYTES)
    place = bisect_left(places, wanted, key=lambda at: _at(known, at))
    return place < len(places) and _at(known, place) == wanted


def digest(password: str) -> bytes:
    folded = normalize("NFC", normalize("NFC", password).casefold())
    return hashlib.sha256(folded.encode()).digest()[:BYTES]


@cache
def _known() -> bytes:
    return LIST.read_bytes()


def _at(known: bytes, place: int) -> bytes:
    return known[place * BYTES : (place + 1) * BYTES]
