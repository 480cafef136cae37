"""Who is on an engagement."""

from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from engagements.clients import queries as clients
from engagements.clients.queries import ContactRow
from engagements.handover import service as handover
from engagements.handover.queries import HandOverPage, hand_over_page
from engagements.handover.service import HandOver
from engagements.portfolio import people, queries
from engagements.portfolio import people_queries as rows
from engagements.portfolio.invited import Invited, invited, invited_by_id
from engagements.portfolio.people import BroughtIn, PersonDraft
from engagements.portfolio.people_queries import OnEngagement, Person
from engagements.portfolio.queries import EngagementPage
from frontend.access import STAFF, Viewer
from frontend.routes import deed, page
from tenancy.database.pool import Transaction
from tenancy.workspaces import invitations


class PeoplePage(Struct):
    engagement: EngagementPage
    invited: list[Invited]
    """Those who have not accepted yet."""


class PersonForm(Struct):
    """What the form needs: the contacts of the client, and the colleagues not on the team yet."""

    engagement: EngagementPage
    contacts: list[ContactRow]
    colleagues: list[Person]

    @property
    def contact_choices(self) -> list[tuple[UUID, str]]:
        return [
            (contact.id, contact.name + ("" if contact.email else " (no e-mail address yet)"))
            for contact in self.contacts
        ]

    @property
    def colleague_choices(self) -> list[tuple[UUID, str]]:
        return [(colleague.id, colleague.name) for colleague in self.colleagues]


class HandedOver(Struct):
    engagement: EngagementPage
    reached: bool
    """Whether who handed it over still reaches it."""


def _of_engagement(person: OnEngagement | BroughtIn | Invited) -> str:
    return f"/engagements/{person.engagement_id}/people"


def _after(done: HandedOver) -> str:
    return f"/engagements/{done.engagement.id}/people" if done.reached else "/engagements"


@page("/engagements/{id:uuid}/people", template="workspace/engagements/people.html", policy=STAFF)
async def show_people(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> PeoplePage:
    """Who has a place on an engagement today, and who is invited to one."""
    engagement = await tx.one(queries.engagement_page, engagement=id)
    return PeoplePage(engagement, await tx.all(invited, engagement=id))


@page(
    "/engagements/{id:uuid}/people/new",
    template="workspace/engagements/person.html",
    policy=STAFF,
    fresh=True,
)
async def new_person(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> PersonForm:
    """Somebody to bring in: a contact of the client, or a colleague for the team."""
    engagement = await tx.one(queries.engagement_page, engagement=id)
    client = await tx.one(clients.client_page, organisation=engagement.organisation_id)
    team = {person.member_id for person in engagement.people if person.relation == "team"}
    colleagues = [one for one in await tx.all(rows.colleagues) if one.id not in team]
    return PersonForm(engagement, client.contacts, colleagues)


def _came(person: BroughtIn) -> str:
    if person.invitation_id is None:
        return f"{person.name} is on the engagement now."
    return f"{person.name} is invited, and is on the engagement once they have accepted."


@deed(
    "/engagements/{id:uuid}/people",
    policy=STAFF,
    body=PersonDraft,
    again=new_person,
    creates=True,
    then=_of_engagement,
    says=_came,
    fresh=True,
)
async def add_person(
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    id: FromPath[UUID],
    draft: NamedDependency[PersonDraft],
) -> BroughtIn:
    """Give a member a place on an engagement, or invite a contact who is none yet to it."""
    return await people.bring_in(tx, id, draft, home=viewer.base)


@deed(
    "/engagements/{id:uuid}/invitations/{invitation:uuid}/renewal",
    policy=STAFF,
    again=show_people,
    then=_of_engagement,
    says=lambda guest: f"{guest.name} was written to again.",
    fresh=True,
)
async def renew_invitation(
    tx: NamedDependency[Transaction], id: FromPath[UUID], invitation: FromPath[UUID]
) -> Invited:
    """Send the invitation to an engagement again. It lasts two weeks from now."""
    await tx.one(invited_by_id, engagement=id, invitation=invitation)
    await invitations.resend(tx, invitation)
    return await tx.one(invited_by_id, engagement=id, invitation=invitation)


@deed(
    "/engagements/{id:uuid}/invitations/{invitation:uuid}/revocation",
    policy=STAFF,
    again=show_people,
    then=_of_engagement,
    says=lambda guest: f"The invitation to {guest.name} is taken back.",
)
async def revoke_invitation(
    tx: NamedDependency[Transaction], id: FromPath[UUID], invitation: FromPath[UUID]
) -> Invited:
    """Take back what somebody was offered on an engagement."""
    guest = await tx.one(invited_by_id, engagement=id, invitation=invitation)
    await invitations.revoke(tx, invitation, engagement=id)
    return guest


@deed(
    "/engagements/{id:uuid}/people/{assignment:uuid}/release",
    policy=STAFF,
    again=show_people,
    then=_of_engagement,
    says="Their place has ended. They cannot open this engagement any more.",
    fresh=True,
)
async def release_person(
    tx: NamedDependency[Transaction], id: FromPath[UUID], assignment: FromPath[UUID]
) -> OnEngagement:
    """End a person's place today; the answer is the place as it was."""
    person = await tx.one(rows.place, engagement=id, assignment=assignment)
    await people.release_person(tx, id, assignment)
    return person


@page(
    "/engagements/{id:uuid}/lead",
    template="workspace/engagements/lead.html",
    policy=STAFF,
    fresh=True,
)
async def show_lead(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> HandOverPage:
    """Who leads an engagement, who else could, and what handing it over means."""
    return await hand_over_page(tx, id)


@deed(
    "/engagements/{id:uuid}/lead",
    policy=STAFF,
    body=HandOver,
    again=show_lead,
    then=_after,
    says=lambda done: f"{done.engagement.lead} leads “{done.engagement.title}” now.",
    fresh=True,
)
async def hand_over(
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    id: FromPath[UUID],
    draft: NamedDependency[HandOver],
) -> HandedOver:
    """Hand an engagement with its history to somebody else, who joins its team if need be."""
    await handover.hand_over(tx, id, draft, path=f"{viewer.base}/engagements/{id}")
    engagement = await tx.one(queries.engagement_page, engagement=id)
    team = {one.member_id for one in engagement.people if one.relation == "team"}
    return HandedOver(engagement, viewer.role == "owner" or viewer.member in team)


PEOPLE = [
    show_people,
    new_person,
    add_person,
    renew_invitation,
    revoke_invitation,
    release_person,
    show_lead,
    hand_over,
]
