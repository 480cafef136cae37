"""Sealing: AES-256-GCM under the workspace's key.

A sealed value is `1 byte format, 12 bytes nonce, ciphertext and tag`. What it belongs to (table,
row, revision) is its associated data, so it opens nowhere else.
"""

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenancy.errors import Unavailable

FORMAT = b"\x01"
NONCE = 12
WRONG_KEY = (
    "Notes cannot be opened: COCREATE_MASTER_KEY is not the key that sealed them. "
    "Start with the master key this database was made with."
)


class Safe:
    """Seals and opens for one workspace."""

    def __init__(self, tenant_id: UUID, key: bytes) -> None:
        self._tenant = tenant_id.bytes
        self._cipher = AESGCM(key)

    def seal(self, text: bytes, *, belongs_to: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return FORMAT + nonce + self._cipher.encrypt(nonce, text, self._tenant + belongs_to)

    def open(self, sealed: bytes, *, belongs_to: bytes) -> bytes:
        """The text.

        Raises:
            Unavailable: it was sealed under another key, or belongs to something else.
        """
        nonce, body = sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
        try:
            return self._cipher.decrypt(nonce, body, self._tenant + belongs_to)
        except InvalidTag as failure:
            raise Unavailable(WRONG_KEY) from failure
