"""The sample: told like any work, and removed by one press with all that hangs on it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

import world as worlds
from conftest import copied
from engagements import tables
from engagements.actions.queries import actions_by_state
from engagements.clients.service import OrganisationDraft, add_organisation
from engagements.demo.cast import NORTHLIGHT
from engagements.measures.queries import indicators, standings
from engagements.members.queries import members
from engagements.notes.queries import notes_of_engagement
from engagements.notes.service import NoteDraft, write
from engagements.portal.queries import portal_page
from engagements.portfolio.attention import who_needs_me
from engagements.portfolio.people import PersonDraft, add_person
from engagements.portfolio.people_queries import colleagues
from engagements.portfolio.queries import engagement_list, engagement_page
from engagements.retention.service import HoldDraft, place_hold
from engagements.sample.queries import first_steps, sample_of
from engagements.sample.service import Removal, remove
from engagements.sessions import queries as sessions
from sampled import Newcomer, newcomer
from tenancy.database.context import Context
from tenancy.database.pool import Database
from tenancy.database.prepare import app_url
from tenancy.errors import Invalid, NotFound, Refused
from tenancy.files.store import Files
from tenancy.identity.queries import membership
from tenancy.ids import new_id
from tenancy.mail.service import outbox
from tenancy.workspaces import service as workspaces
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.reach import context_of, differences
from tenancy.workspaces.roles import change_role

TODAY = workspaces.today_in("Europe/London")


@pytest_asyncio.fixture(scope="module")
async def anna(db: Database, keyring: Keyring, files: Files) -> Newcomer:
    return await newcomer(db, keyring, files)


async def test_the_engagement_is_fourteen_months_long_and_closed(anna) -> None:
    (listed,) = await anna.reads(engagement_list)
    (page,) = await anna.reads(engagement_page, engagement=listed.id)
    assert (listed.state, listed.lead) == ("closed", "Anna Weiss")
    assert (page.ends_on - page.starts_on).days // 30 == 14
    assert page.ends_on == TODAY - timedelta(days=1)
    assert [phase.state for phase in page.phases] == ["passed"] * 5
    assert page.milestones
    assert all(milestone.done_on for milestone in page.milestones)


async def test_it_shows_what_finished_work_looks_like(anna) -> None:
    work = await anna.sampled()
    held = await anna.reads(sessions.past, engagement=work)
    notes = await anna.reads(notes_of_engagement, work)
    actions = await anna.reads(actions_by_state, work, TODAY)
    portal = await anna.reads(portal_page, work, surface="portal", today=TODAY)
    assert len([row for row in held if row.state == "held"]) >= 16
    assert not await anna.reads(sessions.upcoming, engagement=work)
    assert {note.audience for note in notes} == {"me", "named", "team"}
    assert {note.author for note in notes} >= {"Anna Weiss", "Imran Qureshi", "Maya Osei"}
    assert (actions.open, bool(actions.done)) == ([], True)
    assert len(await anna.reads(indicators, work)) == 3
    assert len(await anna.reads(standings, work)) == 4
    assert portal.update.content.headline
    assert portal.quotes
    assert await anna.reads(who_needs_me, TODAY) == []


async def test_colleagues_call_the_owner_by_their_name(anna) -> None:
    notes = await anna.reads(notes_of_engagement, await anna.sampled())
    text = " ".join(note.body for note in notes)
    assert "Anna, I have done what we promised Maya" in text
    assert "Ros" not in text.replace("Rose", "")


async def test_nobody_of_it_can_be_written_to_or_sign_in(anna) -> None:
    async with anna.db.transaction(Context(surface="job", tenant=anna.tenant)) as tx:
        addresses = await tx.connection.fetch("SELECT email FROM member WHERE sample")
        assert len(addresses) == 6
        assert await outbox(tx) == []
    for address in [row["email"] for row in addresses]:
        assert address.endswith(".invalid")
        assert await anna.db.look_up(membership, email=address, slug=anna.slug) is None


async def test_the_trail_says_that_it_was_put_in_and_nothing_that_never_happened(anna) -> None:
    async with anna.db.transaction(await anna.context()) as tx:
        rows = await tx.connection.fetch("SELECT verb FROM audit_entry ORDER BY id")
    assert [row["verb"] for row in rows] == [
        "member admitted",
        "framework adopted",
        "sample put in",
    ]


async def test_its_people_take_part_in_nothing_else(anna) -> None:
    imran = await _member(anna, "Imran Qureshi")
    assert "Imran Qureshi" not in {one.name for one in await anna.reads(colleagues)}
    with pytest.raises(Refused, match="a part of the sample"):
        await anna.does(
            workspaces.assign,
            member=imran,
            engagement=await anna.sampled(),
            organisation=(await anna.reads(sample_of)).client.id,
            relation="team",
        )


async def test_nobody_of_it_becomes_an_owner_in_whose_place_a_real_one_could_go(anna, db) -> None:
    async with db.transaction(await anna.context("job")) as tx:
        fictional = await tx.connection.fetchval(
            "SELECT id FROM member WHERE tenant_id = $1 AND sample LIMIT 1", anna.tenant
        )
    with pytest.raises(Refused, match="a part of the sample"):
        await anna.does(change_role, fictional, "owner")
    async with db.transaction(await anna.context("job"), writes=True) as tx:
        await tx.connection.execute(
            "UPDATE member SET role = 'owner' WHERE tenant_id = $1 AND id = $2",
            anna.tenant,
            fictional,
        )
    with pytest.raises(Refused, match="the last owner"):
        await anna.does(change_role, anna.owner, "consultant")
    [seen] = [one for one in await anna.reads(members) if one.id == anna.owner]
    assert seen.last_owner


async def test_it_counts_for_none_of_the_first_steps(anna) -> None:
    sample = await anna.reads(sample_of)
    steps = await anna.reads(first_steps, sample.client)
    assert (steps.client, steps.engagement_id, steps.note) == (False, None, False)


async def test_two_that_begin_at_once_both_get_it(db, keyring, files) -> None:
    both = await asyncio.gather(
        newcomer(db, keyring, files), newcomer(db, keyring, files, name="Dr Ben Ito")
    )
    assert [len(await one.reads(engagement_list)) for one in both] == [1, 1]
    notes = await both[1].reads(notes_of_engagement, await both[1].sampled())
    assert any("Ben, I have done" in note.body for note in notes)


async def _member(one: Newcomer, name: str) -> UUID:
    async with one.db.transaction(Context(surface="job", tenant=one.tenant)) as tx:
        return await tx.connection.fetchval("SELECT id FROM member WHERE name = $1", name)


async def _own_client(one: Newcomer) -> UUID:
    draft = OrganisationDraft(name="Ashbourne Trust", kind="acute trust")
    return (await one.does(add_organisation, draft)).id


def _note(work: UUID) -> NoteDraft:
    return NoteDraft(body="This is my own.", audience="me", engagement_id=work)


@pytest_asyncio.fixture
async def ben(db: Database, keyring: Keyring, files: Files) -> Newcomer:
    return await newcomer(db, keyring, files, name="Ben Ito")


async def _everything_of(superuser, tenant: UUID) -> dict[str, int]:
    """How many rows each table has of a workspace."""
    return {
        table.name: await superuser.fetchval(
            f'SELECT count(*) FROM "{table.name}" WHERE tenant_id = $1', tenant
        )
        for table in tables.metadata.sorted_tables
        if "tenant_id" in table.c
    }


@pytest_asyncio.fixture
async def superuser(owner_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(owner_url)
    yield connection
    await connection.close()


async def test_removed_it_leaves_nothing_but_the_owner_and_the_trail(
    ben, superuser, files, keyring
) -> None:
    before = await _everything_of(superuser, ben.tenant)
    assert all(
        before[name] for name in ("note", "publication", "proposal", "consent", "attachment")
    )
    await ben.does(remove, Removal())

    left = {name: n for name, n in (await _everything_of(superuser, ben.tenant)).items() if n}
    framework = {"framework_version", "domain", "element", "behaviour"}
    assert left.keys() - framework == {
        *("member", "reach", "data_key", "audit_entry", "audit_head")
    }
    assert (left["member"], left["reach"]) == (1, 1)
    trail = await superuser.fetch(
        "SELECT verb FROM audit_entry WHERE tenant_id = $1 ORDER BY id", ben.tenant
    )
    assert trail[-1]["verb"] == "sample removed"
    assert [line for line in await differences(ben.db) if ben.slug in line] == []
    assert (await ben.context()).team == ()


async def test_its_files_are_destroyed_once_it_is_gone(ben, superuser) -> None:
    names = await superuser.fetch(
        "SELECT object_name FROM attachment WHERE tenant_id = $1", ben.tenant
    )
    assert names
    await ben.does(remove, Removal())
    asked = await superuser.fetch(
        "SELECT convert_from(payload, 'UTF8') AS text FROM pgqueuer"
        " WHERE entrypoint = 'destroy files'"
    )
    assert all(any(name["object_name"] in job["text"] for job in asked) for name in names)


async def test_own_work_stays_to_the_last_row(ben, superuser, keyring, files) -> None:
    world = await worlds.consultancy(ben.db, keyring)
    work = await worlds.engagement(world)
    own = await _everything_of(superuser, world.tenant)
    client = await _own_client(ben)
    await ben.does(remove, Removal())
    assert await _everything_of(superuser, world.tenant) == own
    assert work.engagement
    rows = await superuser.fetch("SELECT id FROM organisation WHERE tenant_id = $1", ben.tenant)
    assert [row["id"] for row in rows] == [client]


async def test_a_consultant_deletes_not_even_the_sample(ben, superuser) -> None:
    colleague = await ben.does(
        workspaces.admit, name="Di", email=f"di@{ben.slug}.example", role="consultant"
    )
    async with ben.db.transaction(Context(surface="job", tenant=ben.tenant)) as tx:
        context = await context_of(tx, colleague.id)
    for table in ("organisation", "member"):
        async with ben.db.transaction(context, writes=True) as tx:
            deleted = await tx.connection.execute(f"DELETE FROM {table} WHERE sample")
        assert deleted == "DELETE 0"


async def test_own_notes_in_it_are_counted_before_they_go_too(ben, superuser) -> None:
    work = await ben.sampled()
    await ben.does(write, new_id(), _note(work))
    assert (await ben.reads(sample_of)).notes == 1
    with pytest.raises(Invalid, match="One note was written in it since"):
        await ben.does(remove, Removal())
    await ben.does(remove, Removal(notes=1))
    notes = "SELECT count(*) FROM note WHERE tenant_id = $1"
    assert await superuser.fetchval(notes, ben.tenant) == 0


async def test_a_note_that_is_saved_at_this_moment_is_counted_too(ben) -> None:
    work = await ben.sampled()
    async with ben.db.transaction(await ben.context(), writes=True) as tx:
        await write(tx, new_id(), _note(work))
        await tx.flush()
        removal = asyncio.create_task(ben.does(remove, Removal()))
        done, _ = await asyncio.wait({removal}, timeout=1)
        assert not done, "it waits for who writes"
    with pytest.raises(Invalid, match="One note was written in it since"):
        await removal


async def test_removed_twice_it_is_not_there_the_second_time(ben) -> None:
    await ben.does(remove, Removal())
    with pytest.raises(Refused, match="removed already"):
        await ben.does(remove, Removal())
    assert await ben.reads(sample_of) is None


async def test_a_hold_keeps_it(ben) -> None:
    hold = HoldDraft(engagement_id=await ben.sampled(), reason="A request")
    await ben.does(place_hold, hold)
    with pytest.raises(Refused, match="legal hold"):
        await ben.does(remove, Removal())


async def test_a_colleague_who_was_brought_in_reaches_it_no_more(ben) -> None:
    colleague = await ben.does(
        workspaces.admit, name="Cy", email=f"cy@{ben.slug}.example", role="consultant"
    )
    work = await ben.sampled()
    draft = PersonDraft(relation="team", member_id=colleague.id)
    await ben.does(add_person, work, draft, home="/")
    with pytest.raises(NotFound):
        async with ben.db.transaction(Context(surface="job", tenant=ben.tenant)) as tx:
            consultant = await context_of(tx, colleague.id)
        async with ben.db.transaction(consultant, writes=True) as tx:
            await remove(tx, Removal())
    await ben.does(remove, Removal())
    assert [line for line in await differences(ben.db) if ben.slug in line] == []


ATTEMPTS = [
    "DELETE FROM organisation WHERE tenant_id = $1",
    "DELETE FROM member WHERE tenant_id = $1",
    "UPDATE organisation SET sample = true WHERE tenant_id = $1",
    "UPDATE engagement SET organisation_id = (SELECT id FROM organisation WHERE sample)"
    " WHERE tenant_id = $1 AND state <> 'closed'",
    "DELETE FROM engagement WHERE tenant_id = $1",
    "DELETE FROM note WHERE tenant_id = $1",
    "DELETE FROM session WHERE tenant_id = $1",
]


@pytest.mark.parametrize("statement", ATTEMPTS)
async def test_what_is_no_sample_cannot_be_deleted_even_by_a_mistake_of_ours(
    ben, superuser, keyring, statement: str
) -> None:
    """The owner's own transaction, with a statement that names no more than the workspace."""
    client = await _own_client(ben)
    neighbour = await worlds.consultancy(ben.db, keyring)
    await worlds.engagement(neighbour)
    there = await _everything_of(superuser, neighbour.tenant)
    for tenant in (ben.tenant, neighbour.tenant):
        try:
            async with ben.db.transaction(await ben.context(), writes=True) as tx:
                await tx.connection.execute(statement, tenant)
        except NotFound:
            continue
    assert (
        await superuser.fetchval("SELECT sample FROM organisation WHERE id = $1", client) is False
    )
    owner = await superuser.fetchval("SELECT 1 FROM member WHERE id = $1", ben.owner)
    assert owner == 1
    assert await _everything_of(superuser, neighbour.tenant) == there


