"""Notes: who reads them, and that no text is ever lost."""

import asyncio
import os
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select

from engagements.notes import queries, service
from engagements.notes.audience import Audience, named_readers, widens
from engagements.notes.queries import NoteRow
from engagements.notes.service import NoteDraft
from engagements.people import FORMER
from engagements.sessions.service import SessionDraft, plan_session
from tenancy.database.context import Context, Surface
from tenancy.database.pool import Database
from tenancy.database.prepare import app_url
from tenancy.database.sealing import Safe
from tenancy.errors import Invalid, KeptAside, NotFound, Unavailable
from tenancy.ids import new_id
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.models import Assignment
from tenancy.workspaces.service import assign, release
from world import Consultancy, EngagementWorld, Person, engagement

SECRET = "The medical director dreads the board away-day."


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    """Bob's engagement with Pat, sponsored by Sam; Ann works on it too."""
    opened = await engagement(northlight)
    await joins(northlight, northlight.ann, opened)
    return opened


async def joins(
    world: Consultancy, person: Person, work: EngagementWorld, relation: str = "team"
) -> None:
    async with world.db.transaction(job(world), writes=True) as tx:
        await assign(
            tx,
            member=person.id,
            engagement=work.engagement,
            organisation=work.organisation,
            relation=relation,
        )


async def leaves(world: Consultancy, person: Person, work: EngagementWorld) -> None:
    """Every place of the person on the engagement ends."""
    async with world.db.transaction(job(world), writes=True) as tx:
        places = await tx.session.scalars(
            select(Assignment.id).where(
                Assignment.tenant_id == world.tenant,
                Assignment.member_id == person.id,
                Assignment.engagement_id == work.engagement,
            )
        )
        for place in list(places):
            await release(tx, place)


def job(world: Consultancy) -> Context:
    return Context(surface="job", tenant=world.tenant)


def draft(work: EngagementWorld | None = None, body: str = SECRET, **facts: Any) -> NoteDraft:
    return NoteDraft(body=body, engagement_id=work.engagement if work else None, **facts)


async def write(world: Consultancy, by: Person, id: UUID, text: NoteDraft) -> UUID:
    async with world.db.transaction(await world.context(by), writes=True) as tx:
        await service.write(tx, id, text)
    return id


async def begun(
    world: Consultancy, work: EngagementWorld, by: Person | None = None, **facts: Any
) -> UUID:
    return await write(world, by or world.bob, new_id(), draft(work, **facts))


async def readable(
    world: Consultancy, id: UUID, by: Person, surface: Surface = "workspace"
) -> NoteRow | None:
    try:
        async with world.db.transaction(await world.context(by, surface)) as tx:
            return await queries.note_page(tx, id)
    except NotFound:
        return None


async def read(world: Consultancy, id: UUID, by: Person) -> NoteRow:
    found = await readable(world, id, by)
    assert found is not None
    return found


async def readers(world: Consultancy, id: UUID) -> set[str]:
    cast = (world.alice, world.bob, world.ann, world.pat, world.sam)
    return {person.name.split()[0] for person in cast if await readable(world, id, person)}


async def copies(world: Consultancy, id: UUID, by: Person) -> list[queries.Copy]:
    async with world.db.transaction(await world.context(by)) as tx:
        return await queries.kept_copies(tx, id)


async def rows(owner_url: str, statement: str, *values: Any) -> list[asyncpg.Record]:
    """What the superuser finds, whom no policy stops."""
    connection = await asyncpg.connect(owner_url)
    try:
        return await connection.fetch(statement, *values)
    finally:
        await connection.close()


REVISIONS = (
    "SELECT kind, number FROM note_revision WHERE tenant_id = $1 AND note_id = $2 ORDER BY id"
)


async def history(owner_url: str, world: Consultancy, id: UUID) -> list[tuple[str, int]]:
    return [tuple(row) for row in await rows(owner_url, REVISIONS, world.tenant, id)]


async def test_a_new_note_is_its_authors_alone(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work)

    note = await read(northlight, id, northlight.bob)
    assert (note.body, note.audience, note.version, note.own) == (SECRET, "me", 1, True)
    assert (note.author, note.readers) == (northlight.bob.name, [])
    assert await readers(northlight, id) == {"Bob"}


