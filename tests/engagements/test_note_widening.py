"""An audience never grows by itself: letting anybody in names them and asks."""

import pytest

from engagements.notes import service
from engagements.notes.people import Usual, Widening, people_of_notes, usual_audience
from noting import (
    SECRET,
    a_team,
    audience_set,
    begun,
    draft,
    history,
    joins,
    leaves,
    read,
    readers,
    write,
)
from tenancy.errors import Invalid
from tenancy.ids import new_id
from world import Consultancy, EngagementWorld, Person


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await a_team(northlight)


async def usual(world: Consultancy, work: EngagementWorld, by: Person, kind="session") -> Usual:
    async with world.db.transaction(await world.context(by)) as tx:
        people = await people_of_notes(tx, work.engagement)
        return await usual_audience(tx, work.engagement, kind, people)


async def test_letting_the_team_in_names_everybody_who_comes(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work)
    wider = draft(body="Wider", version=1, audience="team")

    with pytest.raises(Widening, match="Ann Lowe could then read this note") as asked:
        await write(northlight, northlight.bob, id, wider)
    assert [person.id for person in asked.value.people] == [northlight.ann.id]
    assert await readers(northlight, id) == {"Bob"}
    assert (await read(northlight, id, northlight.bob)).body == SECRET

    wider.widening_to = [northlight.ann.id]
    await write(northlight, northlight.bob, id, wider)
    assert await readers(northlight, id) == {"Bob", "Ann"}


async def test_agreeing_to_one_person_lets_no_other_in(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work)
    both = [northlight.ann.id, northlight.pat.id]

    with pytest.raises(Widening):
        async with northlight.transaction(northlight.bob) as tx:
            await service.change_audience(tx, id, "named", both, widening_to=[northlight.ann.id])

    assert await readers(northlight, id) == {"Bob"}


async def test_somebody_who_joined_after_the_question_is_asked_about_again(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work)
    await joins(northlight, northlight.alice, work)

    with pytest.raises(Widening, match="Alice Adeyemi and Ann Lowe could"):
        async with northlight.transaction(northlight.bob) as tx:
            await service.change_audience(tx, id, "team", [], widening_to=[northlight.ann.id])


async def test_narrowing_does_not_ask_and_is_immediate(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work, audience="team")

    async with northlight.transaction(northlight.bob) as tx:
        await service.change_audience(tx, id, "me", [])

    assert await readers(northlight, id) == {"Bob"}


async def test_what_the_team_could_read_of_earlier_versions_is_taken_back_too(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work, audience="team")
    await audience_set(northlight, northlight.bob, id, "me", [])

    async with northlight.transaction(northlight.ann) as tx:
        count = "SELECT count(*) FROM note_revision WHERE note_id = $1"
        assert await tx.connection.fetchval(count, id) == 0


async def test_who_joins_the_team_after_a_note_was_taken_back_finds_no_earlier_version(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    await leaves(northlight, northlight.ann, work)
    facts = {"kind": "reflection", "audience": "team"}
    id = await begun(northlight, work, northlight.pat, **facts)
    await audience_set(northlight, northlight.pat, id, "named", [northlight.bob.id])
    await joins(northlight, northlight.ann, work)

    async with northlight.transaction(northlight.ann) as tx:
        assert await tx.connection.fetch("SELECT * FROM note_revision WHERE note_id = $1", id) == []


async def test_what_is_kept_while_it_is_typed_is_its_writers_alone(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = new_id()
    await write(
        northlight, northlight.bob, id, draft(work, body="Half a", audience="team", autosaved=True)
    )

    note = await read(northlight, id, northlight.bob)
    assert (note.drafted, note.audience) == (True, "me")
    assert await readers(northlight, id) == {"Bob"}


async def test_saving_what_was_kept_gives_it_the_readers_that_its_form_named(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = new_id()
    await write(northlight, northlight.bob, id, draft(work, body="Half a", autosaved=True))
    await write(
        northlight, northlight.bob, id, draft(body="Half a thought", version=1, audience="team")
    )

    assert not (await read(northlight, id, northlight.bob)).drafted
    assert await readers(northlight, id) == {"Bob", "Ann"}


async def test_keeping_a_shared_note_while_it_is_typed_leaves_its_readers_as_they_are(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    id = await begun(northlight, work, audience="team")
    await write(northlight, northlight.bob, id, draft(body="More", version=1, autosaved=True))

    assert await readers(northlight, id) == {"Bob", "Ann"}
    assert await history(owner_url, northlight, id) == [("revision", 1), ("revision", 2)]


async def test_the_first_note_of_an_engagement_is_for_its_writer_alone(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    assert await usual(northlight, work, northlight.bob) == Usual("me", [])


async def test_what_was_chosen_last_is_offered_again_for_the_same_kind_and_engagement(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    await begun(northlight, work, audience="named", reader_ids=[northlight.pat.id])
    other = await a_team(northlight)

    assert await usual(northlight, work, northlight.bob) == Usual("named", [northlight.pat.id])
    assert await usual(northlight, work, northlight.bob, "working") == Usual("me", [])
    assert await usual(northlight, other, northlight.bob) == Usual("me", [])
    assert await usual(northlight, work, northlight.ann) == Usual("me", [])


async def test_who_has_left_is_not_offered_again_and_nobody_is_put_in_their_place(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    await begun(northlight, work, audience="named", reader_ids=[northlight.ann.id])
    await leaves(northlight, northlight.ann, work)

    assert await usual(northlight, work, northlight.bob) == Usual("me", [])


async def test_who_has_left_is_not_named_anew(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    await leaves(northlight, northlight.ann, work)

    with pytest.raises(Invalid, match="Choose people who work on this engagement"):
        await begun(northlight, work, audience="named", reader_ids=[northlight.ann.id])


async def test_a_note_for_supervision_is_its_writers_alone(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work, kind="supervision")

    with pytest.raises(Invalid, match="for you alone"):
        await audience_set(northlight, northlight.bob, id, "team", [])
    with pytest.raises(Invalid, match="for you alone"):
        await begun(northlight, work, kind="supervision", audience="team")
