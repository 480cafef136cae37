"""Kinds of input that every capability's drafts are made of.

A draft's field is `Annotated[KIND, Meta(title="the client's name")]`: the title completes the
sentence "Enter ..." when the value is missing, and names the field when it does not fit.
"""

from typing import Annotated

from msgspec import Meta

Line = Annotated[str, Meta(min_length=1, max_length=200)]
"""One line that must be there."""

OptionalLine = Annotated[str, Meta(max_length=200)]

Paragraph = Annotated[str, Meta(min_length=1, max_length=4_000)]

OptionalParagraph = Annotated[str, Meta(max_length=4_000)]

Prose = Annotated[str, Meta(min_length=1, max_length=100_000)]
"""The body of a note."""

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS = rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})+"
"""What browsers take for an e-mail address (the HTML standard). What a mail server would read as
another address, or as several, is none here: each is counted, and written to, as what it is."""

Email = Annotated[str, Meta(pattern=f"^{ADDRESS}$", max_length=254)]


YEARS = range(1900, 2200)
"""Whose days are kept. The first and last day that Python knows are `infinity` to PostgreSQL."""


def lines(text: str) -> list[str]:
    """What was typed one a line, without the empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]
