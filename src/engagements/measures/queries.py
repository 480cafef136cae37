"""Reading indicators with what their rules say, and the domains' scores from start to now."""

from typing import Any, cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Table, bindparam, func, select

from engagements.framework.models import Domain
from engagements.measures.models import DomainScore, Indicator, Observation, Rebase
from engagements.measures.periods import Frequency
from engagements.measures.series import KeptFigure, Series
from engagements.measures.spc import Chart, Point
from engagements.measures.spc_profile import method_note
from engagements.measures.spc_sentence import assurance_sentence, sentence
from engagements.measures.standing import DomainScores, DomainStanding, standing
from engagements.portfolio.models import Engagement
from tenancy.database.nesting import fields, gathered
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, tenant
from tenancy.workspaces.models import Member

_indicator = cast(Table, Indicator.__table__).c
_observation = cast(Table, Observation.__table__).c
_rebase = cast(Table, Rebase.__table__).c
_score = cast(Table, DomainScore.__table__).c
_domain = cast(Table, Domain.__table__).c
_engagement = cast(Table, Engagement.__table__).c
_member = cast(Table, Member.__table__).c


class IndicatorSummary(Struct, frozen=True):
    """A line in the list: the latest figure, the icons, and the honest sentence."""

    id: UUID
    title: str
    unit: str
    frequency: Frequency
    latest: Point | None
    variation: str | None
    assurance: str | None
    sentence: str


class IndicatorPage(Struct, frozen=True):
    """One indicator as its team reads it: the chart, what it allows to be said, and how."""

    series: Series
    chart: Chart
    sentence: str
    assurance_sentence: str
    method: tuple[str, ...]


_figures = (
    select(
        gathered(fields(period=_observation.period, value=_observation.value), _observation.period)
    )
    .where(_observation.tenant_id == tenant, _observation.indicator_id == _indicator.id)
    .scalar_subquery()
)
_rebases = (
    select(
        gathered(
            fields(
                id=_rebase.id,
                period=_rebase.period,
                reason=_rebase.reason,
                given_by=func.coalesce(_member.name, ""),
            ),
            _rebase.period,
        )
    )
    .select_from(
        _rebase.id.table.outerjoin(
            _member.id.table,
            (_member.tenant_id == tenant) & (_member.id == _rebase.given_by_id),
        )
    )
    .where(_rebase.tenant_id == tenant, _rebase.indicator_id == _indicator.id)
    .scalar_subquery()
)


def _series(*conditions: ColumnElement[bool]) -> Any:
    return (
        select(
            _indicator.id,
            _indicator.engagement_id,
            _engagement.title.label("engagement"),
            _indicator.title,
            _indicator.definition,
            _indicator.unit,
            _indicator.direction,
            _indicator.frequency,
            _indicator.source,
            _indicator.profile,
            _indicator.baseline,
            _indicator.target,
            _figures,
            _rebases,
        )
        .join_from(
            _indicator.id.table,
            _engagement.id.table,
            (_engagement.tenant_id == tenant) & (_engagement.id == _indicator.engagement_id),
        )
        .where(_indicator.tenant_id == tenant, *conditions)
        .order_by(_indicator.created_at, _indicator.id)
    )


all_series = Read(_series(_indicator.engagement_id == bindparam("engagement")), Series)
"""Every indicator of an engagement, in the order in which they were added."""

one_series = Read(_series(_indicator.id == bindparam("indicator")), Series)

kept_figures = Read(
    select(_observation.period, _observation.value)
    .where(_observation.tenant_id == tenant, _observation.indicator_id == bindparam("indicator"))
    .order_by(_observation.period),
    KeptFigure,
)

domain_scores = Read(
    select(
        _domain.id,
        _domain.code,
        _domain.name,
        _domain.intent,
        select(
            gathered(
                fields(
                    id=_score.id,
                    measured_on=_score.measured_on,
                    instrument=_score.instrument,
                    answers=_score.answers,
                    mean=_score.mean,
                    deviation=_score.deviation,
                ),
                _score.measured_on,
            )
        )
        .where(
            _score.tenant_id == tenant,
            _score.engagement_id == _engagement.id,
            _score.domain_id == _domain.id,
        )
        .scalar_subquery(),
    )
    .join_from(
        _domain.id.table,
        _engagement.id.table,
        (_engagement.tenant_id == tenant)
        & (_engagement.framework_version_id == _domain.framework_version_id),
    )
    .where(_domain.tenant_id == tenant, _engagement.id == bindparam("engagement"))
    .order_by(_domain.position),
    DomainScores,
)
"""The domains of an engagement's framework version, with their scores."""


async def indicators(tx: Transaction, engagement_id: UUID) -> list[IndicatorSummary]:
    """Every indicator of an engagement with its latest figure and what may be said of it."""
    return [_summary(series) for series in await tx.all(all_series, engagement=engagement_id)]


async def indicator_page(tx: Transaction, indicator_id: UUID) -> IndicatorPage:
    """One indicator with its chart.

    Raises:
        NotFound: no indicator of that id that the member may read.
    """
    series = await tx.one(one_series, indicator=indicator_id)
    judged = series.chart()
    return IndicatorPage(
        series,
        judged,
        sentence(judged, series.frequency),
        assurance_sentence(judged),
        method_note(series.profile, baseline=series.baseline),
    )


async def standings(tx: Transaction, engagement_id: UUID) -> list[DomainStanding]:
    """Each domain of the engagement at the start and now."""
    return [standing(scores) for scores in await tx.all(domain_scores, engagement=engagement_id)]


def _summary(series: Series) -> IndicatorSummary:
    judged = series.chart()
    early = judged.too_early
    return IndicatorSummary(
        series.id,
        series.title,
        series.unit,
        series.frequency,
        judged.latest,
        None if early else judged.variation,
        None if early else judged.assurance,
        sentence(judged, series.frequency),
    )
