"""Actions: agreeing, completing, reopening, dropping, and who reads of them."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from engagements.actions import queries, service
from engagements.actions.service import ActionDraft
from engagements.sessions.service import SessionDraft, plan_session
from tenancy.database.context import Context
from tenancy.errors import Invalid, NotFound, Refused
from tenancy.mail.service import outbox
from tenancy.workspaces.service import assign
from world import Consultancy, Person, engagement

TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)


def action(owner: Person, text: str = "Open handover with one question", **facts) -> ActionDraft:
    return ActionDraft(text=text, owner_id=owner.id, **facts)


@pytest.fixture
async def work(northlight: Consultancy) -> UUID:
    """Bob's engagement with Pat, sponsored by Sam; Ann works on it too."""
    opened = await engagement(northlight)
    async with northlight.db.transaction(
        await northlight.context(northlight.bob), writes=True
    ) as tx:
        await assign(
            tx,
            member=northlight.ann.id,
            engagement=opened.engagement,
            organisation=opened.organisation,
            relation="team",
        )
    return opened.engagement


async def agreed(world: Consultancy, work: UUID, draft: ActionDraft) -> UUID:
    async with world.db.transaction(await world.context(world.bob), writes=True) as tx:
        return (await service.agree(tx, work, draft)).id


async def does(world: Consultancy, person: Person, deed, *facts):
    """One deed of one person, in a transaction of its own."""
    async with world.db.transaction(await world.context(person), writes=True) as tx:
        return await deed(tx, *facts)


async def read(world: Consultancy, id: UUID, by: Person, surface="workspace"):
    async with world.db.transaction(await world.context(by, surface)) as tx:
        return await tx.maybe(queries.action_row, id=id, today=TODAY)


async def listed(world: Consultancy, by: Person, select, surface="workspace", **values):
    async with world.db.transaction(await world.context(by, surface)) as tx:
        return [row.text for row in await tx.all(select, today=TODAY, **values)]


async def letters(world: Consultancy):
    async with world.db.transaction(Context(surface="job", tenant=world.tenant)) as tx:
        return [letter for letter in await outbox(tx) if letter.letter == "action_agreed"]


async def verbs(world: Consultancy, id: UUID) -> list[str]:
    async with world.db.transaction(Context(surface="job", tenant=world.tenant)) as tx:
        rows = await tx.connection.fetch(
            "SELECT verb FROM audit_entry WHERE tenant_id = $1 AND object_id = $2 ORDER BY id",
            world.tenant,
            id,
        )
    return [row["verb"] for row in rows]


async def test_an_action_is_agreed_with_its_owner_and_its_day(northlight, work):
    promise = await agreed(northlight, work, action(northlight.pat, due_on=date(2027, 1, 15)))
    row = await read(northlight, promise, northlight.bob)
    assert (row.text, row.owner, row.due_on) == (
        "Open handover with one question",
        "Pat Okafor",
        date(2027, 1, 15),
    )
    assert (row.state, row.kind, row.shown_to) == ("open", "action", "participant")
    assert await verbs(northlight, promise) == ["action agreed"]


async def test_the_owner_is_written_to_unless_they_wrote_it_themselves(northlight, work):
    promise = await agreed(northlight, work, action(northlight.pat, due_on=date(2027, 1, 15)))
    await agreed(northlight, work, action(northlight.bob))
    (letter,) = await letters(northlight)
    assert letter.to_name == "Pat Okafor"
    assert letter.facts["text"] == "Open handover with one question"
    assert letter.facts["due_on"] == "2027-01-15"
    assert letter.facts["sender"] == "Bob Hartley"
    assert letter.facts["path"] == f"/w/{northlight.slug}/actions/{promise}"


async def test_nobody_is_written_to_about_what_was_due_before_today(northlight, work):
    await agreed(northlight, work, action(northlight.pat, due_on=YESTERDAY))
    assert await letters(northlight) == []


async def test_an_action_of_a_participant_is_shown_to_them(northlight, work):
    with pytest.raises(Invalid) as refusal:
        await agreed(northlight, work, action(northlight.pat, shown_to="team"))
    assert refusal.value.fields == {
        "shown_to": "Pat Okafor has to see it too. Show it to participants, or choose another "
        "owner."
    }


async def test_an_action_of_a_sponsor_is_shown_to_sponsors(northlight, work):
    with pytest.raises(Invalid) as refusal:
        await agreed(northlight, work, action(northlight.sam, shown_to="participant"))
    assert "Show it to sponsors" in refusal.value.fields["shown_to"]


async def test_the_owner_is_one_of_the_people_of_the_engagement(northlight, elsewhere, work):
    for stranger in (northlight.alice, elsewhere.pat):
        with pytest.raises(Invalid) as refusal:
            await agreed(northlight, work, action(stranger))
        assert "owner_id" in refusal.value.fields


