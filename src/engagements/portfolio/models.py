"""Engagements and their plan."""

from datetime import date, datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from tenancy.database.base import TenantBase, one_of, to
from tenancy.database.walls import (
    EVERYONE,
    OWNER,
    STAFF,
    Policies,
    any_of,
    coached_in,
    on_team,
    sponsored,
)

State = Literal["conversation", "proposed", "agreed", "running", "paused", "closed", "declined"]
PhaseState = Literal["planned", "running", "passed", "stopped"]
ObjectiveState = Literal["open", "met", "dropped"]

STATES: tuple[State, ...] = get_args(State)
PHASE_STATES: tuple[PhaseState, ...] = get_args(PhaseState)
OBJECTIVE_STATES: tuple[ObjectiveState, ...] = get_args(ObjectiveState)


class Engagement(TenantBase):
    """The part of an engagement that everybody on it may read. Its brief is a table of its own."""

    __tablename__ = "engagement"
    __table_args__ = (one_of("state", *STATES),)
    __references__ = (
        to("organisation", cascade=True),
        to("member", "lead_id"),
        to("framework_version"),
    )
    __policies__ = Policies(
        select={
            "workspace": any_of(OWNER, on_team("id"), coached_in("id")),
            "portal": any_of(sponsored("id"), on_team("id"), OWNER),
            "job": EVERYONE,
            "custody": EVERYONE,
            "support": EVERYONE,
        },
        insert={"workspace": STAFF},
        update={"workspace": any_of(OWNER, on_team("id"))},
        # Never of another client than the one it was opened for.
        updatable=(
            "lead_id",
            "title",
            "client",
            "purpose",
            "state",
            "starts_on",
            "ends_on",
            "closed_on",
            "portal_opened_at",
        ),
    )

    organisation_id: Mapped[UUID]
    framework_version_id: Mapped[UUID]
    lead_id: Mapped[UUID]
    """The member of the consultancy who leads it: "you and NAME"."""
    title: Mapped[str]
    """The name shown to the client's people."""
    client: Mapped[str]
    """The client's name, as its own people read it."""
    purpose: Mapped[str]
    state: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    """When it was closed or declined, if it is: what is kept of it is counted from here."""
    portal_opened_at: Mapped[datetime | None]


class Brief(TenantBase):
    """What only the team reads of an engagement."""

    __tablename__ = "brief"
    __references__ = (to("engagement", cascade=True),)
    __one_per__ = (("engagement_id",),)
    __policies__ = Policies(
        select={"workspace": any_of(OWNER, on_team())},
        insert={"workspace": STAFF},
        update={"workspace": any_of(OWNER, on_team())},
    )

    engagement_id: Mapped[UUID]
    presenting_issue: Mapped[str]
    """In the client's own words, kept beside later reformulations."""
    focus: Mapped[list[UUID]]
    """At most three elements of the framework."""


_PLAN = Policies(
    select={
        "workspace": any_of(OWNER, on_team(), coached_in()),
        "portal": any_of(sponsored(), on_team(), OWNER),
    },
    insert={"workspace": any_of(OWNER, on_team())},
    update={"workspace": any_of(OWNER, on_team())},
    delete={"workspace": any_of(OWNER, on_team())},
)


class Phase(TenantBase):
    """A stretch of the work, closed by a gate."""

    __tablename__ = "phase"
    __table_args__ = (one_of("state", *PHASE_STATES),)
    __references__ = (to("engagement", cascade=True),)
    __one_per__ = (("engagement_id", "position"),)
    __policies__ = _PLAN

    engagement_id: Mapped[UUID]
    position: Mapped[int]
    name: Mapped[str]
    gate_question: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="planned")


class Milestone(TenantBase):
    """A dated point that everybody can see coming."""

    __tablename__ = "milestone"
    __references__ = (to("engagement", cascade=True), to("phase"))
    __policies__ = _PLAN

    engagement_id: Mapped[UUID]
    phase_id: Mapped[UUID | None]
    title: Mapped[str]
    due_on: Mapped[date]
    done_on: Mapped[date | None]


class Objective(TenantBase):
    """What the engagement is to achieve, in one sentence."""

    __tablename__ = "objective"
    __table_args__ = (one_of("state", *OBJECTIVE_STATES),)
    __references__ = (to("engagement", cascade=True), to("domain"))
    __policies__ = _PLAN

    engagement_id: Mapped[UUID]
    domain_id: Mapped[UUID | None]
    text: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
