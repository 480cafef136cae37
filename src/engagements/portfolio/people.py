"""Who is on an engagement: people of the client, brought in as contacts, and the team.

Who is no member yet is invited, and has the place once they have accepted.
"""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from engagements.clients.models import Contact
from engagements.clients.service import Contacts
from engagements.portfolio import people_queries as queries
from engagements.portfolio.entities import Engagements
from engagements.portfolio.models import Engagement
from tenancy.database.pool import Transaction
from tenancy.errors import Invalid, Refused
from tenancy.mail.service import post
from tenancy.workspaces import service as workspaces
from tenancy.workspaces.invitations import Guest, Offer, invite
from tenancy.workspaces.models import Assignment
from tenancy.workspaces.queries import member_at

ClientRelation = Literal["participant", "sponsor", "delegate"]
Relation = Literal["team", "participant", "sponsor", "delegate"]


class PersonDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    """Somebody to bring in: a member of the consultancy for the team, else a contact."""

    relation: Annotated[Relation, Meta(title="their part in this engagement")]
    contact_id: Annotated[UUID | None, Meta(title="the contact")] = None
    member_id: Annotated[UUID | None, Meta(title="the colleague")] = None
    write_now: Annotated[bool, Meta(title="whether a sponsor is written to now")] = False
    """Else a sponsor who is no member yet hears of it when there is something to read."""


class BroughtIn(Struct, frozen=True):
    """Somebody who has a place on an engagement now, or is invited to it."""

    engagement_id: UUID
    name: str
    relation: Relation
    assignment_id: UUID | None = None
    invitation_id: UUID | None = None
    """Of one who is no member yet."""


async def bring_in(
    tx: Transaction, engagement_id: UUID, draft: PersonDraft, *, home: str
) -> BroughtIn:
    """Give a member a place on an engagement, or invite a contact who is none yet to it.

    Args:
        home: as in `add_person`.

    Raises:
        NotFound: as in `add_person`.
        Refused: as in `add_person`, or the member may not invite anybody to this engagement.
        Invalid: as in `add_person`.
    """
    if draft.relation != "team":
        engagement = await Engagements(tx).find(engagement_id)
        contact = await _contact(tx, engagement, draft.contact_id)
        if not await _is_member(tx, contact):
            return await _invited(tx, engagement, contact, draft)
    place = await add_person(tx, engagement_id, draft, home=home)
    added = await tx.one(queries.place, engagement=engagement_id, assignment=place.id)
    return BroughtIn(engagement_id, added.name, draft.relation, assignment_id=place.id)


async def add_person(
    tx: Transaction, engagement_id: UUID, draft: PersonDraft, *, home: str
) -> Assignment:
    """Give a person a place on an engagement, a member from now on, and write to them about it.

    Sponsors and delegates hear nothing before there is something to read: opening the portal
    writes to them.

    Args:
        home: the path of the page where the person starts, such as `/w/northlight`.

    Raises:
        NotFound: no such engagement that the member may change.
        Refused: an associate adds to the team, or the person has that place already.
        Invalid: nobody was chosen, somebody of the wrong side, or a contact without an address.
    """
    engagement = await Engagements(tx).find(engagement_id)
    if draft.relation == "team":
        member = await colleague(tx, draft.member_id)
    else:
        contact = await _contact(tx, engagement, draft.contact_id)
        member = await _person_of_client(tx, contact, draft.relation)
    if await tx.maybe(
        queries.place_of, member=member.id, engagement=engagement_id, relation=draft.relation
    ):
        raise Refused(f"{member.name} has that part in this engagement already.")
    place = await workspaces.assign(
        tx,
        member=member.id,
        engagement=engagement_id,
        organisation=engagement.organisation_id,
        relation=draft.relation,
    )
    if draft.relation in ("team", "participant"):
        await _write_to(tx, member, engagement, draft.relation, home)
    return place


