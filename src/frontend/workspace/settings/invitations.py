"""Invitations to the workspace: the open ones, and inviting one person or many."""

from typing import Any
from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct
from msgspec.structs import asdict

from engagements.members import invitation_queries as queries
from engagements.members.invitation_queries import InvitationRow
from engagements.members.inviting import (
    InvitationsDraft,
    Outcome,
    Understood,
    invite_people,
    understand,
)
from engagements.portfolio.queries import EngagementListed, engagement_list
from frontend.access import CONSULTANTS, Viewer
from frontend.routes import deed, look, page
from tenancy.database.context import ROLES, Role
from tenancy.database.pool import Transaction
from tenancy.workspaces import invitations
from tenancy.workspaces.service import STAFF_ROLES

OVER = ("closed", "declined")


class InvitationList(Struct):
    invitations: list[InvitationRow]


class InvitationForm(Struct):
    """What the form needs; and, once something was pasted, what was understood of it."""

    roles: list[Role]
    engagements: list[EngagementListed]
    lines: list[Understood]
    draft: InvitationsDraft | None = None
    """What was typed so far."""

    @property
    def typed(self) -> dict[str, Any]:
        """The draft as a form holds it."""
        if self.draft is None:
            return {}
        return asdict(self.draft) | {"write_now": "true" if self.draft.write_now else ""}

    @property
    def usable(self) -> int:
        return sum(line.usable for line in self.lines)


def _list(_: Any) -> str:
    return "/settings/invitations"


@page(
    "/settings/invitations",
    template="workspace/settings/invitations.html",
    policy=CONSULTANTS,
)
async def list_invitations(tx: NamedDependency[Transaction]) -> InvitationList:
    """The invitations that nobody has accepted or taken back."""
    return InvitationList(await tx.all(queries.open_invitations))


@page(
    "/settings/invitations/new",
    template="workspace/settings/invite.html",
    policy=CONSULTANTS,
    fresh=True,
)
async def new_invitations(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer]
) -> InvitationForm:
    """Whom to invite, as what, and to which engagements."""
    roles = [role for role in ROLES if viewer.role == "owner" or role not in STAFF_ROLES]
    open_ones = [one for one in await tx.all(engagement_list) if one.state not in OVER]
    return InvitationForm(roles, open_ones, [])


@look(
    "/settings/invitations/preview",
    template="workspace/settings/invite.html",
    policy=CONSULTANTS,
    body=InvitationsDraft,
    again=new_invitations,
    fresh=True,
)
async def preview_invitations(
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    draft: NamedDependency[InvitationsDraft],
) -> InvitationForm:
    """What is understood of each line, before anybody is written to."""
    form: InvitationForm = await new_invitations.fn(tx, viewer)
    form.lines, form.draft = await understand(tx, draft), draft
    return form


def _said(outcome: Outcome) -> str:
    count = len(outcome.invited)
    who = outcome.invited[0].name if count == 1 else f"{count} people"
    left = len(outcome.left_out)
    rest = f" {left} {'line was' if left == 1 else 'lines were'} left out." if left else ""
    return f"{who} {'is' if count == 1 else 'are'} invited.{rest}"


@deed(
    "/settings/invitations",
    policy=CONSULTANTS,
    body=InvitationsDraft,
    again=new_invitations,
    creates=True,
    then=_list,
    says=_said,
    fresh=True,
)
async def create_invitations(
    tx: NamedDependency[Transaction], draft: NamedDependency[InvitationsDraft]
) -> Outcome:
    """Invite people, 200 at once at the most. Each of them is written to."""
    return await invite_people(tx, draft)


@deed(
    "/settings/invitations/{id:uuid}/renewal",
    policy=CONSULTANTS,
    again=list_invitations,
    then=_list,
    says=lambda invitation: f"{invitation.name} was written to again.",
    fresh=True,
)
async def renew_invitation(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> InvitationRow:
    """Send an invitation again. It lasts two weeks from now, in the name of who sends it."""
    await invitations.resend(tx, id)
    return await tx.one(queries.invitation_row, invitation=id)


@deed(
    "/settings/invitations/{id:uuid}/revocation",
    policy=CONSULTANTS,
    again=list_invitations,
    then=_list,
    says=lambda invitation: f"The invitation to {invitation.name} is taken back.",
)
async def revoke_invitation(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> InvitationRow:
    """Take an invitation back, as far as it is one's own. Its link opens nothing any more."""
    invitation = await tx.one(queries.invitation_row, invitation=id)
    await invitations.revoke(tx, id)
    return invitation


INVITATIONS = [
    list_invitations,
    new_invitations,
    preview_invitations,
    create_invitations,
    renew_invitation,
    revoke_invitation,
]
