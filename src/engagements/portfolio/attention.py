"""Who needs me: what has been waiting, found by rules, each with its reason."""

from datetime import date, timedelta
from typing import Any, Literal, cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Table,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy import cast as cast_

from engagements.actions.models import Action
from engagements.notes.models import Note, NoteReading, NoteRevision
from engagements.people import name_of
from engagements.portfolio.models import Engagement, Milestone
from engagements.sessions.models import Session
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, me, tenant
from tenancy.workspaces.models import Member

STALLED_AFTER = timedelta(weeks=6)
"""Without a session held, and with none planned."""
FRESH_FOR = timedelta(days=14)
"""How long a reflection that is not opened waits here."""
MOST = 50

Kind = Literal["copy", "reflection", "stalled", "action", "milestone"]

_engagement = cast(Table, Engagement.__table__).c
_milestone = cast(Table, Milestone.__table__).c
_session = cast(Table, Session.__table__).c
_action = cast(Table, Action.__table__).c
_note = cast(Table, Note.__table__).c
_reading = cast(Table, NoteReading.__table__).c
_revision = cast(Table, NoteRevision.__table__).c
_member = cast(Table, Member.__table__).c


class Waiting(Struct, frozen=True):
    """A thing that waits, as the rules found it."""

    kind: Kind
    thing_id: UUID
    """The note, action or milestone; of a stalled engagement, itself."""
    part_id: UUID
    """Of a note, the text that was kept beside it; else the thing again."""
    engagement_id: UUID
    engagement: str
    client: str
    subject: str
    person_id: UUID
    """Who wrote, promised or leads."""
    person: str
    since: date


class Need(Struct, frozen=True):
    """A thing that waits, and why it is shown."""

    kind: Kind
    thing_id: UUID
    part_id: UUID
    engagement_id: UUID
    engagement: str
    client: str
    subject: str
    reason: str


async def who_needs_me(tx: Transaction, today: date) -> list[Need]:
    """What waits in the engagements within the member's reach: people first, then the oldest.

    Args:
        today: the date where the workspace is.
    """
    found = await tx.all(waiting, today=today, fresh=today - FRESH_FOR, quiet=today - STALLED_AFTER)
    return [
        Need(
            row.kind,
            row.thing_id,
            row.part_id,
            row.engagement_id,
            row.engagement,
            row.client,
            row.subject,
            reason(row, today, tx.context.member),
        )
        for row in found
    ]


def reason(row: Waiting, today: date, member: UUID | None) -> str:
    """Why a thing is shown to `member`, in a sentence or two."""
    days = (today - row.since).days
    who = "You" if row.person_id == member else row.person
    match row.kind:
        case "copy":
            return f"You wrote at two places at once, {ago(days)}. Both texts are kept."
        case "reflection":
            return f"Shared with you {ago(days)}."
        case "stalled":
            return f"Nothing has been held for {in_words(days)}, and nothing is planned."
        case "action":
            return f"{who} promised this. It was due {ago(days)}."
        case "milestone":
            return f"This milestone was due {ago(days)}."


def ago(days: int) -> str:
    """How long ago a day was, as one says it."""
    if days <= 1:
        return "yesterday" if days == 1 else "today"
    return f"{in_words(days)} ago"


def in_words(days: int) -> str:
    """A length of time in days, and from two weeks on in weeks."""
    return f"{days} days" if days < 14 else f"{days // 7} weeks"


def _found(
    kind: Kind,
    *,
    thing: ColumnElement[UUID],
    subject: ColumnElement[str],
    person: ColumnElement[UUID],
    since: ColumnElement[Any],
    part: ColumnElement[UUID] | None = None,
) -> Select[Any]:
    """What one rule finds, in an engagement and with a person."""
    order: tuple[Kind, ...] = ("copy", "reflection", "stalled", "action", "milestone")
    return select(
        literal_column(str(order.index(kind))).label("rank"),
        literal_column(f"'{kind}'").label("kind"),
        thing.label("thing_id"),
        (thing if part is None else part).label("part_id"),
        _engagement.id.label("engagement_id"),
        _engagement.title.label("engagement"),
        _engagement.client,
        subject.label("subject"),
        _member.id.label("person_id"),
        name_of(_member).label("person"),
        since.label("since"),
    ).where(_engagement.tenant_id == tenant, _member.tenant_id == tenant, _member.id == person)


_today = bindparam("today", type_=Date())
_goes_on = or_(*(_engagement.state == state for state in ("agreed", "running", "paused")))
_its_session = (
    _session.tenant_id == tenant,
    _session.engagement_id == _engagement.id,
)
_last_held = (
    select(func.max(cast_(_session.starts_at, Date)))
    .where(*_its_session, _session.state == "held")
    .scalar_subquery()
)
_quiet_since = func.coalesce(_last_held, _engagement.starts_on)

_reflections = _found(
    "reflection",
    thing=_note.id,
    subject=func.concat("A reflection from ", _member.name),
    person=_note.author_id,
    since=cast_(_note.written_at, Date),
).where(
    _note.tenant_id == tenant,
    _note.engagement_id == _engagement.id,
    _note.kind == "reflection",
    _note.author_id != me,
    _note.written_at >= cast_(bindparam("fresh", type_=Date()), _note.written_at.type),
    ~exists().where(
        _reading.tenant_id == tenant, _reading.note_id == _note.id, _reading.reader_id == me
    ),
)
_copies = _found(
    "copy",
    thing=_revision.note_id,
    part=_revision.id,
    subject=literal_column("'Two versions of a note'"),
    person=_revision.author_id,
    since=cast_(_revision.written_at, Date),
).where(
    _revision.tenant_id == tenant,
    _revision.engagement_id == _engagement.id,
    _revision.kind == "conflict",
    _revision.author_id == me,
    _revision.settled_at.is_(None),
)
_stalled = _found(
    "stalled",
    thing=_engagement.id,
    subject=_engagement.title,
    person=_engagement.lead_id,
    since=_quiet_since,
).where(
    _engagement.state == "running",
    _quiet_since < bindparam("quiet", type_=Date()),
    ~exists().where(
        *_its_session,
        _session.state == "planned",
        cast_(_session.starts_at, Date) >= _today,
    ),
)
_actions = _found(
    "action",
    thing=_action.id,
    subject=_action.text,
    person=_action.owner_id,
    since=_action.due_on,
).where(
    _goes_on,
    _action.tenant_id == tenant,
    _action.engagement_id == _engagement.id,
    _action.state == "open",
    _action.due_on < _today,
)
_milestones = _found(
    "milestone",
    thing=_milestone.id,
    subject=_milestone.title,
    person=_engagement.lead_id,
    since=_milestone.due_on,
).where(
    _goes_on,
    _milestone.tenant_id == tenant,
    _milestone.engagement_id == _engagement.id,
    _milestone.done_on.is_(None),
    _milestone.due_on < _today,
)
_all = union_all(_copies, _reflections, _stalled, _actions, _milestones).subquery("waiting").c

waiting = Read(
    select(
        _all.kind,
        _all.thing_id,
        _all.part_id,
        _all.engagement_id,
        _all.engagement,
        _all.client,
        _all.subject,
        _all.person_id,
        _all.person,
        _all.since,
    )
    .order_by(_all.rank, _all.since, _all.thing_id)
    .limit(MOST),
    Waiting,
)
