"""Measures: indicators with their observations, and scores for the framework's domains."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.database.base import TenantBase, one_of, to
from tenancy.database.walls import OWNER, Policies, any_of, on_team

DIRECTIONS = ("increase", "decrease", "neutral")
FREQUENCIES = ("month", "week", "quarter")
PROFILES = ("cocreate-1", "nhsr-0.2.2")

_OF_THE_TEAM = Policies(
    select={"workspace": any_of(OWNER, on_team())},
    insert={"workspace": on_team()},
    update={"workspace": on_team()},
    delete={"workspace": on_team()},
)


class Indicator(TenantBase):
    """A series that the client already counts. Sponsors see what was published of it."""

    __tablename__ = "indicator"
    __table_args__ = (
        one_of("direction", *DIRECTIONS),
        one_of("frequency", *FREQUENCIES),
        one_of("profile", *PROFILES),
        CheckConstraint("baseline >= 12", name="baseline"),
    )
    __references__ = (to("engagement", cascade=True),)
    __policies__ = _OF_THE_TEAM

    engagement_id: Mapped[UUID]
    title: Mapped[str]
    definition: Mapped[str]
    unit: Mapped[str]
    direction: Mapped[str]
    """Which way is improvement."""
    frequency: Mapped[str] = mapped_column(default="month")
    source: Mapped[str]
    profile: Mapped[str] = mapped_column(default="cocreate-1")
    baseline: Mapped[int | None]
    """The first n points of a group set the limits; all of them when empty."""
    target: Mapped[float | None]


class Observation(TenantBase):
    """One period's value; missing when nobody counted."""

    __tablename__ = "observation"
    __references__ = (to("indicator", cascade=True), to("engagement", cascade=True))
    __one_per__ = (("indicator_id", "period"),)
    __policies__ = _OF_THE_TEAM

    indicator_id: Mapped[UUID]
    engagement_id: Mapped[UUID]
    period: Mapped[date]
    value: Mapped[float | None]


class Rebase(TenantBase):
    """A step change: new limits from a date, with a written reason and who gave it."""

    __tablename__ = "rebase"
    __references__ = (
        to("indicator", cascade=True),
        to("engagement", cascade=True),
        to("member", "given_by_id"),
    )
    __one_per__ = (("indicator_id", "period"),)
    __policies__ = _OF_THE_TEAM

    indicator_id: Mapped[UUID]
    engagement_id: Mapped[UUID]
    given_by_id: Mapped[UUID]
    period: Mapped[date]
    reason: Mapped[str]


class DomainScore(TenantBase):
    """What colleagues answered about one domain at one date, as summary figures."""

    __tablename__ = "domain_score"
    __table_args__ = (
        CheckConstraint("mean BETWEEN 0 AND 10", name="mean"),
        CheckConstraint("answers >= 1", name="answers"),
        CheckConstraint("deviation >= 0", name="deviation"),
    )
    __references__ = (to("engagement", cascade=True), to("domain"))
    __one_per__ = (("engagement_id", "domain_id", "measured_on"),)
    __policies__ = _OF_THE_TEAM

    engagement_id: Mapped[UUID]
    domain_id: Mapped[UUID]
    measured_on: Mapped[date]
    instrument: Mapped[str]
    answers: Mapped[int]
    mean: Mapped[float]
    """From 0 to 10."""
    deviation: Mapped[float | None]
    """Standard deviation of the answers; without it no change can be claimed."""