async def test_an_action_can_only_come_from_a_session_of_its_engagement(northlight, work):
    other = (await engagement(northlight, title="Another")).engagement
    draft = SessionDraft(kind="coaching", starts_on=TODAY, starts_at="09:00")
    session = await does(northlight, northlight.bob, plan_session, other, draft)
    with pytest.raises(Invalid) as refusal:
        await agreed(northlight, work, action(northlight.pat, session_id=session.id))
    assert "session_id" in refusal.value.fields
    promise = await agreed(northlight, other, action(northlight.pat, session_id=session.id))
    around = {"engagement": other, "session": session.id, "owners": [], "since": TODAY}
    rows = await listed(northlight, northlight.pat, queries.around_session, **around)
    assert rows == ["Open handover with one question"]
    assert (await read(northlight, promise, northlight.pat)).session_id == session.id


async def test_only_the_team_agrees_actions(northlight, elsewhere, work):
    for person in (northlight.alice, northlight.pat):
        with pytest.raises(Refused):
            await does(northlight, person, service.agree, work, action(northlight.pat))
    with pytest.raises(NotFound):
        await does(elsewhere, elsewhere.alice, service.agree, work, action(elsewhere.alice))


async def test_a_participant_completes_and_reopens_their_own_action(northlight, work):
    promise = await agreed(northlight, work, action(northlight.pat))
    await does(northlight, northlight.pat, service.complete, promise, YESTERDAY)
    row = await read(northlight, promise, northlight.pat)
    assert (row.state, row.done_on) == ("done", YESTERDAY)
    await does(northlight, northlight.pat, service.reopen, promise)
    row = await read(northlight, promise, northlight.pat)
    assert (row.state, row.done_on) == ("open", None)
    assert await verbs(northlight, promise) == [
        "action agreed",
        "action completed",
        "action reopened",
    ]


async def test_a_participant_changes_nothing_else_of_their_action(northlight, work):
    promise = await agreed(northlight, work, action(northlight.pat))
    with pytest.raises(Refused):
        draft = action(northlight.pat, "Do nothing")
        await does(northlight, northlight.pat, service.change, promise, draft)
    with pytest.raises(Refused, match="Only the team"):
        await does(northlight, northlight.pat, service.drop, promise)
    row = await read(northlight, promise, northlight.pat)
    assert (row.text, row.state) == ("Open handover with one question", "open")


async def test_a_participant_cannot_touch_an_action_of_somebody_else(northlight, work):
    promise = await agreed(northlight, work, action(northlight.ann, shown_to="participant"))
    with pytest.raises(NotFound):
        await does(northlight, northlight.pat, service.complete, promise, TODAY)


async def test_another_consultancy_finds_no_action(northlight, elsewhere, work):
    promise = await agreed(northlight, work, action(northlight.pat))
    assert await read(elsewhere, promise, elsewhere.alice) is None
    with pytest.raises(NotFound):
        await does(elsewhere, elsewhere.alice, service.complete, promise, TODAY)


async def test_completing_twice_keeps_the_first_day(northlight, work):
    promise = await agreed(northlight, work, action(northlight.pat))
    await does(northlight, northlight.pat, service.complete, promise, YESTERDAY)
    await does(northlight, northlight.bob, service.complete, promise, TODAY)
    assert (await read(northlight, promise, northlight.bob)).done_on == YESTERDAY
    assert await verbs(northlight, promise) == ["action agreed", "action completed"]


async def test_two_taps_at_once_complete_an_action_once(northlight, work):
    promise = await agreed(northlight, work, action(northlight.pat))
    await asyncio.gather(
        does(northlight, northlight.pat, service.complete, promise, TODAY),
        does(northlight, northlight.bob, service.complete, promise, TODAY),
    )
    assert await verbs(northlight, promise) == ["action agreed", "action completed"]


async def test_an_action_cannot_be_done_on_a_day_to_come(northlight, work):
    promise = await agreed(northlight, work, action(northlight.pat))
    with pytest.raises(Invalid) as refusal:
        await does(northlight, northlight.pat, service.complete, promise, TODAY + timedelta(days=2))
    assert refusal.value.fields == {"on": "Enter today or an earlier day."}


async def test_a_dropped_action_cannot_be_completed(northlight, work):
    promise = await agreed(northlight, work, action(northlight.pat))
    await does(northlight, northlight.bob, service.drop, promise)
    with pytest.raises(Refused, match="Reopen it first"):
        await does(northlight, northlight.pat, service.complete, promise, TODAY)


