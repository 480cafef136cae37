"""Keeping indicators, importing their figures, redrawing limits, and recording domain scores."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct, structs
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from engagements.inputs import Line, OptionalParagraph, Paragraph
from engagements.measures.csv_import import read_figures
from engagements.measures.models import DomainScore, Indicator, Observation, Rebase
from engagements.measures.periods import Frequency, period_name, start_of
from engagements.measures.queries import domain_scores, kept_figures
from engagements.measures.spc import LEAST_BASELINE
from engagements.measures.spc_profile import DEFAULT, Direction, Profile
from engagements.measures.standing import DomainScores
from engagements.people import setting_for_team
from tenancy.audit import service as audit
from tenancy.database.entities import Entities
from tenancy.database.pool import Transaction
from tenancy.errors import Invalid, Refused
from tenancy.ids import new_id

CULTURE_PULSE = "Culture Pulse v1"

Baseline = Annotated[int, Meta(ge=LEAST_BASELINE, le=1_000)]
Target = Annotated[float, Meta(ge=-1e12, le=1e12)]
Mean = Annotated[float, Meta(ge=0, le=10)]
# The largest that two answers between 0 and 10 can have is 7.07.
Deviation = Annotated[float, Meta(ge=0, le=7.1)]


class IndicatorDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    """A series, as it is to be judged: `target` is in its own unit, `baseline` counts points."""

    title: Annotated[Line, Meta(title="what is counted")]
    definition: Annotated[OptionalParagraph, Meta(title="the definition")] = ""
    unit: Annotated[str, Meta(max_length=60, title="the unit")] = ""
    direction: Annotated[Direction, Meta(title="which way is improvement")]
    frequency: Annotated[Frequency, Meta(title="how often it is counted")] = "month"
    source: Annotated[Line, Meta(title="where the figures come from")]
    target: Annotated[Target | None, Meta(title="the target")] = None
    baseline: Annotated[Baseline | None, Meta(title="the number of points in the baseline")] = None
    profile: Annotated[Profile, Meta(title="the rules")] = DEFAULT


class RebaseDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    """New limits from a period on, and why."""

    period: Annotated[date, Meta(title="the first date of the new limits")]
    reason: Annotated[Paragraph, Meta(title="the reason")]


class ScoreDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    """One domain's replies: how many, their mean from 0 to 10, their standard deviation."""

    domain_id: Annotated[UUID, Meta(title="the domain")]
    answers: Annotated[int, Meta(ge=1, le=100_000, title="the number of replies")]
    mean: Annotated[Mean, Meta(title="the mean")]
    deviation: Annotated[Deviation | None, Meta(title="the standard deviation")] = None


class ScoresDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    """What one survey says of every domain of the engagement's framework."""

    measured_on: Annotated[date, Meta(title="the date of the survey")]
    instrument: Annotated[Line, Meta(title="the survey's name and version")] = CULTURE_PULSE
    scores: Annotated[list[ScoreDraft], Meta(title="a score for each domain")]


class Imported(Struct, frozen=True):
    """How many periods an import added, replaced with another value, and found as they were."""

    new: int
    changed: int
    unchanged: int


class Indicators(Entities[Indicator]):
    model = Indicator


class Rebases(Entities[Rebase]):
    model = Rebase


class DomainScoreRows(Entities[DomainScore]):
    model = DomainScore


async def add_indicator(tx: Transaction, engagement_id: UUID, draft: IndicatorDraft) -> Indicator:
    """Begin a series.

    Raises:
        NotFound: no such engagement within reach.
        Refused: the member is not on its team.
    """
    await setting_for_team(tx, engagement_id)
    indicator = await Indicators(tx).add(id=new_id(), engagement_id=engagement_id, **_facts(draft))
    await audit.record(tx, "indicator added", indicator)
    return indicator


async def change_indicator(tx: Transaction, indicator_id: UUID, draft: IndicatorDraft) -> Indicator:
    """Change how a series is described and judged.

    Raises:
        NotFound: no indicator of that id that the member may change.
        Refused: its figures are kept by another frequency.
    """
    indicator = await Indicators(tx).find(indicator_id)
    if draft.frequency != indicator.frequency and await tx.all(
        kept_figures, indicator=indicator_id
    ):
        raise Refused(
            f"Its figures are kept by the {indicator.frequency}. "
            f"Add another indicator for figures by the {draft.frequency}."
        )
    for name, value in _facts(draft).items():
        setattr(indicator, name, value)
    await audit.record(tx, "indicator changed", indicator)
    return indicator


