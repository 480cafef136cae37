"""Measures: indicators, their figures and limits, and the scores of the domains."""

import asyncio
from datetime import date
from uuid import UUID

import pytest

from engagements.measures import queries, service
from engagements.measures.service import RebaseDraft, ScoreDraft, ScoresDraft
from measured import (
    FEBRUARY,
    IMPROVING,
    OCTOBER,
    acts,
    indicator,
    months,
    reads,
    speaking_up,
    surveyed,
)
from tenancy.errors import Invalid, NotFound, Refused
from tenancy.ids import new_id
from world import Consultancy, engagement


@pytest.fixture
async def work(northlight: Consultancy) -> UUID:
    return (await engagement(northlight)).engagement


async def page(world: Consultancy, series: UUID) -> queries.IndicatorPage:
    return await reads(world, world.bob, queries.indicator_page, series)


async def imports(world: Consultancy, series: UUID, text: str) -> service.Imported:
    return await acts(world, world.bob, service.import_observations, series, text)


def redrawn(period: date, reason: str = "Two theatres opened") -> RebaseDraft:
    return RebaseDraft(period=period, reason=reason)


async def test_an_indicator_shows_its_chart_and_what_the_rules_allow(northlight, work):
    shown = await page(northlight, await indicator(northlight, work))
    assert shown.series.title == "I feel safe to speak up about anything that concerns me"
    assert [point.value for point in shown.chart.points] == IMPROVING
    assert shown.sentence.startswith("Improving: ")
    assert shown.chart.variation == "improvement_high"
    assert any("cocreate-1" in line for line in shown.method)


async def test_the_list_has_the_latest_figure_and_the_sentence_of_each(northlight, work):
    await indicator(northlight, work)
    await indicator(northlight, work, [4, 5, 6], title="Sickness absence", direction="decrease")
    listed = await reads(northlight, northlight.bob, queries.indicators, work)
    assert [row.latest.value for row in listed] == [62, 6]
    assert listed[0].variation == "improvement_high"
    assert listed[1].sentence == "Too early to say: 3 of 12 points"
    assert listed[1].variation is None


async def test_an_indicator_without_figures_says_that_it_is_too_early(northlight, work):
    shown = await page(northlight, await indicator(northlight, work, values=[]))
    assert shown.sentence == "Too early to say: 0 of 12 points"
    assert shown.chart.latest is None


async def test_changing_the_direction_changes_what_is_said(northlight, work):
    series = await indicator(northlight, work)
    await acts(
        northlight,
        northlight.bob,
        service.change_indicator,
        series,
        speaking_up(direction="decrease"),
    )
    assert (await page(northlight, series)).sentence.startswith("Getting worse: ")


async def test_the_frequency_cannot_change_once_there_are_figures(northlight, work):
    series = await indicator(northlight, work)
    with pytest.raises(Refused, match="Its figures are kept by the month"):
        await acts(
            northlight,
            northlight.bob,
            service.change_indicator,
            series,
            speaking_up(frequency="week"),
        )


async def test_an_import_says_how_many_periods_are_new_changed_and_unchanged(northlight, work):
    series = await indicator(northlight, work, [54, 57, 52])
    assert await imports(northlight, series, months([54, 58, 52, 56, 55])) == service.Imported(
        2, 1, 2
    )
    assert [point.value for point in (await page(northlight, series)).chart.points] == [
        54, 58, 52, 56, 55,
    ]  # fmt: skip


async def test_a_figure_can_be_taken_back_by_importing_it_as_missing(northlight, work):
    series = await indicator(northlight, work, [54, 57])
    assert (await imports(northlight, series, "2025-02,-")).changed == 1
    assert (await page(northlight, series)).chart.points[1].value is None


async def test_nothing_of_a_file_with_a_wrong_line_is_imported(northlight, work):
    series = await indicator(northlight, work, values=[])
    with pytest.raises(Invalid) as refused:
        await imports(northlight, series, "2025-01,54\n2025-13,55\n2025-03,many")
    assert [line[:7] for line in refused.value.fields["csv"].splitlines()] == ["Line 2:", "Line 3:"]
    assert (await page(northlight, series)).series.figures == []


async def test_two_imports_at_once_lose_no_figure(northlight, work):
    series = await indicator(northlight, work, values=[])
    halves = months(IMPROVING[:12]), months(IMPROVING[:6] + IMPROVING[12:], year=2025)
    await asyncio.gather(*(imports(northlight, series, text) for text in halves))
    assert len((await page(northlight, series)).series.figures) == 16


async def test_limits_are_redrawn_from_a_period_with_a_reason_and_who_gave_it(northlight, work):
    series = await indicator(northlight, work)
    await acts(northlight, northlight.bob, service.rebase, series, redrawn(date(2026, 1, 15)))
    shown = await page(northlight, series)
    assert [(r.period, r.reason, r.given_by) for r in shown.series.rebases] == [
        (date(2026, 1, 1), "Two theatres opened", "Bob Hartley")
    ]
    assert shown.chart.points[11].mean != shown.chart.points[12].mean


async def test_limits_cannot_be_redrawn_where_there_is_no_figure(northlight, work):
    series = await indicator(northlight, work, [54, 57, 52])
    with pytest.raises(Invalid) as refused:
        await acts(northlight, northlight.bob, service.rebase, series, redrawn(date(2025, 6, 1)))
    assert refused.value.fields["period"] == (
        "There is no figure for June 2025. The nearest is March 2025."
    )


async def test_redrawing_again_from_the_same_period_replaces_the_reason(northlight, work):
    series = await indicator(northlight, work)
    for reason in ("Two theatres opened", "Three theatres opened"):
        await acts(
            northlight, northlight.bob, service.rebase, series, redrawn(date(2026, 1, 1), reason)
        )
    assert [r.reason for r in (await page(northlight, series)).series.rebases] == [
        "Three theatres opened"
    ]


