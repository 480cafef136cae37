"""Bringing two texts together that grew from the same one, paragraph by paragraph."""

import re

from merge3 import Merge3

_BETWEEN = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


def merged(base: str, theirs: str, ours: str) -> str | None:
    """Both changes in one text; None where they touch the same paragraph.

    Paragraphs are what blank lines divide. A three-way merge (diff3) of whole paragraphs: one
    that only one side changed, added or took away is as that side has it.
    """
    together: list[str] = []
    for kind, *texts in Merge3(_apart(base), _apart(theirs), _apart(ours)).merge_groups():
        if kind == "conflict":
            return None
        together += texts[0]
    return "\n\n".join(text for text in together if text)


def _apart(text: str) -> list[str]:
    """Paragraphs with something between them, so that two neighbours can change on two sides."""
    return [part for paragraph in paragraphs(text) for part in ("", paragraph)]


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, without the blank lines between them."""
    return [part.rstrip() for part in _BETWEEN.split(text.strip("\n")) if part.strip()]
