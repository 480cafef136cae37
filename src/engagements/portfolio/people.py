"""Who is on an engagement: people of the client, brought in as contacts, and the team."""

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
from tenancy.workspaces.models import Assignment

ClientRelation = Literal["participant", "sponsor", "delegate"]
Relation = Literal["team", "participant", "sponsor", "delegate"]


class PersonDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    """Somebody to bring in: a member of the consultancy for the team, else a contact."""

    relation: Annotated[Relation, Meta(title="their part in this engagement")]
    contact_id: Annotated[UUID | None, Meta(title="the contact")] = None
    member_id: Annotated[UUID | None, Meta(title="the colleague")] = None


async def add_person(
    tx: Transaction, engagement_id: UUID, draft: PersonDraft, *, home: str
) -> Assignment:
    """Give a person a place on an engagement, and write to them about it.

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
        member = await _person_of_client(tx, engagement, draft.contact_id, draft.relation)
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


async def _person_of_client(
    tx: Transaction, engagement: Engagement, contact_id: UUID | None, relation: ClientRelation
) -> queries.Person:
    if contact_id is None:
        raise Invalid({"contact_id": "Choose a contact at the client."})
    contact = await Contacts(tx).find(contact_id)
    if contact.organisation_id != engagement.organisation_id:
        raise Invalid({"contact_id": f"Choose a contact at {engagement.client}."})
    if contact.member_id is None:
        contact.member_id = await _admitted(tx, contact, relation)
    return await tx.one(queries.person, member=contact.member_id)


async def _admitted(tx: Transaction, contact: Contact, relation: ClientRelation) -> UUID:
    if contact.email is None:
        raise Invalid(
            {
                "contact_id": f"{contact.name} has no e-mail address yet. "
                "Add one to the contact, so that they can sign in."
            }
        )
    member = await workspaces.admit(
        tx, name=contact.name, email=contact.email, role=relation, title=contact.post
    )
    if member.role in workspaces.STAFF_ROLES:
        raise Invalid(
            {"contact_id": f"{member.name} works for the consultancy and can join its team."}
        )
    return member.id


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
