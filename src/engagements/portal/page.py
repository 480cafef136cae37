"""The sponsor's page: one finding, the evidence for it, and what happens next."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from engagements.people import FORMER
from engagements.portal.freeze import (
    FrozenAttendance,
    FrozenDomains,
    FrozenMeasure,
    FrozenQuote,
    FrozenThemes,
    FrozenUpdate,
)
from engagements.portal.timeline import MilestoneShown, PlannedPhase, Step, progress, steps


class PublishedUpdate(Struct, frozen=True):
    id: UUID
    content: FrozenUpdate
    figures_to: date
    published_at: datetime


class PublishedDomains(Struct, frozen=True):
    content: FrozenDomains
    figures_to: date


class PublishedMeasure(Struct, frozen=True):
    content: FrozenMeasure
    figures_to: date


class PublishedThemes(Struct, frozen=True):
    content: FrozenThemes
    published_at: datetime


class PublishedAttendance(Struct, frozen=True):
    content: FrozenAttendance
    figures_to: date


class AgreedAction(Struct, frozen=True):
    """An action that the sponsor is shown, late or not as of today."""

    text: str
    owner: str
    owner_title: str
    due_on: date | None
    state: str
    late: bool


class NextSession(Struct, frozen=True):
    """The next session that the reader attends."""

    id: UUID
    title: str
    kind: str
    starts_at: datetime
    minutes: int
    place: str
    link: str
    lead: str


class PortalRow(Struct, frozen=True):
    """What one statement brings of the sponsor's page."""

    id: UUID
    title: str
    client: str
    starts_on: date
    ends_on: date | None
    portal_opened_at: datetime | None
    lead: str | None
    update: PublishedUpdate | None
    domains: PublishedDomains | None
    measure: PublishedMeasure | None
    themes: PublishedThemes | None
    attendance: PublishedAttendance | None
    quotes: list[FrozenQuote]
    phases: list[PlannedPhase]
    milestones: list[MilestoneShown]
    actions: list[AgreedAction]
    next_session: NextSession | None
    has_agreement: bool
    """A version of it is proposed or in force."""
    agreement_waits: bool
    """A version of it waits for the reader's answer."""


class PortalPage(Struct, frozen=True):
    """The sponsor's page: one finding, the evidence for it, and what happens next."""

    id: UUID
    title: str
    client: str
    progress: str
    lead: str
    opened_at: datetime | None
    update: PublishedUpdate
    domains: PublishedDomains | None
    measure: PublishedMeasure | None
    themes: PublishedThemes | None
    attendance: PublishedAttendance | None
    quotes: list[FrozenQuote]
    steps: list[Step]
    milestones: list[MilestoneShown]
    actions: list[AgreedAction]
    next_session: NextSession | None
    has_agreement: bool
    agreement_waits: bool


def composed(row: PortalRow, update: PublishedUpdate, today: date) -> PortalPage:
    """The page of a row whose finding is `update`."""
    return PortalPage(
        id=row.id,
        title=row.title,
        client=row.client,
        progress=progress(row.starts_on, row.ends_on, today),
        lead=row.lead or FORMER,
        opened_at=row.portal_opened_at,
        update=update,
        domains=row.domains,
        measure=row.measure,
        themes=row.themes,
        attendance=row.attendance,
        quotes=row.quotes,
        steps=steps(row.phases),
        milestones=row.milestones,
        actions=row.actions,
        next_session=row.next_session,
        has_agreement=row.has_agreement,
        agreement_waits=row.agreement_waits,
    )
