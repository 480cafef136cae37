"""The rules of audiences, without a database."""

from collections.abc import Collection
from typing import Literal
from uuid import UUID

Audience = Literal["me", "named", "team"]

WIDTH: dict[Audience, int] = {"me": 0, "named": 1, "team": 2}


def named_readers(audience: Audience, readers: Collection[UUID], author: UUID) -> list[UUID]:
    """Who is named on a note: nobody unless the audience is `named`, and never the author."""
    return sorted({*readers} - {author}) if audience == "named" else []


def widens(
    before: Audience,
    readers_before: Collection[UUID],
    after: Audience,
    readers_after: Collection[UUID],
) -> bool:
    """Whether a change of audience lets anybody read who could not."""
    if WIDTH[after] > WIDTH[before]:
        return True
    return before == after == "named" and not set(readers_after) <= set(readers_before)


def written_together(audience: str, kind: str) -> bool:
    """Whether the team writes on in a note: it was shared with them, and is nobody's own voice."""
    return audience == "team" and kind in ("working", "session")
