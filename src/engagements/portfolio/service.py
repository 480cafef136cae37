"""Engagements: opening them, changing what is said of them, and moving them from state to state."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from engagements.clients.service import Organisations
from engagements.framework import queries as framework
from engagements.inputs import Line, OptionalLine, OptionalParagraph, Paragraph
from engagements.portfolio.entities import Briefs, Engagements, Phases
from engagements.portfolio.models import Brief, Engagement, PhaseState, State
from engagements.portfolio.plan import start_first_phase
from engagements.portfolio.template import SHORTEST, PlannedPhase, phases_for
from tenancy.audit import service as audit
from tenancy.database.pool import Transaction
from tenancy.errors import Invalid, NotFound, Refused
from tenancy.workspaces import service as workspaces

OpeningState = Literal["conversation", "proposed", "agreed", "running"]

MOVES: dict[str, tuple[State, ...]] = {
    "conversation": ("proposed", "agreed", "declined"),
    "proposed": ("conversation", "agreed", "declined"),
    "agreed": ("running", "declined"),
    "running": ("paused", "closed"),
    "paused": ("running", "closed"),
    "closed": ("running",),
    "declined": ("conversation",),
}
"""Where an engagement can go from each state."""

MOST_IN_FOCUS = 3


class EngagementDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    """What has to be said to open an engagement."""

    organisation_id: Annotated[UUID, Meta(title="the client")]
    title: Annotated[Line, Meta(title="the name that the client's people will see")]
    client: Annotated[OptionalLine, Meta(title="the client's name as its own people use it")] = ""
    purpose: Annotated[Paragraph, Meta(title="what this work is for")]
    presenting_issue: Annotated[OptionalParagraph, Meta(title="the client's own words")] = ""
    state: Annotated[OpeningState, Meta(title="how far this has come")] = "agreed"
    starts_on: Annotated[date, Meta(title="the first day")]
    ends_on: Annotated[date, Meta(title="the last day")]
    template: Annotated[Literal["default"], Meta(title="the plan to start from")] = "default"


class EngagementChange(Struct, kw_only=True, forbid_unknown_fields=True):
    """What is said of an engagement, all of it anew."""

    title: Annotated[Line, Meta(title="the name that the client's people will see")]
    client: Annotated[Line, Meta(title="the client's name as its own people use it")]
    purpose: Annotated[Paragraph, Meta(title="what this work is for")]
    presenting_issue: Annotated[OptionalParagraph, Meta(title="the client's own words")] = ""
    starts_on: Annotated[date, Meta(title="the first day")]
    ends_on: Annotated[date, Meta(title="the last day")]


class StateChange(Struct, kw_only=True, forbid_unknown_fields=True):
    state: Annotated[State, Meta(title="the new state")]


class Focus(Struct, kw_only=True, forbid_unknown_fields=True):
    """The elements of the framework that the work concentrates on."""

    elements: Annotated[list[UUID], Meta(title="the elements in focus")] = []


async def open_engagement(tx: Transaction, draft: EngagementDraft) -> Engagement:
    """Open an engagement with its brief and the phases of the template; the member leads it.

    Raises:
        Refused: an associate asks.
        NotFound: no such client within reach.
        Invalid: the dates leave no room for the phases.
    """
    if tx.context.role not in ("owner", "consultant"):
        raise Refused("Owners and consultants open engagements. Ask one of them to open this one.")
    check_dates(draft.starts_on, draft.ends_on)
    organisation = await Organisations(tx).find(draft.organisation_id)
    version = await tx.one(framework.newest_version)
    engagement = await Engagements(tx).add(
        organisation_id=organisation.id,
        framework_version_id=version.id,
        lead_id=tx.context.member,
        title=draft.title.strip(),
        client=draft.client.strip() or organisation.name,
        purpose=draft.purpose.strip(),
        state=draft.state,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
    )
    await _lead(tx, engagement)
    await Briefs(tx).add(
        engagement_id=engagement.id, presenting_issue=draft.presenting_issue.strip(), focus=[]
    )
    await _plan_phases(tx, engagement.id, draft)
    await audit.record(tx, "engagement opened", engagement)
    return engagement


async def change_engagement(
    tx: Transaction, engagement_id: UUID, change: EngagementChange
) -> Engagement:
    """Say anew what the engagement is called, what it is for and when it is.

    The phases keep their dates: they were agreed one by one.

    Raises:
        NotFound: no such engagement that the member may change.
        Invalid: the dates are in the wrong order, or too near.
    """
    check_dates(change.starts_on, change.ends_on)
    engagement = await Engagements(tx).find(engagement_id)
    engagement.title, engagement.client = change.title.strip(), change.client.strip()
    engagement.purpose = change.purpose.strip()
    engagement.starts_on, engagement.ends_on = change.starts_on, change.ends_on
    brief = await _brief_of(tx, engagement_id)
    brief.presenting_issue = change.presenting_issue.strip()
    await audit.record(tx, "engagement changed", engagement)
    return engagement


async def change_state(
    tx: Transaction, engagement_id: UUID, change: StateChange, *, on: date | None = None
) -> Engagement:
    """Move an engagement to another state, along `MOVES`. Its first phase starts with the work.

    Args:
        on: the day, by default today.

    Raises:
        NotFound: no such engagement that the member may change.
        Refused: there is no way from its state to that one.
    """
    engagement = await Engagements(tx).find(engagement_id)
    ways = MOVES[engagement.state]
    if change.state not in ways:
        raise Refused(
            f"This engagement is {in_words(engagement.state)}, so it cannot become "
            f"{in_words(change.state)}. It can become {' or '.join(map(in_words, ways))}."
        )
    if engagement.state == "agreed" and change.state == "running":
        await start_first_phase(tx, engagement_id)
    engagement.state = change.state
    over = change.state in ("closed", "declined")
    engagement.closed_on = (on or datetime.now(UTC).date()) if over else None
    await audit.record(tx, f"engagement {change.state}", engagement)
    return engagement


async def set_focus(tx: Transaction, engagement_id: UUID, focus: Focus) -> Brief:
    """Choose the elements that the work concentrates on; the order is kept.

    Raises:
        NotFound: no such engagement that the member may change.
        Invalid: more than three, or an element of another framework.
    """
    chosen = list(dict.fromkeys(focus.elements))
    if len(chosen) > MOST_IN_FOCUS:
        raise Invalid(
            {"elements": f"Choose at most three elements. You chose {len(chosen)}; start small."}
        )
    engagement = await Engagements(tx).find(engagement_id)
    known = await tx.all(framework.elements, framework_version=engagement.framework_version_id)
    if not set(chosen) <= {element.id for element in known}:
        raise Invalid({"elements": "Choose from the elements of this engagement's framework."})
    brief = await _brief_of(tx, engagement_id)
    brief.focus = chosen
    await audit.record(tx, "focus set", engagement)
    return brief


def in_words(state: str) -> str:
    """A state as it reads after "is" and "become"."""
    return "a conversation" if state == "conversation" else state


def check_dates(starts_on: date, ends_on: date) -> None:
    """
    Raises:
        Invalid: the end leaves no room for the phases.
    """
    if (ends_on - starts_on).days + 1 < SHORTEST:
        raise Invalid({"ends_on": f"Choose a last day at least {SHORTEST} days after the first."})


async def _lead(tx: Transaction, engagement: Engagement) -> None:
    await workspaces.assign(
        tx,
        member=engagement.lead_id,
        engagement=engagement.id,
        organisation=engagement.organisation_id,
        relation="team",
    )
    await tx.join(engagement=engagement.id, organisation=engagement.organisation_id)


async def _plan_phases(tx: Transaction, engagement_id: UUID, draft: EngagementDraft) -> None:
    await Phases(tx).add_all(
        [
            {
                "engagement_id": engagement_id,
                "position": phase.position,
                "name": phase.name,
                "gate_question": phase.gate_question,
                "starts_on": phase.starts_on,
                "ends_on": phase.ends_on,
                "state": _first_state(phase, draft),
            }
            for phase in phases_for(draft.starts_on, draft.ends_on)
        ]
    )


def _first_state(phase: PlannedPhase, draft: EngagementDraft) -> PhaseState:
    return "running" if draft.state == "running" and phase.position == 1 else "planned"


async def _brief_of(tx: Transaction, engagement_id: UUID) -> Brief:
    brief = await Briefs(tx).get_one_or_none(
        tenant_id=tx.context.tenant, engagement_id=engagement_id, with_for_update=True
    )
    if brief is None:
        raise NotFound
    return brief
