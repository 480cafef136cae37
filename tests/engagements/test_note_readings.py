"""Who opened a note: everybody but its author who had its words before them, for its author."""

import pytest

from engagements.notes import queries
from engagements.notes.readings import Reading, readings_of
from noting import a_team, audience_set, begun, leaves, read, readable, rows
from world import Consultancy, EngagementWorld, Person


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await a_team(northlight)


async def opened_by(world: Consultancy, id, author: Person) -> list[Reading]:
    async with world.db.transaction(await world.context(author)) as tx:
        return await readings_of(tx, id)


async def names(world: Consultancy, id, author: Person) -> list[str]:
    return [reading.reader for reading in await opened_by(world, id, author)]


async def test_the_author_sees_who_opened_a_note_and_when(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work, audience="team")
    assert await names(northlight, id, northlight.bob) == []

    await read(northlight, id, northlight.ann)

    [reading] = await opened_by(northlight, id, northlight.bob)
    assert reading.reader == "Ann Lowe"
    assert reading.first_at == reading.last_at


async def test_the_author_looking_again_is_no_reading(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work)

    await read(northlight, id, northlight.bob)

    assert await names(northlight, id, northlight.bob) == []


async def test_a_second_look_soon_after_is_the_same_reading_and_a_later_one_is_dated(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    id = await begun(northlight, work, audience="team")
    await read(northlight, id, northlight.ann)
    [first] = await opened_by(northlight, id, northlight.bob)
    await read(northlight, id, northlight.ann)
    assert await opened_by(northlight, id, northlight.bob) == [first]

    hour = "UPDATE note_reading SET first_at = first_at - interval '1 hour', last_at = first_at"
    await rows(owner_url, f"{hour} - interval '1 hour' WHERE note_id = $1", id)
    await read(northlight, id, northlight.ann)

    [later] = await opened_by(northlight, id, northlight.bob)
    assert later.last_at > later.first_at


async def test_a_list_and_a_session_that_show_the_words_are_readings_too(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    ids = [await begun(northlight, work, audience="team") for _ in range(3)]

    async with northlight.db.transaction(await northlight.context(northlight.ann)) as tx:
        await queries.notes_of_engagement(tx, work.engagement)

    for id in ids:
        assert await names(northlight, id, northlight.bob) == ["Ann Lowe"]


async def test_who_may_not_read_a_note_leaves_no_reading(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work)

    for stranger in (northlight.ann, northlight.pat, northlight.alice, northlight.sam):
        assert await readable(northlight, id, stranger) is None

    assert await names(northlight, id, northlight.bob) == []


async def test_nobody_but_the_author_sees_who_opened_a_note(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work, audience="team")
    await read(northlight, id, northlight.ann)

    for other in (northlight.ann, northlight.alice, northlight.pat):
        assert await opened_by(northlight, id, other) == []
    async with northlight.transaction(northlight.alice) as tx:
        assert await tx.connection.fetchval("SELECT count(*) FROM note_reading") == 0


async def test_nobody_is_made_a_reader_by_somebody_else(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work, audience="team")
    await read(northlight, id, northlight.ann)

    async with northlight.transaction(northlight.bob) as tx:
        touch = "UPDATE note_reading SET last_at = now()"
        assert await tx.connection.execute(touch) == "UPDATE 0"


async def test_who_had_opened_a_note_stays_known_after_it_was_narrowed_and_they_left(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work, audience="team")
    await read(northlight, id, northlight.ann)

    await audience_set(northlight, northlight.bob, id, "me", [])
    await leaves(northlight, northlight.ann, work)

    assert await readable(northlight, id, northlight.ann) is None
    assert await names(northlight, id, northlight.bob) == ["Ann Lowe"]
