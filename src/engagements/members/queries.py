"""Reading who is in the workspace, and what hangs on one of them when they leave."""

from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Table,
    and_,
    bindparam,
    exists,
    func,
    select,
)

from engagements.actions.models import Action
from engagements.notes.models import Note
from engagements.people import present
from engagements.portal.models import Publication
from engagements.portfolio.models import Engagement
from engagements.retention.queries import SealedNotes, sealed_notes
from engagements.sessions.models import Session
from engagements.upward.models import Proposal
from tenancy.database.context import Role
from tenancy.database.nesting import fields, gathered
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, tenant
from tenancy.workspaces.models import Assignment, InvitationPlace, Member

_action = cast(Table, Action.__table__).c
_assignment = cast(Table, Assignment.__table__).c
_engagement = cast(Table, Engagement.__table__).c
_member = cast(Table, Member.__table__).c
_offer = cast(Table, InvitationPlace.__table__).c
_note = cast(Table, Note.__table__).c
_owner = cast(Table, Member.__table__).alias("owner").c
_proposal = cast(Table, Proposal.__table__).c
_publication = cast(Table, Publication.__table__).c
_session = cast(Table, Session.__table__).c

_wanted = bindparam("member", type_=_member.id.type)
_CLOSED = ("closed", "declined")


class MemberPlace(Struct, frozen=True):
    """A place on an engagement that holds today."""

    assignment_id: UUID
    engagement_id: UUID
    engagement: str
    client: str
    relation: str
    starts_on: date
    leads: bool
    """Whether they lead the engagement."""


class MemberRow(Struct, frozen=True):
    """Somebody who is, or was, a member of the workspace."""

    id: UUID
    name: str
    role: Role
    title: str
    email: str
    joined_on: date
    left_on: date | None
    suspended_at: datetime | None
    """Since when their access is paused."""
    places: list[MemberPlace]
    """Those that they have today, by the engagement's name."""
    last_owner: bool
    """Whether no other owner could open the workspace, so that they stay."""
    sample: bool
    """Whether they are only a part of the sample."""

    @property
    def engagements(self) -> list[str]:
        """Those on which they have a place today, by name."""
        return list(dict.fromkeys(place.engagement for place in self.places))


class Led(Struct, frozen=True):
    """An engagement that somebody leads."""

    id: UUID
    title: str
    client: str


class LedSession(Struct, frozen=True):
    """A session to come that somebody leads."""

    id: UUID
    title: str
    engagement: str
    starts_at: datetime


class Owned(Struct, frozen=True):
    """An open action of theirs."""

    id: UUID
    text: str
    engagement: str


class Departure(Struct, frozen=True):
    """All that leaving the workspace means for one member, before they leave."""

    member: MemberRow
    own: bool
    """Whether it is the reader's own."""
    leads: list[Led]
    """What is still open of what they lead: it has to be handed over first."""
    sessions: list[LedSession]
    actions: list[Owned]
    shared_notes: int
    """Those that somebody else can read: they stay with whom they are for."""
    sealed: list[SealedNotes]
    quotes: int
    """Sentences of theirs that a sponsor reads now."""
    waiting: int
    """Sentences of theirs that wait for their answer, which then never comes."""

    @property
    def can_leave(self) -> bool:
        return not self.leads and not self.member.last_owner


class _Quotes(Struct, frozen=True):
    count: int


class _Notes(Struct, frozen=True):
    shared: int
    waiting: int


def _places() -> ScalarSelect[Any]:
    return (
        select(
            gathered(
                fields(
                    assignment_id=_assignment.id,
                    engagement_id=_engagement.id,
                    engagement=_engagement.title,
                    client=_engagement.client,
                    relation=_assignment.relation,
                    starts_on=_assignment.starts_on,
                    leads=(_assignment.relation == "team") & (_engagement.lead_id == _member.id),
                ),
                func.lower(_engagement.title),
                _engagement.id,
                _assignment.relation,
            )
        )
        .select_from(_assignment.id.table)
        .join(_engagement.id.table, _of_engagement(_assignment))
        .where(
            _assignment.tenant_id == tenant,
            _assignment.member_id == _member.id,
            present(_assignment),
        )
        .correlate(_member.id.table)
        .scalar_subquery()
    )


