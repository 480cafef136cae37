"""Whether words stand in a note, as its reader sees it."""

import re

_MARKS = re.compile(r"^\s*(?:[-+*]|\d+[.)]|#+|>)\s|[*_~`]+", re.MULTILINE)
"""What begins an item, a heading or a quotation, and what sets words apart."""


def occur(words: str, body: str) -> bool:
    """Whether the words stand in the body, white space and the marks of Markdown aside.

    Who selects on the page selects what is shown, without the marks.
    """
    sought = _plain(words)
    return bool(sought) and sought in _plain(body)


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub("", text).split())
