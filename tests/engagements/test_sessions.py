"""Sessions: planning, moving, cancelling, who came, and who reads of them."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from engagements.portfolio.entities import Engagements
from engagements.sessions import queries, service
from engagements.sessions.service import Register, SessionDraft
from tenancy.database.context import Context
from tenancy.errors import Invalid, NotFound, Refused
from tenancy.ids import new_id
from tenancy.mail.service import outbox
from tenancy.workspaces.service import assign
from world import Consultancy, Person, engagement

LONDON = ZoneInfo("Europe/London")


def session(*people: Person, days: float = 7, **facts) -> SessionDraft:
    """A coaching session of an hour, in so many days from now."""
    at = datetime.now(LONDON) + timedelta(days=days)
    given = {
        "kind": "coaching",
        "starts_on": at.date(),
        "starts_at": f"{at:%H:%M}",
        "attendee_ids": [person.id for person in people],
    }
    return SessionDraft(**(given | facts))


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


async def planned(world: Consultancy, work: UUID, draft: SessionDraft) -> UUID:
    async with world.db.transaction(await world.context(world.bob), writes=True) as tx:
        return (await service.plan_session(tx, work, draft)).id


async def changed(world: Consultancy, id: UUID, draft: SessionDraft, by: Person | None = None):
    context = await world.context(by or world.bob)
    async with world.db.transaction(context, writes=True) as tx:
        return await service.change_session(tx, id, draft)


async def held(world: Consultancy, id: UUID, *came: Person):
    register = Register(came_ids=[person.id for person in came])
    async with world.db.transaction(await world.context(world.bob), writes=True) as tx:
        return await service.hold(tx, id, register)


async def cancelled(world: Consultancy, id: UUID, by: Person | None = None):
    context = await world.context(by or world.bob)
    async with world.db.transaction(context, writes=True) as tx:
        return await service.cancel(tx, id)


async def read(world: Consultancy, id: UUID, by: Person, surface="workspace"):
    async with world.db.transaction(await world.context(by, surface)) as tx:
        return await tx.maybe(queries.session_page, id=id)


async def letters(world: Consultancy, *kinds: str):
    """The letters about sessions in the outbox, the oldest first."""
    async with world.db.transaction(Context(surface="job", tenant=world.tenant)) as tx:
        posted = await outbox(tx)
    wanted = kinds or ("session_planned", "session_changed", "session_cancelled")
    return [letter for letter in reversed(posted) if letter.letter in wanted]


async def verbs(world: Consultancy, id: UUID) -> list[str]:
    async with world.db.transaction(Context(surface="job", tenant=world.tenant)) as tx:
        rows = await tx.connection.fetch(
            "SELECT verb FROM audit_entry WHERE tenant_id = $1 AND object_id = $2 ORDER BY id",
            world.tenant,
            id,
        )
    return [row["verb"] for row in rows]


async def test_a_session_is_planned_in_the_time_on_the_wall(northlight, work):
    draft = session(northlight.pat, starts_on=date(2027, 6, 8), starts_at="14:00")
    page = await read(northlight, await planned(northlight, work, draft), northlight.bob)
    assert page.starts_at == datetime(2027, 6, 8, 13, 0, tzinfo=UTC)
    assert (page.title, page.minutes, page.state) == ("Coaching session", 60, "planned")
    assert page.lead == "Bob Hartley"
    assert [attendee.name for attendee in page.attendees] == ["Pat Okafor"]


async def test_a_time_that_the_clocks_skip_is_refused_and_another_is_offered(northlight, work):
    with pytest.raises(Invalid) as refusal:
        await planned(northlight, work, session(starts_on=date(2027, 3, 28), starts_at="01:30"))
    assert refusal.value.fields["starts_at"] == (
        "There is no 01:30 on 28 March 2027: the clocks go forward. "
        "Choose another time, such as 02:30."
    )


async def test_of_an_hour_that_comes_twice_the_first_is_meant(northlight, work):
    draft = session(starts_on=date(2027, 10, 31), starts_at="01:30")
    page = await read(northlight, await planned(northlight, work, draft), northlight.bob)
    assert page.starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


async def test_everybody_expected_is_written_to_but_the_one_who_plans(northlight, work):
    draft = session(
        northlight.bob,
        northlight.pat,
        northlight.sam,
        kind="review",
        starts_on=date(2027, 6, 8),
        starts_at="14:00",
        place="Room 4",
        link="https://meet.example/abc",
    )
    meeting = await planned(northlight, work, draft)
    posted = {letter.to_name: letter for letter in await letters(northlight)}
    assert posted.keys() == {"Pat Okafor", "Sam Whitfield"}
    facts = posted["Pat Okafor"].facts
    assert (facts["date"], facts["time"], facts["minutes"]) == ("2027-06-08", "14:00", 60)
    assert (facts["place"], facts["link"]) == ("Room 4", "https://meet.example/abc")
    assert (facts["title"], facts["sender"]) == ("Review", "Bob Hartley")
    assert facts["path"] == f"/w/{northlight.slug}/sessions/{meeting}"


async def test_a_sponsors_letter_leads_to_the_portal_once_that_is_open(northlight, work):
    await planned(northlight, work, session(northlight.sam, kind="review"))
    async with northlight.db.transaction(
        await northlight.context(northlight.bob), writes=True
    ) as tx:
        (await Engagements(tx).find(work)).portal_opened_at = datetime.now(UTC)
    await planned(northlight, work, session(northlight.sam, kind="review"))
    paths = [letter.facts["path"] for letter in await letters(northlight)]
    assert paths == ["", f"/portal/{northlight.slug}/{work}"]


async def test_a_session_entered_after_the_event_writes_to_nobody(northlight, work):
    await planned(northlight, work, session(northlight.pat, days=-2))
    assert await letters(northlight) == []


async def test_only_people_of_the_engagement_can_be_expected(northlight, elsewhere, work):
    for stranger in (northlight.alice, elsewhere.pat):
        with pytest.raises(Invalid) as refusal:
            await planned(northlight, work, session(stranger))
        assert "attendee_ids" in refusal.value.fields


async def test_a_link_for_joining_must_be_https(northlight, work):
    with pytest.raises(Invalid) as refusal:
        await planned(northlight, work, session(link="javascript:alert(1)"))
    assert refusal.value.fields == {"link": "Enter a link that begins with https://."}


async def test_an_owner_who_is_not_on_the_team_cannot_plan(northlight, work):
    context = await northlight.context(northlight.alice)
    with pytest.raises(Refused):
        async with northlight.db.transaction(context, writes=True) as tx:
            await service.plan_session(tx, work, session())


async def test_a_participant_cannot_plan_or_change_a_session(northlight, work):
    meeting = await planned(northlight, work, session(northlight.pat))
    context = await northlight.context(northlight.pat)
    with pytest.raises(Refused):
        async with northlight.db.transaction(context, writes=True) as tx:
            await service.plan_session(tx, work, session())
    with pytest.raises(NotFound):
        await changed(northlight, meeting, session(northlight.pat), by=northlight.pat)
    with pytest.raises(NotFound):
        await cancelled(northlight, meeting, by=northlight.pat)


async def test_another_consultancy_finds_no_session(northlight, elsewhere, work):
    meeting = await planned(northlight, work, session(northlight.pat))
    assert await read(elsewhere, meeting, elsewhere.alice) is None
    context = await elsewhere.context(elsewhere.alice)
    with pytest.raises(NotFound):
        async with elsewhere.db.transaction(context, writes=True) as tx:
            await service.plan_session(tx, work, session())
    with pytest.raises(NotFound):
        async with elsewhere.db.transaction(context, writes=True) as tx:
            await service.cancel(tx, meeting)


async def test_moving_a_session_writes_to_those_who_stay(northlight, work):
    first = session(northlight.pat, starts_on=date(2027, 6, 8), starts_at="14:00")
    meeting = await planned(northlight, work, first)
    moved = session(northlight.pat, starts_on=date(2027, 6, 9), starts_at="09:30")
    await changed(northlight, meeting, moved)
    (letter,) = await letters(northlight, "session_changed")
    assert letter.to_name == "Pat Okafor"
    assert (letter.facts["date"], letter.facts["time"]) == ("2027-06-09", "09:30")
    assert (letter.facts["was_date"], letter.facts["was_time"]) == ("2027-06-08", "14:00")


async def test_who_joins_hears_of_the_plan_and_who_is_released_that_it_goes_on_without_them(
    northlight, work
):
    day = {"starts_on": date(2027, 6, 8), "starts_at": "14:00"}
    meeting = await planned(northlight, work, session(northlight.pat, **day))
    await changed(northlight, meeting, session(northlight.ann, **day))
    _, joining, released = await letters(northlight)
    assert (joining.letter, joining.to_name) == ("session_planned", "Ann Lowe")
    assert (released.letter, released.to_name) == ("session_cancelled", "Pat Okafor")
    assert released.facts["released"] is True


async def test_a_new_title_is_no_reason_to_write(northlight, work):
    day = {"starts_on": date(2027, 6, 8), "starts_at": "14:00"}
    meeting = await planned(northlight, work, session(northlight.pat, **day))
    await changed(northlight, meeting, session(northlight.pat, title="Holding the line", **day))
    assert await letters(northlight, "session_changed", "session_cancelled") == []
    assert (await read(northlight, meeting, northlight.pat)).title == "Holding the line"


async def test_a_person_released_and_expected_again_is_expected_once(northlight, work):
    meeting = await planned(northlight, work, session(northlight.pat))
    await changed(northlight, meeting, session())
    await changed(northlight, meeting, session(northlight.pat))
    page = await read(northlight, meeting, northlight.bob)
    assert [attendee.name for attendee in page.attendees] == ["Pat Okafor"]


async def test_who_came_is_recorded_and_can_be_corrected(northlight, work):
    draft = session(northlight.pat, northlight.ann, days=-1)
    meeting = await planned(northlight, work, draft)
    assert (await read(northlight, meeting, northlight.bob)).to_record
    await held(northlight, meeting, northlight.pat)
    page = await read(northlight, meeting, northlight.bob)
    assert (page.state, page.to_record) == ("held", False)
    assert {a.name: a.came for a in page.attendees} == {"Ann Lowe": False, "Pat Okafor": True}
    await held(northlight, meeting, northlight.pat, northlight.ann)
    page = await read(northlight, meeting, northlight.bob)
    assert {a.name: a.came for a in page.attendees} == {"Ann Lowe": True, "Pat Okafor": True}


async def test_somebody_not_expected_cannot_have_come(northlight, work):
    meeting = await planned(northlight, work, session(northlight.pat, days=-1))
    with pytest.raises(Invalid):
        await held(northlight, meeting, northlight.sam)


async def test_a_session_that_has_not_begun_cannot_be_held(northlight, work):
    meeting = await planned(northlight, work, session(northlight.pat))
    with pytest.raises(Refused, match="has not begun yet"):
        await held(northlight, meeting, northlight.pat)


async def test_a_session_cancelled_in_good_time_is_cancelled_and_written_about(northlight, work):
    meeting = await planned(northlight, work, session(northlight.pat, days=3))
    assert (await cancelled(northlight, meeting)).state == "cancelled"
    (letter,) = await letters(northlight, "session_cancelled")
    assert (letter.to_name, letter.facts["released"]) == ("Pat Okafor", False)
    assert await verbs(northlight, meeting) == ["session planned", "session cancelled"]


async def test_less_than_48_hours_notice_is_a_late_cancellation(northlight, work):
    meeting = await planned(northlight, work, session(northlight.pat, days=1.9))
    assert (await cancelled(northlight, meeting)).state == "cancelled late"


async def test_a_cancelled_session_cannot_be_changed_held_or_cancelled_again(northlight, work):
    meeting = await planned(northlight, work, session(northlight.pat, days=-1))
    await cancelled(northlight, meeting)
    with pytest.raises(Refused, match="was cancelled late"):
        await changed(northlight, meeting, session())
    with pytest.raises(Refused, match="was cancelled"):
        await held(northlight, meeting)
    with pytest.raises(Refused, match="cancelled already"):
        await cancelled(northlight, meeting)


async def test_a_session_that_was_held_cannot_be_cancelled_or_changed(northlight, work):
    meeting = await planned(northlight, work, session(northlight.pat, days=-1))
    await held(northlight, meeting, northlight.pat)
    with pytest.raises(Refused, match="was held"):
        await cancelled(northlight, meeting)
    with pytest.raises(Refused, match="was held"):
        await changed(northlight, meeting, session())


async def test_of_two_people_who_cancel_at_once_one_is_told_that_it_is_done(northlight, work):
    meeting = await planned(northlight, work, session(northlight.pat))
    answers = await asyncio.gather(
        cancelled(northlight, meeting),
        cancelled(northlight, meeting, by=northlight.ann),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, Refused) for answer in answers) == 1
    assert len(await letters(northlight, "session_cancelled")) == 1


async def test_a_participant_reads_the_sessions_that_name_them_and_no_others(northlight, work):
    hers = await planned(northlight, work, session(northlight.pat))
    other = await planned(northlight, work, session(northlight.sam, kind="review"))
    async with northlight.db.transaction(await northlight.context(northlight.pat)) as tx:
        assert [row.id for row in await tx.all(queries.upcoming, engagement=work)] == [hers]
        assert [row.id for row in await tx.all(queries.my_upcoming)] == [hers]
    assert await read(northlight, other, northlight.pat) is None


async def test_a_participant_does_not_read_whether_others_came(northlight, work):
    meeting = await planned(northlight, work, session(northlight.pat, northlight.ann, days=-1))
    await held(northlight, meeting, northlight.pat, northlight.ann)
    page = await read(northlight, meeting, northlight.pat)
    assert {a.name: a.came for a in page.attendees} == {"Ann Lowe": None, "Pat Okafor": True}


async def test_a_sponsor_reads_no_session_in_the_workspace_and_their_own_on_the_portal(
    northlight, work
):
    hers = await planned(northlight, work, session(northlight.sam, kind="review"))
    coaching = await planned(northlight, work, session(northlight.pat))
    assert await read(northlight, hers, northlight.sam) is None
    assert await read(northlight, hers, northlight.sam, "portal") is not None
    assert await read(northlight, coaching, northlight.sam, "portal") is None


async def test_what_is_to_come_and_what_has_been_are_listed_apart(northlight, work):
    later = await planned(northlight, work, session(northlight.pat, days=14))
    sooner = await planned(northlight, work, session(northlight.pat, days=7))
    earlier = await planned(northlight, work, session(northlight.pat, days=-7))
    off = await planned(northlight, work, session(northlight.pat, days=8))
    await cancelled(northlight, off)
    async with northlight.db.transaction(await northlight.context(northlight.bob)) as tx:
        upcoming = await tx.all(queries.upcoming, engagement=work)
        past = await tx.all(queries.past, engagement=work)
    assert [row.id for row in upcoming] == [sooner, later]
    assert [row.id for row in past] == [off, earlier]


async def test_coaching_sessions_are_numbered_for_each_participant(northlight, work):
    first = await planned(northlight, work, session(northlight.pat, days=-20))
    await cancelled(northlight, await planned(northlight, work, session(northlight.pat, days=9)))
    await planned(northlight, work, session(northlight.pat, days=-5, kind="workshop"))
    await planned(northlight, work, session(northlight.sam, days=-5))
    second = await planned(northlight, work, session(northlight.bob, northlight.pat))
    numbers = {
        meeting: (await read(northlight, meeting, reader)).number
        for reader in (northlight.bob, northlight.pat)
        for meeting in (first, second)
    }
    assert numbers == {first: 1, second: 2}


async def test_a_session_without_a_participant_has_no_number(northlight, work):
    meeting = await planned(northlight, work, session(northlight.sam, kind="review"))
    assert (await read(northlight, meeting, northlight.bob)).number is None


async def test_a_participant_sees_between_which_sessions_they_are(northlight, work):
    await planned(northlight, work, session(northlight.pat, days=-20))
    await planned(northlight, work, session(northlight.pat, days=-6))
    coming = await planned(northlight, work, session(northlight.pat))
    await planned(northlight, work, session(northlight.pat, days=30))
    async with northlight.db.transaction(await northlight.context(northlight.pat)) as tx:
        (coaching,) = await tx.all(queries.my_coaching)
        following, _ = await tx.all(queries.my_upcoming)
    assert (coaching.engagement_id, coaching.lead, coaching.sessions) == (work, "Bob Hartley", 2)
    assert (following.id, following.number) == (coming, 3)
    assert coaching.next_at == following.starts_at


async def test_a_session_of_nobody_else_is_among_those_of_the_one_who_leads_it(northlight, work):
    meeting = await planned(northlight, work, session())
    async with northlight.db.transaction(await northlight.context(northlight.bob)) as tx:
        assert [row.id for row in await tx.all(queries.my_upcoming)] == [meeting]
    async with northlight.db.transaction(await northlight.context(northlight.ann)) as tx:
        assert await tx.all(queries.my_upcoming) == []


async def test_a_session_that_does_not_exist_is_not_found(northlight):
    with pytest.raises(NotFound):
        await cancelled(northlight, new_id())
