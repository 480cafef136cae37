"""The sponsor's page over HTTP: one address, no menu, and nothing before there is something."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from engagements.portal import service
from engagements.sessions.service import SessionDraft, plan_session
from measured import FEBRUARY, OCTOBER, acts, finding, indicator, surveyed
from world import Consultancy, engagement


@pytest.fixture
async def work(northlight: Consultancy) -> UUID:
    return (await engagement(northlight)).engagement


def at(world: Consultancy, path: object = "") -> str:
    return f"/portal/{world.slug}/{path}"


async def opened(world: Consultancy, work: UUID, **facts):
    draft = finding(open_portal=True, **facts)
    return await acts(world, world.bob, service.publish_update, work, draft)


async def test_the_page_has_the_finding_and_the_evidence(northlight, work, visit):
    series = await indicator(northlight, work)
    await surveyed(northlight, work, FEBRUARY, 6.1, 5.6, 6.7, 5.7)
    await surveyed(northlight, work, OCTOBER, 7.2, 5.8, 5.9, 5.7)
    await opened(northlight, work, indicator_id=series, with_domains=True)
    sam = await visit(northlight, northlight.sam)
    page = await sam.page(at(northlight, work))
    assert page.status_code == 200
    assert f"<h1>{finding().headline}</h1>" in page.text
    assert "Four domains" in page.text
    assert "scale of 0 to 10" in page.text
    assert "Down 0.8 since February" in page.text
    assert "not a validated scale" in page.text
    assert page.text.count('<svg class="xmr') == 2
    assert "Where we are" in page.text
    assert "Coaching notes are never shown here." in page.text


async def test_the_page_is_the_same_thing_as_json(northlight, work, visit):
    await opened(northlight, work)
    sam = await visit(northlight, northlight.sam)
    shown = await sam.json(at(northlight, work))
    assert shown["update"]["content"]["headline"] == finding().headline
    assert shown["progress"].startswith("month ")
    assert shown["lead"] == "Bob Hartley"
    assert shown["measure"] is None


async def test_a_session_that_the_sponsor_attends_can_go_into_their_calendar(
    northlight, work, visit
):
    soon = datetime.now(ZoneInfo("Europe/London")) + timedelta(days=7)
    draft = SessionDraft(
        kind="team",
        title="Executive team",
        starts_on=soon.date(),
        starts_at="09:30",
        attendee_ids=[northlight.sam.id],
    )
    await acts(northlight, northlight.bob, plan_session, work, draft)
    await opened(northlight, work)
    sam = await visit(northlight, northlight.sam)
    page = await sam.page(at(northlight, work))
    assert "Your next session" in page.text
    assert "Executive team with Bob Hartley, 60 minutes" in page.text
    session = (await sam.json(at(northlight, work)))["next_session"]["id"]
    calendar = await sam.get(at(northlight, f"sessions/{session}/calendar.ics"))
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert "SUMMARY:Executive team with Bob Hartley" in calendar.text
    assert f"/portal/{northlight.slug}/{work}" in calendar.text.replace("\r\n ", "")


async def test_a_sponsor_of_one_engagement_goes_straight_to_it(northlight, work, visit):
    await opened(northlight, work)
    sam = await visit(northlight, northlight.sam)
    answer = await sam.page(at(northlight))
    assert answer.status_code == 303
    assert answer.headers["location"] == at(northlight, work)


async def test_a_sponsor_of_two_engagements_chooses(northlight, work, visit):
    second = (await engagement(northlight, title="Second")).engagement
    await opened(northlight, work)
    await opened(northlight, second, headline="Handover feels different")
    sam = await visit(northlight, northlight.sam)
    page = await sam.page(at(northlight))
    assert page.status_code == 200
    assert "Handover feels different" in page.text
    assert finding().headline in page.text
    assert len((await sam.json(at(northlight)))["portals"]) == 2


async def test_before_the_portal_is_opened_there_is_a_calm_page(northlight, work, visit):
    await acts(northlight, northlight.bob, service.publish_update, work, finding())
    sam = await visit(northlight, northlight.sam)
    page = await sam.page(at(northlight))
    assert page.status_code == 200
    assert "There is nothing to read yet" in page.text
    assert (await sam.page(at(northlight, work))).status_code == 404


async def test_withdrawing_takes_the_page_down_at_once(northlight, work, visit):
    published = await opened(northlight, work)
    sam = await visit(northlight, northlight.sam)
    assert (await sam.page(at(northlight, work))).status_code == 200
    await acts(northlight, northlight.bob, service.withdraw, published.id)
    assert (await sam.page(at(northlight, work))).status_code == 404


async def test_a_sponsor_of_another_engagement_finds_nothing(northlight, work, visit):
    other = (await engagement(northlight, title="Another", with_sponsor=False)).engagement
    await acts(northlight, northlight.bob, service.publish_update, other, finding())
    await opened(northlight, work)
    sam = await visit(northlight, northlight.sam)
    assert (await sam.page(at(northlight, other))).status_code == 404


async def test_participants_and_strangers_find_no_portal(northlight, elsewhere, work, visit):
    await opened(northlight, work)
    pat = await visit(northlight, northlight.pat)
    charlie = await visit(elsewhere, elsewhere.alice)
    assert (await pat.page(at(northlight, work))).status_code == 404
    assert (await charlie.page(at(northlight, work))).status_code == 404
    assert (await charlie.page(at(elsewhere, work))).status_code == 404


async def test_somebody_who_is_not_signed_in_is_led_to_sign_in(northlight, work, visit):
    await opened(northlight, work)
    sam = await visit(northlight, northlight.sam)
    sam.headers.pop("cookie")
    answer = await sam.page(at(northlight, work))
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/sign-in?next={at(northlight, work)}"
