"""A note's body, sealed to its note and revision: a body moved to another row does not open."""

from uuid import UUID

from tenancy.database.sealing import OpenSafe, Safe


def seal(safe: Safe, body: str, note: UUID, revision: UUID) -> bytes:
    """The sealed body; `revision` is the mutation that wrote it."""
    return revision.bytes + safe.seal(body.encode(), belongs_to=note.bytes + revision.bytes)


def unseal(safe: OpenSafe, sealed: bytes, note: UUID) -> str:
    """The body.

    Raises:
        Unavailable: the key that sealed it is not at hand, or it belongs to another note.
    """
    return safe.open(sealed[16:], belongs_to=note.bytes + sealed[:16]).decode()
