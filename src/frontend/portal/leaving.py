"""Leaving the workspace, for those whose only pages are on the portal."""

from litestar.di import NamedDependency

from engagements.members import queries
from engagements.members.queries import Departure, MemberRow
from engagements.members.service import leave
from frontend.access import SPONSORS, Viewer
from frontend.routes import deed, page
from tenancy.database.pool import Transaction
from tenancy.workspaces.service import today_in


@page("/settings/leave", template="portal/leave.html", policy=SPONSORS, fresh=True)
async def show_sponsors_leave(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer]
) -> Departure:
    """What it means to leave the workspace, as a sponsor or for one."""
    return await queries.departure_of(tx, viewer.member, today_in(viewer.time_zone))


@deed(
    "/settings/leave",
    policy=SPONSORS,
    again=show_sponsors_leave,
    then=lambda _member: "",
    says="You have left the workspace.",
    fresh=True,
)
async def sponsor_leaves(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer]
) -> MemberRow:
    """Leave the workspace. The next request is already somebody's who is no member."""
    today = today_in(viewer.time_zone)
    return await leave(tx, viewer.member, workspace=viewer.workspace_name, today=today)


LEAVING = [show_sponsors_leave, sponsor_leaves]
