"""Search: everything that the reader may read, and nothing else."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from engagements.actions.service import ActionDraft, agree
from engagements.clients.service import ContactDraft, UnitDraft, add_contact, add_unit
from engagements.notes.models import NoteReading
from engagements.search.matching import Piece, sought_in
from engagements.search.queries import AT_A_GLANCE, AT_LENGTH, Findings, find
from engagements.sessions.service import SessionDraft, plan_session
from noting import a_team, audience_set, begun, draft, joins, leaves, rows, write
from tenancy.database.context import Surface
from tenancy.database.pool import Database
from tenancy.errors import Unavailable
from tenancy.workspaces.keys import Keyring
from world import Consultancy, EngagementWorld, Person, engagement


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    """Bob's engagement with Pat, sponsored by Sam; Ann works on it too."""
    return await a_team(northlight)


async def found_by(
    world: Consultancy,
    person: Person,
    query: str,
    *,
    surface: Surface = "workspace",
    **narrowed: Any,
) -> Findings:
    async with world.db.transaction(await world.context(person, surface)) as tx:
        return await find(tx, sought_in(query), **narrowed)


async def notes_of(world: Consultancy, person: Person, query: str) -> list[UUID]:
    return [note.id for note in (await found_by(world, person, query)).notes]


def text(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


async def finders(world: Consultancy, query: str) -> set[str]:
    """Who of the cast finds notes by the query, by first name."""
    cast = (world.alice, world.bob, world.ann, world.pat, world.sam)
    return {p.name.split()[0] for p in cast if await notes_of(world, p, query)}


async def test_a_private_note_is_found_by_its_author_alone(northlight, work) -> None:
    await begun(northlight, work, body="Bob dreads the away-day.", audience="me")

    assert await finders(northlight, "dreads away") == {"Bob"}


async def test_a_named_note_is_found_by_the_people_on_it(northlight, work) -> None:
    await begun(
        northlight,
        work,
        body="Pat hesitates.",
        audience="named",
        reader_ids=[northlight.pat.id],
    )

    assert await finders(northlight, "hesitates") == {"Bob", "Pat"}


async def test_a_note_for_the_team_is_found_by_the_team(northlight, work) -> None:
    await begun(northlight, work, body="Eleven answers on the wall.", audience="team")

    assert await finders(northlight, "eleven wall") == {"Bob", "Ann"}


async def test_a_reflection_is_found_by_its_writer_and_whom_it_was_written_for(
    northlight, work
) -> None:
    own = await begun(northlight, work, northlight.pat, kind="reflection", body="I went quiet.")
    await begun(
        northlight,
        work,
        northlight.pat,
        kind="reflection",
        body="I was loud.",
        audience="named",
        reader_ids=[northlight.bob.id],
    )

    assert await finders(northlight, "quiet") == {"Pat"}
    assert await finders(northlight, "loud") == {"Bob", "Pat"}
    [shown] = (await found_by(northlight, northlight.pat, "quiet")).notes
    assert (shown.id, shown.own, shown.kind, shown.audience) == (own, True, "reflection", "me")


async def test_what_is_narrowed_is_not_found_any_more(northlight, work) -> None:
    note = await begun(northlight, work, body="Eleven answers.", audience="team")
    await audience_set(northlight, northlight.bob, note, "me", [])

    assert await finders(northlight, "eleven") == {"Bob"}


async def test_an_earlier_wording_is_not_found(northlight, work) -> None:
    note = await begun(northlight, work, body="Eleven answers.")
    await write(northlight, northlight.bob, note, draft(body="Twelve answers.", version=1))

    assert await finders(northlight, "eleven") == set()
    assert await finders(northlight, "twelve") == {"Bob"}


async def test_who_has_left_finds_nothing(northlight, work) -> None:
    await begun(northlight, work, northlight.ann, body="Ann wrote this.", audience="team")
    await leaves(northlight, northlight.ann, work)
    await leaves(northlight, northlight.pat, work)

    for former in (northlight.ann, northlight.pat):
        assert (await found_by(northlight, former, "wrote")).is_empty
        assert (await found_by(northlight, former, "working")).is_empty
    assert await finders(northlight, "wrote") == {"Bob"}


async def test_on_the_portal_no_note_is_found(northlight, work) -> None:
    await begun(northlight, work, body="Eleven answers.", audience="team")

    for person in (northlight.bob, northlight.sam):
        assert not (await found_by(northlight, person, "eleven", surface="portal")).notes


async def test_another_workspace_finds_nothing(northlight, elsewhere, work) -> None:
    await begun(northlight, work, body="Eleven answers.", audience="team")

    for stranger in (elsewhere.alice, elsewhere.bob):
        assert (await found_by(elsewhere, stranger, "eleven")).is_empty
        assert (await found_by(elsewhere, stranger, "Ashbourne")).is_empty


async def promised(world: Consultancy, work: EngagementWorld, what: str, **facts: Any) -> None:
    given = {"owner_id": world.pat.id, "due_on": date(2026, 11, 3), "shown_to": "participant"}
    async with world.transaction(world.bob) as tx:
        await agree(tx, work.engagement, ActionDraft(text=what, **(given | facts)))


async def test_an_action_is_found_by_those_to_whom_it_is_shown(northlight, work) -> None:
    await promised(northlight, work, "Ask the most junior person first")
    await promised(
        northlight, work, "Ask Helen to wait", owner_id=northlight.bob.id, shown_to="team"
    )

    mine = (await found_by(northlight, northlight.pat, "ask")).actions
    assert [text(action.title) for action in mine] == ["Ask the most junior person first"]
    assert (mine[0].own, mine[0].shown_to, mine[0].where) == (
        True,
        "participant",
        "Working together",
    )
    for staff in (northlight.alice, northlight.bob, northlight.ann):
        theirs = (await found_by(northlight, staff, "ask")).actions
        assert [text(action.title) for action in theirs] == [
            "Ask Helen to wait",
            "Ask the most junior person first",
        ]


async def test_a_session_is_found_by_its_title_and_its_place(northlight, work) -> None:
    for title, attendees in (("Read-back", [northlight.pat.id]), ("Executive team", [])):
        session = SessionDraft(
            kind="workshop",
            title=title,
            starts_on=date(2027, 3, 27),
            starts_at="14:30",
            place="Seminar room 2",
            attendee_ids=attendees,
        )
        async with northlight.transaction(northlight.bob) as tx:
            await plan_session(tx, work.engagement, session)

    [found] = (await found_by(northlight, northlight.ann, "read back seminar")).sessions
    assert (text(found.title), text(found.beside)) == ("Read-back", "Seminar room 2")
    assert [
        text(s.title) for s in (await found_by(northlight, northlight.pat, "room")).sessions
    ] == ["Read-back"]


async def test_a_client_is_found_by_name_people_and_units_but_by_the_consultancy_alone(
    northlight, work
) -> None:
    async with northlight.transaction(northlight.bob) as tx:
        await add_unit(tx, work.organisation, UnitDraft(name="Day surgery"))
        await add_contact(tx, work.organisation, ContactDraft(name="Siân Price", post="Matron"))

    for query in ("ashbourne", "day surgery", "sian matron"):
        [found] = (await found_by(northlight, northlight.bob, query)).clients
        assert text(found.title) == "Ashbourne Trust"
        assert (await found_by(northlight, northlight.ann, query)).clients
        assert not (await found_by(northlight, northlight.pat, query)).clients
    [found] = (await found_by(northlight, northlight.bob, "sian matron")).clients
    assert "Siân Price, Matron" in text(found.beside)


async def test_an_associate_who_has_left_an_engagement_finds_its_client_no_more(
    northlight, work
) -> None:
    await leaves(northlight, northlight.ann, work)
    assert not (await found_by(northlight, northlight.ann, "ashbourne")).clients


async def test_an_engagement_is_found_by_everybody_on_it(northlight, work) -> None:
    for person in (northlight.alice, northlight.bob, northlight.ann, northlight.pat):
        [found] = (await found_by(northlight, person, "working")).engagements
        assert text(found.title) == "Working together"


async def test_the_words_that_were_looked_for_are_marked(northlight, work) -> None:
    await begun(northlight, work, body="- **Siân** said “no” to the plan.")

    [note] = (await found_by(northlight, northlight.bob, "sian plan")).notes

    assert text(note.words) == "Siân said “no” to the plan."
    assert [piece.text for piece in note.words if piece.found] == ["Siân", "plan"]


async def test_the_newest_come_first_and_older_ones_page_by_page(northlight, work) -> None:
    number = AT_LENGTH + 3
    ids = [await begun(northlight, work, body=f"Huddle {at}") for at in range(number)]
    newest = ids[::-1]

    glance = await found_by(northlight, northlight.bob, "huddle")
    first = await found_by(northlight, northlight.bob, "huddle", only="notes")
    rest = await found_by(
        northlight, northlight.bob, "huddle", only="notes", after=first.older["notes"]
    )

    assert [note.id for note in glance.notes] == newest[:AT_A_GLANCE]
    assert [note.id for note in first.notes] == newest[:AT_LENGTH]
    assert [note.id for note in rest.notes] == newest[AT_LENGTH:]
    assert rest.older == {}


async def test_actions_come_page_by_page_too(northlight, work) -> None:
    for at in range(AT_LENGTH + 2):
        await promised(northlight, work, f"Huddle {at}", owner_id=northlight.bob.id)

    first = await found_by(northlight, northlight.bob, "huddle", only="actions")
    rest = await found_by(
        northlight, northlight.bob, "huddle", only="actions", after=first.older["actions"]
    )

    assert text(first.actions[0].title) == f"Huddle {AT_LENGTH + 1}"
    assert [text(action.title) for action in rest.actions] == ["Huddle 1", "Huddle 0"]
    assert rest.older == {}


async def test_one_kind_is_looked_for_by_itself(northlight, work) -> None:
    await begun(northlight, work, body="Working on it.")

    found = await found_by(northlight, northlight.bob, "working", only="engagements")

    assert found.engagements
    assert not found.notes


async def test_two_engagements_are_told_apart(northlight, work) -> None:
    other = await engagement(northlight, title="Board development", with_participant=False)
    await joins(northlight, northlight.ann, other)
    await begun(northlight, work, body="Huddle one", audience="team")
    await begun(northlight, other, body="Huddle two", audience="team")

    shown = (await found_by(northlight, northlight.ann, "huddle")).notes

    assert [note.engagement for note in shown] == ["Board development", "Working together"]


async def test_looking_without_finding_leaves_no_trace_of_a_reading(
    northlight, work, owner_url: str
) -> None:
    await begun(northlight, work, body="Eleven answers.", audience="team")

    assert not await notes_of(northlight, northlight.ann, "zebra")

    read = f"SELECT reader_id FROM {NoteReading.__tablename__} WHERE tenant_id = $1"
    assert await rows(owner_url, read, northlight.tenant) == []


async def test_with_another_key_search_says_that_notes_cannot_be_opened(
    northlight, work, db: Database
) -> None:
    await begun(northlight, work, body="Eleven answers.")
    stranger = Database(db.url, Keyring(bytes(32)))
    await stranger.open()
    try:
        async with stranger.transaction(await northlight.context(northlight.bob)) as tx:
            with pytest.raises(Unavailable):
                await find(tx, sought_in("eleven"))
    finally:
        await stranger.close()
