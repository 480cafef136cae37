"""Joining a workspace by an invitation, once somebody has proved that its address is theirs.

They do so with a code that is mailed to it, in the browser that asked for it, or by being signed in
with it. The link of the mail alone proves nothing: mail scanners open links and send forms.
"""

from datetime import date
from typing import Literal
from uuid import UUID

from msgspec import Struct

from engagements.clients.service import connect
from engagements.commercial.service import ask_newcomer
from engagements.members import queries
from tenancy.database.context import Context, Role
from tenancy.database.pool import Database, Transaction
from tenancy.errors import Invalid, NotFound, Refused
from tenancy.identity import requests, sessions
from tenancy.identity import service as identity
from tenancy.identity.queries import Place, place_of
from tenancy.identity.service import Asked, SecondStep
from tenancy.identity.sessions import Device, NewSession
from tenancy.workspaces import queries as workspaces
from tenancy.workspaces.accepting import accept
from tenancy.workspaces.models import Member
from tenancy.workspaces.offers import join_path, why_closed
from tenancy.workspaces.queries import OfferRow
from tenancy.workspaces.reach import context_of

Standing = Literal["open", "accepted", "closed"]


class Welcome(Struct, frozen=True):
    """What the page behind an invitation's link says. Whoever opens it learns what the mail said;
    only the person themselves learns to which engagements."""

    workspace: str
    inviter: str
    role: Role
    standing: Standing
    closed_because: str
    until: date
    own: bool
    """Whether who looks is signed in with the address that was invited."""
    engagements: list[str]


async def welcome(db: Database, slug: str, id: UUID, *, viewer: str | None) -> Welcome:
    """An invitation as somebody sees it who follows its link.

    Args:
        viewer: the address with which they are signed in.

    Raises:
        NotFound: there is no such invitation in a workspace of that slug.
    """
    place = await _place(db, slug)
    async with db.transaction(_system(place)) as tx:
        terms = await tx.one(workspaces.terms, invitation=id)
        why = await why_closed(tx, terms)
        own = viewer == terms.email
        engagements = await tx.all(queries.offered, invitation=id) if own else []
        return Welcome(
            terms.workspace,
            terms.inviter,
            terms.role,
            "accepted" if terms.accepted_at else "closed" if why else "open",
            why,
            terms.expires_at.date(),
            own,
            [one.title for one in engagements],
        )


async def ask_for_code(
    db: Database, slug: str, id: UUID, *, address: str, known_as: str = ""
) -> Asked:
    """Mail a code to the address that was invited.

    Args:
        address: the network address that asks.
        known_as: the token by which this browser is known again.

    Raises:
        NotFound: as in `welcome`.
        Refused: the invitation is open no more.
        TooMany: as in signing in.
    """
    place = await _place(db, slug)
    async with db.transaction(_system(place)) as tx:
        terms = await tx.one(workspaces.terms, invitation=id)
        if refusal := await why_closed(tx, terms):
            raise Refused(refusal)
    return await identity.ask_invited(
        db,
        terms.email,
        name=terms.name,
        place=place,
        path=f"{join_path(slug, id)}/code",
        address=address,
        known_as=known_as,
    )


async def join_by_code(
    db: Database, slug: str, id: UUID, *, browser_token: str, typed: str, device: Device
) -> NewSession | SecondStep:
    """Accept with the code from the mail, and go in. Each try is counted, also the wrong ones.

    Returns:
        The session; or, where the person has set up a second factor, what they go on with.

    Raises:
        NotFound: as in `welcome`.
        Invalid: the code is wrong, used, out of time, or was asked for in another browser.
        Refused: the invitation cannot be accepted any more.
    """
    place = await _place(db, slug)
    entered: NewSession | SecondStep | None = None
    async with db.transaction(_system(place), writes=True) as tx:
        invitation = await tx.one(workspaces.terms, invitation=id)
        proof = await identity.prove_mailbox(tx, browser_token, typed, invitation.email)
        if proof is not None:
            member = await _join(tx, id)
            proof = await requests.change(
                tx, proof, identity=member.identity_id, tenant=place.tenant
            )
            entered = await identity.enter(tx, proof, factor="code", device=device)
        why = "" if proof else await identity.why_not(tx, browser_token)
    if why:
        raise Invalid({"code": why})
    if entered is None:
        raise Refused(f"You are no member of {place.name} any more. Ask one of its owners.")
    return entered


async def join_signed_in(
    db: Database, slug: str, id: UUID, *, viewer: str, session: UUID
) -> NewSession:
    """Accept as who is signed in with the invited address, and go on in that workspace.

    Args:
        viewer: their address.
        session: their session, which ends.

    Raises:
        NotFound: as in `welcome`, or their session has ended.
        Refused: the invitation is somebody else's, or cannot be accepted any more.
    """
    place = await _place(db, slug)
    async with db.transaction(_system(place), writes=True) as tx:
        invitation = await tx.one(workspaces.terms, invitation=id)
        if viewer != invitation.email:
            raise Refused("This invitation is for another address. Ask for a code to accept it.")
        await _join(tx, id)
        return await sessions.switch(tx, session, slug)


async def _join(tx: Transaction, id: UUID) -> Member:
    """Accept, and let each client know its new contact, in the name of who offered the place."""
    accepted = await accept(tx, id)
    for offer in accepted.offers:
        if offer.relation != "team":
            await _introduce(tx, offer, accepted.member)
    return accepted.member


async def _introduce(tx: Transaction, offer: OfferRow, member: Member) -> None:
    async with tx.speaking_for(await context_of(tx, offer.invited_by_id)):
        await connect(tx, offer.organisation_id, member)
        await ask_newcomer(tx, offer.engagement_id, member.id)


async def _place(db: Database, slug: str) -> Place:
    place = await db.look_up(place_of, slug=slug)
    if place is None:
        raise NotFound
    return place


def _system(place: Place) -> Context:
    """Who follows the link is no member yet, so the product itself looks after them."""
    return Context(surface="job", tenant=place.tenant)
