"""Members of the workspace: who is in it and who was, and leaving it."""

from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from engagements.members import queries
from engagements.members.queries import Departure, MemberRow
from engagements.members.service import leave
from frontend.access import OWNERS, WRITERS, Viewer
from frontend.routes import deed, page
from frontend.workspace.settings.member import MEMBER
from frontend.workspace.settings.viewing import VIEWING
from tenancy.database.pool import Transaction
from tenancy.workspaces.leaving import readmit
from tenancy.workspaces.service import today_in


class MemberList(Struct):
    members: list[MemberRow]
    former: list[MemberRow]
    """Those who left."""


def _list(_member: MemberRow) -> str:
    return "/settings/members"


@page("/settings/members", template="workspace/settings/members.html", policy=OWNERS)
async def member_list(tx: NamedDependency[Transaction]) -> MemberList:
    """Everybody who is in the workspace, and who was."""
    every = await tx.all(queries.members)
    return MemberList(
        [one for one in every if one.left_on is None],
        [one for one in every if one.left_on is not None],
    )


@page(
    "/settings/members/{id:uuid}/departure",
    template="workspace/settings/departure.html",
    policy=OWNERS,
    fresh=True,
)
async def show_departure(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> Departure:
    """What it means when a member leaves today."""
    return await queries.departure_of(tx, id, today_in(viewer.time_zone))


@deed(
    "/settings/members/{id:uuid}/departure",
    policy=OWNERS,
    again=show_departure,
    then=_list,
    says=lambda member: f"{member.name} no longer has access.",
    fresh=True,
)
async def end_membership(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> MemberRow:
    """Take a member out of the workspace at once. They are written to."""
    today = today_in(viewer.time_zone)
    return await leave(tx, id, workspace=viewer.workspace_name, today=today)


@deed(
    "/settings/members/{id:uuid}/readmission",
    policy=OWNERS,
    again=member_list,
    then=_list,
    says=lambda member: f"{member.name} is a member again. Bring them into an engagement next.",
    fresh=True,
)
async def readmit_member(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> MemberRow:
    """Let somebody who left come back. What they wrote is theirs again, if it is still there."""
    await readmit(tx, id)
    return await queries.member_of(tx, id)


@page("/settings/leave", template="workspace/settings/leave.html", policy=WRITERS, fresh=True)
async def show_leave(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer]
) -> Departure:
    """What it means to leave the workspace oneself."""
    return await queries.departure_of(tx, viewer.member, today_in(viewer.time_zone))


@deed(
    "/settings/leave",
    policy=WRITERS,
    again=show_leave,
    then=lambda _member: "",
    says="You have left the workspace.",
    fresh=True,
)
async def leave_workspace(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer]
) -> MemberRow:
    """Leave the workspace. The next request is already somebody's who is no member."""
    today = today_in(viewer.time_zone)
    return await leave(tx, viewer.member, workspace=viewer.workspace_name, today=today)


MEMBERS_OF_WORKSPACE = [
    member_list,
    show_departure,
    end_membership,
    readmit_member,
    show_leave,
    leave_workspace,
    *MEMBER,
    *VIEWING,
]
