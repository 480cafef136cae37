"""Identifiers: UUIDv7, made here so that servers without `uuidv7()` serve too."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A time-ordered UUID (RFC 9562, version 7)."""
    return uuid7()
