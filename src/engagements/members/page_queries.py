"""Reading one member: what they see, in words, and where they could have a place."""

from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, bindparam, exists, func, null, select

from engagements.clients.models import Contact
from engagements.members.queries import MemberRow, member_of
from engagements.members.words import HeldPlace, Sight, sight
from engagements.people import present
from engagements.portfolio.models import Engagement
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, tenant
from tenancy.workspaces.models import Assignment
from tenancy.workspaces.service import STAFF_ROLES

_assignment = cast(Table, Assignment.__table__).c
_contact = cast(Table, Contact.__table__).c
_engagement = cast(Table, Engagement.__table__).c

_wanted = bindparam("member", type_=_assignment.member_id.type)


class MemberPage(Struct, frozen=True):
    """One member, and in words what they see."""

    member: MemberRow
    own: bool
    """Whether it is the reader's own."""
    sight: Sight
    viewable: bool
    """Whether an owner can look at what they see."""


class PlaceChoice(Struct, frozen=True):
    """An engagement on which a member could be given a place."""

    id: UUID
    title: str
    client: str
    contact_id: UUID | None
    """Of somebody of a client: the contact as whom they are brought in."""


class PlaceForm(Struct, frozen=True):
    """Where a member could be given a place."""

    member: MemberRow
    of_consultancy: bool
    choices: list[PlaceChoice]

    @property
    def offered(self) -> list[tuple[UUID, str]]:
        return [(one.id, f"{one.title}, {one.client}") for one in self.choices]


_on_it = exists().where(
    _assignment.tenant_id == tenant,
    _assignment.engagement_id == _engagement.id,
    _assignment.member_id == _wanted,
    _assignment.relation == "team",
    present(_assignment),
)
_goes_on = _engagement.state.not_in(("closed", "declined"))
_by_client = (func.lower(_engagement.client), func.lower(_engagement.title), _engagement.id)
_for_the_team = Read(
    select(_engagement.id, _engagement.title, _engagement.client, null())
    .where(_engagement.tenant_id == tenant, _goes_on, ~_on_it)
    .order_by(*_by_client),
    PlaceChoice,
)
_for_a_contact = Read(
    select(_engagement.id, _engagement.title, _engagement.client, func.array_agg(_contact.id)[1])
    .join(
        _contact.id.table,
        (_contact.tenant_id == tenant) & (_contact.organisation_id == _engagement.organisation_id),
    )
    .where(_engagement.tenant_id == tenant, _goes_on, _contact.member_id == _wanted)
    .group_by(_engagement.id, _engagement.title, _engagement.client)
    .order_by(*_by_client),
    PlaceChoice,
)
unended_places = Read(
    select(_engagement.title)
    .join(
        _assignment.id.table,
        (_assignment.tenant_id == tenant) & (_assignment.engagement_id == _engagement.id),
    )
    .where(
        _engagement.tenant_id == tenant,
        _assignment.member_id == _wanted,
        _assignment.ends_on.is_(None) | (_assignment.ends_on >= func.current_date()),
    )
    .distinct()
    .order_by(_engagement.title),
    str,
)
"""The engagements on which somebody has a place, or will have one."""


async def page_of(tx: Transaction, member_id: UUID) -> MemberPage:
    """One member, and what they see, for an owner.

    Raises:
        NotFound: no such member.
    """
    member = await member_of(tx, member_id)
    away = "left" if member.left_on else "paused" if member.suspended_at else ""
    places = [HeldPlace(place.engagement, place.relation) for place in member.places]
    return MemberPage(
        member,
        member_id == tx.context.member,
        sight(member.name, member.role, places, away),
        not away and not member.sample and member.role not in STAFF_ROLES,
    )


async def place_form(tx: Transaction, member_id: UUID) -> PlaceForm:
    """The engagements on which a member could be given a place, for an owner.

    Raises:
        NotFound: no such member.
    """
    member = await member_of(tx, member_id)
    staff = member.role in STAFF_ROLES
    read = _for_the_team if staff else _for_a_contact
    return PlaceForm(member, staff, await tx.all(read, member=member_id))
