"""Proposed words, sealed to their proposal: moved to another row they do not open."""

from uuid import UUID

from tenancy.database.sealing import OpenSafe, Safe


def seal(safe: Safe, words: str, proposal: UUID) -> bytes:
    """The sealed words."""
    return safe.seal(words.encode(), belongs_to=b"proposal" + proposal.bytes)


def unseal(safe: OpenSafe, sealed: bytes, proposal: UUID) -> str:
    """The words.

    Raises:
        Unavailable: the key is not the one that sealed them, or they are of another proposal.
    """
    return safe.open(sealed, belongs_to=b"proposal" + proposal.bytes).decode()
