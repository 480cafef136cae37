"""The portal: publishing what was frozen, taking it down, and who is let in."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from engagements.actions.service import ActionDraft, agree
from engagements.measures import service as measures
from engagements.portal import queries, service
from engagements.portal.drafting import AGREED
from engagements.portal.freeze import LIMITS
from engagements.portal.page import PortalPage
from engagements.sessions.service import SessionDraft, plan_session
from measured import (
    FEBRUARY,
    IMPROVING,
    OCTOBER,
    acts,
    agreed,
    finding,
    indicator,
    months,
    reads,
    speaking_up,
    surveyed,
)
from tenancy.database.context import Context
from tenancy.errors import Invalid, NotFound, Refused
from tenancy.ids import new_id
from tenancy.mail.service import outbox
from world import Consultancy, engagement

TODAY = datetime.now(UTC).date()
WORDS = {
    "quote_1": "Last week I just said it, and the first question back was what I needed.",
    "said_by_1": "Ward manager, medicine",
    "permission_1": True,
}


@pytest.fixture
async def work(northlight: Consultancy) -> UUID:
    """Bob's engagement, agreed with Pat and sponsored by Sam, with two surveys."""
    opened = (await engagement(northlight)).engagement
    await agreed(northlight, opened)
    await surveyed(northlight, opened, FEBRUARY, 6.1, 5.6, 6.7, 5.7)
    await surveyed(northlight, opened, OCTOBER, 7.2, 5.8, 5.9, 5.7)
    return opened


async def publish(world: Consultancy, work: UUID, **facts):
    return await acts(world, world.bob, service.publish_update, work, finding(**facts))


async def opened(world: Consultancy, work: UUID, **facts):
    return await publish(world, work, open_portal=True, **facts)


async def seen_by(person, world: Consultancy, work: UUID, surface="portal") -> PortalPage:
    return await reads(world, person, queries.portal_page, work, surface=surface, today=TODAY)


async def rows(world: Consultancy, work: UUID) -> list[queries.PublicationRow]:
    async with world.db.transaction(await world.context(world.bob)) as tx:
        return await tx.all(queries.publications, engagement=work)


async def letters(world: Consultancy):
    async with world.db.transaction(Context(surface="job", tenant=world.tenant)) as tx:
        return [letter for letter in await outbox(tx) if letter.letter == "portal_opened"]


async def test_a_sponsor_reads_the_finding_with_its_evidence(northlight, work):
    series = await indicator(northlight, work)
    await opened(northlight, work, indicator_id=series, with_domains=True, **WORDS)
    shown = await seen_by(northlight.sam, northlight, work)
    assert shown.update.content.headline.startswith("More colleagues feel safe")
    assert shown.update.content.limits == LIMITS
    assert [one.change.word for one in shown.domains.content.domains] == [
        "improving",
        "no clear change",
        "slipping",
        "no clear change",
    ]
    assert shown.measure.content.sentence.startswith("Improving: ")
    assert [point.value for point in shown.measure.content.chart.points] == IMPROVING
    assert [quote.said_by for quote in shown.quotes] == ["Ward manager, medicine"]
    assert shown.lead == "Bob Hartley"
    assert len(shown.steps) == 5


async def test_the_whole_page_is_one_statement_without_the_tables_of_measures(northlight, work):
    sql = queries.portal_row.sql
    assert ";" not in sql
    assert not {"indicator", "observation", "rebase", "domain_score"} & set(
        sql.replace(".", " ").split()
    )


async def test_later_figures_do_not_flow_into_a_publication(northlight, work):
    series = await indicator(northlight, work)
    await opened(northlight, work, indicator_id=series, with_domains=True)
    before = await seen_by(northlight.sam, northlight, work)
    await acts(northlight, northlight.bob, measures.import_observations, series, "2026-10,12")
    await acts(
        northlight, northlight.bob, measures.change_indicator, series, speaking_up(title="Other")
    )
    await surveyed(northlight, work, OCTOBER, 1, 1, 1, 1)
    assert await seen_by(northlight.sam, northlight, work) == before


