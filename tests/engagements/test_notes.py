"""Notes: who writes them, and who reads them."""

import pytest

from engagements.notes import queries, service
from engagements.notes.audience import Audience, named_readers, who_reads
from engagements.people import FORMER
from noting import (
    SECRET,
    a_team,
    audience_set,
    begun,
    draft,
    leaves,
    raw_note,
    read,
    readable,
    readers,
    write,
)
from tenancy.errors import Invalid, NotFound
from tenancy.ids import new_id
from world import Consultancy, EngagementWorld, engagement


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await a_team(northlight)


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
        bob = [northlight.bob.id]
        await service.change_audience(tx, id, "named", bob, widening_to=bob)

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


async def test_the_policies_let_nobody_read_whom_only_a_former_audience_named(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    async with northlight.db.transaction(
        await northlight.context(northlight.bob), writes=True
    ) as tx:
        facts = raw_note(northlight.bob, work) | {"readers": [northlight.pat.id]}
        id = (await service.Notes(tx).add(id=new_id(), **facts)).id

    async with northlight.db.transaction(await northlight.context(northlight.pat)) as tx:
        assert await tx.connection.fetchval("SELECT count(*) FROM note WHERE id = $1", id) == 0


@pytest.mark.parametrize(
    ("kind", "audience", "colleague"),
    [
        ("session", "me", "UPDATE 0"),
        ("session", "named", "UPDATE 0"),
        ("session", "team", "UPDATE 1"),
        ("reflection", "team", "UPDATE 0"),
    ],
)
async def test_the_policies_let_the_team_write_on_in_what_was_shared_with_it_and_nothing_else(
    northlight: Consultancy, work: EngagementWorld, kind: str, audience: str, colleague: str
) -> None:
    named = [northlight.ann.id] if audience == "named" else []
    id = await begun(northlight, work, kind=kind, audience=audience, reader_ids=named)

    for person, changed in (
        (northlight.alice, "UPDATE 0"),
        (northlight.pat, "UPDATE 0"),
        (northlight.ann, colleague),
        (northlight.bob, "UPDATE 1"),
    ):
        async with northlight.transaction(person) as tx:
            touch = "UPDATE note SET written_at = now() WHERE id = $1"
            assert await tx.connection.execute(touch, id) == changed


async def test_the_policies_refuse_a_colleague_who_would_change_who_reads_a_note(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work, audience="team")

    for audience in ("me", "named"):
        with pytest.raises(NotFound):
            async with northlight.transaction(northlight.ann) as tx:
                change = "UPDATE note SET audience = $2 WHERE id = $1"
                await tx.connection.execute(change, id, audience)


async def test_the_policies_let_the_team_read_what_was_written_for_it_and_no_earlier_wording(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work)
    await audience_set(northlight, northlight.bob, id, "team", [])
    for_team = draft(body="For the team", version=1, audience="team")
    await write(northlight, northlight.bob, id, for_team)

    for person, seen in ((northlight.ann, 1), (northlight.alice, 0), (northlight.bob, 2)):
        async with northlight.transaction(person) as tx:
            count = "SELECT count(*) FROM note_revision WHERE note_id = $1"
            assert await tx.connection.fetchval(count, id) == seen


async def test_the_policies_refuse_a_note_in_somebody_elses_name(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    with pytest.raises(NotFound):
        async with northlight.db.transaction(
            await northlight.context(northlight.bob), writes=True
        ) as tx:
            await service.Notes(tx).add(**raw_note(northlight.ann, work))


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


async def test_the_author_says_anew_who_can_see_a_note(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work, audience="team")

    await audience_set(northlight, northlight.bob, id, "named", [northlight.pat.id])
    assert await readers(northlight, id) == {"Bob", "Pat"}

    await audience_set(northlight, northlight.bob, id, "me", [northlight.pat.id])
    assert await readers(northlight, id) == {"Bob"}
    assert (await read(northlight, id, northlight.bob)).reader_ids == []


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
    ("audience", "readers", "reading"),
    [
        ("me", ["ros"], set()),
        ("named", ["ros", "pat"], {"ros", "pat"}),
        ("named", ["ros", "left"], {"ros"}),
        ("team", [], {"ros", "bob"}),
        ("team", ["pat"], {"ros", "bob"}),
    ],
)
def test_an_audience_is_the_people_whom_it_lets_read(
    audience: str, readers: list[str], reading: set[str]
) -> None:
    assert who_reads(audience, readers, ["ros", "bob"], ["ros", "bob", "pat"]) == reading


def test_only_a_note_for_named_people_names_any_and_never_its_author() -> None:
    author, reader = new_id(), new_id()

    assert named_readers("named", [reader, author, reader], author) == [reader]
    assert named_readers("team", [reader], author) == []
    assert named_readers("me", [reader], author) == []