def test_everything_that_is_done_for_a_client_goes_with_the_client() -> None:
    """A new table that refers to a client or an engagement without this would keep a sample."""
    staying = {
        (table.name, key.referred_table.name)
        for table in tables.metadata.sorted_tables
        for key in table.foreign_key_constraints
        if key.referred_table.name in ("organisation", "engagement") and key.ondelete != "CASCADE"
    }
    assert staying == {("organisation", "organisation")}


async def test_every_word_that_was_told_is_gone_from_the_database(
    template_url: str, keyring: Keyring, files: Files
) -> None:
    """On a database of its own: what remains is searched as text, whole rows of every table."""
    url = await copied(template_url, "sampled")
    database = Database(app_url(url, "app-password"), keyring, size=2)
    await database.open()
    connection = await asyncpg.connect(url)
    names = [person.name for person in NORTHLIGHT if person.key != "ros"]
    try:
        one = await newcomer(database, keyring, files)
        assert await _found_in(connection, names)
        await one.does(remove, Removal())
        # The cast belongs to no workspace.
        assert await _found_in(connection, names) - {"identity"} == set()
        assert await _found_in(connection, ["Northmoor", "theatres"]) - {"identity"} == set()
    finally:
        await connection.close()
        await database.close()


async def _found_in(connection: asyncpg.Connection, words: list[str]) -> set[str]:
    return {
        table.name
        for table in tables.metadata.sorted_tables
        if table.name not in ("domain", "element", "behaviour", "framework_version")
        and await connection.fetchval(
            "SELECT bool_or(strpos(t::text, word) > 0)"
            f' FROM "{table.name}" t, unnest($1::text[]) word',
            words,
        )
    }
