"""Replacing keys while everybody works on: the workspaces' own, and the master key."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from uuid import UUID

from msgspec import Struct
from sqlalchemy import update

from tenancy.audit import service as audit
from tenancy.database.context import Context
from tenancy.database.pool import NOBODY, Database, Transaction
from tenancy.errors import Conflict
from tenancy.second_factors.models import Authenticator
from tenancy.second_factors.queries import wrapped_secrets
from tenancy.workspaces.keys import (
    MASTER_LOCK,
    DataKeys,
    Keyring,
    lock_of,
    wrapped_keys,
)
from tenancy.workspaces.models import DataKey
from tenancy.workspaces.queries import Tenant, tenants
from tenancy.workspaces.sealed import Sealed

PAUSE = 0.2
GRACE = 5.0
"""Seconds that somebody has to open what they read just before it was sealed anew."""
FIRST = UUID(int=0)
TRY = "SELECT pg_try_advisory_xact_lock($1)"
HOLD = "SELECT pg_advisory_xact_lock($1)"


class Renewal(Struct, frozen=True):
    """A workspace, the newest of its keys, and the earlier ones that it takes over from."""

    place: Tenant
    number: int
    earlier: list[int]


class Rewrapping(Struct, frozen=True):
    """How many keys the present master key has wrapped anew, and which workspaces' it could not."""

    rewrapped: int
    left: list[str]
    secrets: int = 0
    """Secrets of authenticator apps that it has wrapped anew."""
    secrets_left: int = 0
    """And those that it could not."""


async def renew_keys(
    db: Database,
    keyring: Keyring,
    kinds: Sequence[Sealed],
    places: Sequence[Tenant],
    *,
    grace: float = GRACE,
) -> list[str]:
    """Give each workspace a new key, seal everything anew with it, and destroy the earlier keys.

    Everybody can read and write meanwhile. Interrupted at any moment, it goes on from there when
    it is called again.

    Returns:
        The slugs of the workspaces; those whose key was destroyed are left out.

    Raises:
        Unavailable: something does not open. The earlier keys are kept then.
    """
    begun = [await _begin(db, keyring, place) for place in places]
    renewals = [renewal for renewal in begun if renewal]
    for renewal in renewals:
        await _wait_for_writers(db, renewal)
        for kind in kinds:
            await _until(partial(_reseal, db, kind, renewal))
    await asyncio.sleep(grace if renewals else 0)
    for renewal in renewals:
        await _destroy_earlier(db, kinds, renewal)
    return [renewal.place.slug for renewal in renewals]


async def rewrap_keys(db: Database, keyring: Keyring, *, renewing: bool = False) -> Rewrapping:
    """Wrap every workspace's keys, and the secrets of people's authenticator apps, with the present
    master key. Nothing new is wrapped meanwhile.

    Args:
        renewing: put a new master key into its file first.

    The earlier keys beside the file are deleted once nothing needs them.
    """
    async with db.transaction(Context(surface="custody"), writes=True) as tx:
        await tx.connection.execute(HOLD, MASTER_LOCK)
        if renewing:
            assert keyring.file is not None, "the master key is kept in a file"
            keyring.file.renew()
        keyring.load()
        done = [(place, await _rewrap(db, keyring, place)) for place in await tx.all(tenants)]
        left = [place.slug for place, rewrapped in done if rewrapped is None]
        secrets, secrets_left = await _rewrap_secrets(db, keyring)
        if keyring.file is not None and not left and not secrets_left:
            keyring.file.forget_earlier()
        keys = sum(rewrapped or 0 for _, rewrapped in done)
        return Rewrapping(keys, left, secrets, secrets_left)


async def _begin(db: Database, keyring: Keyring, place: Tenant) -> Renewal | None:
    """Make the next key, unless an interrupted renewal has made it already."""
    async with db.transaction(_custody(place), writes=True) as tx:
        numbers = [key.number for key in await tx.all(wrapped_keys)]
        if not numbers:
            return None
        if len(numbers) == 1:
            await tx.safe()  # A key that does not open is no ground for another one.
            key = await keyring.cut(tx, numbers[0] + 1)
            await _record(tx, "workspace key made", key)
            numbers.append(key.number)
        return Renewal(place, numbers[-1], numbers[:-1])


