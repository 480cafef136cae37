"""The workspaces' keys: wrapped by the master key, unwrapped once a process."""

import os
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select

from tenancy.database.entities import Entities
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, tenant
from tenancy.database.sealing import NONCE, WRONG_KEY, Safe
from tenancy.errors import Unavailable
from tenancy.workspaces.models import DataKey

_table = DataKey.__table__

newest_key = Read(
    select(_table.c.wrapped)
    .where(_table.c.tenant_id == tenant)
    .order_by(_table.c.number.desc())
    .limit(1),
    bytes,
)


class DataKeys(Entities[DataKey]):
    model = DataKey


class Keyring:
    """The workspaces' safes, unwrapped once a process."""

    def __init__(self, master_key: bytes) -> None:
        self._wrapper = AESGCM(master_key)
        self._safes: dict[UUID, Safe] = {}

    async def safe(self, tx: Transaction) -> Safe:
        """The safe of the transaction's workspace.

        Raises:
            Unavailable: the workspace's key is missing or was wrapped by another master key.
        """
        tenant_id = tx.context.tenant
        assert tenant_id is not None, "sealing needs a workspace"
        if (safe := self._safes.get(tenant_id)) is None:
            wrapped = await tx.maybe(newest_key)
            if wrapped is None:
                raise Unavailable("The key of this workspace was destroyed.")
            safe = self._safes[tenant_id] = Safe(tenant_id, self._unwrap(tenant_id, wrapped))
        return safe

    async def cut(self, tx: Transaction) -> None:
        """Make the first key of a new workspace."""
        assert tx.context.tenant is not None, "a key belongs to a workspace"
        nonce, key = os.urandom(NONCE), AESGCM.generate_key(256)
        wrapped = nonce + self._wrapper.encrypt(nonce, key, tx.context.tenant.bytes)
        await DataKeys(tx).add(number=1, wrapped=wrapped)

    def _unwrap(self, tenant_id: UUID, wrapped: bytes) -> bytes:
        try:
            return self._wrapper.decrypt(wrapped[:NONCE], wrapped[NONCE:], tenant_id.bytes)
        except InvalidTag as failure:
            raise Unavailable(WRONG_KEY) from failure


def kept_master_key(folder: Path) -> bytes:
    """The master key beside the embedded database; made at the first start."""
    path = folder / "master.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(AESGCM.generate_key(256))
    return path.read_bytes()