def _members() -> Select[Any]:
    another = exists().where(
        _owner.tenant_id == tenant,
        _owner.role == "owner",
        _owner.left_on.is_(None),
        _owner.suspended_at.is_(None),
        ~_owner.sample,
        _owner.id != _member.id,
    )
    return select(
        _member.id,
        _member.name,
        _member.role,
        _member.title,
        _member.email,
        _member.joined_on,
        _member.left_on,
        _member.suspended_at,
        _places(),
        (_member.role == "owner")
        & _member.left_on.is_(None)
        & _member.suspended_at.is_(None)
        & ~_member.sample
        & ~another,
        _member.sample,
    ).where(_member.tenant_id == tenant)


def _of_engagement(row: Any) -> ColumnElement[bool]:
    return and_(_engagement.tenant_id == tenant, _engagement.id == row.engagement_id)


members = Read(_members().order_by(func.lower(_member.name), _member.id), MemberRow)
"""Everybody, those who left too, by name."""

member_row = Read(_members().where(_member.id == _wanted), MemberRow)

open_leads = Read(
    select(_engagement.id, _engagement.title, _engagement.client)
    .where(
        _engagement.tenant_id == tenant,
        _engagement.lead_id == _wanted,
        _engagement.state.not_in(_CLOSED),
    )
    .order_by(func.lower(_engagement.title), _engagement.id),
    Led,
)
"""The engagements that somebody leads and that go on, or may still begin."""


class Offered(Struct, frozen=True):
    """An engagement that somebody is invited to."""

    title: str


offered = Read(
    select(_engagement.title)
    .join(_offer.id.table, _of_engagement(_offer))
    .where(_offer.tenant_id == tenant, _offer.invitation_id == bindparam("invitation"))
    .group_by(_engagement.id, _engagement.title)
    .order_by(func.lower(_engagement.title), _engagement.id),
    Offered,
)

_sessions = Read(
    select(_session.id, _session.title, _engagement.title, _session.starts_at)
    .join(_engagement.id.table, _of_engagement(_session))
    .where(
        _session.tenant_id == tenant,
        _session.lead_id == _wanted,
        _session.state == "planned",
        _session.starts_at > func.now(),
    )
    .order_by(_session.starts_at, _session.id),
    LedSession,
)
_actions = Read(
    select(_action.id, _action.text, _engagement.title)
    .join(_engagement.id.table, _of_engagement(_action))
    .where(_action.tenant_id == tenant, _action.owner_id == _wanted, _action.state == "open")
    .order_by(_action.due_on.asc().nulls_last(), _action.id),
    Owned,
)
_quotes = Read(
    select(func.count()).where(
        _publication.tenant_id == tenant,
        _publication.kind == "quote",
        _publication.state == "published",
        _publication.published_by_id == _wanted,
    ),
    _Quotes,
)
_counted = Read(
    select(
        func.count().filter(_note.audience != "me"),
        select(func.count())
        .select_from(_proposal.id.table)
        .where(
            _proposal.tenant_id == tenant,
            _proposal.speaker_id == _wanted,
            _proposal.state == "proposed",
        )
        .scalar_subquery(),
    )
    .select_from(_note.id.table)
    .where(_note.tenant_id == tenant, _note.author_id == _wanted),
    _Notes,
)
"""How many, without reading one: what is counted here lies in custody."""


async def departure_of(tx: Transaction, member_id: UUID, today: date) -> Departure:
    """What happens when a member leaves today, for an owner or for themselves.

    Raises:
        NotFound: no such member.
    """
    async with tx.acting("job"):
        member = await tx.one(member_row, member=member_id)
        leads = await tx.all(open_leads, member=member_id)
        quotes = await tx.one(_quotes, member=member_id)
    async with tx.acting("custody"):
        notes = await tx.one(_counted, member=member_id)
        # Their places end with the day before.
        sealed = await tx.all(sealed_notes, member=member_id, on=today - timedelta(days=1))
    return Departure(
        member,
        member_id == tx.context.member,
        leads,
        await tx.all(_sessions, member=member_id),
        await tx.all(_actions, member=member_id),
        notes.shared,
        sealed,
        quotes.count,
        notes.waiting,
    )


async def member_of(tx: Transaction, member_id: UUID) -> MemberRow:
    """A member as they are by now, whoever asks: for an owner, and for one who has just left.

    Raises:
        NotFound: no such member.
    """
    async with tx.acting("job"):
        return await tx.one(member_row, member=member_id)
