"""Who reads a note, over generated worlds: PostgreSQL's rows equal a plain oracle of the rules."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engagements.notes import queries, service
from engagements.notes.service import NoteDraft
from engagements.sessions.service import SessionDraft, plan_session
from tenancy.database.context import Context, Surface
from tenancy.database.pool import Transaction
from tenancy.errors import NotFound
from tenancy.ids import new_id
from tenancy.workspaces.service import assign, release
from world import Consultancy, EngagementWorld, Person, engagement

RELATIONS = ("team", "participant", "sponsor", "delegate")
CAST = ("alice", "bob", "ann", "pat", "sam")
SURFACES: tuple[Surface, ...] = ("workspace", "portal")


class Stage(NamedTuple):
    """Where a world is set: two consultancies, and three engagements between them."""

    houses: tuple[Consultancy, Consultancy]
    works: tuple[EngagementWorld, EngagementWorld, EngagementWorld]
    sessions: tuple[UUID, UUID, UUID]

    def house(self, work: int) -> Consultancy:
        """Two engagements are the first consultancy's, one is the second's."""
        return self.houses[work // 2]

    def people(self) -> list[tuple[Consultancy, Person]]:
        return [(house, getattr(house, key)) for house in self.houses for key in CAST]


class Written(NamedTuple):
    """A note, by what the rules know of it."""

    id: UUID
    work: int
    author: UUID
    audience: Literal["me", "named", "team"]
    readers: frozenset[UUID]
    kind: str
    in_session: bool


Places = set[tuple[str, int, str]]
"""Who (by key in the cast) is on which engagement, and as what."""


def may_read(stage: Stage, places: Places, note: Written, reader: UUID, surface: Surface) -> bool:
    """Section 3 of the access rules, in Python."""
    house = stage.house(note.work)
    relations = {
        relation
        for key, work, relation in places
        if work == note.work and getattr(house, key).id == reader
    }
    if surface != "workspace" or not relations & {"team", "participant"}:
        return False
    if note.audience == "team" and "team" in relations:
        return True
    return reader == note.author or (note.audience == "named" and reader in note.readers)


@pytest_asyncio.fixture
async def stage(northlight: Consultancy, elsewhere: Consultancy) -> AsyncIterator[Stage]:
    works = (
        await engagement(northlight, title="First"),
        await engagement(northlight, title="Second"),
        await engagement(elsewhere, title="Theirs"),
    )
    houses = (northlight, elsewhere)
    sessions = [await session_of(houses[number // 2], work) for number, work in enumerate(works)]
    yield Stage(houses, works, (sessions[0], sessions[1], sessions[2]))


async def session_of(world: Consultancy, work: EngagementWorld) -> UUID:
    async with world.db.transaction(await world.context(world.bob), writes=True) as tx:
        draft = SessionDraft(
            kind="coaching",
            starts_on=date(2026, 12, 1),
            starts_at="09:30",
            attendee_ids=[world.pat.id],
        )
        return (await plan_session(tx, work.engagement, draft)).id


a_place = st.tuples(st.sampled_from(CAST), st.integers(0, 2), st.sampled_from(RELATIONS))
a_note = st.tuples(
    st.integers(0, 99),
    st.sampled_from(["me", "named", "team"]),
    st.frozensets(st.sampled_from(CAST), max_size=3),
    st.sampled_from(["session", "reflection"]),
)
Draft = tuple[int, Literal["me", "named", "team"], frozenset[str], str]


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    places=st.sets(a_place, min_size=4, max_size=12),
    notes=st.lists(a_note, min_size=4, max_size=8),
    leavers=st.sets(st.tuples(st.sampled_from(CAST), st.integers(0, 2)), max_size=2),
)
async def test_everybody_reads_exactly_what_the_rules_give_them(
    stage: Stage, places: Places, notes: list[Draft], leavers: set[tuple[str, int]]
) -> None:
    await set_places(stage, places)
    written = [note for draft in notes if (note := await write(stage, places, *draft))]
    places = {place for place in places if place[:2] not in leavers}
    await set_places(stage, places)

    for house, person in stage.people():
        for surface in SURFACES:
            expected = {
                note.id for note in written if may_read(stage, places, note, person.id, surface)
            }
            context = await house.context(person, surface)
            async with house.db.transaction(context) as tx:
                await check_every_way_of_reading(tx, stage, person, written, expected)


async def check_every_way_of_reading(
    tx: Transaction, stage: Stage, person: Person, written: list[Written], expected: set[UUID]
) -> None:
    ids = [note.id for note in written]
    rows = await tx.connection.fetch("SELECT id FROM note WHERE id = ANY($1)", ids)
    assert {row["id"] for row in rows} == expected

    listed: list[queries.NoteRow] = []
    of_sessions: list[queries.NoteRow] = []
    for work, session in zip(stage.works, stage.sessions, strict=True):
        listed += await queries.notes_of_engagement(tx, work.engagement)
        of_sessions += await queries.notes_of_session(tx, session)
    reflections = await queries.my_reflections(tx)
    own = {note.id for note in written if note.author == person.id and note.kind == "reflection"}
    assert {note.id for note in listed if note.id in ids} == expected
    in_sessions = {note.id for note in written if note.in_session}
    assert {note.id for note in of_sessions if note.id in ids} == expected & in_sessions
    assert {note.id for note in reflections if note.id in ids} == expected & own
    assert {id for id in ids if await opens(tx, id)} == expected


async def opens(tx: Transaction, id: UUID) -> bool:
    try:
        return (await queries.note_page(tx, id)).body == str(id)
    except NotFound:
        return False


async def write(
    stage: Stage,
    places: Places,
    which: int,
    audience: Literal["me", "named", "team"],
    readers: frozenset[str],
    kind: str,
) -> Written | None:
    """A note by one of those who may write, for people who may be named; None if there are none."""
    within = sorted(place for place in places if place[2] in ("team", "participant"))
    if not within:
        return None
    author, work, _ = within[which % len(within)]
    named = {key for key, number, _ in within if number == work and key in readers} - {author}
    if audience == "named" and not named:
        return None
    house = stage.house(work)
    person, id = getattr(house, author), new_id()
    # A participant knows only of the sessions to which they were asked.
    in_session = (author, work, "team") in places
    draft = NoteDraft(
        body=str(id),
        engagement_id=stage.works[work].engagement,
        session_id=stage.sessions[work] if in_session else None,
        audience=audience,
        reader_ids=[getattr(house, key).id for key in named],
        kind=kind,
    )
    async with house.db.transaction(await house.context(person), writes=True) as tx:
        await service.write(tx, id, draft)
    ids = frozenset(draft.reader_ids if audience == "named" else [])
    begun = kind if (author, work, "team") in places else "reflection"
    return Written(id, work, person.id, audience, ids, begun, in_session)


async def set_places(stage: Stage, places: Places) -> None:
    """Make the people's places on the three engagements these and no others."""
    for number, house in enumerate(stage.houses):
        context = Context(surface="job", tenant=house.tenant)
        async with house.db.transaction(context, writes=True) as tx:
            there = await standing(tx, stage, house)
            for key, work, relation in sorted(places - there.keys()):
                if work // 2 == number:
                    await assign(
                        tx,
                        member=getattr(house, key).id,
                        engagement=stage.works[work].engagement,
                        organisation=stage.works[work].organisation,
                        relation=relation,
                    )
            for place in there.keys() - places:
                await release(tx, there[place])


async def standing(
    tx: Transaction, stage: Stage, house: Consultancy
) -> dict[tuple[str, int, str], UUID]:
    rows = await tx.connection.fetch(
        "SELECT id, member_id, engagement_id, relation FROM assignment"
        " WHERE ends_on IS NULL AND engagement_id = ANY($1)",
        [work.engagement for work in stage.works],
    )
    keys = {getattr(house, key).id: key for key in CAST}
    numbers = {work.engagement: number for number, work in enumerate(stage.works)}
    return {
        (keys[row["member_id"]], numbers[row["engagement_id"]], row["relation"]): row["id"]
        for row in rows
    }
