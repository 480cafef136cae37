"""Whether every key is at hand: what is missing, what depends on it, and what to do."""

from collections import Counter
from collections.abc import Iterable, Sequence

import asyncpg
from msgspec import Struct
from sqlalchemy import update

from tenancy.database.context import Context
from tenancy.database.pool import NOBODY, Database, Transaction
from tenancy.errors import Unavailable
from tenancy.second_factors.queries import wrapped_secrets
from tenancy.workspaces.keys import Keyring, WrappedKey, named, wrapped_keys
from tenancy.workspaces.models import DataKey
from tenancy.workspaces.queries import Tenant, tenants
from tenancy.workspaces.sealed import Sealed

SHOWN = 5


class KeyCheck(Struct, frozen=True):
    """What `cocreate keys check` says: a line on each workspace, and what is wrong."""

    lines: list[str]
    missing: list[str]


class _Keys(Struct, frozen=True):
    """A workspace's keys, with the master key that unwraps each; None where it is not at hand."""

    place: Tenant
    masters: list[tuple[WrappedKey, str | None]]

    @property
    def locked(self) -> set[str]:
        """The master keys that are missing."""
        return {key.master_id for key, master in self.masters if master is None}


async def refuse_without_keys(db: Database, keyring: Keyring, kinds: Sequence[Sealed]) -> None:
    """Stop the start when a master key is missing. Nothing is counted unless one is.

    Keys that were wrapped before their master key was written down get that written down here.

    Raises:
        Unavailable: a workspace's key was wrapped by a master key that is not at hand, or the
            database has no such tables yet.
    """
    found = await _all_keys(db, keyring)
    for keys in found:
        await _write_down(db, keys)
    missing = await _missing_masters(db, keyring, kinds, found)
    if missing := [*missing, *(await _secrets(db, keyring)).missing]:
        raise Unavailable("\n".join(missing))


async def check_keys(db: Database, keyring: Keyring, kinds: Sequence[Sealed]) -> KeyCheck:
    """Look at every workspace's keys, count what they sealed, and open one of each kind.

    Raises:
        Unavailable: the database has no such tables yet.
    """
    lines: list[str] = []
    found = await _all_keys(db, keyring)
    missing = await _missing_masters(db, keyring, kinds, found)
    for keys in found:
        async with db.transaction(_custody(keys.place)) as tx:
            counted = [await kind.by_key(tx) for kind in kinds]
            gone = _missing_keys(keys, kinds, counted)
            lines.append(_line(keys, kinds, counted))
            missing += gone
            if not gone and not keys.locked:
                missing += await _closed(tx, keys.place, kinds)
    secrets = await _secrets(db, keyring)
    return KeyCheck([*lines, *secrets.lines], [*missing, *secrets.missing])


async def _secrets(db: Database, keyring: Keyring) -> KeyCheck:
    """The same of the secrets of authenticator apps, which belong to no workspace."""
    async with db.transaction(NOBODY) as tx:
        there = await tx.all(wrapped_secrets)
    counted: dict[tuple[str, bool], int] = Counter(
        (one.master_id, keyring.unwrap(one.identity, one.as_wrapped) is not None) for one in there
    )
    apps = {
        key: _several(count, "authenticator app", "authenticator apps")
        for key, count in counted.items()
    }
    lines = [
        f"The secrets of {said} were wrapped by {named(master_id)}, which "
        f"{'is at hand' if at_hand else 'does not open them'}."
        for (master_id, at_hand), said in apps.items()
    ]
    missing = [
        f"The secrets of {said} were wrapped by {named(master_id)}. {_at_hand(keyring)} "
        f"{_remedy(keyring)} Until then nobody signs in with them."
        for (master_id, at_hand), said in apps.items()
        if not at_hand
    ]
    return KeyCheck(lines, missing)


async def _all_keys(db: Database, keyring: Keyring) -> list[_Keys]:
    # First, so that a file without a key is missed before there is a workspace, and because what
    # wraps the keys now may be replaced as soon as they have been read.
    keyring.load()
    try:
        async with db.transaction(NOBODY) as tx:
            places = await tx.all(tenants)
        return [await _keys_of(db, keyring, place) for place in places]
    except (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError) as failure:
        raise Unavailable(
            "The database is not that of this version. Run `cocreate migrate` first."
        ) from failure


async def _keys_of(db: Database, keyring: Keyring, place: Tenant) -> _Keys:
    async with db.transaction(_custody(place)) as tx:
        keys = await tx.all(wrapped_keys)
    unwrapped = [(key, keyring.unwrap(place.id, key)) for key in keys]
    return _Keys(place, [(key, found.master_id if found else None) for key, found in unwrapped])