async def import_observations(tx: Transaction, indicator_id: UUID, text: str) -> Imported:
    """Add the figures of a file; a period that is there already takes the new value.

    Raises:
        NotFound: no indicator of that id that the member may change.
        Invalid: under `csv`, a sentence for each line that cannot be read; nothing was imported.
    """
    indicator = await Indicators(tx).find(indicator_id)
    figures = read_figures(text, _frequency(indicator))
    kept = {row.period: row.value for row in await tx.all(kept_figures, indicator=indicator_id)}
    written = {
        period: value
        for period, value in figures.items()
        if period not in kept or kept[period] != value
    }
    await _write(tx, indicator, written)
    await audit.record(tx, "figures imported", indicator)
    new = len(written.keys() - kept.keys())
    return Imported(new, len(written) - new, len(figures) - len(written))


async def rebase(tx: Transaction, indicator_id: UUID, draft: RebaseDraft) -> Rebase:
    """Draw the limits anew from a period on. Doing it again for the period replaces the reason.

    Raises:
        NotFound: no indicator of that id that the member may change.
        Invalid: there is no figure for that period; the sentence names the nearest.
    """
    indicator = await Indicators(tx).find(indicator_id)
    frequency = _frequency(indicator)
    period = start_of(draft.period, frequency)
    periods = [row.period for row in await tx.all(kept_figures, indicator=indicator_id)]
    if period not in periods:
        raise Invalid({"period": _without_figure(period, periods, frequency)})
    assert tx.context.member is not None, "a reason is given by somebody"
    found = await Rebases(tx).get_one_or_none(
        tenant_id=tx.context.tenant, indicator_id=indicator_id, period=period
    )
    if found is None:
        found = await Rebases(tx).add(
            id=new_id(),
            indicator_id=indicator_id,
            engagement_id=indicator.engagement_id,
            given_by_id=tx.context.member,
            period=period,
            reason=draft.reason,
        )
    else:
        found.given_by_id, found.reason = tx.context.member, draft.reason
    await audit.record(tx, "limits redrawn", found)
    return found


async def remove_rebase(tx: Transaction, rebase_id: UUID) -> Rebase:
    """Draw the limits through that period again.

    Raises:
        NotFound: no rebase of that id that the member may change.
    """
    found = await Rebases(tx).find(rebase_id)
    await tx.session.delete(found)
    await audit.record(tx, "redrawing undone", found)
    return found


async def record_scores(tx: Transaction, engagement_id: UUID, draft: ScoresDraft) -> None:
    """Record a survey's scores for every domain; those of the same date are replaced.

    Raises:
        NotFound: no such engagement within reach.
        Refused: the member is not on its team.
        Invalid: a domain of the engagement's framework has no score, or another has one.
    """
    await setting_for_team(tx, engagement_id)
    _refuse_incomplete(draft, await tx.all(domain_scores, engagement=engagement_id))
    replaced = delete(DomainScore).where(
        DomainScore.tenant_id == tx.context.tenant,
        DomainScore.engagement_id == engagement_id,
        DomainScore.measured_on == draft.measured_on,
    )
    await tx.session.execute(replaced)
    common = {
        "engagement_id": engagement_id,
        "measured_on": draft.measured_on,
        "instrument": draft.instrument,
    }
    rows = [{"id": new_id(), **common, **structs.asdict(score)} for score in draft.scores]
    first, *_ = await DomainScoreRows(tx).add_all(rows)
    await audit.record(tx, "domain scores recorded", first)


def _facts(draft: IndicatorDraft) -> dict[str, Any]:
    return structs.asdict(draft)


def _frequency(indicator: Indicator) -> Frequency:
    return indicator.frequency  # type: ignore[return-value]  # held to the words by a constraint


async def _write(tx: Transaction, indicator: Indicator, figures: dict[date, float | None]) -> None:
    if not figures:
        return
    statement = insert(Observation).values(
        [
            {
                "tenant_id": indicator.tenant_id,
                "id": new_id(),
                "indicator_id": indicator.id,
                "engagement_id": indicator.engagement_id,
                "period": period,
                "value": value,
            }
            for period, value in figures.items()
        ]
    )
    await tx.session.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "indicator_id", "period"],
            set_={"value": statement.excluded.value},
        )
    )


def _without_figure(period: date, periods: list[date], frequency: Frequency) -> str:
    asked = period_name(period, frequency)
    if not periods:
        return "Import figures first: limits can only be redrawn from a period that has one."
    nearest = min(periods, key=lambda other: abs(other - period))
    return f"There is no figure for {asked}. The nearest is {period_name(nearest, frequency)}."


def _refuse_incomplete(draft: ScoresDraft, domains: list[DomainScores]) -> None:
    given = [score.domain_id for score in draft.scores]
    missing = [domain.name for domain in domains if domain.domain_id not in given]
    if missing:
        raise Invalid({"scores": f"Give a score for every domain. Missing: {', '.join(missing)}."})
    if len(given) != len(domains):
        raise Invalid({"scores": "Give one score for each domain of the engagement's framework."})
