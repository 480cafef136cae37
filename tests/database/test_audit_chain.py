"""The trail is a chain: whoever changes it from outside is found, and no deed waits for another."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from noting import a_team, begun, rows
from tenancy.audit.chain import BEGINNING, Mark
from tenancy.audit.service import record_of
from tenancy.audit.verification import Verified, verify
from tenancy.database.context import SURFACES, Context, Surface
from tenancy.database.pool import NOBODY, Database, Transaction
from tenancy.database.prepare import app_url, create_database, migrate
from tenancy.errors import KeptAside, NotFound, Unavailable
from tenancy.ids import new_id
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.service import Members, assign, held, release
from world import Consultancy


def job(world: Consultancy) -> Context:
    return Context(surface="job", tenant=world.tenant)


async def does(world: Consultancy, *verbs: str) -> None:
    async with world.transaction(world.bob) as tx:
        for verb in verbs:
            await record_of(tx, verb, "test", new_id())


async def verified(world: Consultancy, noted: Mark | None = None) -> Verified:
    return await verify(world.db, world.tenant, noted)


async def sound(world: Consultancy) -> Mark:
    """The end of a chain that is unbroken."""
    found = await verified(world)
    assert found.broken is None
    assert found.head is not None
    return found.head


@pytest.fixture
async def ten(northlight: Consultancy, owner_url: str) -> Consultancy:
    """A workspace whose chain has ten entries more than it was founded with."""
    await does(northlight, *(f"deed {number}" for number in range(10)))
    return northlight


async def number_of(world: Consultancy, owner_url: str, verb: str) -> int:
    select = "SELECT number FROM audit_entry WHERE tenant_id = $1 AND verb = $2"
    [row] = await rows(owner_url, select, world.tenant, verb)
    return int(row["number"])


async def test_a_workspace_is_founded_with_a_chain(northlight: Consultancy) -> None:
    head = await sound(northlight)

    assert head.number == (await verified(northlight)).entries > 0


async def test_two_hundred_deeds_at_once_are_one_chain_without_a_gap(
    northlight: Consultancy, owner_url: str
) -> None:
    before = await sound(northlight)

    async def deed(number: int) -> None:
        async with northlight.transaction(northlight.bob) as tx:
            await record_of(tx, f"deed {number}", "test", new_id())
            if number % 5 == 0:
                await held(tx, northlight.sam.id)
            await record_of(tx, f"deed {number} again", "test", new_id())

    await asyncio.gather(*(deed(number) for number in range(200)))

    assert (await sound(northlight)).number == before.number + 400
    select = "SELECT verb, created_at FROM audit_entry WHERE tenant_id = $1 ORDER BY number"
    written = (await rows(owner_url, select, northlight.tenant))[before.number :]
    assert {row["verb"] for row in written} == {
        f"deed {number}{again}" for number in range(200) for again in ("", " again")
    }
    assert all(one["created_at"] <= other["created_at"] for one, other in pairwise(written))
    assert all(
        other["verb"] == f"{one['verb']} again"
        for one, other in zip(written[::2], written[1::2], strict=True)
    )


async def test_deeds_that_lock_the_same_things_in_another_order_do_not_wait_for_the_chain(
    northlight: Consultancy,
) -> None:
    """Each records first and locks afterwards; the chain is held by neither meanwhile."""
    recorded = asyncio.Barrier(2)

    async def deed(verb: str) -> None:
        async with northlight.db.transaction(job(northlight), writes=True) as tx:
            await record_of(tx, verb, "test", new_id())
            await recorded.wait()
            await Members(tx).find(northlight.bob.id)

    await asyncio.gather(deed("one"), deed("other"))

    assert (await sound(northlight)).number > 0


async def test_a_deed_that_was_undone_leaves_no_entry_and_no_gap(northlight: Consultancy) -> None:
    before = await sound(northlight)

    with pytest.raises(LookupError):
        async with northlight.transaction(northlight.bob) as tx:
            await record_of(tx, "undone", "test", new_id())
            raise LookupError
    assert await sound(northlight) == before

    await does(northlight, "done")
    assert (await sound(northlight)).number == before.number + 1


async def test_what_was_kept_aside_is_in_the_chain(northlight: Consultancy) -> None:
    before = await sound(northlight)

    with pytest.raises(KeptAside):
        async with northlight.transaction(northlight.bob) as tx:
            await record_of(tx, "came too late", "test", new_id())
            raise KeptAside("Your text is kept below.")

    assert (await sound(northlight)).number == before.number + 1


async def test_an_entry_names_who_did_it_wherever_the_transaction_went_meanwhile(
    northlight: Consultancy, owner_url: str
) -> None:
    async with northlight.transaction(northlight.bob) as tx:
        await record_of(tx, "by bob", "test", new_id())
        async with tx.acting("job"):
            await record_of(tx, "by bob too", "test", new_id())
        async with tx.speaking_for(await northlight.context(northlight.pat)):
            await record_of(tx, "by pat", "test", new_id())
        await record_of(tx, "by bob again", "test", new_id())

    select = "SELECT verb, member_id FROM audit_entry WHERE tenant_id = $1 AND object_kind = 'test'"
    assert {
        row["verb"]: row["member_id"] for row in await rows(owner_url, select, northlight.tenant)
    } == {
        "by bob": northlight.bob.id,
        "by bob too": northlight.bob.id,
        "by pat": northlight.pat.id,
        "by bob again": northlight.bob.id,
    }
    await sound(northlight)


async def test_a_transaction_of_no_workspace_records_in_the_one_it_names(
    northlight: Consultancy, elsewhere: Consultancy
) -> None:
    before = [await sound(world) for world in (northlight, elsewhere)]

    async with northlight.db.transaction(NOBODY, writes=True) as tx:
        for world in (elsewhere, northlight):
            by = Context(surface="public", tenant=world.tenant, member=world.bob.id)
            await record_of(tx, "came by", "member", world.bob.id, by=by)

    after = [await sound(world) for world in (northlight, elsewhere)]
    assert [head.number for head in after] == [head.number + 1 for head in before]


async def test_a_reading_transaction_records_nothing(northlight: Consultancy) -> None:
    async with northlight.db.transaction(job(northlight)) as tx:
        with pytest.raises(RuntimeError, match="opened for reading"):
            await record_of(tx, "read", "test", new_id())


async def test_no_clock_that_goes_back_dates_an_entry_before_the_one_it_follows(
    northlight: Consultancy, owner_url: str
) -> None:
    await rows(
        owner_url,
        "UPDATE audit_head SET chained_at = now() + interval '1 day' WHERE tenant_id = $1",
        northlight.tenant,
    )

    await does(northlight, "early", "later")

    late = "SELECT count(*) AS n FROM audit_entry WHERE tenant_id = $1 AND created_at > now()"
    assert [row["n"] for row in await rows(owner_url, late, northlight.tenant)] == [2]
    await sound(northlight)


@pytest.mark.parametrize(
    "change",
    [
        "member_id = gen_random_uuid()",
        "member_id = NULL",
        "verb = 'nothing at all'",
        "object_kind = 'note'",
        "object_id = gen_random_uuid()",
        "created_at = created_at - interval '1 microsecond'",
        "id = gen_random_uuid()",
        "hash = sha256('something')",
    ],
)
async def test_an_entry_that_was_changed_is_named(
    ten: Consultancy, owner_url: str, change: str
) -> None:
    number = await number_of(ten, owner_url, "deed 4")

    await rows(
        owner_url,
        f"UPDATE audit_entry SET {change} WHERE tenant_id = $1 AND number = $2",
        ten.tenant,
        number,
    )

    found = await verified(ten)
    assert found.broken == f"Entry {number} was changed."
    assert found.entries == number - 1


async def test_an_entry_that_was_moved_to_another_workspace_is_named_in_both(
    ten: Consultancy, elsewhere: Consultancy, owner_url: str
) -> None:
    end = await sound(elsewhere)
    number = await number_of(ten, owner_url, "deed 4")

    await rows(
        owner_url,
        "UPDATE audit_entry SET tenant_id = $1, number = $2 WHERE tenant_id = $3 AND number = $4",
        elsewhere.tenant,
        end.number + 1,
        ten.tenant,
        number,
    )

    assert (await verified(ten)).broken == f"Entry {number} is missing."
    inserted = f"Entry {end.number + 1} was inserted: the chain ends at {end.number}."
    assert (await verified(elsewhere)).broken == inserted


async def test_an_entry_that_was_deleted_in_the_middle_is_named(
    ten: Consultancy, owner_url: str
) -> None:
    number = await number_of(ten, owner_url, "deed 4")

    await _delete(owner_url, ten, number)

    assert (await verified(ten)).broken == f"Entry {number} is missing."


async def test_the_last_entry_that_was_deleted_is_named(ten: Consultancy, owner_url: str) -> None:
    end = await sound(ten)

    await _delete(owner_url, ten, end.number)

    missing = f"Entry {end.number} is missing: the chain ends at {end.number}."
    assert (await verified(ten)).broken == missing


async def test_the_first_entry_that_was_deleted_is_named(ten: Consultancy, owner_url: str) -> None:
    await _delete(owner_url, ten, 1)

    assert (await verified(ten)).broken == "Entry 1 is missing."


async def test_an_entry_that_was_put_behind_the_end_is_named(
    ten: Consultancy, owner_url: str
) -> None:
    end = await sound(ten)

    await _insert(owner_url, ten, end.number + 1)

    inserted = f"Entry {end.number + 1} was inserted: the chain ends at {end.number}."
    assert (await verified(ten)).broken == inserted


async def test_an_entry_that_was_put_before_the_beginning_is_named(
    ten: Consultancy, owner_url: str
) -> None:
    await _insert(owner_url, ten, 0)

    inserted = "Entry 0 was inserted: the chain is kept from 1 on."
    assert (await verified(ten)).broken == inserted


async def test_an_entry_that_was_put_in_between_is_named(ten: Consultancy, owner_url: str) -> None:
    number = await number_of(ten, owner_url, "deed 4")
    for shift in (1_000, -999):
        await rows(
            owner_url,
            "UPDATE audit_entry SET number = number + $3 WHERE tenant_id = $1 AND number >= $2",
            ten.tenant,
            number,
            shift,
        )

    await _insert(owner_url, ten, number)

    assert (await verified(ten)).broken == f"Entry {number} was changed."


async def test_two_entries_that_changed_places_are_named(ten: Consultancy, owner_url: str) -> None:
    first, second = [await number_of(ten, owner_url, f"deed {number}") for number in (3, 7)]

    for number, other in ((first, -1), (second, first), (-1, second)):
        await rows(
            owner_url,
            "UPDATE audit_entry SET number = $3 WHERE tenant_id = $1 AND number = $2",
            ten.tenant,
            number,
            other,
        )

    assert (await verified(ten)).broken == f"Entry {first} was changed."


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("hash = sha256('something')", "The end was changed: it is not that of entry {end}."),
        ("number = number - 1", "Entry {end} was inserted: the chain ends at {before}."),
        ("number = number + 1", "Entry {after} is missing: the chain ends at {after}."),
        ("kept_number = 1", "Entry 1 was inserted: the chain is kept from 2 on."),
        ("kept_hash = sha256('something')", "Entry 1 was changed."),
    ],
)
async def test_an_end_that_was_changed_is_named(
    ten: Consultancy, owner_url: str, change: str, said: str
) -> None:
    end = (await sound(ten)).number

    await rows(owner_url, f"UPDATE audit_head SET {change} WHERE tenant_id = $1", ten.tenant)

    sentence = said.format(end=end, before=end - 1, after=end + 1)
    assert (await verified(ten)).broken == sentence


async def test_a_chain_without_an_end_is_broken_and_takes_no_entry(
    ten: Consultancy, owner_url: str
) -> None:
    await rows(owner_url, "DELETE FROM audit_head WHERE tenant_id = $1", ten.tenant)

    assert (await verified(ten)).broken == "The chain has lost its end."
    with pytest.raises(Unavailable, match="cocreate audit verify"):
        await does(ten, "one more")


async def test_whoever_chains_everything_anew_is_found_by_what_was_noted_down_elsewhere(
    ten: Consultancy, owner_url: str
) -> None:
    number = await number_of(ten, owner_url, "deed 4")
    noted = await sound(ten)
    await does(ten, "long after")
    assert (await verified(ten, noted)).broken is None
    verb = "UPDATE audit_entry SET verb = 'nothing' WHERE tenant_id = $1 AND number = $2"
    await rows(owner_url, verb, ten.tenant, number)

    await _chain_anew(owner_url, ten)

    assert (await verified(ten)).broken is None
    found = await verified(ten, noted)
    assert found.broken == f"Entry {noted.number} is not the one that was noted down."


async def test_an_end_that_was_cut_off_is_found_by_what_was_noted_down_elsewhere(
    ten: Consultancy, owner_url: str
) -> None:
    noted = await sound(ten)
    await _delete(owner_url, ten, noted.number)
    await _chain_anew(owner_url, ten)

    assert (await verified(ten)).broken is None
    missing = f"Entry {noted.number} is missing: the chain ends at {noted.number - 1}."
    assert (await verified(ten, noted)).broken == missing


@pytest.mark.parametrize("surface", SURFACES)
async def test_the_product_itself_cannot_change_or_take_out_an_entry(
    ten: Consultancy, surface: Surface
) -> None:
    context = Context(surface=surface, tenant=ten.tenant, role="owner")

    with pytest.raises(NotFound):
        async with ten.db.transaction(context, writes=True) as tx:
            await tx.connection.execute("UPDATE audit_entry SET verb = 'nothing'")
    async with ten.db.transaction(context, writes=True) as tx:
        assert await tx.connection.execute("DELETE FROM audit_entry") == "DELETE 0"


async def test_every_capability_goes_on_one_chain(northlight: Consultancy) -> None:
    work = await a_team(northlight)
    await begun(northlight, work)
    async with northlight.transaction(northlight.alice) as tx:
        place = await _assigned(tx, northlight, work.engagement, work.organisation)
        await release(tx, place)

    await sound(northlight)


async def _assigned(
    tx: Transaction, world: Consultancy, engagement: UUID, organisation: UUID
) -> UUID:
    place = await assign(
        tx,
        member=world.ann.id,
        engagement=engagement,
        organisation=organisation,
        relation="team",
    )
    return place.id


async def _delete(owner_url: str, world: Consultancy, number: int) -> None:
    delete = "DELETE FROM audit_entry WHERE tenant_id = $1 AND number = $2"
    await rows(owner_url, delete, world.tenant, number)


async def _insert(owner_url: str, world: Consultancy, number: int) -> None:
    await rows(
        owner_url,
        "INSERT INTO audit_entry (tenant_id, id, number, verb, object_kind, object_id, hash)"
        " VALUES ($1, $2, $3, 'never done', 'test', $2, sha256('something'))",
        world.tenant,
        new_id(),
        number,
    )


async def _chain_anew(owner_url: str, world: Consultancy) -> None:
    """What an attacker does who knows how entries are chained."""
    await rows(
        owner_url,
        """
        WITH RECURSIVE chained AS (
          SELECT 0 AS number, $2::bytea AS hash
          UNION ALL
          SELECT e.number, sha256(convert_to(concat(
            '["', encode(c.hash, 'hex'), '","', e.tenant_id, '",', e.number, ',"', e.id, '",',
            coalesce('"' || e.member_id::text || '"', 'null'), ',"', e.verb, '","', e.object_kind,
            '","', e.object_id, '",', (extract(epoch FROM e.created_at) * 1000000)::bigint, ']'
          ), 'UTF8'))
            FROM chained c JOIN audit_entry e ON e.tenant_id = $1 AND e.number = c.number + 1
        ), anew AS (
          UPDATE audit_entry e SET hash = c.hash FROM chained c
           WHERE e.tenant_id = $1 AND e.number = c.number
        )
        UPDATE audit_head SET (number, hash) =
          (SELECT number, hash FROM chained ORDER BY number DESC LIMIT 1)
         WHERE tenant_id = $1
        """,
        world.tenant,
        BEGINNING,
    )


async def test_entries_from_before_the_trail_was_chained_are_chained_as_they_were_written(
    template_url: str, keyring: Keyring
) -> None:
    url = await create_database(template_url, f"before-the-chain-{new_id().hex}")
    await rows(url, "ALTER SCHEMA public OWNER TO cocreate_owner")
    await migrate(url, "0008")
    busy, idle = new_id(), new_id()
    for tenant in (busy, idle):
        await rows(
            url,
            "INSERT INTO workspace (id, slug, name, time_zone) VALUES ($1, $2, 'W', 'UTC')",
            tenant,
            f"workspace-{tenant.hex}",
        )
    for minute, verb in ((2, "last"), (0, "first"), (1, "kept what looked like a “patient’s”")):
        await rows(
            url,
            "INSERT INTO audit_entry"
            " (tenant_id, id, member_id, verb, object_kind, object_id, created_at)"
            " VALUES ($1, $2, $3, $4, 'note', $2, now() + $5::interval)",
            *(busy, new_id(), new_id() if minute else None, verb, timedelta(minutes=minute - 60)),
        )

    await migrate(url)

    database = Database(app_url(url, "app-password"), keyring, size=1)
    await database.open()
    try:
        found = [await verify(database, tenant) for tenant in (busy, idle)]
    finally:
        await database.close()
    assert [(one.entries, one.broken) for one in found] == [(3, None), (0, None)]
    ordered = "SELECT verb FROM audit_entry ORDER BY number"
    assert [row["verb"] for row in await rows(url, ordered)] == [
        "first",
        "kept what looked like a “patient’s”",
        "last",
    ]
