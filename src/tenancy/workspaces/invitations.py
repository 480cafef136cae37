"""Invitations: asking somebody to become a member, who is one once they have accepted."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select

from tenancy.audit import service as audit
from tenancy.database.clock import now_in
from tenancy.database.context import Context, Role
from tenancy.database.pool import Transaction
from tenancy.errors import Refused
from tenancy.ids import new_id
from tenancy.mail.service import post
from tenancy.workspaces import queries
from tenancy.workspaces.models import Invitation, InvitationPlace
from tenancy.workspaces.offers import (
    InvitationPlaces,
    Invitations,
    join_path,
    may_invite,
)
from tenancy.workspaces.service import STAFF_ROLES

LASTS = timedelta(days=14)
RESENT_AFTER = timedelta(minutes=10)


class Guest(Struct, frozen=True):
    """Somebody to be invited."""

    email: str
    name: str
    title: str = ""


class Offer(Struct, frozen=True):
    """A place on an engagement that goes with an invitation."""

    engagement: UUID
    organisation: UUID
    relation: str


async def invite(
    tx: Transaction, guest: Guest, *, role: Role, offers: Sequence[Offer] = (), send: bool = True
) -> Invitation:
    """Ask somebody to become a member. Who is asked already is offered these places as well.

    Args:
        send: whether the mail goes out now; it does so once.

    Raises:
        Refused: the member may not invite them, they are or were a member, or they are asked
            already for the other side.
    """
    if not may_invite(tx.context, role, [offer.engagement for offer in offers]):
        raise Refused(_not_yours(role))
    email = guest.email.strip().lower()
    await _refuse_members(tx, email)
    invitation = await _open_for(tx, email)
    if invitation is None:
        invitation = await _begin(tx, guest, email, role, offers)
    elif (invitation.role in STAFF_ROLES or role in STAFF_ROLES) and invitation.role != role:
        raise Refused(
            f"{invitation.name} is invited already, as {_a(invitation.role)}. "
            "Take that invitation back first."
        )
    await _offer(tx, invitation, offers)
    if send and (invitation.sent_at is None or invitation.expires_at <= datetime.now(UTC)):
        await _send(tx, invitation)
    return invitation


async def invite_many(
    tx: Transaction,
    guests: Iterable[Guest],
    *,
    role: Role,
    offers: Sequence[Offer] = (),
    send: bool = True,
) -> list[Invitation]:
    """Ask several people for the same, each as in `invite`; all of them or none."""
    return [await invite(tx, guest, role=role, offers=offers, send=send) for guest in guests]


async def resend(tx: Transaction, id: UUID) -> Invitation:
    """Send the mail again; it lasts anew, and who sends it is the one who invites from now on.

    Raises:
        NotFound: no invitation of that id within reach.
        Refused: it is open no more, was sent a moment ago, or is not the member's to send.
    """
    invitation = await _held_open(tx, id)
    own = await _own_places(tx, invitation)
    if not _may_speak_for(tx.context, invitation, own):
        raise Refused(_not_yours(invitation.role))
    now = datetime.now(UTC)
    if invitation.sent_at is not None and now - invitation.sent_at < RESENT_AFTER:
        raise Refused(
            f"This invitation went out to {invitation.name} less than ten minutes ago. "
            "Send it again when they have had time to look."
        )
    await _take_over(tx, invitation, own)
    await _send(tx, invitation)
    return invitation


async def mark_sent(tx: Transaction, id: UUID) -> None:
    """Note that a letter with an invitation's link goes out now; it lasts from now on."""
    async with tx.acting("job"):
        _note_sending(await Invitations(tx).find(id), now_in(tx))


async def send_now(tx: Transaction, id: UUID) -> None:
    """Write to somebody whose invitation has waited for something to read."""
    async with tx.acting("job"):
        invitation = await Invitations(tx).find(id)
    await _send(tx, invitation)


async def revoke(tx: Transaction, id: UUID, *, engagement: UUID | None = None) -> Invitation:
    """Take an invitation back, as far as it is the member's: it ends once nothing is left of it.

    Args:
        engagement: only its places there.

    Raises:
        NotFound: no invitation of that id within reach.
        Refused: it is open no more, or is not the member's to take back.
    """
    invitation = await _held_open(tx, id)
    every = await _places_of(tx, invitation)
    own = [
        place
        for place in await _own_places(tx, invitation)
        if engagement in (None, place.engagement_id)
    ]
    whole = engagement is None and tx.context.role == "owner"
    if not (own or whole):
        raise Refused(_not_yours(invitation.role))
    async with tx.acting("job"):
        if whole or len(own) == len(every):
            invitation.revoked_at = datetime.now(UTC)
        else:
            for place in own:
                await tx.session.delete(place)
            left = {place.engagement_id for place in every if place not in own}
            invitation.engagement_ids = sorted(left)
        await audit.record(tx, "invitation revoked", invitation)
    return invitation