async def _wait_for_writers(db: Database, renewal: Renewal) -> None:
    """Wait until nobody seals with an earlier key any more.

    Who begins now looks for the newest key. To ask again and again, rather than to wait for the
    lock, keeps those out of the queue behind it who have yet to find out about the new key.
    """
    for number in renewal.earlier:
        await _until(partial(_is_left, db, renewal.place, number))


async def _until(done: Callable[[], Awaitable[bool]]) -> None:
    while not await done():  # noqa: ASYNC110 - other processes have no event to set here
        await asyncio.sleep(PAUSE)


async def _is_left(db: Database, place: Tenant, number: int) -> bool:
    async with db.transaction(_custody(place)) as tx:
        return bool(await tx.connection.fetchval(TRY, lock_of(place.id, number)))


async def _reseal(db: Database, kind: Sealed, renewal: Renewal) -> bool:
    """Go once through all records of a kind; False when some were locked and so are left."""
    after: UUID | None = FIRST
    while after is not None:
        async with db.transaction(_custody(renewal.place), writes=True) as tx:
            after = await kind.reseal(tx, after)
    async with db.transaction(_custody(renewal.place)) as tx:
        return not await _sealed_before(tx, kind, renewal)


async def _sealed_before(tx: Transaction, kind: Sealed, renewal: Renewal) -> int:
    counted = await kind.by_key(tx)
    return sum(count for number, count in counted.items() if number < renewal.number)


async def _destroy_earlier(db: Database, kinds: Sequence[Sealed], renewal: Renewal) -> None:
    async with db.transaction(_custody(renewal.place), writes=True) as tx:
        for kind in kinds:
            if left := await _sealed_before(tx, kind, renewal):
                raise Conflict(
                    f"{left} {kind.many} of {renewal.place.slug} still need an earlier key, which "
                    "is kept. Run the command again."
                )
        earlier = await DataKeys(tx).list(
            DataKey.tenant_id == renewal.place.id, DataKey.number < renewal.number
        )
        for key in earlier:
            await tx.session.delete(key)
            await _record(tx, "workspace key destroyed", key)


async def _rewrap(db: Database, keyring: Keyring, place: Tenant) -> int | None:
    """How many of the workspace's keys were wrapped anew; None when one could not be."""
    async with db.transaction(_custody(place), writes=True) as tx:
        keys = [key for key in await tx.all(wrapped_keys) if key.master_id != keyring.present.id]
        unwrapped = [(key.id, keyring.unwrap(place.id, key)) for key in keys]
        for id, found in unwrapped:
            if found is not None:
                key = await DataKeys(tx).find(id)
                key.wrapped = keyring.present.wrap(place.id, found.key)
                key.master_id = keyring.present.id
        return None if any(found is None for _, found in unwrapped) else len(keys)


async def _rewrap_secrets(db: Database, keyring: Keyring) -> tuple[int, int]:
    """How many secrets of authenticator apps were wrapped anew, and how many could not be."""
    async with db.transaction(NOBODY, writes=True) as tx:
        there = await tx.all(wrapped_secrets)
        earlier = [one for one in there if one.master_id != keyring.present.id]
        unwrapped = [(one, keyring.unwrap(one.identity, one.as_wrapped)) for one in earlier]
        opened = [(one, found.key) for one, found in unwrapped if found is not None]
        for one, secret in opened:
            wrapped = keyring.present.wrap(one.identity, secret)
            await tx.session.execute(
                update(Authenticator)
                .where(Authenticator.id == one.id)
                .values(wrapped=wrapped, master_id=keyring.present.id)
            )
    return len(opened), len(earlier) - len(opened)


def _custody(place: Tenant) -> Context:
    return Context(surface="custody", tenant=place.id)


async def _record(tx: Transaction, verb: str, key: DataKey) -> None:
    async with tx.acting("job"):
        await audit.record(tx, verb, key)
