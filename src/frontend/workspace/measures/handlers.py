"""Measures of an engagement: indicators, their figures and limits, and the domains' scores."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field
from msgspec.structs import asdict

from engagements.measures import queries, service
from engagements.measures.periods import period_name
from engagements.measures.queries import IndicatorPage, IndicatorSummary
from engagements.measures.series import GivenRebase
from engagements.measures.service import (
    IndicatorDraft,
    RebaseDraft,
    ScoreDraft,
    ScoresDraft,
)
from engagements.measures.standing import DomainStanding, Score
from engagements.portfolio.queries import engagement_page
from frontend.access import STAFF
from frontend.components.drawings import (
    DomainRow,
    assurance_icon,
    counted,
    domain_row,
    drawn,
    in_unit,
    variation_icon,
)
from frontend.components.xmr_geometry import XmrChart
from frontend.routes import deed, page
from tenancy.database.pool import Transaction
from tenancy.errors import Invalid


class Listed(IndicatorSummary, frozen=True):
    """An indicator in the list, with the names of its icons."""

    @property
    def variation_icon(self) -> str:
        return variation_icon(self.variation)

    @property
    def assurance_icon(self) -> str:
        return assurance_icon(self.assurance)

    @property
    def latest_value(self) -> str:
        value = self.latest.value if self.latest else None
        return "" if value is None else in_unit(value, self.unit)

    @property
    def period(self) -> str:
        return period_name(self.latest.date, self.frequency) if self.latest else ""


class MeasuresPage(Struct):
    engagement_id: UUID
    engagement: str
    indicators: list[Listed]
    domains: list[DomainStanding]

    @property
    def domain_rows(self) -> list[DomainRow]:
        return [_row(domain, domain.now) for domain in self.domains if domain.now]

    @property
    def surveyed(self) -> Score | None:
        """The latest survey, for its name and date."""
        return next((domain.now for domain in self.domains if domain.now), None)


class IndicatorForm(Struct):
    engagement_id: UUID
    engagement: str
    indicator_id: UUID | None
    draft: IndicatorDraft | None

    def said(self, name: str, typed: Mapping[str, str]) -> str:
        """What a field holds: as it was typed just now, else as the draft has it."""
        if typed or self.draft is None:
            return typed.get(name, "")
        value = getattr(self.draft, name)
        return "" if value is None else str(value).removesuffix(".0")


class Shown(IndicatorPage, frozen=True):
    """An indicator, with what only its page draws."""

    @property
    def drawing(self) -> XmrChart | None:
        series = self.series
        rebases = [(rebase.period, rebase.reason) for rebase in series.rebases]
        return drawn(self.chart, unit=series.unit, rebases=rebases)

    @property
    def variation_icon(self) -> str:
        return variation_icon(None if self.chart.too_early else self.chart.variation)

    @property
    def assurance_icon(self) -> str:
        return assurance_icon(None if self.chart.too_early else self.chart.assurance)

    @property
    def counted(self) -> str:
        return counted(self.series.definition, self.series.unit)

    @property
    def target(self) -> str:
        series = self.series
        return "" if series.target is None else in_unit(series.target, series.unit)

    @property
    def periods(self) -> list[tuple[str, str]]:
        """The periods from which limits can be redrawn, newest first, for a choice."""
        return [
            (point.date.isoformat(), period_name(point.date, self.series.frequency))
            for point in reversed(self.chart.points[1:])
        ]

    def named(self, rebase: GivenRebase) -> str:
        return period_name(rebase.period, self.series.frequency)


class FiguresForm(Struct, kw_only=True, forbid_unknown_fields=True):
    """Figures pasted, or in a file; the file comes first."""

    csv: Annotated[str, Meta(max_length=200_000, title="the figures")] = ""
    file: Annotated[str, Meta(max_length=200_000, title="the file")] = ""


class ImportedInto(service.Imported, frozen=True):
    """What an import did to an indicator."""

    indicator_id: UUID


class Removed(Struct):
    indicator_id: UUID


class ScoresForm(ScoresDraft, kw_only=True):
    """Scores from a program, or column by column from the form, where the domains are in order."""

    scores: list[ScoreDraft] = field(default_factory=list)
    domain_id: Annotated[list[UUID], Meta(title="the domains")] = field(default_factory=list)
    answers: Annotated[
        list[Annotated[int, Meta(ge=1, le=100_000)]], Meta(title="the number of replies")
    ] = field(default_factory=list)
    mean: Annotated[list[service.Mean], Meta(title="the mean")] = field(default_factory=list)
    deviation: Annotated[list[service.Deviation], Meta(title="the standard deviation")] = field(
        default_factory=list
    )

    def draft(self) -> ScoresDraft:
        """The columns as one score a domain.

        Raises:
            Invalid: a column has gaps.
        """
        return ScoresDraft(
            measured_on=self.measured_on,
            instrument=self.instrument,
            scores=self.scores or self._rows(),
        )

    def _rows(self) -> list[ScoreDraft]:
        count = len(self.domain_id)
        errors: dict[str, str] = {}
        if len(self.answers) != count:
            errors["answers"] = "Enter the number of replies for every domain."
        if len(self.mean) != count:
            errors["mean"] = "Enter the mean for every domain."
        if len(self.deviation) not in (0, count):
            errors["deviation"] = "Enter the standard deviation for every domain, or for none."
        if errors:
            raise Invalid(errors)
        deviations: Sequence[float | None] = self.deviation or [None] * count
        columns = zip(self.domain_id, self.answers, self.mean, deviations, strict=True)
        return [
            ScoreDraft(domain_id=domain_id, answers=answers, mean=mean, deviation=deviation)
            for domain_id, answers, mean, deviation in columns
        ]


@page("/engagements/{id:uuid}/measures", template="workspace/measures/list.html", policy=STAFF)
async def measures(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> MeasuresPage:
    """The domains from start to now, and every indicator with what may be said of it."""
    return await _measures(tx, id)


@page("/engagements/{id:uuid}/measures/new", template="workspace/measures/form.html", policy=STAFF)
async def new_indicator(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> IndicatorForm:
    """The form for an indicator."""
    engagement = await tx.one(engagement_page, engagement=id)
    return IndicatorForm(id, engagement.title, None, None)


@deed(
    "/engagements/{id:uuid}/measures",
    policy=STAFF,
    body=IndicatorDraft,
    again=new_indicator,
    creates=True,
    then=lambda shown: f"/indicators/{shown.series.id}/figures/new",
    says="The indicator was added. Now bring its figures.",
)
async def add_indicator(
    tx: NamedDependency[Transaction],
    id: FromPath[UUID],
    draft: NamedDependency[IndicatorDraft],
) -> Shown:
    """Begin a series."""
    return await _shown(tx, (await service.add_indicator(tx, id, draft)).id)


@page("/indicators/{id:uuid}", template="workspace/measures/show.html", policy=STAFF)
async def show_indicator(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> Shown:
    """One indicator: its chart, what it allows to be said, and how it was drawn."""
    return await _shown(tx, id)


@page("/indicators/{id:uuid}/edit", template="workspace/measures/form.html", policy=STAFF)
async def edit_indicator(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> IndicatorForm:
    """The form for an indicator, filled in."""
    series = await tx.one(queries.one_series, indicator=id)
    said = {name: getattr(series, name) for name in IndicatorDraft.__struct_fields__}
    return IndicatorForm(series.engagement_id, series.engagement, id, IndicatorDraft(**said))


@deed(
    "/indicators/{id:uuid}",
    policy=STAFF,
    body=IndicatorDraft,
    again=edit_indicator,
    then=lambda shown: f"/indicators/{shown.series.id}",
    says="The indicator was changed.",
)
async def change_indicator(
    tx: NamedDependency[Transaction],
    id: FromPath[UUID],
    draft: NamedDependency[IndicatorDraft],
) -> Shown:
    """Change how a series is described and judged."""
    await service.change_indicator(tx, id, draft)
    return await _shown(tx, id)


@page("/indicators/{id:uuid}/figures/new", template="workspace/measures/figures.html", policy=STAFF)
async def new_figures(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> Shown:
    """The form for importing figures."""
    return await _shown(tx, id)


@deed(
    "/indicators/{id:uuid}/figures",
    policy=STAFF,
    body=FiguresForm,
    again=new_figures,
    creates=True,
    then=lambda done: (
        f"/indicators/{done.indicator_id}"
        f"?new={done.new}&changed={done.changed}&unchanged={done.unchanged}"
    ),
)
async def import_figures(
    tx: NamedDependency[Transaction],
    id: FromPath[UUID],
    draft: NamedDependency[FiguresForm],
) -> ImportedInto:
    """Import figures; a period that is there already takes the new value."""
    done = await service.import_observations(tx, id, draft.file or draft.csv)
    return ImportedInto(done.new, done.changed, done.unchanged, id)


@deed(
    "/indicators/{id:uuid}/rebases",
    policy=STAFF,
    body=RebaseDraft,
    again=show_indicator,
    creates=True,
    then=lambda shown: f"/indicators/{shown.series.id}",
    says="The limits were redrawn.",
)
async def rebase(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[RebaseDraft]
) -> Shown:
    """Draw the limits anew from a period on."""
    await service.rebase(tx, id, draft)
    return await _shown(tx, id)


@deed(
    "/rebases/{id:uuid}/removal",
    policy=STAFF,
    then=lambda done: f"/indicators/{done.indicator_id}",
    says="The limits run through that period again.",
)
async def remove_rebase(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> Removed:
    """Draw the limits through that period again."""
    return Removed((await service.remove_rebase(tx, id)).indicator_id)


@page(
    "/engagements/{id:uuid}/measures/scores/new",
    template="workspace/measures/scores.html",
    policy=STAFF,
)
async def new_scores(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> MeasuresPage:
    """The form for the scores of one survey."""
    return await _measures(tx, id)


@deed(
    "/engagements/{id:uuid}/measures/scores",
    policy=STAFF,
    body=ScoresForm,
    again=new_scores,
    creates=True,
    then=lambda shown: f"/engagements/{shown.engagement_id}/measures",
    says="The scores were recorded.",
)
async def record_scores(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[ScoresForm]
) -> MeasuresPage:
    """Record a survey's scores for every domain; those of the same date are replaced."""
    await service.record_scores(tx, id, draft.draft())
    return await _measures(tx, id)


async def _measures(tx: Transaction, id: UUID) -> MeasuresPage:
    engagement = await tx.one(engagement_page, engagement=id)
    indicators = [Listed(**asdict(row)) for row in await queries.indicators(tx, id)]
    return MeasuresPage(id, engagement.title, indicators, await queries.standings(tx, id))


async def _shown(tx: Transaction, indicator_id: UUID) -> Shown:
    return Shown(**asdict(await queries.indicator_page(tx, indicator_id)))


def _row(domain: DomainStanding, now: Score) -> DomainRow:
    start = domain.start
    was = (start.measured_on, start.shown) if start and start != now else None
    known = (now.measured_on, now.shown)
    return domain_row(domain.name, domain.intent, was, known, domain.change)


MEASURES = [
    measures,
    new_indicator,
    add_indicator,
    show_indicator,
    edit_indicator,
    change_indicator,
    new_figures,
    import_figures,
    rebase,
    remove_rebase,
    new_scores,
    record_scores,
]
