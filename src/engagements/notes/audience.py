"""The rules of audiences, without a database."""

from collections.abc import Collection
from typing import Literal
from uuid import UUID

Audience = Literal["me", "named", "team"]


def named_readers(audience: Audience, readers: Collection[UUID], author: UUID) -> list[UUID]:
    """Who is named on a note: nobody unless the audience is `named`, and never the author."""
    return sorted({*readers} - {author}) if audience == "named" else []


def who_reads(
    audience: str, readers: Collection[UUID], team: Collection[UUID], present: Collection[UUID]
) -> set[UUID]:
    """Everybody but its author whom an audience lets read.

    Args:
        team: the members of the engagement's team.
        present: everybody who works on the engagement; one who was named and has left reads no
            more.
    """
    if audience == "team":
        return set(team)
    return set(readers) & set(present) if audience == "named" else set()