async def test_figures_after_the_day_of_the_figures_are_left_out(northlight, work):
    series = await indicator(northlight, work)
    rebase = measures.RebaseDraft(period=date(2026, 9, 1), reason="A new questionnaire")
    await acts(northlight, northlight.bob, measures.rebase, series, rebase)
    await opened(
        northlight, work, indicator_id=series, with_domains=True, figures_to=date(2026, 6, 30)
    )
    shown = await seen_by(northlight.sam, northlight, work)
    assert [point.value for point in shown.measure.content.chart.points] == IMPROVING[:18]
    assert shown.measure.content.rebases == []
    assert {one.change.word for one in shown.domains.content.domains} == {"too early to say"}


async def test_a_score_of_fewer_than_ten_replies_is_never_frozen(northlight, work):
    await surveyed(northlight, work, date(2026, 10, 31), 7.2, 5.8, 5.9, 5.7, answers=9)
    await opened(northlight, work, with_domains=True)
    shown = (await seen_by(northlight.sam, northlight, work)).domains.content.domains[0]
    assert (shown.now.mean, shown.now.answers) == (None, None)
    assert shown.change.word == "fewer than 10 replies"
    assert shown.change.difference is None
    assert shown.start.mean == 6.1


async def test_withdrawing_a_finding_takes_down_all_that_came_out_with_it(northlight, work):
    await opened(northlight, work, headline="The first finding", with_domains=True)
    second = await publish(northlight, work, headline="The second finding", **WORDS)
    await acts(northlight, northlight.bob, service.withdraw, second.id)
    shown = await seen_by(northlight.sam, northlight, work)
    assert shown.update.content.headline == "The first finding"
    assert shown.quotes == []
    assert shown.domains is not None
    assert [row.state for row in await rows(northlight, work)] == [
        "withdrawn", "withdrawn", "published", "published",
    ]  # fmt: skip


async def test_one_quote_can_be_withdrawn_by_itself(northlight, work):
    await opened(northlight, work, **WORDS)
    (quote,) = [row for row in await rows(northlight, work) if row.kind == "quote"]
    await acts(northlight, northlight.bob, service.withdraw, quote.id)
    shown = await seen_by(northlight.sam, northlight, work)
    assert shown.quotes == []
    assert shown.update.content.headline == finding().headline


async def test_nothing_is_left_on_the_portal_when_the_only_finding_is_withdrawn(northlight, work):
    published = await opened(northlight, work)
    await acts(northlight, northlight.bob, service.withdraw, published.id)
    with pytest.raises(NotFound):
        await seen_by(northlight.sam, northlight, work)
    async with northlight.db.transaction(await northlight.context(northlight.sam, "portal")) as tx:
        assert await tx.all(queries.portals) == []


async def test_what_was_withdrawn_cannot_be_withdrawn_again(northlight, work):
    published = await publish(northlight, work)
    await acts(northlight, northlight.bob, service.withdraw, published.id)
    with pytest.raises(Refused, match="This was withdrawn already"):
        await acts(northlight, northlight.bob, service.withdraw, published.id)


async def test_a_withdrawn_publication_cannot_be_read_on_the_portal_at_all(northlight, work):
    published = await opened(northlight, work, **WORDS)
    await acts(northlight, northlight.bob, service.withdraw, published.id)
    async with northlight.db.transaction(await northlight.context(northlight.sam, "portal")) as tx:
        assert await tx.connection.fetchval("SELECT count(*) FROM publication") == 0
        assert await tx.connection.fetchval("SELECT count(*) FROM publication_source") == 0


