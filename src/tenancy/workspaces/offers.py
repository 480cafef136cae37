"""What an invitation offers, and who is entitled to offer it: asked when it is made, and again when
it is accepted."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from tenancy.database.context import Context, Role
from tenancy.database.entities import Entities
from tenancy.database.pool import Transaction
from tenancy.errors import NotFound
from tenancy.workspaces import queries, reach
from tenancy.workspaces.models import Invitation, InvitationPlace
from tenancy.workspaces.queries import OfferRow, Terms
from tenancy.workspaces.service import STAFF_ROLES


class Invitations(Entities[Invitation]):
    model = Invitation


class InvitationPlaces(Entities[InvitationPlace]):
    model = InvitationPlace


def may_invite(context: Context, role: Role, engagements: Iterable[UUID]) -> bool:
    """An owner invites anybody; other staff the client's people, for engagements of their own."""
    if context.role == "owner":
        return True
    if context.role not in STAFF_ROLES or role in STAFF_ROLES:
        return False
    wanted = set(engagements)
    return bool(wanted) and wanted <= set(context.team)


async def still_offered(tx: Transaction, terms: Terms) -> list[OfferRow]:
    """The places whose inviter may still offer them. On the surface `job`."""
    return [
        offer
        for offer in await tx.all(queries.offers, invitation=terms.id)
        if await entitled(tx, offer.invited_by_id, terms.role, [offer.engagement_id])
    ]


async def entitled(tx: Transaction, member: UUID, role: Role, engagements: list[UUID]) -> bool:
    """Whether a member may invite somebody by now. On the surface `job`."""
    try:
        context = await reach.context_of(tx, member)
    except NotFound:
        return False
    return may_invite(context, role, engagements)


async def why_closed(tx: Transaction, terms: Terms) -> str:
    """Why an invitation cannot be accepted, for whom it is for; empty when it can. On `job`."""
    if terms.accepted_at is not None:
        return "This invitation was accepted already."
    if terms.revoked_at is not None:
        return f"{terms.workspace} has taken this invitation back."
    if terms.sent_at is not None and terms.expires_at <= datetime.now(UTC):
        return f"This invitation has expired. Ask {terms.inviter} for a new one."
    if await still_offered(tx, terms) or await entitled(tx, terms.inviter_id, terms.role, []):
        return ""
    return (
        f"{terms.inviter}, who invited you, can no longer do so. "
        f"Ask {terms.workspace} for a new invitation."
    )


def join_path(slug: str, invitation: UUID) -> str:
    """Where an invitation is accepted."""
    return f"/join/{slug}/{invitation}"
