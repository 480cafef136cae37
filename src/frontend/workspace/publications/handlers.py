"""Publishing to sponsors: the draft, the page as they will see it, withdrawing, and opening it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from engagements.commercial import queries as agreements
from engagements.commercial.rules import NOTHING, Rules
from engagements.measures.queries import IndicatorSummary, indicators
from engagements.portal import queries, service
from engagements.portal.drafting import UpdateDraft
from engagements.portal.queries import PublicationRow
from engagements.portal.service import EMPTY_PORTAL
from engagements.portfolio.invited import Invited, invited
from engagements.portfolio.queries import EngagementPage, engagement_page
from engagements.upward.queries import ProposalRow, proposed_by_me
from frontend.access import STAFF, Viewer
from frontend.portal.shown import SponsorPage
from frontend.routes import deed, look, page
from tenancy.database.pool import Transaction
from tenancy.workspaces.service import today_in


class PublicationsPage(Struct):
    engagement_id: UUID
    engagement: str
    portal_opened_at: datetime | None
    sponsors: list[str]
    publications: list[PublicationRow]
    proposals: list[ProposalRow]
    """Others' words that the reader proposed."""

    @property
    def updates(self) -> list[list[PublicationRow]]:
        """What came out together, the finding first, newest first."""
        together: dict[datetime, list[PublicationRow]] = {}
        for row in self.publications:
            together.setdefault(row.published_at, []).append(row)
        return list(together.values())

    @property
    def has_something(self) -> bool:
        return any(row.kind == "update" and row.state == "published" for row in self.publications)

    @property
    def not_yet(self) -> str:
        """Why the portal cannot be opened now; empty when it can."""
        return "" if self.has_something else EMPTY_PORTAL


class UpdateForm(Struct):
    """What the form offers, and the draft that it continues."""

    engagement_id: UUID
    engagement: str
    portal_opened: bool
    indicators: list[IndicatorSummary]
    may: Rules
    """What the agreement in force allows."""
    draft: UpdateDraft | None

    @property
    def choices(self) -> list[tuple[UUID, str]]:
        return [(row.id, row.title) for row in self.indicators if row.latest]

    def said(self, name: str, typed: Mapping[str, str]) -> str:
        """What a field holds: as it was typed just now, else as the draft has it."""
        if typed or self.draft is None:
            return typed.get(name, "")
        return _typed(getattr(self.draft, name))


class Preview(Struct):
    """The sponsor's page as it would be; `draft` is what would be published to make it so."""

    engagement_id: UUID
    shown: SponsorPage
    draft: UpdateDraft | None

    @property
    def said(self) -> list[tuple[str, str]]:
        """The draft as the fields of a form."""
        if self.draft is None:
            return []
        values = ((name, getattr(self.draft, name)) for name in self.draft.__struct_fields__)
        return [(name, _typed(value)) for name, value in values if _typed(value)]


class Opened(Struct):
    engagement_id: UUID


@page(
    "/engagements/{id:uuid}/publications",
    template="workspace/publications/list.html",
    policy=STAFF,
)
async def publications(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> PublicationsPage:
    """What was published and withdrawn, and whether the sponsors can read it."""
    engagement = await tx.one(engagement_page, engagement=id)
    sponsors = _sponsors(engagement, await tx.all(invited, engagement=id))
    rows = await tx.all(queries.publications, engagement=id)
    proposals = await proposed_by_me(tx, id)
    return PublicationsPage(
        id, engagement.title, engagement.portal_opened_at, sponsors, rows, proposals
    )


@page(
    "/engagements/{id:uuid}/publications/new",
    template="workspace/publications/form.html",
    policy=STAFF,
)
async def new_update(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> UpdateForm:
    """The form for an update."""
    return await _form(tx, id, None)


@look(
    "/engagements/{id:uuid}/publications/draft",
    template="workspace/publications/form.html",
    policy=STAFF,
    body=UpdateDraft,
    again=new_update,
)
async def continue_update(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[UpdateDraft]
) -> UpdateForm:
    """The form again, with a draft that was looked at."""
    return await _form(tx, id, draft)


@look(
    "/engagements/{id:uuid}/publications/preview",
    template="workspace/publications/preview.html",
    policy=STAFF,
    body=UpdateDraft,
    again=new_update,
)
async def preview_update(
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    id: FromPath[UUID],
    draft: NamedDependency[UpdateDraft],
) -> Preview:
    """The sponsor's page as the draft would make it. Nothing is published."""
    today = today_in(viewer.time_zone)
    shown = await service.preview_update(tx, id, draft, today=today)
    return Preview(id, SponsorPage.of(shown), draft)


@page(
    "/engagements/{id:uuid}/publications/preview",
    template="workspace/publications/preview.html",
    policy=STAFF,
)
async def preview(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> Preview:
    """The sponsor's page as it is now."""
    shown = await queries.portal_page(tx, id, today=today_in(viewer.time_zone))
    return Preview(id, SponsorPage.of(shown), None)


@deed(
    "/engagements/{id:uuid}/publications",
    policy=STAFF,
    body=UpdateDraft,
    again=new_update,
    creates=True,
    then=lambda row: f"/engagements/{row.engagement_id}/publications",
    says="The update is published.",
)
async def publish_update(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[UpdateDraft]
) -> PublicationRow:
    """Freeze a finding with its evidence for the sponsors."""
    finding = await service.publish_update(tx, id, draft)
    return await tx.one(queries.publication_row, publication=finding.id)


@deed(
    "/publications/{id:uuid}/withdrawal",
    policy=STAFF,
    then=lambda row: f"/engagements/{row.engagement_id}/publications",
    says="It is withdrawn. No sponsor sees it any more.",
)
async def withdraw(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> PublicationRow:
    """Take a publication down; with a finding, everything that came out with it."""
    await service.withdraw(tx, id)
    return await tx.one(queries.publication_row, publication=id)


@deed(
    "/engagements/{id:uuid}/portal",
    policy=STAFF,
    again=publications,
    then=lambda opened: f"/engagements/{opened.engagement_id}/publications",
    says="The portal is open. Its sponsors have a letter with the link.",
)
async def open_portal(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> Opened:
    """Let the sponsors in, and write to them."""
    await service.open_portal(tx, id)
    return Opened(id)


async def _form(tx: Transaction, id: UUID, draft: UpdateDraft | None) -> UpdateForm:
    engagement = await tx.one(engagement_page, engagement=id)
    opened = engagement.portal_opened_at is not None
    agreement = await tx.maybe(agreements.in_force, engagement=id)
    may = agreement.rules if agreement else NOTHING
    return UpdateForm(id, engagement.title, opened, await indicators(tx, id), may, draft)


def _sponsors(engagement: EngagementPage, guests: Iterable[Invited]) -> list[str]:
    """Those who read the portal, and those who will once they accept their invitation."""
    there = [person.name for person in engagement.people if person.relation == "sponsor"]
    return [*there, *(f"{one.name} (invited)" for one in guests if one.relation == "sponsor")]


def _typed(value: Any) -> str:
    """A value as a form sends it; nothing for what is left out."""
    if value is True:
        return "true"
    return "" if value in (None, False) else str(value)


PUBLICATIONS: list[HTTPRouteHandler] = [
    publications,
    new_update,
    preview,
    publish_update,
    withdraw,
    open_portal,
    continue_update,
    preview_update,
]
