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

Email = Annotated[str, Meta(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)]


def lines(text: str) -> list[str]:
    """What was typed one a line, without the empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]
