"""The sponsor's pages."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler
from msgspec import Struct

from engagements.commercial import service as agreements
from engagements.commercial.queries import (
    AgreementPage,
    AgreementWaiting,
    agreement_page,
    agreements_to_read,
)
from engagements.commercial.service import Answer
from engagements.portal import queries
from engagements.portal.queries import PortalEntry
from engagements.sessions.calendar import calendar_file
from engagements.sessions.queries import session_page
from frontend.access import READERS, Viewer
from frontend.portal.leaving import LEAVING
from frontend.portal.shown import SponsorPage
from frontend.portal.subject_access import SPONSOR_ACCESS
from frontend.representation import wants_page
from frontend.routes import deed, page
from tenancy.database.pool import Transaction
from tenancy.workspaces.service import today_in


class Portals(Struct):
    """The engagements of which there is something to read."""

    portals: list[PortalEntry]
    agreements: list[AgreementWaiting]
    """Also of those whose portal is closed."""


def _agreement(shown: AgreementPage) -> str:
    return f"/{shown.engagement_id}/agreement"


@page("/", template="portal/list.html", policy=READERS)
async def portals(
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    request: Request[Any, Any, Any],
) -> Portals | Redirect:
    """The member's engagements; a reader of one alone goes straight to it."""
    entries = await tx.all(queries.portals)
    if len(entries) == 1 and wants_page(request):
        return Redirect(f"/portal/{viewer.slug}/{entries[0].id}", status_code=303)
    return Portals(entries, await tx.all(agreements_to_read))


@page("/{id:uuid}", template="portal/page.html", policy=READERS)
async def sponsor_page(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> SponsorPage:
    """One engagement: the finding, the evidence for it, and what happens next."""
    today = today_in(viewer.time_zone)
    return SponsorPage.of(await queries.portal_page(tx, id, today=today))


@page("/{id:uuid}/agreement", template="portal/agreement.html", policy=READERS)
async def sponsor_agreement(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> AgreementPage:
    """What is agreed about confidence; a sponsor reads it also while the portal is closed."""
    return await agreement_page(tx, id)


@deed(
    "/agreements/{id:uuid}/consent",
    policy=READERS,
    body=Answer,
    then=_agreement,
    says="Your answer is kept.",
)
async def answer_agreement(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[Answer]
) -> AgreementPage:
    """Accept or refuse a version, as a sponsor."""
    version = await agreements.answer(tx, id, draft.answer)
    return await agreement_page(tx, version.engagement_id)


@deed(
    "/agreements/{id:uuid}/ending",
    policy=READERS,
    then=_agreement,
    says="The agreement has ended. What it allowed is taken down.",
)
async def end_agreement(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> AgreementPage:
    """End the agreement in force, at once."""
    version = await agreements.end(tx, id)
    return await agreement_page(tx, version.engagement_id)


@get("/sessions/{id:uuid}/calendar.ics", opt={"policy": READERS})
async def sponsor_calendar(
    request: Request[Any, Any, State],
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    id: FromPath[UUID],
) -> Response[bytes]:
    """A session that the reader attends, as a file for a calendar (RFC 5545)."""
    session = await tx.one(session_page, id=id)
    site = request.app.state.settings.public_url
    url = f"{site}/portal/{viewer.slug}/{session.engagement_id}"
    return Response(
        calendar_file(session, url=url, written_at=datetime.now(UTC)),
        media_type="text/calendar",
        headers={"Content-Disposition": f'attachment; filename="session-{id}.ics"'},
    )


PORTAL: list[ControllerRouterHandler] = [
    portals,
    sponsor_page,
    sponsor_calendar,
    sponsor_agreement,
    answer_agreement,
    end_agreement,
    *LEAVING,
    *SPONSOR_ACCESS,
]
