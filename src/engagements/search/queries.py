"""What search finds. Notes are opened to look into them; only those that are shown are read."""

from datetime import date, datetime
from typing import Any, Literal, cast
from uuid import UUID

from msgspec import Struct, field
from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Table,
    Uuid,
    bindparam,
    false,
    func,
    literal,
    null,
    select,
)

from engagements.actions.models import Action
from engagements.clients.models import Contact, Organisation, Unit
from engagements.notes.queries import NEWEST, NoteRow, note, notes_by_ids
from engagements.notes.sealing import unseal
from engagements.people import name_of
from engagements.portfolio.models import Engagement
from engagements.search.matching import Piece, Sought, excerpt, marked
from engagements.sessions.models import Session
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, me, tenant
from tenancy.workspaces.models import Member

Kind = Literal["notes", "actions", "sessions", "clients", "engagements"]

_action = cast(Table, Action.__table__).c
_contact = cast(Table, Contact.__table__).c
_engagement = cast(Table, Engagement.__table__).c
_member = cast(Table, Member.__table__).c
_organisation = cast(Table, Organisation.__table__).c
_session = cast(Table, Session.__table__).c
_unit = cast(Table, Unit.__table__).c

AT_A_GLANCE, AT_LENGTH = 8, 50
"""How many of a kind are shown beside the other kinds, and by themselves."""


class NoteFound(Struct, frozen=True):
    id: UUID
    kind: str
    engagement_id: UUID
    engagement: str
    audience: str
    author: str
    own: bool
    readers: list[str]
    written_at: datetime
    words: list[Piece]


class Found(Struct, frozen=True):
    """An action, session, client or engagement that was found."""

    id: UUID
    title: list[Piece]
    beside: list[Piece]
    """An excerpt of what else is said of it, where not all the words stand in the title."""
    engagement_id: UUID | None
    where: str
    """The engagement; of an engagement, the client."""
    who: str
    """Who promised or leads it."""
    own: bool
    starts_at: datetime | None
    due_on: date | None
    state: str
    shown_to: str
    """Of an action."""


class Findings(Struct):
    """All that was found, newest first; a kind that was not asked for is empty."""

    notes: list[NoteFound] = field(default_factory=list)
    actions: list[Found] = field(default_factory=list)
    sessions: list[Found] = field(default_factory=list)
    clients: list[Found] = field(default_factory=list)
    engagements: list[Found] = field(default_factory=list)
    older: dict[Kind, UUID] = field(default_factory=dict)
    """By kind, the last one shown, where there are more."""

    @property
    def is_empty(self) -> bool:
        lists = (self.notes, self.actions, self.sessions, self.clients, self.engagements)
        return not any(lists)


class _SealedNote(Struct, frozen=True):
    id: UUID
    sealed: bytes


class _Row(Struct, frozen=True):
    """The fields of a `Found`, in order, as they stand in the database."""

    id: UUID
    title: str
    beside: str
    engagement_id: UUID | None
    where: str
    who: str
    own: bool
    starts_at: datetime | None
    due_on: date | None
    state: str
    shown_to: str


_NOTHING: ColumnElement[str] = literal("", String())
_COMMA: ColumnElement[str] = literal(", ", String())
_DOT: ColumnElement[str] = literal(" · ", String())

_sealed = Read(
    select(note.id, note.sealed)
    .where(note.tenant_id == tenant, note.id < bindparam("before", type_=Uuid()))
    .order_by(note.id.desc()),
    _SealedNote,
)


def _in_engagement(statement: Select[Any], row: Any, member_id: ColumnElement[UUID]) -> Select[Any]:
    """With the engagement that a row belongs to, and the member who promised or leads it."""
    return (
        statement.join(
            _engagement.id.table,
            (_engagement.tenant_id == tenant) & (_engagement.id == row.engagement_id),
        )
        .outerjoin(_member.id.table, (_member.tenant_id == tenant) & (_member.id == member_id))
        .where(row.tenant_id == tenant)
    )


def _listed(name: ColumnElement[str], *conditions: ColumnElement[bool]) -> ColumnElement[str]:
    """Texts of the parts of a client, one after the other."""
    return select(func.string_agg(name, _COMMA)).where(*conditions).scalar_subquery()


_actions = _in_engagement(
    select(
        _action.id,
        _action.text,
        _NOTHING,
        _action.engagement_id,
        _engagement.title,
        name_of(_member),
        _action.owner_id == me,
        null(),
        _action.due_on,
        _action.state,
        _action.shown_to,
    ),
    _action,
    _action.owner_id,
).order_by(_action.id.desc())

