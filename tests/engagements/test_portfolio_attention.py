"""Who needs me: each rule finds what waits, says why, and finds nothing else."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest

from engagements.actions import service as actions
from engagements.actions.service import ActionDraft
from engagements.notes.audience import Audience
from engagements.notes.queries import note_page
from engagements.notes.service import NoteDraft, write
from engagements.portfolio import plan
from engagements.portfolio.attention import Need, ago, who_needs_me
from engagements.portfolio.plan import MilestoneDraft
from engagements.portfolio.service import StateChange, change_state
from engagements.sessions import service as sessions
from engagements.sessions.service import SessionDraft
from tenancy.errors import KeptAside
from tenancy.ids import new_id
from world import Consultancy, EngagementWorld, Person, engagement

BEGAN = date(2026, 1, 12)
"""The first day of the engagement in these tests."""
EARLY = BEGAN + timedelta(weeks=6)
"""The last day on which it does not count as stalled."""
TODAY = datetime.now(UTC).date()


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    """Bob leads it, Pat takes part; it runs, and nothing has happened yet."""
    return await engagement(northlight)


async def waiting(world: Consultancy, reader: Person, today: date = EARLY) -> list[Need]:
    async with world.transaction(reader) as tx:
        return await who_needs_me(tx, today)


async def reflects(world: Consultancy, work: EngagementWorld, audience: Audience) -> None:
    readers = [world.bob.id] if audience == "named" else []
    note = NoteDraft(
        body="Asked the HCA first.",
        kind="reflection",
        audience=audience,
        reader_ids=readers,
        engagement_id=work.engagement,
    )
    async with world.transaction(world.pat) as tx:
        await write(tx, new_id(), note)


async def promised(world: Consultancy, work: EngagementWorld, owner: Person, due: date) -> None:
    draft = ActionDraft(text="Open handover with one question", owner_id=owner.id, due_on=due)
    async with world.transaction(world.bob) as tx:
        await actions.agree(tx, work.engagement, draft)


async def test_nothing_waits_in_a_young_engagement(northlight: Consultancy, work: EngagementWorld):
    assert await waiting(northlight, northlight.bob) == []


async def test_a_running_engagement_stalls_after_six_quiet_weeks(
    northlight: Consultancy, work: EngagementWorld
):
    [need] = await waiting(northlight, northlight.bob, EARLY + timedelta(days=1))
    assert (need.kind, need.engagement_id) == ("stalled", work.engagement)
    assert need.reason == "Nothing has been held for 6 weeks, and nothing is planned."


async def test_a_planned_session_ends_the_stall(northlight: Consultancy, work: EngagementWorld):
    draft = SessionDraft(
        kind="team", starts_on=TODAY + timedelta(days=7), starts_at="09:00", attendee_ids=[]
    )
    async with northlight.transaction(northlight.bob) as tx:
        await sessions.plan_session(tx, work.engagement, draft)
    assert await waiting(northlight, northlight.bob, TODAY) == []


async def test_a_paused_engagement_does_not_stall(northlight: Consultancy, work: EngagementWorld):
    async with northlight.transaction(northlight.bob) as tx:
        await change_state(tx, work.engagement, StateChange(state="paused"))
    assert await waiting(northlight, northlight.bob, date(2026, 12, 1)) == []


@pytest.mark.parametrize("audience", ["named", "team"])
async def test_a_reflection_shared_with_me_waits_for_me(
    northlight: Consultancy, work: EngagementWorld, audience: Audience
):
    await reflects(northlight, work, audience)
    needs = await waiting(northlight, northlight.bob, TODAY)
    assert needs[0].kind == "reflection"
    assert needs[0].subject == "A reflection from Pat Okafor"
    assert needs[0].reason == "Shared with you today."


async def test_a_private_reflection_does_not_show(northlight: Consultancy, work: EngagementWorld):
    await reflects(northlight, work, "me")
    kinds = {need.kind for need in await waiting(northlight, northlight.bob, TODAY)}
    assert "reflection" not in kinds


async def test_a_reflection_waits_until_it_is_opened(
    northlight: Consultancy, work: EngagementWorld
):
    await reflects(northlight, work, "named")
    [need] = await waiting(northlight, northlight.bob, EARLY)
    async with northlight.transaction(northlight.bob) as tx:
        await note_page(tx, need.thing_id)

    assert await waiting(northlight, northlight.bob, EARLY) == []


async def test_a_text_that_was_kept_beside_a_note_waits_for_its_writer_alone(
    northlight: Consultancy, work: EngagementWorld
):
    id = new_id()
    for version in (0, 1, 1):
        draft = NoteDraft(body="Text", version=version, engagement_id=work.engagement)
        with suppress(KeptAside):
            async with northlight.transaction(northlight.bob) as tx:
                await write(tx, id, draft)

    [need, *_] = await waiting(northlight, northlight.bob, TODAY)
    assert (need.kind, need.thing_id) == ("copy", id)
    assert need.reason == "You wrote at two places at once, today. Both texts are kept."
    others = await waiting(northlight, northlight.alice, TODAY)
    assert "copy" not in {need.kind for need in others}


async def test_a_reflection_waits_for_fourteen_days(northlight: Consultancy, work: EngagementWorld):
    await reflects(northlight, work, "named")
    later = await waiting(northlight, northlight.bob, TODAY + timedelta(days=15))
    assert "reflection" not in {need.kind for need in later}


async def test_an_overdue_promise_shows_whose_it_is(northlight: Consultancy, work: EngagementWorld):
    await promised(northlight, work, northlight.pat, EARLY - timedelta(days=3))
    await promised(northlight, work, northlight.bob, EARLY - timedelta(days=1))
    assert [need.reason for need in await waiting(northlight, northlight.bob)] == [
        "Pat Okafor promised this. It was due 3 days ago.",
        "You promised this. It was due yesterday.",
    ]


async def test_a_promise_that_is_due_today_is_not_overdue(
    northlight: Consultancy, work: EngagementWorld
):
    await promised(northlight, work, northlight.pat, EARLY)
    assert await waiting(northlight, northlight.bob) == []


async def test_an_overdue_milestone_shows_until_it_is_reached(
    northlight: Consultancy, work: EngagementWorld
):
    draft = MilestoneDraft(title="Report to the board", due_on=EARLY - timedelta(days=20))
    async with northlight.transaction(northlight.bob) as tx:
        board = await plan.add_milestone(tx, work.engagement, draft)
    [need] = await waiting(northlight, northlight.bob)
    assert (need.subject, need.reason) == (
        "Report to the board",
        "This milestone was due 2 weeks ago.",
    )
    async with northlight.transaction(northlight.bob) as tx:
        await plan.complete_milestone(tx, board.id, on=EARLY)
    assert await waiting(northlight, northlight.bob) == []


async def test_people_come_before_plans(northlight: Consultancy, work: EngagementWorld):
    await promised(northlight, work, northlight.pat, TODAY - timedelta(days=30))
    await reflects(northlight, work, "named")
    kinds = [need.kind for need in await waiting(northlight, northlight.bob, TODAY)]
    assert kinds == ["reflection", "stalled", "action"]


async def test_an_owner_sees_what_drifts_and_no_private_reflection(
    northlight: Consultancy, work: EngagementWorld
):
    await reflects(northlight, work, "named")
    kinds = [need.kind for need in await waiting(northlight, northlight.alice, TODAY)]
    assert kinds == ["stalled"]


async def test_an_associate_sees_nothing_of_other_engagements(
    northlight: Consultancy, work: EngagementWorld
):
    assert await waiting(northlight, northlight.ann, TODAY) == []


async def test_another_consultancy_sees_nothing(
    northlight: Consultancy, elsewhere: Consultancy, work: EngagementWorld
):
    assert await waiting(elsewhere, elsewhere.alice, TODAY) == []


@pytest.mark.parametrize(
    ("days", "said"), [(0, "today"), (1, "yesterday"), (13, "13 days ago"), (14, "2 weeks ago")]
)
def test_how_long_ago_is_said_as_people_say_it(days: int, said: str):
    assert ago(days) == said