async def _begin(
    tx: Transaction, guest: Guest, email: str, role: Role, offers: Sequence[Offer]
) -> Invitation:
    invitation = await Invitations(tx).add(
        id=new_id(),
        email=email,
        name=guest.name.strip(),
        title=guest.title.strip(),
        role=role,
        invited_by_id=tx.context.member,
        engagement_ids=sorted({offer.engagement for offer in offers}),
        expires_at=now_in(tx) + LASTS,
        times_sent=0,
    )
    await audit.record(tx, "invitation made", invitation)
    return invitation


async def _offer(tx: Transaction, invitation: Invitation, offers: Sequence[Offer]) -> None:
    """Add the places that are not offered yet; who invites last answers for all of these."""
    there = {
        (place.engagement_id, place.relation): place for place in await _places_of(tx, invitation)
    }
    wanted = {(offer.engagement, offer.relation): offer for offer in offers}
    for key in wanted.keys() - there.keys():
        await InvitationPlaces(tx).add(
            invitation_id=invitation.id,
            engagement_id=wanted[key].engagement,
            organisation_id=wanted[key].organisation,
            relation=wanted[key].relation,
            invited_by_id=tx.context.member,
        )
    await _take_over(tx, invitation, [there[key] for key in there.keys() & wanted.keys()])
    async with tx.acting("job"):
        engagements = {*invitation.engagement_ids, *(offer.engagement for offer in offers)}
        invitation.engagement_ids = sorted(engagements)


async def _send(tx: Transaction, invitation: Invitation) -> None:
    async with tx.acting("job"):
        _note_sending(invitation, now_in(tx))
        await audit.record(tx, "invitation sent", invitation)
        terms = await tx.one(queries.terms, invitation=invitation.id)
        await post(
            tx,
            "invitation",
            to_name=terms.name,
            to_address=terms.email,
            workspace=terms.workspace,
            inviter=terms.inviter,
            role=terms.role,
            until=terms.expires_at.date().isoformat(),
            path=join_path(terms.slug, terms.id),
        )


def _note_sending(invitation: Invitation, now: datetime) -> None:
    invitation.sent_at, invitation.expires_at = now, now + LASTS
    invitation.times_sent += 1


async def _take_over(
    tx: Transaction, invitation: Invitation, own: Iterable[InvitationPlace]
) -> None:
    async with tx.acting("job"):
        invitation.invited_by_id = _member(tx)
        for place in own:
            place.invited_by_id = _member(tx)


async def _own_places(tx: Transaction, invitation: Invitation) -> list[InvitationPlace]:
    """Those that the member could offer."""
    return [
        place
        for place in await _places_of(tx, invitation)
        if may_invite(tx.context, cast(Role, invitation.role), [place.engagement_id])
    ]


def _may_speak_for(context: Context, invitation: Invitation, own: Sequence[object]) -> bool:
    return context.role == "owner" or (bool(own) and invitation.role not in STAFF_ROLES)


async def _places_of(tx: Transaction, invitation: Invitation) -> list[InvitationPlace]:
    """All of them, in the order in which they were offered, whoever asks."""
    async with tx.acting("job"):
        found = await tx.session.scalars(
            select(InvitationPlace)
            .where(
                InvitationPlace.tenant_id == tx.context.tenant,
                InvitationPlace.invitation_id == invitation.id,
            )
            .order_by(InvitationPlace.id)
        )
        return list(found)


async def _held_open(tx: Transaction, id: UUID) -> Invitation:
    """An open invitation that the member may read, held."""
    await tx.one(queries.terms, invitation=id)
    async with tx.acting("job"):
        invitation = await Invitations(tx).find(id)
    if invitation.accepted_at is not None:
        raise Refused(f"{invitation.name} has accepted this invitation already.")
    if invitation.revoked_at is not None:
        raise Refused("This invitation was taken back already.")
    return invitation


async def _open_for(tx: Transaction, email: str) -> Invitation | None:
    async with tx.acting("job"):
        found = await tx.session.scalars(
            select(Invitation)
            .where(
                Invitation.tenant_id == tx.context.tenant,
                Invitation.email == email,
                Invitation.accepted_at.is_(None),
                Invitation.revoked_at.is_(None),
            )
            .with_for_update()
        )
        return found.one_or_none()


async def _refuse_members(tx: Transaction, email: str) -> None:
    async with tx.acting("job"):
        member = await tx.maybe(queries.member_at, email=email)
    if member is None:
        return
    if member.left:
        raise Refused(
            f"{member.name} has left this workspace. An owner can admit them again in its settings."
        )
    raise Refused(f"{member.name} is a member already. They need no invitation.")


def _member(tx: Transaction) -> UUID:
    assert tx.context.member is not None, "a member invites"
    return tx.context.member


def _not_yours(role: str) -> str:
    if role in STAFF_ROLES:
        return "Only an owner can invite people of the consultancy."
    return "You can invite people of a client to engagements on whose team you are."


def _a(role: str) -> str:
    return f"an {role}" if role[0] in "aeiou" else f"a {role}"
