"""The workspaces' keys: wrapped by a master key, unwrapped once a process."""

import hashlib
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct
from sqlalchemy import select

from tenancy.database.entities import Entities
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, tenant
from tenancy.database.sealing import OpenSafe, Wrapped
from tenancy.errors import Unavailable
from tenancy.workspaces.master_keys import KeyFile, MasterKey
from tenancy.workspaces.models import DataKey

_table = DataKey.__table__
DESTROYED = "The key of this workspace was destroyed."
SHARED = "SELECT pg_advisory_xact_lock_shared($1)"


class WrappedKey(Struct, frozen=True):
    id: UUID
    number: int
    wrapped: bytes
    master_id: str


class Unwrapped(Struct, frozen=True):
    """A workspace's key, and the master key that wrapped it."""

    key: bytes
    master_id: str


wrapped_keys = Read(
    select(_table.c.id, _table.c.number, _table.c.wrapped, _table.c.master_id)
    .where(_table.c.tenant_id == tenant)
    .order_by(_table.c.number),
    WrappedKey,
)
_newest = Read(
    select(_table.c.number)
    .where(_table.c.tenant_id == tenant)
    .order_by(_table.c.number.desc())
    .limit(1),
    int,
)


class DataKeys(Entities[DataKey]):
    model = DataKey


class Keyring:
    """The master keys at hand, and the workspaces' safes, unwrapped once a process.

    Args:
        master_keys: the present one, then earlier ones.
        file: where the present one is kept instead; it is read again when a key is met that
            another master key wrapped.
    """

    def __init__(self, *master_keys: bytes, file: KeyFile | None = None) -> None:
        self.file = file
        self._given = master_keys
        self._safes: dict[UUID, OpenSafe] = {}
        self._masters: list[MasterKey] = []
        self._present: MasterKey | None = None

    @property
    def master_ids(self) -> list[str]:
        """Which master keys are at hand."""
        self.load()
        return [master.id for master in self._masters]

    @property
    def present(self) -> MasterKey:
        """What wraps new keys. Embedded, the first is made when it is first needed."""
        if self._present is None:
            assert self.file is not None, "there is no master key"
            self.file.make()
            self.load()
        assert self._present is not None, "there is no master key"
        return self._present

    def load(self) -> None:
        """Read the file again, if the master key is kept in one.

        What was at hand once stays so: somebody may just have read what it wrapped. A file that
        has gone meanwhile is missed at the next start, not while serving.

        Raises:
            Unavailable: the file cannot be read, or holds something else.
        """
        kept = self.file.keys() if self.file else list(self._given[:1])
        if kept or self._present is None:
            now = [MasterKey(key) for key in dict.fromkeys((*kept, *self._given))]
            ids = {master.id for master in now}
            self._masters = [*now, *(known for known in self._masters if known.id not in ids)]
            self._present = now[0] if kept else None

    async def safe(self, tx: Transaction) -> OpenSafe:
        """The safe of the transaction's workspace.

        Raises:
            Unavailable: the workspace's key is missing or was wrapped by another master key.
        """
        safe = self._safes.get(_workspace_of(tx))
        return safe if safe and not safe.outdated else await self._read(tx)

    async def safe_to_seal(self, tx: Transaction) -> OpenSafe:
        """The safe with the newest key, which is kept at least until the transaction ends.

        The lock says to whoever wants to destroy the key that something may yet be sealed with it.
        The key is looked for again under the lock, because it may have been destroyed before.

        Raises:
            Unavailable: as in `safe`.
        """
        tenant_id = _workspace_of(tx)
        safe = await self.safe(tx)
        while True:
            await tx.connection.execute(SHARED, lock_of(tenant_id, safe.newest))
            if await tx.maybe(_newest) == safe.newest:
                return safe
            safe = await self._read(tx)

    async def cut(self, tx: Transaction, number: int = 1) -> DataKey:
        """Make a key of the workspace: the first one, or the next."""
        key = await self.wrap(tx, _workspace_of(tx), AESGCM.generate_key(256))
        return await DataKeys(tx).add(number=number, wrapped=key.wrapped, master_id=key.master_id)

    async def wrap(self, tx: Transaction, owner: UUID, secret: bytes) -> Wrapped:
        """Wrap a key of a workspace, or a secret of a person, with the present master key.

        It waits while another master key takes over, so that none is wrapped by the old one then.
        """
        await tx.connection.execute(SHARED, MASTER_LOCK)
        self.load()
        return Wrapped(self.present.wrap(owner, secret), self.present.id)

    def secret(self, owner: UUID, wrapped: Wrapped) -> bytes:
        """What `wrap` wrapped for somebody.

        Raises:
            Unavailable: the master key is not at hand, or it was wrapped for somebody else.
        """
        found = self.unwrap(owner, wrapped)
        if found is None:
            raise Unavailable(
                f"A secret that was wrapped by {named(wrapped.master_id)} does not open. "
                "`cocreate keys check` says what to do."
            )
        return found.key

    def unwrap(self, tenant_id: UUID, key: WrappedKey | Wrapped) -> Unwrapped | None:
        """The key, unwrapped; None when the master key that it needs is not at hand."""
        if self._masters and (found := self._unwrapped(tenant_id, key)):
            return found
        self.load()
        return self._unwrapped(tenant_id, key)

    def _unwrapped(self, tenant_id: UUID, key: WrappedKey | Wrapped) -> Unwrapped | None:
        for master in self._masters:
            if key.master_id in ("", master.id) and (
                unwrapped := master.unwrap(tenant_id, key.wrapped)
            ):
                return Unwrapped(unwrapped, master.id)
        return None

    def seal(self, text: bytes, *, belongs_to: bytes) -> bytes:
        """Seal what belongs to no workspace yet, with the master key itself; for minutes only."""
        self.load()
        return self.present.seal(text, belongs_to=belongs_to)

    def open(self, sealed: bytes, *, belongs_to: bytes) -> bytes | None:
        """What was sealed so; None when the master key that did it is not at hand any more."""
        self.load()
        opened = (master.open(sealed, belongs_to=belongs_to) for master in self._masters)
        return next((text for text in opened if text is not None), None)

    async def _read(self, tx: Transaction) -> OpenSafe:
        tenant_id = _workspace_of(tx)
        if self._present is None:
            # Before the keys are read: what wraps them now may be replaced right after that.
            self.load()
        keys: dict[int, bytes] = {}
        for wrapped in await tx.all(wrapped_keys):
            unwrapped = self.unwrap(tenant_id, wrapped)
            if unwrapped is None:
                raise Unavailable(
                    f"The key of this workspace was wrapped by {named(wrapped.master_id)}, which "
                    "is not at hand. `cocreate keys check` says what to do."
                )
            keys[wrapped.number] = unwrapped.key
        if not keys:
            self._safes.pop(tenant_id, None)
            raise Unavailable(DESTROYED)
        safe = self._safes[tenant_id] = OpenSafe(tenant_id, keys)
        return safe


def named(master_id: str) -> str:
    """A master key as sentences call it."""
    return f"master key {master_id}" if master_id else "a master key that was not written down"


def lock_of(tenant_id: UUID, number: int) -> int:
    """The advisory lock that those who seal with a key share."""
    return _lock(b"data key", tenant_id.bytes, number.to_bytes(4, "big"))


def _lock(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b" ".join(parts)).digest()[:8], "big", signed=True)


MASTER_LOCK = _lock(b"master key")
"""Shared by those who cut keys; held by whoever wraps all keys anew."""


def _workspace_of(tx: Transaction) -> UUID:
    assert tx.context.tenant is not None, "sealing needs a workspace"
    return tx.context.tenant
