"""Keys: each workspace has its own, renewed while people work.

What happens to them while the product serves is in `tests/http/test_key_rotation.py`.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from building import built
from custody import MASTER, House, attached, opened, until, with_db
from engagements.notes import attachments, service
from engagements.sealed import sealed_in
from noting import SECRET, a_team, begun, draft, read, readable, rows, write
from sealing import OBJECTS, PLAIN, by_column_and_key, columns_of_bytes, in_clear, sealed_values
from tenancy.database.context import Context
from tenancy.database.pool import Transaction
from tenancy.errors import Conflict, Unavailable
from tenancy.files.store import Files
from tenancy.ids import new_id
from tenancy.workspaces.key_check import KeyCheck
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.master_keys import MasterKey
from tenancy.workspaces.sealed import SealedColumn
from world import Consultancy, EngagementWorld, consultancy


class Fails(Exception):
    """Whatever may end a command in the middle."""


class Unplugged:
    """A kind of record at which the command ends, the n-th time that it comes there."""

    one, many = "plug", "plugs"

    def __init__(self, left: int) -> None:
        self._left = left

    async def by_key(self, _tx: Transaction) -> Counter[int]:
        self._step()
        return Counter()

    async def open_one_of_each_key(self, _tx: Transaction) -> None:
        self._step()

    async def reseal(self, _tx: Transaction, _after: UUID) -> UUID | None:
        self._step()
        return None

    def _step(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Fails


def test_whatever_is_sealed_is_sealed_anew_with_a_new_key(tmp_path: Path) -> None:
    """A column of bytes is either renewed, or said to be plain in `sealing.py`."""
    kinds = [kind for kind in sealed_in(Files(tmp_path.as_uri())) if isinstance(kind, SealedColumn)]
    renewed = {f"{kind.table.name}.{kind.column.name}" for kind in kinds}

    assert columns_of_bytes().keys() == renewed | PLAIN
    assert not renewed & PLAIN


async def test_a_new_key_seals_everything_anew_and_the_earlier_one_is_gone(house: House) -> None:
    estate = await built(house.db, house.keyring, house.files)
    tenant = estate.worlds["north"].tenant
    before = await sealed_values(house.owner_url, house.files, tenant)
    said = await in_clear(house.db, house.keyring, tenant, before)
    counted = by_column_and_key(before)
    assert {column for column, _ in counted} == (columns_of_bytes().keys() - PLAIN) | {OBJECTS}
    assert {key for _, key in counted} == {1}

    assert await house.renewed() == [place.slug for place in await house.places()]

    after = await sealed_values(house.owner_url, house.files, tenant)
    assert by_column_and_key(after) == Counter(
        {(column, 2): count for (column, _), count in counted.items()}
    )
    assert {value.sealed for value in before}.isdisjoint(value.sealed for value in after)
    fresh = Keyring(MASTER)
    assert await in_clear(house.db, fresh, tenant, after) == said
    assert await house.keys(tenant) == [(2, MasterKey(MASTER).id)]
    verbs = (
        "SELECT verb FROM audit_entry WHERE tenant_id = $1 AND object_kind = 'data_key' ORDER BY id"
    )
    assert [row["verb"] for row in await rows(house.owner_url, verbs, tenant)] == [
        "workspace key made",
        "workspace key destroyed",
    ]


async def test_the_objects_of_the_earlier_key_are_to_be_destroyed(
    house: House, here: Consultancy, work: EngagementWorld
) -> None:
    note = await begun(here, work)
    await attached(house, here, note)
    [before] = await rows(house.owner_url, "SELECT object_name, digest FROM attachment")

    await house.renewed()

    [after] = await rows(house.owner_url, "SELECT object_name, digest FROM attachment")
    assert before["object_name"] != after["object_name"]
    assert before["digest"] != after["digest"]
    payloads = await rows(house.owner_url, "SELECT payload FROM pgqueuer")
    jobs = b"".join(row["payload"] for row in payloads)
    assert before["object_name"].encode() in jobs
    assert after["object_name"].encode() not in jobs


async def test_a_command_that_ends_at_any_step_leaves_everything_readable_and_can_be_repeated(
    house: House, here: Consultancy, work: EngagementWorld
) -> None:
    note = await begun(here, work)
    await write(here, here.bob, note, draft(body=SECRET + "!", version=1))
    await attached(house, here, note)
    kinds = sealed_in(house.files)
    steps = 0
    for ends_before in range(len(kinds) + 1):
        for times in range(4):
            plug = Unplugged(times)
            with suppress(Fails):
                await house.renewed(*kinds[:ends_before], plug, *kinds[ends_before:])
                continue
            steps += 1
            assert (await read(here, note, here.bob)).body == SECRET + "!"
            await written_on(here, note)
            await all_open(house, here)

    assert steps == 3 * (len(kinds) + 1)
    await house.renewed()
    assert len(await house.keys(here.tenant)) == 1
    await all_open(house, here)


async def test_whoever_writes_with_the_earlier_key_is_waited_for(
    house: House, here: Consultancy, work: EngagementWorld
) -> None:
    async def two_keys() -> bool:
        return len(await house.keys(here.tenant)) == 2

    id = new_id()
    async with here.transaction(here.bob) as tx:
        await tx.safe()
        renewing = asyncio.create_task(house.renewed())
        await until(two_keys)
        await service.write(tx, id, draft(work))
        assert not renewing.done()
    await renewing

    values = await sealed_values(house.owner_url, house.files, here.tenant)
    assert {key for _, key in by_column_and_key(values)} == {2}
    assert (await read(here, id, here.bob)).body == SECRET


async def test_who_begins_to_write_meanwhile_seals_with_the_new_key(
    house: House, here: Consultancy, work: EngagementWorld
) -> None:
    """Their process has the earlier key at hand, and finds out before it seals."""
    await begun(here, work)
    with suppress(Fails):
        await house.renewed(Unplugged(0))
    assert len(await house.keys(here.tenant)) == 2

    id = await begun(here, work)

    values = await sealed_values(house.owner_url, house.files, here.tenant)
    counted = by_column_and_key([value for value in values if value.id == id])
    assert counted == {("note.sealed", 2): 1}


async def test_a_row_that_somebody_has_locked_is_sealed_anew_once_they_let_go_of_it(
    house: House, here: Consultancy, work: EngagementWorld
) -> None:
    async def all_others() -> bool:
        values = await sealed_values(house.owner_url, house.files, here.tenant)
        notes = [value for value in values if value.column == "note.sealed"]
        return by_column_and_key(notes) == {("note.sealed", 1): 1, ("note.sealed", 2): 2}

    held = await begun(here, work)
    await begun(here, work), await begun(here, work)
    connection = await asyncpg.connect(house.owner_url)
    async with connection.transaction():
        await connection.execute("SELECT 1 FROM note WHERE id = $1 FOR UPDATE", held)
        renewing = asyncio.create_task(house.renewed())
        await until(all_others)
        assert len(await house.keys(here.tenant)) == 2
    await connection.close()
    await renewing

    assert len(await house.keys(here.tenant)) == 1
    assert (await read(here, held, here.bob)).body == SECRET


async def test_two_commands_at_once_do_no_harm(
    house: House, here: Consultancy, work: EngagementWorld
) -> None:
    note = await begun(here, work)

    ended = await asyncio.gather(house.renewed(), house.renewed(), return_exceptions=True)

    assert [here.slug] in ended
    assert all(isinstance(end, list | Conflict) for end in ended)
    assert (await read(here, note, here.bob)).body == SECRET
    await house.renewed()
    assert len(await house.keys(here.tenant)) == 1


async def test_a_file_that_was_stored_sealed_with_the_earlier_key_is_sealed_and_stored_again(
    house: House, here: Consultancy, work: EngagementWorld
) -> None:
    """This process does not know of the new key yet, and nobody has to choose the file again."""
    note = await begun(here, work)
    await house.renewed()

    file = await attached(house, here, note)
    values = await sealed_values(house.owner_url, house.files, here.tenant)
    counted = by_column_and_key([value for value in values if value.id == file])
    assert counted == {("attachment.sealed_name", 2): 1, (OBJECTS, 2): 1}


class Slow(Files):
    """A store that is so slow, the first time, that everything is sealed anew meanwhile."""

    house: House | None

    async def get(self, name: str) -> bytes:
        if self.house is not None:
            house, self.house = self.house, None
            await house.renewed()
            await self.destroy([name])
        return await super().get(name)


async def test_a_file_that_is_sealed_anew_while_somebody_fetches_it_is_found_where_it_lies_now(
    house: House, here: Consultancy, work: EngagementWorld, tmp_path: Path
) -> None:
    file = await attached(house, here, await begun(here, work))
    store = Slow((tmp_path / "files").as_uri())
    store.house = house
    before = await house.objects()

    opened_file = await attachments.opened(house.db, store, await here.context(here.bob), file)

    assert opened_file.content == b"Who opens?"
    assert await house.objects() != before


async def test_a_value_that_does_not_open_stops_the_renewal_and_keeps_the_earlier_key(
    house: House, here: Consultancy, work: EngagementWorld
) -> None:
    first, second = await begun(here, work), await begun(here, work, body="Other")
    move = "UPDATE note SET sealed = (SELECT sealed FROM note WHERE id = $1) WHERE id = $2"
    await rows(house.owner_url, move, first, second)

    with pytest.raises(Unavailable, match=f"One of the notes \\(note {second}\\) does not open"):
        await house.renewed()

    assert len(await house.keys(here.tenant)) == 2
    assert (await read(here, first, here.bob)).body == SECRET


async def written_on(here: Consultancy, note: UUID) -> None:
    now = await read(here, note, here.bob)
    await write(here, here.bob, note, draft(body=now.body, version=now.version))


async def all_open(house: House, here: Consultancy) -> None:
    values = await sealed_values(house.owner_url, house.files, here.tenant)
    fresh = Keyring(MASTER)
    assert len(await in_clear(house.db, fresh, here.tenant, values)) == len(
        {(value.column, value.id) for value in values}
    )


@pytest.mark.asvs("11.3.3")
async def test_nothing_that_is_sealed_opens_as_another_record_or_in_another_workspace(
    house: House,
) -> None:
    estate = await built(house.db, house.keyring, house.files)
    here, there = (estate.worlds[name].tenant for name in ("north", "else"))
    values = await sealed_values(house.owner_url, house.files, here)
    async with house.db.transaction(Context(surface="custody", tenant=here)) as tx:
        own = await house.keyring.safe(tx)
    async with house.db.transaction(Context(surface="custody", tenant=there)) as tx:
        other = await house.keyring.safe(tx)

    for value, next_one in zip(values, values[1:] + values[:1], strict=True):
        assert own.open(value.sealed, belongs_to=value.belongs_to) is not None
        with pytest.raises(Unavailable):
            other.open(value.sealed, belongs_to=value.belongs_to)
        if value.belongs_to != next_one.belongs_to:
            with pytest.raises(Unavailable):
                own.open(value.sealed, belongs_to=next_one.belongs_to)


@pytest.mark.asvs("11.3.3")
async def test_an_object_in_the_place_of_another_does_not_open(
    house: House, here: Consultancy, work: EngagementWorld
) -> None:
    note = await begun(here, work)
    first = await attached(house, here, note)
    second = await attached(house, here, note, "minutes.txt")
    take = "SELECT object_name, digest FROM attachment WHERE id = $1"
    [taken] = await rows(house.owner_url, take, first)
    await rows(house.owner_url, "UPDATE attachment SET object_name = 'away' WHERE id = $1", first)
    put = "UPDATE attachment SET object_name = $2, digest = $3 WHERE id = $1"
    await rows(house.owner_url, put, second, *taken)

    with pytest.raises(Unavailable, match="moved here from another record"):
        await attachments.opened(house.db, house.files, await here.context(here.bob), second)


@pytest.mark.asvs("11.3.3")
async def test_a_wrapped_key_put_into_another_workspace_does_not_unwrap(
    house: House, here: Consultancy
) -> None:
    there = await consultancy(house.db, house.keyring, name="Elsewhere")
    await rows(
        house.owner_url,
        "UPDATE data_key SET wrapped = (SELECT wrapped FROM data_key WHERE tenant_id = $1)"
        " WHERE tenant_id = $2",
        here.tenant,
        there.tenant,
    )

    with pytest.raises(Unavailable, match=there.slug):
        await house.starts(Keyring(MASTER))


async def test_a_destroyed_key_takes_the_notes_of_its_workspace_with_it_and_of_no_other(
    house: House, here: Consultancy, work: EngagementWorld
) -> None:
    there = await consultancy(house.db, house.keyring, name="Elsewhere")
    ours, theirs = await begun(here, work), await begun(there, await a_team(there))
    await rows(house.owner_url, "DELETE FROM data_key WHERE tenant_id = $1", here.tenant)

    async with opened(house.owner_url, Keyring(MASTER)) as (db, keyring):
        with pytest.raises(Unavailable, match=r"^The key of this workspace was destroyed\.$"):
            await readable(with_db(here, db, keyring), ours, here.bob)
        with pytest.raises(Unavailable, match=r"^The key of this workspace was destroyed\.$"):
            await begun(with_db(here, db, keyring), work)
        assert (await read(with_db(there, db, keyring), theirs, there.bob)).body == SECRET
    assert await house.renewed() == [there.slug]


async def test_a_process_that_serves_forgets_a_destroyed_key_when_somebody_writes(
    house: House, here: Consultancy, work: EngagementWorld
) -> None:
    note = await begun(here, work)
    await rows(house.owner_url, "DELETE FROM data_key WHERE tenant_id = $1", here.tenant)

    with pytest.raises(Unavailable, match="destroyed"):
        await begun(here, work)

    with pytest.raises(Unavailable, match="destroyed"):
        await readable(here, note, here.bob)


async def test_a_destroyed_key_does_not_stop_the_start_and_the_check_says_what_went_with_it(
    house: House, here: Consultancy, work: EngagementWorld
) -> None:
    await begun(here, work)
    await rows(house.owner_url, "DELETE FROM data_key WHERE tenant_id = $1", here.tenant)

    await house.starts(Keyring(MASTER))

    assert await house.checked(Keyring(MASTER)) == KeyCheck(
        [f"{here.slug}: no key."],
        [
            f"Key 1 of {here.slug} is not in the database: it was destroyed, or left out of a "
            f"restore. Without it 1 note, 1 wording of a note and 1 mail cannot be opened. Restore "
            "the table data_key from a backup that has it."
        ],
    )