_sessions = _in_engagement(
    select(
        _session.id,
        _session.title,
        _session.place,
        _session.engagement_id,
        _engagement.title,
        name_of(_member),
        _session.lead_id == me,
        _session.starts_at,
        null(),
        _session.state,
        _NOTHING,
    ),
    _session,
    _session.lead_id,
).order_by(_session.starts_at.desc(), _session.id)

_clients = (
    select(
        _organisation.id,
        _organisation.name,
        func.concat_ws(
            _DOT,
            _organisation.ods_code,
            func.nullif(_organisation.enquiry, _NOTHING),
            _listed(
                func.concat_ws(_COMMA, _contact.name, func.nullif(_contact.post, _NOTHING)),
                _contact.tenant_id == tenant,
                _contact.organisation_id == _organisation.id,
            ),
            _listed(
                _unit.name, _unit.tenant_id == tenant, _unit.organisation_id == _organisation.id
            ),
        ),
        null(),
        _NOTHING,
        _NOTHING,
        false(),
        null(),
        null(),
        _organisation.stage,
        _NOTHING,
    )
    .where(_organisation.tenant_id == tenant)
    .order_by(_organisation.id.desc())
)

_engagements = (
    select(
        _engagement.id,
        _engagement.title,
        func.concat_ws(_DOT, _engagement.client, _engagement.purpose),
        _engagement.id.label("engagement_id"),
        _engagement.client,
        _NOTHING,
        false(),
        null(),
        null(),
        _engagement.state,
        _NOTHING,
    )
    .where(_engagement.tenant_id == tenant)
    .order_by(_engagement.id.desc())
)

_in_reach = Read(_engagements, _Row)
_IN_CLEAR: dict[Kind, Read[_Row]] = {
    "actions": Read(_actions, _Row),
    "sessions": Read(_sessions, _Row),
    "clients": Read(_clients, _Row),
    "engagements": _in_reach,
}


async def find(
    tx: Transaction, sought: Sought, *, only: Kind | None = None, after: UUID | None = None
) -> Findings:
    """What the member may read and what holds every term.

    Args:
        only: the one kind that is looked for; of each kind only the newest are found otherwise.
        after: the last one shown on the page before, of that kind.
    """
    findings = Findings()
    limit = AT_LENGTH if only else AT_A_GLANCE
    if only in (None, "notes"):
        findings.notes = await _notes(tx, sought, limit, after or NEWEST, findings.older)
    for kind, read in _IN_CLEAR.items():
        if only in (None, kind):
            rows = _those_after(await tx.all(read), after)
            found = [row for row in rows if sought.is_in(f"{row.title}\n{row.beside}")]
            if len(found) > limit:
                findings.older[kind] = found[limit - 1].id
            setattr(findings, kind, [_shown(row, sought) for row in found[:limit]])
    return findings


async def _notes(
    tx: Transaction, sought: Sought, limit: int, before: UUID, older: dict[Kind, UUID]
) -> list[NoteFound]:
    """Only the notes that are shown are loaded as a whole, by what keeps account of readings."""
    found: list[UUID] = []
    async for row in tx.each(_sealed, before=before):
        if sought.is_in(await _body(tx, row)):
            found.append(row.id)
        if len(found) > limit:
            older["notes"] = found[limit - 1]
            break
    titles = {row.id: row.title for row in await tx.all(_in_reach)}
    notes = await notes_by_ids(tx, found[:limit])
    return [_note_shown(row, titles.get(row.engagement_id, ""), sought) for row in notes]


async def _body(tx: Transaction, row: _SealedNote) -> str:
    return await tx.opened(lambda safe: unseal(safe, row.sealed, row.id))


def _those_after(rows: list[_Row], after: UUID | None) -> list[_Row]:
    places = [place for place, row in enumerate(rows, 1) if row.id == after]
    return rows[places[0] :] if places else rows


def _shown(row: _Row, sought: Sought) -> Found:
    beside = [] if sought.is_in(row.title) else excerpt(row.beside, sought)
    return Found(
        row.id,
        marked(row.title, sought),
        beside,
        row.engagement_id,
        row.where,
        row.who,
        row.own,
        row.starts_at,
        row.due_on,
        row.state,
        row.shown_to,
    )


def _note_shown(row: NoteRow, engagement: str, sought: Sought) -> NoteFound:
    return NoteFound(
        row.id,
        row.kind,
        row.engagement_id,
        engagement,
        row.audience,
        row.author,
        row.own,
        row.readers,
        row.written_at,
        excerpt(row.body, sought),
    )