async def test_only_the_three_newest_quotes_are_shown(northlight, work):
    await opened(northlight, work, **WORDS)
    newer = {
        f"{name}_{n}": value
        for n in (1, 2)
        for name, value in (
            ("quote", f"Words {n}"),
            ("said_by", "Theatre nurse"),
            ("permission", True),
        )
    }
    await publish(northlight, work, **newer)
    await publish(northlight, work, **(WORDS | {"quote_1": "The newest words"}))
    shown = await seen_by(northlight.sam, northlight, work)
    assert [quote.text for quote in shown.quotes] == ["The newest words", "Words 1", "Words 2"]


async def test_words_are_published_only_with_permission_and_a_role(northlight, work):
    with pytest.raises(Invalid) as refused:
        await publish(northlight, work, quote_1="We still go quiet.", quote_2="So do we.",
                      said_by_2="Porter")  # fmt: skip
    assert refused.value.fields == {
        "said_by_1": "Say whose words these are, by role: “Ward manager, medicine”.",
        "permission_1": AGREED,
        "permission_2": AGREED,
    }
    assert await rows(northlight, work) == []


async def test_evidence_that_is_not_there_is_refused_with_the_reason(northlight, work):
    empty = await indicator(northlight, work, values=[])
    with pytest.raises(Invalid) as refused:
        await publish(northlight, work, indicator_id=empty)
    assert refused.value.fields["indicator_id"].endswith("has no figure up to that day.")
    with pytest.raises(Invalid, match="Choose an indicator of this engagement"):
        await publish(northlight, work, indicator_id=new_id())
    with pytest.raises(Invalid, match="No domain was surveyed by that day"):
        await publish(northlight, work, with_domains=True, figures_to=date(2026, 1, 31))
    with pytest.raises(Invalid, match="Choose a day that has passed"):
        await publish(northlight, work, figures_to=TODAY + timedelta(days=2))


@pytest.mark.asvs("2.3.1")
async def test_the_portal_cannot_be_opened_before_something_is_published(northlight, work):
    with pytest.raises(Refused, match="a sponsor should never arrive at an empty page"):
        await acts(northlight, northlight.bob, service.open_portal, work)


async def test_the_portal_cannot_be_opened_without_a_sponsor(northlight):
    alone = (await engagement(northlight, with_sponsor=False)).engagement
    await publish(northlight, alone)
    with pytest.raises(Refused, match="Add a sponsor to this engagement first"):
        await acts(northlight, northlight.bob, service.open_portal, alone)


async def test_opening_the_portal_writes_to_the_sponsor_once(northlight, work):
    await publish(northlight, work)
    await acts(northlight, northlight.bob, service.open_portal, work)
    with pytest.raises(Refused, match="is open already"):
        await acts(northlight, northlight.bob, service.open_portal, work)
    await opened(northlight, work)
    (letter,) = await letters(northlight)
    assert letter.to_address == northlight.sam.email
    assert letter.facts["path"] == f"/portal/{northlight.slug}/{work}"
    assert letter.facts["headline"] == finding().headline
    assert letter.facts["sender"] == "Bob Hartley"


async def test_a_sponsor_sees_nothing_before_the_portal_is_opened(northlight, work):
    await publish(northlight, work)
    with pytest.raises(NotFound):
        await seen_by(northlight.sam, northlight, work)


async def test_the_team_previews_the_page_before_it_is_opened(northlight, work):
    await publish(northlight, work)
    shown = await seen_by(northlight.bob, northlight, work, surface="workspace")
    assert shown.update.content.headline == finding().headline
    assert shown.opened_at is None


async def test_a_draft_can_be_previewed_without_publishing_it(northlight, work):
    draft = finding(with_domains=True, **WORDS)
    shown = await acts(northlight, northlight.bob, service.preview_update, work, draft, today=TODAY)
    assert shown.update.content.headline == draft.headline
    assert [quote.text for quote in shown.quotes] == [WORDS["quote_1"]]
    assert len(shown.domains.content.domains) == 4
    assert await rows(northlight, work) == []