async def test_redrawing_can_be_undone(northlight, work):
    series = await indicator(northlight, work)
    given = await acts(
        northlight, northlight.bob, service.rebase, series, redrawn(date(2026, 1, 1))
    )
    await acts(northlight, northlight.bob, service.remove_rebase, given.id)
    assert (await page(northlight, series)).series.rebases == []


async def test_a_domain_improves_only_where_the_interval_excludes_no_change(northlight, work):
    await surveyed(northlight, work, FEBRUARY, 6.1, 5.6, 6.7, 5.7)
    await surveyed(northlight, work, OCTOBER, 7.2, 5.8, 5.9, 5.7)
    standings = await reads(northlight, northlight.bob, queries.standings, work)
    assert [(one.name, one.change.word) for one in standings] == [
        ("Psychological safety", "improving"),
        ("Collective leadership", "no clear change"),
        ("Teamworking", "slipping"),
        ("Partnership", "no clear change"),
    ]
    assert (standings[0].start.mean, standings[0].now.mean) == (6.1, 7.2)


async def test_one_survey_is_too_early_for_a_change(northlight, work):
    await surveyed(northlight, work, FEBRUARY, 6.1, 5.6, 6.7, 5.7)
    standings = await reads(northlight, northlight.bob, queries.standings, work)
    assert {one.change.word for one in standings} == {"too early to say"}


async def test_surveys_by_different_instruments_are_never_compared(northlight, work):
    await surveyed(northlight, work, FEBRUARY, 6.1, 5.6, 6.7, 5.7, instrument="Our own form")
    await surveyed(northlight, work, OCTOBER, 7.2, 5.8, 5.9, 5.7)
    standings = await reads(northlight, northlight.bob, queries.standings, work)
    assert standings[0].start == standings[0].now
    assert standings[0].change.word == "too early to say"


async def test_scores_of_the_same_date_are_replaced(northlight, work):
    await surveyed(northlight, work, FEBRUARY, 6.1, 5.6, 6.7, 5.7)
    await surveyed(northlight, work, FEBRUARY, 6.2, 5.6, 6.7, 5.7)
    standings = await reads(northlight, northlight.bob, queries.standings, work)
    assert standings[0].now.mean == 6.2
    assert standings[0].start == standings[0].now


async def test_scores_without_every_domain_are_refused_by_name(northlight, work):
    standings = await reads(northlight, northlight.bob, queries.standings, work)
    some = [ScoreDraft(domain_id=one.domain_id, answers=40, mean=6) for one in standings[:2]]
    draft = ScoresDraft(measured_on=FEBRUARY, scores=some)
    with pytest.raises(Invalid) as refused:
        await acts(northlight, northlight.bob, service.record_scores, work, draft)
    assert refused.value.fields["scores"] == (
        "Give a score for every domain. Missing: Teamworking, Partnership."
    )


async def test_a_score_for_a_domain_of_another_framework_is_refused(northlight, work):
    standings = await reads(northlight, northlight.bob, queries.standings, work)
    ids = [*(one.domain_id for one in standings), new_id()]
    scores = [ScoreDraft(domain_id=one, answers=40, mean=6) for one in ids]
    with pytest.raises(Invalid, match="one score for each domain"):
        await acts(
            northlight,
            northlight.bob,
            service.record_scores,
            work,
            ScoresDraft(measured_on=FEBRUARY, scores=scores),
        )


async def test_the_owner_reads_measures_and_leaves_them_to_the_team(northlight, work):
    series = await indicator(northlight, work)
    assert (await reads(northlight, northlight.alice, queries.indicator_page, series)).sentence
    with pytest.raises(NotFound):
        await acts(northlight, northlight.alice, service.import_observations, series, "2026-11,60")
    with pytest.raises(Refused, match="Only the team of “Working together” can do this"):
        await acts(northlight, northlight.alice, service.add_indicator, work, speaking_up())


@pytest.mark.parametrize("person", ["pat", "sam", "ann"])
async def test_people_outside_the_team_read_no_measures(northlight, work, person):
    series = await indicator(northlight, work)
    await surveyed(northlight, work, FEBRUARY, 6.1, 5.6, 6.7, 5.7)
    reader = getattr(northlight, person)
    with pytest.raises(NotFound):
        await reads(northlight, reader, queries.indicator_page, series)
    assert await reads(northlight, reader, queries.indicators, work) == []
    standings = await reads(northlight, reader, queries.standings, work)
    assert all(one.now is None for one in standings)


async def test_another_consultancy_reads_and_changes_nothing(northlight, elsewhere, work):
    series = await indicator(northlight, work)
    with pytest.raises(NotFound):
        await reads(elsewhere, elsewhere.alice, queries.indicator_page, series)
    with pytest.raises(NotFound):
        await acts(elsewhere, elsewhere.alice, service.import_observations, series, "2026-11,60")
    with pytest.raises(NotFound):
        await acts(elsewhere, elsewhere.bob, service.add_indicator, work, speaking_up())


async def test_the_tables_of_measures_answer_no_rows_on_the_portal(northlight, work):
    series = await indicator(northlight, work)
    await acts(northlight, northlight.bob, service.rebase, series, redrawn(date(2026, 1, 1)))
    await surveyed(northlight, work, FEBRUARY, 6.1, 5.6, 6.7, 5.7)
    for person in (northlight.sam, northlight.bob, northlight.alice):
        async with northlight.db.transaction(await northlight.context(person, "portal")) as tx:
            for table in ("indicator", "observation", "rebase", "domain_score"):
                rows = await tx.connection.fetchval(f"SELECT count(*) FROM {table}")
                assert rows == 0, (person.name, table)
