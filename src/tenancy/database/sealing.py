"""Sealing: AES-256-GCM under one of the workspace's keys.

A sealed value is `1 byte format, 4 bytes number of the key, 12 bytes nonce, ciphertext and tag`.
What it belongs to (table, row, revision) is its associated data, so it opens nowhere else. The
first format had no number: what it sealed opens with the first key.
"""

import os
from collections.abc import Mapping
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from tenancy.errors import Unavailable

FIRST = b"\x01"
NUMBERED = b"\x02"
NONCE = 12
MARK = 5
"""Bytes of format and number together."""
CHANGED = (
    "A sealed text does not open: it was changed, or moved here from another record. "
    "Restore this record from a backup."
)


class Wrapped(Struct, frozen=True):
    """A key or a secret that a master key has wrapped, and which master key that was."""

    wrapped: bytes
    master_id: str


class UnknownKey(Unavailable):
    """A sealed value names a key that is not in the safe: a newer one, or one destroyed since."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"Key {number} of this workspace, which sealed this, cannot be found. Look again; if "
            "it stays so, `cocreate keys check` says what is missing."
        )


class Safe:
    """Seals for one workspace with the newest of its keys."""

    def __init__(self, tenant_id: UUID, keys: Mapping[int, bytes]) -> None:
        self._tenant = tenant_id.bytes
        self._ciphers = {number: AESGCM(key) for number, key in keys.items()}
        self.newest = max(keys)

    def seal(self, text: bytes, *, belongs_to: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        sealed = self._ciphers[self.newest].encrypt(nonce, text, self._tenant + belongs_to)
        return mark(self.newest) + nonce + sealed


class OpenSafe(Safe):
    """Opens as well, with whichever of the workspace's keys a value names.

    A safe that meets a key which it does not have is outdated, and is made anew for the next who
    asks. `Transaction.opened` asks again by itself.
    """

    outdated = False

    def open(self, sealed: bytes, *, belongs_to: bytes) -> bytes:
        """The text.

        Raises:
            UnknownKey: it was sealed with a key that is not in this safe.
            Unavailable: it was changed, or belongs to something else.
        """
        number = key_number(sealed)
        if number not in self._ciphers:
            self.outdated = True
            raise UnknownKey(number)
        begin = MARK if sealed.startswith(NUMBERED) else len(FIRST)
        nonce, body = sealed[begin : begin + NONCE], sealed[begin + NONCE :]
        try:
            return self._ciphers[number].decrypt(nonce, body, self._tenant + belongs_to)
        except (InvalidTag, ValueError) as failure:  # the latter of a value that was cut short
            raise Unavailable(CHANGED) from failure


def mark(number: int) -> bytes:
    """What a value that was sealed with a key begins with. A later key's is the greater one."""
    return NUMBERED + number.to_bytes(MARK - 1, "big")


def key_number(sealed: bytes) -> int:
    """Which of its workspace's keys sealed a value, of which its mark is enough; 0 if none did."""
    if sealed.startswith(NUMBERED):
        return int.from_bytes(sealed[1:MARK], "big")
    return 1 if sealed.startswith(FIRST) else 0