async def test_what_the_team_dropped_only_the_team_reopens(northlight, work):
    promise = await agreed(northlight, work, action(northlight.pat))
    await does(northlight, northlight.bob, service.drop, promise)
    with pytest.raises(Refused, match="The team dropped this action"):
        await does(northlight, northlight.pat, service.reopen, promise)
    await does(northlight, northlight.ann, service.reopen, promise)
    assert (await read(northlight, promise, northlight.pat)).state == "open"


async def test_a_done_action_cannot_be_dropped_and_a_dropped_one_not_twice(northlight, work):
    promise = await agreed(northlight, work, action(northlight.pat))
    await does(northlight, northlight.bob, service.complete, promise, TODAY)
    with pytest.raises(Refused, match="is done"):
        await does(northlight, northlight.bob, service.drop, promise)
    await does(northlight, northlight.bob, service.reopen, promise)
    await does(northlight, northlight.bob, service.drop, promise)
    with pytest.raises(Refused, match="dropped already"):
        await does(northlight, northlight.bob, service.drop, promise)


async def test_the_team_changes_an_open_action_and_writes_to_its_new_owner(northlight, work):
    promise = await agreed(northlight, work, action(northlight.pat))
    draft = action(northlight.ann, "Ask the registrar first", due_on=YESTERDAY, kind="commitment")
    await does(northlight, northlight.bob, service.change, promise, draft)
    row = await read(northlight, promise, northlight.bob)
    assert (row.text, row.owner, row.kind, row.late) == (
        "Ask the registrar first",
        "Ann Lowe",
        "commitment",
        True,
    )
    assert {letter.to_name for letter in await letters(northlight)} == {"Pat Okafor", "Ann Lowe"}


async def test_a_done_action_does_not_change_before_it_is_reopened(northlight, work):
    promise = await agreed(northlight, work, action(northlight.pat))
    await does(northlight, northlight.bob, service.complete, promise, TODAY)
    with pytest.raises(Refused, match="Reopen it first"):
        await does(
            northlight, northlight.bob, service.change, promise, action(northlight.pat, "Else")
        )


async def test_a_participant_reads_their_own_actions_and_no_others(northlight, work):
    await agreed(northlight, work, action(northlight.pat, "Hers"))
    await agreed(northlight, work, action(northlight.ann, "Ann's", shown_to="participant"))
    await agreed(northlight, work, action(northlight.bob, "The team's", shown_to="team"))
    pat, bob = northlight.pat, northlight.bob
    assert await listed(northlight, pat, queries.my_actions) == ["Hers"]
    assert await listed(northlight, pat, queries.all_actions, engagement=work) == ["Hers"]
    assert len(await listed(northlight, bob, queries.all_actions, engagement=work)) == 3


async def test_a_sponsor_sees_only_actions_shown_to_sponsors(northlight, work):
    await agreed(northlight, work, action(northlight.pat, "For her"))
    await agreed(northlight, work, action(northlight.bob, "For all", shown_to="sponsor"))
    read_here = {"engagement": work}
    sam = northlight.sam
    assert await listed(northlight, sam, queries.all_actions, **read_here) == []
    assert await listed(northlight, sam, queries.all_actions, "portal", **read_here) == ["For all"]


async def test_open_actions_come_by_when_they_are_due(northlight, work):
    await agreed(northlight, work, action(northlight.pat, "Some day"))
    await agreed(northlight, work, action(northlight.pat, "Soon", due_on=TODAY))
    await agreed(northlight, work, action(northlight.pat, "Late", due_on=YESTERDAY))
    rows = await listed(northlight, northlight.bob, queries.all_actions, engagement=work)
    assert rows == ["Late", "Soon", "Some day"]


async def test_actions_of_an_engagement_are_grouped_by_state(northlight, work):
    await agreed(northlight, work, action(northlight.pat, "Open"))
    done = await agreed(northlight, work, action(northlight.pat, "Done", due_on=YESTERDAY))
    dropped = await agreed(northlight, work, action(northlight.pat, "Dropped"))
    await does(northlight, northlight.bob, service.complete, done, TODAY)
    await does(northlight, northlight.bob, service.drop, dropped)
    async with northlight.db.transaction(await northlight.context(northlight.bob)) as tx:
        grouped = await queries.actions_by_state(tx, work, TODAY)
    assert [
        [row.text for row in rows] for rows in (grouped.open, grouped.done, grouped.dropped)
    ] == [
        ["Open"],
        ["Done"],
        ["Dropped"],
    ]
    assert not grouped.done[0].late


async def test_what_was_done_lately_is_still_in_sight_of_its_owner(northlight, work):
    promise = await agreed(northlight, work, action(northlight.pat))
    await does(northlight, northlight.pat, service.complete, promise, YESTERDAY)
    select = queries.my_finished_actions
    assert await listed(northlight, northlight.pat, select, since=TODAY) == []
    assert len(await listed(northlight, northlight.pat, select, since=YESTERDAY)) == 1
