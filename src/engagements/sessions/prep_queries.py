"""Reading what happened between two sessions, in one statement."""

from datetime import date
from typing import Any, cast

from msgspec import Struct
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    DateTime,
    Table,
    Uuid,
    bindparam,
    exists,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy import cast as cast_

from engagements.actions.queries import ActionRow, around_session
from engagements.notes.models import Note, NoteReading
from engagements.people import FORMER
from engagements.portal.models import Publication
from engagements.portfolio.models import Milestone
from engagements.sessions.models import Session
from engagements.sessions.prep import Change, Prep, Unread, prepared
from engagements.sessions.queries import SessionPage
from tenancy.database.nesting import fields, gathered
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, me, tenant
from tenancy.workspaces.models import Member

_note = cast(Table, Note.__table__).c
_reading = cast(Table, NoteReading.__table__).c
_milestone = cast(Table, Milestone.__table__).c
_publication = cast(Table, Publication.__table__).c
_session = cast(Table, Session.__table__).c
_author = cast(Table, Member.__table__).alias("writer").c

_engagement = bindparam("engagement", type_=Uuid())
_expected = bindparam("expected", type_=ARRAY(Uuid()))
_since = bindparam("since", type_=DateTime(timezone=True))


class Between(Struct, frozen=True):
    changed: list[Change]
    unread: list[Unread]


def _change(kind: str, text: ColumnElement[Any], on: ColumnElement[Any]) -> Any:
    return select(
        literal_column(f"'{kind}'").label("kind"), text.label("text"), cast_(on, Date).label("on")
    )


_changes = union_all(
    _change("milestone", _milestone.title, _milestone.done_on).where(
        _milestone.tenant_id == tenant,
        _milestone.engagement_id == _engagement,
        _milestone.done_on >= cast_(_since, Date),
    ),
    _change(
        "publication", _publication.content["headline"].astext, _publication.published_at
    ).where(
        _publication.tenant_id == tenant,
        _publication.engagement_id == _engagement,
        _publication.kind == "update",
        _publication.state == "published",
        _publication.published_at >= _since,
    ),
    _change("session", _session.title, _session.starts_at).where(
        _session.tenant_id == tenant,
        _session.engagement_id == _engagement,
        _session.state.in_(("cancelled", "cancelled late")),
        _session.starts_at >= _since,
        _session.starts_at < func.now(),
        _session.attendee_ids.bool_op("&&")(_expected),
    ),
).subquery("change")
_unread = (
    select(
        gathered(
            fields(
                note_id=_note.id,
                author_id=_note.author_id,
                author=func.coalesce(_author.name, FORMER),
                written_at=_note.written_at,
            ),
            _note.written_at.desc(),
        )
    )
    .select_from(
        _note.id.table.outerjoin(
            _author.id.table, (_author.tenant_id == tenant) & (_author.id == _note.author_id)
        )
    )
    .where(
        _note.tenant_id == tenant,
        _note.engagement_id == _engagement,
        _note.kind == "reflection",
        _note.author_id != me,
        _note.author_id == func.any(_expected),
        ~exists().where(
            _reading.tenant_id == tenant, _reading.note_id == _note.id, _reading.reader_id == me
        ),
    )
)
between_sessions = Read(
    select(
        select(
            gathered(
                fields(kind=_changes.c.kind, text=_changes.c.text, on=_changes.c.on),
                _changes.c.on.desc(),
            )
        ).scalar_subquery(),
        _unread.scalar_subquery(),
    ),
    Between,
)


async def prep_for(
    tx: Transaction, session: SessionPage, today: date
) -> tuple[Prep, list[ActionRow]]:
    """The card of a session for its reader, and what was agreed in it.

    Args:
        today: the date where the workspace is.
    """
    expected = [attendee.id for attendee in session.attendees]
    since = session.previous_at or session.starts_at
    actions = await tx.all(
        around_session,
        engagement=session.engagement_id,
        session=session.id,
        owners=expected,
        since=since.date(),
        today=today,
    )
    happened = await tx.one(
        between_sessions, engagement=session.engagement_id, expected=expected, since=since
    )
    clients = [attendee.id for attendee in session.attendees if attendee.id != session.lead_id]
    card = prepared(
        actions,
        happened.changed,
        happened.unread,
        session_id=session.id,
        expected=clients,
        first=session.previous_at is None,
        asks=session.engagement_id in tx.context.team,
    )
    return card, [action for action in actions if action.session_id == session.id]
