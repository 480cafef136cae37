"""How entries are chained. Whoever has the entries can follow it with nothing but SHA-256.

The hash of an entry is over a JSON array without spaces, in UTF-8: the hash before it in hex, then
the workspace, the number, the entry's id, the member or null, the verb, the kind and the id of the
thing, and the time in microseconds since 1970 (UTC).
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

import msgspec
from msgspec import Struct

BEGINNING = bytes(32)
"""Stands before the first entry."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Mark(Struct, frozen=True):
    """An entry's number and hash: whoever keeps them elsewhere can ask later for the same ones."""

    number: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"


class Link(Protocol):
    """What of an entry is chained."""

    @property
    def number(self) -> int: ...
    @property
    def id(self) -> UUID: ...
    @property
    def member_id(self) -> UUID | None: ...
    @property
    def verb(self) -> str: ...
    @property
    def object_kind(self) -> str: ...
    @property
    def object_id(self) -> UUID: ...
    @property
    def created_at(self) -> datetime: ...


def hash_of(previous: bytes, tenant: UUID, entry: Link) -> bytes:
    """The hash of an entry that follows one of the hash `previous`; 32 bytes."""
    chained = [
        previous.hex(),
        tenant,
        entry.number,
        entry.id,
        entry.member_id,
        entry.verb,
        entry.object_kind,
        entry.object_id,
        (entry.created_at - _EPOCH) // _MICROSECOND,
    ]
    return hashlib.sha256(msgspec.json.encode(chained)).digest()