async def release_person(tx: Transaction, engagement_id: UUID, assignment_id: UUID) -> Assignment:
    """End a person's place on an engagement today; they lose access at once.

    Raises:
        NotFound: no such engagement that the member may change, or no such place on it.
        Refused: the person leads the engagement.
    """
    engagement = await Engagements(tx).find(engagement_id)
    place = await tx.one(queries.place, engagement=engagement_id, assignment=assignment_id)
    if place.relation == "team" and place.member_id == engagement.lead_id:
        raise Refused(
            f"{place.name} leads this engagement. Hand it over first, then end their place."
        )
    return await workspaces.release(tx, assignment_id)


async def colleague(tx: Transaction, member_id: UUID | None) -> queries.Person:
    """Somebody to join a team.

    Raises:
        Refused: an associate chooses.
        Invalid: nobody was chosen, or nobody who works for the consultancy and has access.
    """
    if tx.context.role not in ("owner", "consultant"):
        raise Refused("Owners and consultants choose the team. Ask one of them.")
    if member_id is None:
        raise Invalid({"member_id": "Choose a colleague to join the team."})
    found = await tx.maybe(queries.colleague, member=member_id)
    if found is None:
        raise Invalid({"member_id": "Choose somebody who works for the consultancy."})
    return found


async def _contact(tx: Transaction, engagement: Engagement, contact_id: UUID | None) -> Contact:
    """The chosen contact of the engagement's client, whom a mail can reach."""
    if contact_id is None:
        raise Invalid({"contact_id": "Choose a contact at the client."})
    contact = await Contacts(tx).find(contact_id)
    if contact.organisation_id != engagement.organisation_id:
        raise Invalid({"contact_id": f"Choose a contact at {engagement.client}."})
    if contact.member_id is None and contact.email is None:
        raise Invalid(
            {
                "contact_id": f"{contact.name} has no e-mail address yet. "
                "Add one to the contact, so that they can sign in."
            }
        )
    return contact


async def _is_member(tx: Transaction, contact: Contact) -> bool:
    """Whether the contact is, or was, a member; also one whom nobody has connected to it."""
    if contact.member_id is not None:
        return True
    async with tx.acting("job"):
        return await tx.maybe(member_at, email=contact.email) is not None


async def _invited(
    tx: Transaction, engagement: Engagement, contact: Contact, draft: PersonDraft
) -> BroughtIn:
    assert contact.email is not None, "a contact who is invited has an address"
    assert draft.relation != "team", "a contact is of the client"
    invitation = await invite(
        tx,
        Guest(contact.email, contact.name, contact.post),
        role=draft.relation,
        offers=[Offer(engagement.id, engagement.organisation_id, draft.relation)],
        send=draft.write_now or has_something_to_read(engagement, draft.relation),
    )
    return BroughtIn(engagement.id, contact.name, draft.relation, invitation_id=invitation.id)


def has_something_to_read(engagement: Engagement, relation: Relation) -> bool:
    """Whether somebody who is invited finds something: sponsors only once the portal is open."""
    return relation in ("team", "participant") or engagement.portal_opened_at is not None


async def _person_of_client(
    tx: Transaction, contact: Contact, relation: ClientRelation
) -> queries.Person:
    if contact.member_id is None:
        assert contact.email is not None, "a contact who is brought in has an address"
        member = await workspaces.admit(
            tx, name=contact.name, email=contact.email, role=relation, title=contact.post
        )
        if member.role in workspaces.STAFF_ROLES:
            raise Invalid(
                {"contact_id": f"{member.name} works for the consultancy and can join its team."}
            )
        contact.member_id = member.id
    return await tx.one(queries.person, member=contact.member_id)


async def _write_to(
    tx: Transaction, person: queries.Person, engagement: Engagement, relation: str, home: str
) -> None:
    assert tx.context.member is not None, "a member brings people in"
    inviter = await tx.one(queries.person, member=tx.context.member)
    await post(
        tx,
        "added_to_engagement",
        to_name=person.name,
        to_address=person.email,
        engagement=engagement.title,
        client=engagement.client,
        relation=relation,
        inviter=inviter.name,
        path=home,
    )
