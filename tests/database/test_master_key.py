"""The master key: it wraps the workspaces' keys, and what is said when it is not at hand."""

import asyncio
import base64
import os
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from custody import MASTER, House, attached, opened, until, with_db
from noting import SECRET, a_team, begun, read, readable, rows
from tenancy.database.pool import NOBODY, Database
from tenancy.errors import Unavailable
from tenancy.second_factors import authenticators
from tenancy.workspaces.key_check import KeyCheck
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.master_keys import KeyFile, MasterKey
from tenancy.workspaces.rotation import Rewrapping, rewrap_keys
from world import Consultancy, EngagementWorld, consultancy


async def test_a_new_master_key_wraps_every_key_and_the_earlier_opens_nothing_any_more(
    house: House, here: Consultancy, work: EngagementWorld
) -> None:
    there = await consultancy(house.db, house.keyring, name="Elsewhere")
    note = await begun(here, work)
    new = os.urandom(32)

    assert await house.rewrapped(Keyring(new, MASTER)) == Rewrapping(2, [])

    for world in (here, there):
        assert await house.keys(world.tenant) == [(1, MasterKey(new).id)]
    async with opened(house.owner_url, Keyring(new)) as (db, keyring):
        assert (await read(with_db(here, db, keyring), note, here.bob)).body == SECRET
    async with opened(house.owner_url, Keyring(MASTER)) as (db, keyring):
        with pytest.raises(Unavailable, match=f"wrapped by master key {MasterKey(new).id}, which"):
            await readable(with_db(here, db, keyring), note, here.bob)
    assert await house.rewrapped(Keyring(new, MASTER)) == Rewrapping(0, [])


async def test_a_key_of_which_the_master_key_is_not_at_hand_is_left_as_it_is(
    house: House, here: Consultancy
) -> None:
    there = await consultancy(house.db, Keyring(os.urandom(32)), name="Elsewhere")
    before = await house.keys(there.tenant)
    new = os.urandom(32)

    assert await house.rewrapped(Keyring(new, MASTER)) == Rewrapping(1, [there.slug])

    assert await house.keys(there.tenant) == before
    assert await house.keys(here.tenant) == [(1, MasterKey(new).id)]


async def test_keys_of_two_master_keys_all_open_while_one_takes_over_from_the_other(
    house: House, here: Consultancy, work: EngagementWorld, tmp_path: Path
) -> None:
    """A command that was killed left one workspace's key wrapped anew and the other's not."""
    path = tmp_path / "master.key"
    path.write_bytes(MASTER)
    file = KeyFile(path, made_when_missing=False)
    there = await consultancy(house.db, house.keyring, name="Elsewhere")
    notes = [(here, await begun(here, work)), (there, await begun(there, await a_team(there)))]
    connection = await asyncpg.connect(house.owner_url)
    async with connection.transaction():
        locked = there if here.tenant < there.tenant else here
        await connection.execute(
            "SELECT 1 FROM data_key WHERE tenant_id = $1 FOR UPDATE", locked.tenant
        )
        ending = asyncio.create_task(house.rewrapped(Keyring(file=file), renewing=True))
        free = here if locked is there else there

        async def one_is_wrapped_anew() -> bool:
            return (await house.keys(free.tenant)) != [(1, MasterKey(MASTER).id)]

        await until(one_is_wrapped_anew)
        ending.cancel()
        with suppress(asyncio.CancelledError):
            await ending
    await connection.close()
    assert {key for world in (here, there) for _, key in await house.keys(world.tenant)} == {
        MasterKey(MASTER).id,
        MasterKey(file.keys()[0]).id,
    }

    await house.starts(Keyring(file=file))
    async with opened(house.owner_url, Keyring(file=file)) as (db, keyring):
        for world, note in notes:
            assert (await read(with_db(world, db, keyring), note, world.bob)).body == SECRET

    assert await house.rewrapped(Keyring(file=file)) == Rewrapping(1, [])
    assert len(file.keys()) == 1
    await house.starts(Keyring(file=file))


async def test_a_key_that_is_cut_while_the_master_key_changes_is_wrapped_by_the_new_one(
    house: House, here: Consultancy, tmp_path: Path
) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(MASTER)
    file = KeyFile(path, made_when_missing=False)
    serving = Keyring(file=file)
    assert serving.present.id == MasterKey(MASTER).id

    await house.rewrapped(Keyring(file=file), renewing=True)
    founded = await consultancy(house.db, serving, name="Elsewhere")

    assert await house.keys(founded.tenant) == [(1, MasterKey(file.keys()[0]).id)]


async def test_a_restore_without_the_master_key_does_not_start_and_says_what_is_missing(
    house: House, here: Consultancy, work: EngagementWorld, tmp_path: Path
) -> None:
    there = await consultancy(house.db, house.keyring, name="Elsewhere")
    await begun(here, work)
    path = tmp_path / "lost" / "master.key"

    with pytest.raises(Unavailable) as raised:
        await house.starts(Keyring(file=KeyFile(path, made_when_missing=True)))

    slugs = " and ".join(place.slug for place in await house.places())
    assert {here.slug, there.slug} == set(slugs.split(" and "))
    assert raised.value.sentence == (
        f"The keys of 2 workspaces ({slugs}) were wrapped by master key {MasterKey(MASTER).id}. "
        f"No key is at hand: {path} is not there. Restore {path} from the backup of the same day "
        "as the database, or put the key that is missing into COCREATE_OLD_MASTER_KEYS. Until "
        f"then 1 note, 1 wording of a note and 1 mail cannot be opened."
    )
    assert not path.exists()


