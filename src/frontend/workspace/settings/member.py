"""One member: what they see, their role, their places, and pausing their access."""

from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from engagements.members import page_queries, service
from engagements.members.page_queries import MemberPage, PlaceForm
from engagements.members.queries import MemberRow
from engagements.members.service import Called, PlaceDraft, RoleChange
from frontend.access import OWNERS, Viewer
from frontend.routes import deed, page
from tenancy.database.pool import Transaction


class RoleChanged(Struct):
    member: MemberRow
    own: bool
    """Whether it is the reader's own role, which may open this page no more."""


class PlaceGiven(Struct):
    member_id: UUID
    assignment_id: UUID


def _its_page(member: MemberRow) -> str:
    return f"/settings/members/{member.id}"


def _after_role(changed: RoleChanged) -> str:
    left_settings = changed.own and changed.member.role != "owner"
    return "" if left_settings else _its_page(changed.member)


@page("/settings/members/{id:uuid}", template="workspace/settings/member.html", policy=OWNERS)
async def show_member(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> MemberPage:
    """One member, with their places, and in words what they see and what not."""
    return await page_queries.page_of(tx, id)


@page(
    "/settings/members/{id:uuid}/edit",
    template="workspace/settings/member_edit.html",
    policy=OWNERS,
    fresh=True,
)
async def edit_member(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> MemberPage:
    """How a member is called here."""
    return await page_queries.page_of(tx, id)


@deed(
    "/settings/members/{id:uuid}",
    policy=OWNERS,
    body=Called,
    again=edit_member,
    then=_its_page,
    says="The change is saved.",
    fresh=True,
)
async def rename_member(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[Called]
) -> MemberRow:
    """Call a member otherwise, for everybody who reads their name here."""
    return await service.rename(tx, id, draft)


@page(
    "/settings/members/{id:uuid}/role",
    template="workspace/settings/member_role.html",
    policy=OWNERS,
    fresh=True,
)
async def show_role(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> MemberPage:
    """The role of a member, and the others that there are."""
    return await page_queries.page_of(tx, id)


@deed(
    "/settings/members/{id:uuid}/role",
    policy=OWNERS,
    body=RoleChange,
    again=show_role,
    then=_after_role,
    says="The role is changed.",
    fresh=True,
)
async def change_role(
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    id: FromPath[UUID],
    draft: NamedDependency[RoleChange],
) -> RoleChanged:
    """Give a member another role. Their next request is answered by it; they are written to."""
    member = await service.change_role(tx, id, draft, workspace=viewer.workspace_name)
    return RoleChanged(member, id == viewer.member)


@deed(
    "/settings/members/{id:uuid}/suspension",
    policy=OWNERS,
    again=show_member,
    then=_its_page,
    says=lambda member: f"{member.name}’s access is paused.",
    fresh=True,
)
async def suspend_member(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> MemberRow:
    """Pause a member's access at once. Nothing of theirs changes; they are written to."""
    return await service.suspend(tx, id, workspace=viewer.workspace_name)


@deed(
    "/settings/members/{id:uuid}/reinstatement",
    policy=OWNERS,
    again=show_member,
    then=_its_page,
    says=lambda member: f"{member.name} has access again.",
    fresh=True,
)
async def reinstate_member(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> MemberRow:
    """Give a member's access back, with every place that they have. They are written to."""
    return await service.reinstate(tx, id, workspace=viewer.workspace_name)


@page(
    "/settings/members/{id:uuid}/places/new",
    template="workspace/settings/member_place.html",
    policy=OWNERS,
    fresh=True,
)
async def new_place(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> PlaceForm:
    """The engagements on which a member could have a place."""
    return await page_queries.place_form(tx, id)


@deed(
    "/settings/members/{id:uuid}/places",
    policy=OWNERS,
    body=PlaceDraft,
    again=new_place,
    creates=True,
    then=lambda given: f"/settings/members/{given.member_id}",
    says="They are on the engagement now.",
    fresh=True,
)
async def give_place(
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    id: FromPath[UUID],
    draft: NamedDependency[PlaceDraft],
) -> PlaceGiven:
    """Give a member a place on an engagement. Colleagues and participants are written to."""
    place = await service.give_place(tx, id, draft, home=viewer.base)
    return PlaceGiven(id, place.id)


@deed(
    "/settings/members/{id:uuid}/places/{assignment:uuid}/release",
    policy=OWNERS,
    again=show_member,
    then=_its_page,
    says="Their place has ended. They cannot open that engagement any more.",
    fresh=True,
)
async def end_place(
    tx: NamedDependency[Transaction], id: FromPath[UUID], assignment: FromPath[UUID]
) -> MemberRow:
    """End one of a member's places today."""
    return await service.end_place(tx, id, assignment)


MEMBER = [
    show_member,
    edit_member,
    rename_member,
    show_role,
    change_role,
    suspend_member,
    reinstate_member,
    new_place,
    give_place,
    end_place,
]