async def test_a_sponsor_sees_the_actions_shown_to_sponsors_and_the_sessions_they_attend(
    northlight, work
):
    soon = datetime.now(ZoneInfo("Europe/London")) + timedelta(days=7)
    for text, owner, shown_to, due in (
        ("Debrief after every list", northlight.pat, "sponsor", TODAY - timedelta(days=9)),
        ("Publish what changed", northlight.pat, "sponsor", TODAY + timedelta(days=9)),
        ("Think about the team's own fears", northlight.bob, "team", TODAY),
    ):
        draft = ActionDraft(text=text, owner_id=owner.id, due_on=due, shown_to=shown_to)
        await acts(northlight, northlight.bob, agree, work, draft)
    for title, people in (
        ("With Pat alone", [northlight.pat]),
        ("Executive team", [northlight.sam]),
    ):
        draft = SessionDraft(
            kind="team", title=title, starts_on=soon.date(), starts_at="09:30", minutes=90,
            attendee_ids=[person.id for person in people],
        )  # fmt: skip
        await acts(northlight, northlight.bob, plan_session, work, draft)
    await opened(northlight, work)
    shown = await seen_by(northlight.sam, northlight, work)
    assert [(one.text, one.late) for one in shown.actions] == [
        ("Debrief after every list", True),
        ("Publish what changed", False),
    ]
    assert shown.actions[0].owner_title == "Clinical director, theatres"
    assert shown.next_session.title == "Executive team"
    assert shown.next_session.lead == "Bob Hartley"


async def test_a_sponsor_of_another_engagement_sees_nothing(northlight, work):
    await opened(northlight, work)
    other = (await engagement(northlight, title="Another", with_sponsor=False)).engagement
    await publish(northlight, other)
    with pytest.raises(NotFound):
        await seen_by(northlight.sam, northlight, other)
    async with northlight.db.transaction(await northlight.context(northlight.sam, "portal")) as tx:
        assert [entry.id for entry in await tx.all(queries.portals)] == [work]


@pytest.mark.parametrize("person", ["pat", "ann"])
async def test_the_portal_is_closed_to_those_outside_the_team_and_the_sponsors(
    northlight, work, person
):
    await opened(northlight, work)
    with pytest.raises(NotFound):
        await seen_by(getattr(northlight, person), northlight, work)


async def test_another_consultancy_sees_and_changes_nothing(northlight, elsewhere, work):
    published = await opened(northlight, work)
    with pytest.raises(NotFound):
        await seen_by(elsewhere.alice, elsewhere, work)
    for deed, *facts in (
        (service.publish_update, work, finding()),
        (service.withdraw, published.id),
        (service.open_portal, work),
    ):
        with pytest.raises(NotFound):
            await acts(elsewhere, elsewhere.alice, deed, *facts)


async def test_only_the_team_publishes(northlight, work):
    for person, refusal in (
        (northlight.alice, Refused),
        (northlight.ann, NotFound),
        (northlight.sam, NotFound),
    ):
        with pytest.raises(refusal):
            await acts(northlight, person, service.publish_update, work, finding())


async def test_two_publishing_at_once_both_keep_their_finding(northlight, work):
    await asyncio.gather(
        publish(northlight, work, headline="One"), publish(northlight, work, headline="Two")
    )
    assert {row.label for row in await rows(northlight, work)} == {"One", "Two"}


async def test_a_publication_knows_what_it_was_made_from_and_only_the_team_reads_it(
    northlight, work
):
    series = await indicator(northlight, work, values=[], title="Turnover")
    await acts(northlight, northlight.bob, measures.import_observations, series, months([9, 8]))
    await publish(northlight, work, indicator_id=series)
    select = "SELECT kind, source_id FROM publication_source"
    for person, expected in ((northlight.bob, [("indicator", series)]), (northlight.alice, [])):
        async with northlight.db.transaction(await northlight.context(person)) as tx:
            assert [tuple(row) for row in await tx.connection.fetch(select)] == expected
