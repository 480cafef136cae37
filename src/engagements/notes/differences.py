"""What changed from one text to another, in words, for somebody who reads both."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

from msgspec import Struct

from engagements.notes.merging import paragraphs

_WORDS = re.compile(r"\s+|[^\s]+")
ALIKE = 0.4
"""How alike two paragraphs must be to be shown as one that was changed."""


class Piece(Struct, frozen=True):
    """Some words that stand in both texts, or in one of them."""

    kind: Literal["same", "added", "removed"]
    text: str


class Paragraph(Struct, frozen=True):
    """A paragraph of either text: whole, new, gone, or changed word by word."""

    kind: Literal["same", "added", "removed", "changed"]
    pieces: list[Piece]


def differences(before: str, after: str) -> list[Paragraph]:
    """Both texts as one, paragraph by paragraph, in the order of the later one."""
    old, new = paragraphs(before), paragraphs(after)
    found: list[Paragraph] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [Paragraph("same", [Piece("same", text)]) for text in old[i1:i2]]
        else:
            found += _replaced(old[i1:i2], new[j1:j2])
    return found


def _replaced(gone: Sequence[str], came: Sequence[str]) -> Iterator[Paragraph]:
    """What went and what came, in pairs where they are alike."""
    rest = list(gone)
    for text in came:
        was = next((old for old in rest if _alike(old, text)), None)
        if was is None:
            yield Paragraph("added", [Piece("added", text)])
            continue
        for before in rest[: rest.index(was)]:
            yield Paragraph("removed", [Piece("removed", before)])
        rest = rest[rest.index(was) + 1 :]
        yield Paragraph("changed", list(_pieces(was, text)))
    for text in rest:
        yield Paragraph("removed", [Piece("removed", text)])


def _alike(old: str, new: str) -> bool:
    words = SequenceMatcher(None, old.split(), new.split(), autojunk=False)
    return words.ratio() >= ALIKE


def _pieces(old: str, new: str) -> Iterator[Piece]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(before[i1:i2]))
            continue
        if i2 > i1:
            yield Piece("removed", "".join(before[i1:i2]))
        if j2 > j1:
            yield Piece("added", "".join(after[j1:j2]))