async def _write_down(db: Database, keys: _Keys) -> None:
    unwritten = [(key, master) for key, master in keys.masters if master and not key.master_id]
    if not unwritten:
        return
    async with db.transaction(_custody(keys.place), writes=True) as tx:
        for key, master in unwritten:
            # Not where another process has wrapped it anew meanwhile.
            await tx.session.execute(
                update(DataKey)
                .where(
                    DataKey.tenant_id == keys.place.id,
                    DataKey.id == key.id,
                    DataKey.wrapped == key.wrapped,
                )
                .values(master_id=master)
            )


async def _missing_masters(
    db: Database, keyring: Keyring, kinds: Sequence[Sealed], found: Iterable[_Keys]
) -> list[str]:
    """One sentence for each master key that is needed and not at hand."""
    locked: dict[str, list[_Keys]] = {}
    for keys in found:
        for master_id in keys.locked:
            locked.setdefault(master_id, []).append(keys)
    return [
        f"{_whose(master_id, [keys.place.slug for keys in those])} {_at_hand(keyring)} "
        f"{_remedy(keyring)} {await _depending(db, kinds, those)}"
        for master_id, those in locked.items()
    ]


def _whose(master_id: str, slugs: list[str]) -> str:
    of = _several(len(slugs), "workspace", "workspaces")
    return f"The keys of {of} ({_listed(slugs)}) were wrapped by {named(master_id)}."


def _at_hand(keyring: Keyring) -> str:
    ids = keyring.master_ids
    if not ids:
        assert keyring.file is not None
        return f"No key is at hand: {keyring.file.path} is not there."
    if len(ids) == 1:
        return f"The key at hand is {ids[0]}."
    return f"The keys at hand are {_listed(ids)}."


def _remedy(keyring: Keyring) -> str:
    if keyring.file is None:
        return (
            "Put the key that is missing into COCREATE_OLD_MASTER_KEYS, or restore "
            "COCREATE_MASTER_KEY to it."
        )
    return (
        f"Restore {keyring.file.path} from the backup of the same day as the database, or put the "
        "key that is missing into COCREATE_OLD_MASTER_KEYS."
    )


async def _depending(db: Database, kinds: Sequence[Sealed], those: Iterable[_Keys]) -> str:
    """How many records of each kind the keys sealed that are missing."""
    total = [0 for _ in kinds]
    for keys in those:
        gone = [key.number for key, master in keys.masters if master is None]
        async with db.transaction(_custody(keys.place)) as tx:
            for position, kind in enumerate(kinds):
                counted = await kind.by_key(tx)
                total[position] += sum(counted[number] for number in gone)
    said = _records(kinds, total)
    return f"Until then {said} cannot be opened." if said else "They have sealed nothing yet."


def _missing_keys(keys: _Keys, kinds: Sequence[Sealed], counted: list[Counter[int]]) -> list[str]:
    """One sentence for each key that sealed something and is not in the database."""
    there = {key.number for key, _ in keys.masters}
    gone = sorted({number for counts in counted for number in counts} - there)
    return [
        f"Key {number} of {keys.place.slug} is not in the database: it was destroyed, or left out "
        f"of a restore. Without it {_sealed_with(number, kinds, counted)} cannot be opened. "
        "Restore the table data_key from a backup that has it."
        for number in gone
    ]


def _line(keys: _Keys, kinds: Sequence[Sealed], counted: list[Counter[int]]) -> str:
    said = [
        f"key {key.number}, wrapped by {named(master or key.master_id)}, which is "
        f"{'at hand' if master else 'missing'}, sealed "
        f"{_sealed_with(key.number, kinds, counted) or 'nothing'}"
        for key, master in keys.masters
    ]
    return f"{keys.place.slug}: {'; '.join(said) or 'no key'}."


async def _closed(tx: Transaction, place: Tenant, kinds: Sequence[Sealed]) -> list[str]:
    """One sentence for each kind of which one does not open."""
    said = []
    for kind in kinds:
        try:
            await kind.open_one_of_each_key(tx)
        except Unavailable as failure:
            said.append(f"{place.slug}: {failure}")
    return said


def _sealed_with(number: int, kinds: Sequence[Sealed], counted: list[Counter[int]]) -> str:
    return _records(kinds, [counts[number] for counts in counted])


def _records(kinds: Sequence[Sealed], counts: Iterable[int]) -> str:
    """`3 notes and 1 mail`; empty for none at all."""
    there = [(kind, count) for kind, count in zip(kinds, counts, strict=True) if count]
    return _listed([_several(count, kind.one, kind.many) for kind, count in there])


def _several(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _listed(names: Sequence[str]) -> str:
    """`a, b and c`; of many the first five."""
    if len(names) > SHOWN:
        return f"{', '.join(names[:SHOWN])} and {len(names) - SHOWN:,} more"
    *others, last = names or [""]
    return f"{', '.join(others)} and {last}" if others else last


def _custody(place: Tenant) -> Context:
    return Context(surface="custody", tenant=place.id)