async def test_a_note_for_named_people_is_read_by_them_and_its_author(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work, audience="named", reader_ids=[northlight.pat.id])

    note = await read(northlight, id, northlight.pat)
    assert (note.body, note.own) == (SECRET, False)
    assert note.readers == [northlight.pat.name]
    assert await readers(northlight, id) == {"Bob", "Pat"}


async def test_a_note_for_the_team_is_read_by_the_consultants_on_it(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work, audience="team")

    assert await readers(northlight, id) == {"Bob", "Ann"}


async def test_a_participants_reflection_is_theirs_until_they_share_it(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work, by=northlight.pat, kind="reflection")
    assert await readers(northlight, id) == {"Pat"}

    async with northlight.db.transaction(
        await northlight.context(northlight.pat), writes=True
    ) as tx:
        await service.change_audience(tx, id, "named", [northlight.bob.id])

    assert await readers(northlight, id) == {"Pat", "Bob"}


async def test_a_participant_shares_with_the_team_without_reading_the_teams_notes(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    shared = await begun(northlight, work, by=northlight.pat, audience="team")
    teams = await begun(northlight, work, audience="team")

    assert await readers(northlight, shared) == {"Pat", "Bob", "Ann"}
    assert await readers(northlight, teams) == {"Bob", "Ann"}


async def test_an_owner_without_a_place_on_the_team_reads_no_notes(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    ids = [await begun(northlight, work, audience=audience) for audience in ("me", "team")]

    assert [await readable(northlight, id, northlight.alice) for id in ids] == [None, None]


async def test_an_owner_without_a_place_on_the_team_writes_no_notes(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    with pytest.raises(NotFound):
        await begun(northlight, work, by=northlight.alice)


async def test_a_sponsor_writes_no_notes(northlight: Consultancy, work: EngagementWorld) -> None:
    with pytest.raises(NotFound):
        await begun(northlight, work, by=northlight.sam)


async def test_the_policies_refuse_an_author_without_a_place_on_the_engagement(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    with pytest.raises(NotFound):
        async with northlight.db.transaction(
            await northlight.context(northlight.alice), writes=True
        ) as tx:
            await service.Notes(tx).add(**raw_note(northlight.alice, work))


async def test_the_policies_refuse_a_note_in_somebody_elses_name(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    with pytest.raises(NotFound):
        async with northlight.db.transaction(
            await northlight.context(northlight.bob), writes=True
        ) as tx:
            await service.Notes(tx).add(**raw_note(northlight.ann, work))


def raw_note(author: Person, work: EngagementWorld) -> dict[str, Any]:
    return {
        "engagement_id": work.engagement,
        "session_id": None,
        "author_id": author.id,
        "kind": "working",
        "audience": "me",
        "readers": [],
        "sealed": b"sealed",
        "version": 1,
        "written_at": datetime.now(UTC),
    }


@pytest.mark.parametrize("audience", ["me", "named", "team"])
async def test_on_the_portal_there_are_no_notes_for_anybody(
    northlight: Consultancy, work: EngagementWorld, audience: Audience
) -> None:
    reader_ids = [northlight.pat.id, northlight.ann.id] if audience == "named" else []
    await begun(northlight, work, audience=audience, reader_ids=reader_ids)

    for person in (
        northlight.alice,
        northlight.bob,
        northlight.ann,
        northlight.pat,
        northlight.sam,
    ):
        async with northlight.db.transaction(await northlight.context(person, "portal")) as tx:
            assert await tx.connection.fetchval("SELECT count(*) FROM note") == 0
            assert await tx.connection.fetchval("SELECT count(*) FROM note_revision") == 0


async def test_who_leaves_the_engagement_loses_its_notes(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    own = await begun(northlight, work, by=northlight.ann)
    teams = await begun(northlight, work, audience="team")
    named = await begun(northlight, work, audience="named", reader_ids=[northlight.ann.id])

    await leaves(northlight, northlight.ann, work)

    assert [await readable(northlight, id, northlight.ann) for id in (own, teams, named)] == [
        None,
        None,
        None,
    ]


async def test_a_note_stays_with_its_readers_when_its_author_has_left(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(
        northlight, work, by=northlight.ann, audience="named", reader_ids=[northlight.pat.id]
    )

    await leaves(northlight, northlight.ann, work)

    assert (await read(northlight, id, northlight.pat)).author == FORMER


async def test_somebody_of_another_workspace_finds_nothing(
    northlight: Consultancy, elsewhere: Consultancy, work: EngagementWorld
) -> None:
    await engagement(elsewhere)
    id = await begun(northlight, work, audience="team")

    assert await readable(elsewhere, id, elsewhere.bob) is None
    with pytest.raises(NotFound):
        await write(elsewhere, elsewhere.bob, new_id(), draft(work))


async def test_a_sponsor_cannot_be_named_as_reader(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    with pytest.raises(Invalid) as refused:
        await begun(northlight, work, audience="named", reader_ids=[northlight.sam.id])

    assert refused.value.fields == {
        "reader_ids": "Choose people who work on this engagement. Sponsors never read notes."
    }


async def test_a_stranger_cannot_be_named_as_reader(
    northlight: Consultancy, elsewhere: Consultancy, work: EngagementWorld
) -> None:
    for stranger in (northlight.alice, elsewhere.bob):
        with pytest.raises(Invalid, match="Choose people who work on this engagement"):
            await begun(northlight, work, audience="named", reader_ids=[stranger.id])


async def test_a_note_for_named_people_names_somebody(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    with pytest.raises(Invalid, match="Choose who this is for"):
        await begun(northlight, work, audience="named", reader_ids=[northlight.bob.id])


async def test_a_new_note_names_its_engagement(northlight: Consultancy) -> None:
    with pytest.raises(Invalid, match="Choose the engagement"):
        await write(northlight, northlight.bob, new_id(), draft())


async def test_each_write_is_the_next_version_and_every_body_is_kept(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    id = await begun(northlight, work)
    await write(northlight, northlight.bob, id, draft(body="Second", version=1))
    await write(northlight, northlight.bob, id, draft(body="Third", version=2))

    note = await read(northlight, id, northlight.bob)
    assert (note.version, note.body) == (3, "Third")
    assert await history(owner_url, northlight, id) == [
        ("revision", 1),
        ("revision", 2),
        ("revision", 3),
    ]


async def test_nobody_but_its_author_writes_on_in_a_note(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work, audience="team")

    with pytest.raises(NotFound):
        await write(northlight, northlight.ann, id, draft(body="Mine now", version=1))

    assert (await read(northlight, id, northlight.bob)).body == SECRET


async def test_the_id_of_a_note_that_one_cannot_see_is_not_taken_over(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work)

    with pytest.raises(NotFound):
        await write(northlight, northlight.ann, id, draft(work, body="Mine now"))

    assert (await read(northlight, id, northlight.bob)).body == SECRET


async def test_the_same_mutation_again_changes_nothing(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    first, second = new_id(), new_id()
    id = await begun(northlight, work, mutation_id=first)
    await write(northlight, northlight.bob, id, draft(work, mutation_id=first))
    await write(northlight, northlight.bob, id, draft(body="Second", version=1, mutation_id=second))
    await write(northlight, northlight.bob, id, draft(body="Second", version=1, mutation_id=second))

    note = await read(northlight, id, northlight.bob)
    assert (note.version, note.body) == (2, "Second")
    assert await history(owner_url, northlight, id) == [("revision", 1), ("revision", 2)]


async def at_once(world: Consultancy, by: Person, id: UUID, *texts: NoteDraft) -> list[Any]:
    return await asyncio.gather(
        *(write(world, by, id, text) for text in texts), return_exceptions=True
    )


async def test_a_new_note_sent_twice_at_once_is_one_note(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    for _ in range(5):
        id, once = new_id(), draft(work, mutation_id=new_id())
        ends = await at_once(northlight, northlight.bob, id, once, once)

        assert ends == [id, id]
        assert await history(owner_url, northlight, id) == [("revision", 1)]


async def test_a_version_sent_twice_at_once_is_one_version(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    id = await begun(northlight, work)
    once = draft(body="Second", version=1, mutation_id=new_id())

    assert await at_once(northlight, northlight.bob, id, once, once) == [id, id]
    assert await history(owner_url, northlight, id) == [("revision", 1), ("revision", 2)]


async def test_a_text_that_comes_too_late_is_kept_beside_the_note_and_said_to_be(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work)
    await write(northlight, northlight.bob, id, draft(body="From the laptop", version=1))

    with pytest.raises(KeptAside, match="Your text is kept below as a second version"):
        await write(northlight, northlight.bob, id, draft(body="From the phone", version=1))

    assert (await read(northlight, id, northlight.bob)).body == "From the laptop"
    kept = await copies(northlight, id, northlight.bob)
    assert [(copy.body, copy.based_on) for copy in kept] == [("From the phone", 1)]


async def test_a_late_text_sent_again_is_still_late_and_kept_once(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work)
    await write(northlight, northlight.bob, id, draft(body="From the laptop", version=1))
    late = draft(body="From the phone", version=1, mutation_id=new_id())

    for _ in range(2):
        with pytest.raises(KeptAside):
            await write(northlight, northlight.bob, id, late)

    assert len(await copies(northlight, id, northlight.bob)) == 1


async def test_of_two_texts_sent_at_once_one_is_the_note_and_one_is_kept_beside_it(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    texts = [draft(work, body=body, mutation_id=new_id()) for body in ("Laptop", "Phone")]
    id = new_id()
    ends = await at_once(northlight, northlight.bob, id, *texts)

    assert [type(end) for end in ends if end != id] == [KeptAside]
    note = await read(northlight, id, northlight.bob)
    kept = await copies(northlight, id, northlight.bob)
    assert sorted([note.body, *(copy.body for copy in kept)]) == ["Laptop", "Phone"]


async def test_the_kept_text_is_seen_by_its_author_alone(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work, audience="team")
    await write(northlight, northlight.bob, id, draft(body="Second", version=1, audience="team"))
    with pytest.raises(KeptAside):
        await write(northlight, northlight.bob, id, draft(body="Late", version=1))

    assert await copies(northlight, id, northlight.ann) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE note_revision SET sealed = 'x'",
        "DELETE FROM note_revision",
        "DELETE FROM note",
        "UPDATE note SET engagement_id = engagement_id",
        "UPDATE note SET author_id = author_id",
        "UPDATE note SET tenant_id = tenant_id",
        "TRUNCATE note_revision",
    ],
)
async def test_the_database_lets_nobody_rewrite_history(
    northlight: Consultancy, work: EngagementWorld, statement: str
) -> None:
    await begun(northlight, work)

    for surface in ("workspace", "job"):
        with pytest.raises(NotFound):
            async with northlight.db.transaction(
                await northlight.context(northlight.bob, surface), writes=True
            ) as tx:
                await tx.connection.execute(statement)


async def test_a_note_never_moves(northlight: Consultancy, work: EngagementWorld) -> None:
    other = await engagement(northlight, title="Another")
    id = await begun(northlight, work)

    await write(northlight, northlight.bob, id, draft(other, body="Second", version=1))

    assert (await read(northlight, id, northlight.bob)).engagement_id == work.engagement


async def test_a_note_belongs_to_a_session_of_its_own_engagement(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    other = await engagement(northlight, title="Another")
    there = await session_of(northlight, other)

    with pytest.raises(NotFound):
        await begun(northlight, work, session_id=there)


async def session_of(world: Consultancy, work: EngagementWorld) -> UUID:
    async with world.db.transaction(await world.context(world.bob), writes=True) as tx:
        return (
            await plan_session(
                tx,
                work.engagement,
                SessionDraft(
                    kind="coaching",
                    title="Before the away-day",
                    starts_on=date(2026, 12, 1),
                    starts_at="09:30",
                    attendee_ids=[world.pat.id],
                ),
            )
        ).id


async def test_the_author_says_anew_who_can_see_a_note(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work, audience="team")

    await audience_set(northlight, northlight.bob, id, "named", [northlight.pat.id])
    assert await readers(northlight, id) == {"Bob", "Pat"}

    await audience_set(northlight, northlight.bob, id, "me", [northlight.pat.id])
    assert await readers(northlight, id) == {"Bob"}
    assert (await read(northlight, id, northlight.bob)).reader_ids == []


async def audience_set(
    world: Consultancy, by: Person, id: UUID, audience: Audience, reader_ids: list[UUID]
) -> None:
    async with world.db.transaction(await world.context(by), writes=True) as tx:
        await service.change_audience(tx, id, audience, reader_ids)


async def test_nobody_else_says_who_can_see_a_note(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work, audience="team")

    for person in (northlight.ann, northlight.pat, northlight.alice):
        with pytest.raises(NotFound):
            await audience_set(northlight, person, id, "named", [northlight.pat.id])


async def test_the_audience_is_never_widened_to_a_sponsor(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work)

    with pytest.raises(Invalid, match="Sponsors never read notes"):
        await audience_set(northlight, northlight.bob, id, "named", [northlight.sam.id])

    assert await readers(northlight, id) == {"Bob"}


async def test_the_text_of_a_note_is_nowhere_in_the_database(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    id = await begun(northlight, work, audience="team")
    await write(northlight, northlight.bob, id, draft(body=SECRET + "!", version=1))

    for table in ("note", "note_revision", "audit_entry", "mail", "pgqueuer"):
        found = await rows(owner_url, f"SELECT * FROM {table}")
        assert SECRET.encode() not in b"".join(
            value if isinstance(value, bytes) else str(value).encode()
            for row in found
            for value in row.values()
        )


async def test_two_equal_texts_are_not_sealed_alike(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    for _ in range(2):
        await begun(northlight, work)

    sealed = await rows(
        owner_url, "SELECT sealed FROM note WHERE tenant_id = $1", northlight.tenant
    )
    assert len({row["sealed"][16:] for row in sealed}) == 2


async def test_a_sealed_text_moved_to_another_note_does_not_open(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    first, second = await begun(northlight, work), await begun(northlight, work, body="Other")
    await rows(
        owner_url,
        "UPDATE note SET sealed = (SELECT sealed FROM note WHERE id = $1) WHERE id = $2",
        first,
        second,
    )

    with pytest.raises(Unavailable):
        await readable(northlight, second, northlight.bob)


async def test_a_sealed_text_moved_to_another_workspace_does_not_open(
    northlight: Consultancy, elsewhere: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    there = await engagement(elsewhere)
    id = await begun(northlight, work)
    await rows(
        owner_url,
        "INSERT INTO note (tenant_id, id, engagement_id, author_id, kind, audience, readers,"
        " sealed, version, written_at) SELECT $2, id, $3, $4, kind, audience, readers,"
        " sealed, version, written_at FROM note WHERE id = $1",
        id,
        elsewhere.tenant,
        there.engagement,
        elsewhere.bob.id,
    )

    with pytest.raises(Unavailable):
        await readable(elsewhere, id, elsewhere.bob)


async def test_even_the_same_key_does_not_open_what_another_workspace_sealed() -> None:
    key, note = os.urandom(32), new_id().bytes
    sealed = Safe(new_id(), key).seal(b"text", belongs_to=note)

    with pytest.raises(Unavailable):
        Safe(new_id(), key).open(sealed, belongs_to=note)


async def test_a_changed_byte_does_not_open() -> None:
    safe = Safe(new_id(), os.urandom(32))
    sealed = bytearray(safe.seal(b"text", belongs_to=b"note"))
    sealed[-1] ^= 1

    with pytest.raises(Unavailable):
        safe.open(bytes(sealed), belongs_to=b"note")


async def test_another_master_key_is_named_as_what_is_wrong(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    id = await begun(northlight, work)
    other = Database(app_url(owner_url, "app-password"), Keyring(os.urandom(32)), size=1)
    await other.open()
    try:
        with pytest.raises(Unavailable, match="COCREATE_MASTER_KEY is not the key"):
            async with other.transaction(await northlight.context(northlight.bob)) as tx:
                await queries.note_page(tx, id)
    finally:
        await other.close()


async def test_a_list_shows_the_newest_first_and_pages_on(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    ids = [await begun(northlight, work, body=str(number)) for number in range(3)]

    async with northlight.db.transaction(await northlight.context(northlight.bob)) as tx:
        every = await queries.notes_of_engagement(tx, work.engagement)
        older = await queries.notes_of_engagement(tx, work.engagement, before=ids[1])

    assert [note.body for note in every] == ["2", "1", "0"]
    assert [note.body for note in older] == ["0"]


@pytest.mark.parametrize(
    ("before", "after", "wider"),
    [
        (("me", []), ("named", ["ros"]), True),
        (("me", []), ("team", []), True),
        (("named", ["ros"]), ("team", []), True),
        (("named", ["ros"]), ("named", ["ros", "bob"]), True),
        (("named", ["ros", "bob"]), ("named", ["ros"]), False),
        (("team", []), ("named", ["ros"]), False),
        (("team", []), ("me", []), False),
        (("team", []), ("team", []), False),
    ],
)
def test_an_audience_widens_when_somebody_may_read_who_could_not(
    before: Any, after: Any, wider: bool
) -> None:
    assert widens(*before, *after) is wider


def test_only_a_note_for_named_people_names_any_and_never_its_author() -> None:
    author, reader = new_id(), new_id()

    assert named_readers("named", [reader, author, reader], author) == [reader]
    assert named_readers("team", [reader], author) == []
    assert named_readers("me", [reader], author) == []