async def test_another_master_key_does_not_start_either_and_is_told_from_the_right_one(
    house: House, here: Consultancy
) -> None:
    other = os.urandom(32)

    with pytest.raises(Unavailable) as raised:
        await house.starts(Keyring(other))

    assert raised.value.sentence == (
        f"The keys of 1 workspace ({here.slug}) were wrapped by master key "
        f"{MasterKey(MASTER).id}. The key at hand is {MasterKey(other).id}. Put the key that is "
        "missing into COCREATE_OLD_MASTER_KEYS, or restore COCREATE_MASTER_KEY to it. They have "
        "sealed nothing yet."
    )


async def test_a_named_file_that_is_missing_stops_the_start_before_there_is_a_workspace(
    house: House, tmp_path: Path
) -> None:
    with pytest.raises(Unavailable, match="COCREATE_MASTER_KEY_FILE names"):
        await house.starts(Keyring(file=KeyFile(tmp_path / "gone", made_when_missing=False)))


async def test_the_check_has_a_line_on_each_workspace(
    house: House, here: Consultancy, work: EngagementWorld
) -> None:
    note = await begun(here, work)
    await attached(house, here, note)
    present = MasterKey(MASTER).id
    sealed = "1 note, 1 wording of a note, 1 mail and 1 attached file"

    assert await house.checked(Keyring(MASTER)) == KeyCheck(
        [
            f"{here.slug}: key 1, wrapped by master key {present}, which is at hand, "
            f"sealed {sealed}."
        ],
        [],
    )
    without = await house.checked(Keyring(os.urandom(32)))
    assert without.lines == [
        f"{here.slug}: key 1, wrapped by master key {present}, which is missing, sealed {sealed}."
    ]
    assert len(without.missing) == 1


async def app_of(house: House, here: Consultancy) -> UUID:
    """Bob has an authenticator app."""
    context = await here.context(here.bob)
    async with here.db.transaction(context, writes=True) as tx:
        identity = await tx.connection.fetchval(
            "SELECT id FROM identity WHERE email = $1", here.bob.email
        )
        await authenticators.begin(tx, identity, "My phone")
    return identity


async def secret_of(db: Database, identity: UUID) -> str:
    async with db.transaction(NOBODY) as tx:
        begun = await authenticators.begun(tx, identity, "bob@northlight.example")
    assert begun is not None
    return begun.secret


async def test_a_new_master_key_wraps_the_secrets_of_authenticator_apps_too(
    house: House, here: Consultancy, tmp_path: Path
) -> None:
    identity = await app_of(house, here)
    secret = await secret_of(house.db, identity)
    path = tmp_path / "master.key"
    path.write_bytes(MASTER)
    file = KeyFile(path, made_when_missing=False)

    assert await house.rewrapped(Keyring(file=file), renewing=True) == Rewrapping(1, [], 1, 0)

    [new] = file.keys()
    async with opened(house.owner_url, Keyring(new)) as (db, _):
        assert await secret_of(db, identity) == secret
    async with opened(house.owner_url, Keyring(MASTER)) as (db, _):
        with pytest.raises(Unavailable, match=f"wrapped by master key {MasterKey(new).id}"):
            await secret_of(db, identity)
    assert await house.rewrapped(Keyring(file=file)) == Rewrapping(0, [])


async def test_secrets_of_apps_whose_master_key_is_missing_stop_the_start_and_are_kept(
    house: House, here: Consultancy, tmp_path: Path
) -> None:
    identity = await app_of(house, here)
    secret = await secret_of(house.db, identity)
    new = os.urandom(32)
    async with opened(house.owner_url, Keyring(new, MASTER)) as (db, keyring):
        await rewrap_keys(db, keyring)
    path = tmp_path / "master.key"
    path.write_bytes(new)
    await rows(
        house.owner_url,
        "UPDATE authenticator SET master_id = $1, wrapped = $2",
        MasterKey(MASTER).id,
        MasterKey(MASTER).wrap(identity, base64.b32decode(secret)),
    )
    alone = Keyring(file=KeyFile(path, made_when_missing=False))

    with pytest.raises(Unavailable) as raised:
        await house.starts(alone)
    assert raised.value.sentence == (
        f"The secrets of 1 authenticator app were wrapped by master key {MasterKey(MASTER).id}. "
        f"The key at hand is {MasterKey(new).id}. Restore {path} from the backup of the same day "
        "as the database, or put the key that is missing into COCREATE_OLD_MASTER_KEYS. Until "
        "then nobody signs in with them."
    )
    assert (await house.checked(alone)).missing[-1] == raised.value.sentence
    assert await house.rewrapped(alone) == Rewrapping(0, [], 0, 1)
    both = Keyring(new, MASTER)
    await house.starts(both)
    assert (await house.checked(both)).lines[-1] == (
        f"The secrets of 1 authenticator app were wrapped by master key {MasterKey(MASTER).id}, "
        "which is at hand."
    )


async def test_the_check_names_the_record_that_was_changed(
    house: House, here: Consultancy, work: EngagementWorld
) -> None:
    note = await begun(here, work)
    await rows(house.owner_url, "UPDATE note SET sealed = sealed || '\\x00' WHERE id = $1", note)

    [said] = (await house.checked(Keyring(MASTER))).missing

    assert said.startswith(f"{here.slug}: One of the notes (note {note}) does not open.")
