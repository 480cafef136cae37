"""Accepting an invitation: from here on somebody is a member."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from msgspec import Struct

from tenancy.audit import service as audit
from tenancy.database.pool import Transaction
from tenancy.errors import Refused
from tenancy.mail.service import post
from tenancy.workspaces import queries
from tenancy.workspaces.models import Member
from tenancy.workspaces.offers import Invitations, still_offered, why_closed
from tenancy.workspaces.queries import OfferRow, Terms
from tenancy.workspaces.reach import context_of
from tenancy.workspaces.service import admit, assign, held


class Accepted(Struct, frozen=True):
    """Whom an invitation made a member, and the places that they have by it."""

    member: Member
    offers: Sequence[OfferRow]


async def accept(tx: Transaction, id: UUID) -> Accepted:
    """Make whom an invitation is for a member, with the places that can still be offered to them.

    Call it on the surface `job`, for somebody who has proved that the address is theirs. Whoever
    offered a place must still be entitled to it; the others fall away. Twice, it is once.

    Raises:
        NotFound: no invitation of that id.
        Refused: it is open no more, nobody who invited may do so any more, or the person has left.
    """
    invitation = await Invitations(tx).find(id)
    if invitation.member_id is not None:
        return Accepted(await held(tx, invitation.member_id), [])
    terms = await tx.one(queries.terms, invitation=id)
    if refusal := await why_closed(tx, terms):
        raise Refused(refusal)
    offers = await still_offered(tx, terms)
    member = await admit(
        tx, name=terms.name, email=terms.email, role=terms.role, title=invitation.title
    )
    for offer in offers:
        await assign(
            tx,
            member=member.id,
            engagement=offer.engagement_id,
            organisation=offer.organisation_id,
            relation=offer.relation,
        )
    invitation.accepted_at, invitation.member_id = datetime.now(UTC), member.id
    async with tx.speaking_for(await context_of(tx, member.id)):
        await audit.record(tx, "invitation accepted", invitation)
    if not terms.inviter_left:
        await _tell_inviter(tx, terms, member)
    return Accepted(member, offers)


async def _tell_inviter(tx: Transaction, terms: Terms, member: Member) -> None:
    await post(
        tx,
        "invitation_accepted",
        to_name=terms.inviter,
        to_address=terms.inviter_email,
        workspace=terms.workspace,
        guest=member.name,
        role=terms.role,
        path=f"/w/{terms.slug}",
    )
