"""What somebody of a client sees, shown to an owner: to look at, and nothing to do."""

from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from engagements.members.queries import MemberRow
from engagements.members.viewing import ViewAs, portal_as, view_as
from frontend.access import OWNERS, Viewer
from frontend.portal.shown import SponsorPage
from frontend.routes import page
from tenancy.database.pool import Transaction
from tenancy.workspaces.service import today_in


class PortalAs(Struct):
    """The page of a sponsor as they read it."""

    member: MemberRow
    shown: SponsorPage


@page("/settings/members/{id:uuid}/view", template="workspace/settings/view.html", policy=OWNERS)
async def show_as(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> ViewAs:
    """What a participant, a sponsor or who stands in for one finds here."""
    return await view_as(tx, id, today=today_in(viewer.time_zone))


@page(
    "/settings/members/{id:uuid}/view/{engagement:uuid}",
    template="workspace/settings/view_portal.html",
    policy=OWNERS,
)
async def show_portal_as(
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    id: FromPath[UUID],
    engagement: FromPath[UUID],
) -> PortalAs:
    """The page of one engagement as a sponsor reads it."""
    today = today_in(viewer.time_zone)
    member, shown = await portal_as(tx, id, engagement, today=today)
    return PortalAs(member, SponsorPage.of(shown))


VIEWING = [show_as, show_portal_as]
