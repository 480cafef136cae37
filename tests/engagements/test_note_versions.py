"""Notes: no text that was written is ever lost, and none is counted twice."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from engagements.notes.service import NoteDraft
from engagements.sessions.service import SessionDraft, plan_session
from noting import (
    SECRET,
    a_team,
    audience_set,
    begun,
    copies,
    draft,
    history,
    read,
    write,
)
from tenancy.errors import KeptAside, NotFound
from tenancy.ids import new_id
from world import Consultancy, EngagementWorld, Person, engagement


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await a_team(northlight)


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


@pytest.mark.parametrize(
    ("audience", "kind"), [("me", "session"), ("named", "session"), ("team", "reflection")]
)
async def test_nobody_but_its_author_writes_on_in_a_note_that_is_not_the_teams(
    northlight: Consultancy, work: EngagementWorld, audience: Any, kind: Any
) -> None:
    named = [northlight.ann.id] if audience == "named" else []
    id = await begun(northlight, work, audience=audience, reader_ids=named, kind=kind)

    with pytest.raises(NotFound):
        await write(northlight, northlight.ann, id, draft(work, body="Mine now", version=1))

    assert (await read(northlight, id, northlight.bob)).body == SECRET


async def test_a_colleague_writes_on_in_a_note_of_the_team(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work, audience="team")

    await write(northlight, northlight.ann, id, draft(body="And Ann says", version=1))

    note = await read(northlight, id, northlight.bob)
    assert (note.body, note.version, note.written_by) == ("And Ann says", 2, "Ann Lowe")
    assert (note.author, note.own, note.audience) == ("Bob Hartley", True, "team")


async def test_a_colleague_who_writes_on_does_not_say_who_reads(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work, audience="team")

    await write(northlight, northlight.ann, id, draft(body="Ann", version=1, audience="me"))

    assert (await read(northlight, id, northlight.bob)).audience == "team"
    with pytest.raises(NotFound):
        await audience_set(northlight, northlight.ann, id, "me", [])


async def test_two_authors_at_once_keep_both_texts_each_where_its_writer_sees_it(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work, audience="team")
    await write(northlight, northlight.bob, id, draft(body="Bob's", version=1, audience="team"))

    with pytest.raises(KeptAside):
        await write(northlight, northlight.ann, id, draft(body="Ann's", version=1))

    assert [copy.body for copy in await copies(northlight, id, northlight.ann)] == ["Ann's"]
    assert await copies(northlight, id, northlight.bob) == []


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


@pytest.mark.parametrize("table", ["note", "note_revision", "note_reading"])
async def test_nothing_of_a_note_is_deleted_by_hand(
    northlight: Consultancy, work: EngagementWorld, table: str
) -> None:
    id = await begun(northlight, work, audience="team")

    for person in (northlight.bob, northlight.alice):
        for surface in ("workspace", "portal", "job", "public"):
            context = await northlight.context(person, surface)
            async with northlight.db.transaction(context, writes=True) as tx:
                assert await tx.connection.execute(f"DELETE FROM {table}") == "DELETE 0"

    assert (await read(northlight, id, northlight.bob)).body == SECRET


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
