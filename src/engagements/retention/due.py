"""When each record is due to be destroyed, as one select over every class.

It is the only place that says so: the preview counts it, the daily work destroys it, and a note's
own page shows it.
"""

from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Table,
    Text,
    Uuid,
    bindparam,
    case,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy import cast as as_type

from engagements.actions.models import Action
from engagements.commercial.models import Agreement
from engagements.notes.models import Note
from engagements.portal.models import Publication
from engagements.portfolio.models import Engagement
from engagements.retention.classes import Key
from engagements.retention.models import LegalHold
from tenancy.audit.models import AuditEntry
from tenancy.database.read import tenant
from tenancy.mail.models import Mail
from tenancy.support.models import SupportAccess
from tenancy.workspaces.models import Assignment, Invitation

note = cast(Table, Note.__table__).c
engagement = cast(Table, Engagement.__table__).c
_action = cast(Table, Action.__table__).c
_agreement = cast(Table, Agreement.__table__).c
_publication = cast(Table, Publication.__table__).c
_shown = cast(Table, Publication.__table__).alias("shown").c
_assignment = cast(Table, Assignment.__table__).c
_hold = cast(Table, LegalHold.__table__).c
_invitation = cast(Table, Invitation.__table__).c
_mail = cast(Table, Mail.__table__).c
_access = cast(Table, SupportAccess.__table__).c
_entry = cast(Table, AuditEntry.__table__).c

KINDS = (
    *("note", "action", "publication", "agreement", "invitation", "mail", "support_access"),
    "audit_entry",
)
"""In the order in which they go: a publication refers to the agreement that allowed it, and no deed
of the workspace commits any more once the trail is held."""

_ANY_TURN: ColumnElement[int] = literal(0, Integer())

record_class: ColumnElement[str] = case(
    (note.kind.in_(("supervision", "reflection")), note.kind),
    (note.audience == "me", "private"),
    else_="shared",
)
"""Of a note."""


def _day(moment: ColumnElement[Any]) -> ColumnElement[Any]:
    return as_type(func.timezone("UTC", moment), Date)


def _months(key: Key) -> ColumnElement[int]:
    return bindparam(f"{key}_months", type_=Integer())


_months_of_note = case(
    *((record_class == key, _months(key)) for key in ("private", "reflection", "supervision")),
    else_=_months("shared"),
)
_author_left = (
    # Only once every place of theirs has an end, and then by the last of them.
    select(case((func.bool_and(_assignment.ends_on.is_not(None)), func.max(_assignment.ends_on))))
    .where(
        _assignment.tenant_id == tenant,
        _assignment.engagement_id == note.engagement_id,
        _assignment.member_id == note.author_id,
        _assignment.relation.in_(("team", "participant")),
    )
    .scalar_subquery()
)
_note_counted_from = case(
    (note.audience == "me", func.least(engagement.closed_on, _author_left)),
    else_=engagement.closed_on,
)


def _due(start: ColumnElement[Any], months: ColumnElement[int]) -> ColumnElement[Any]:
    return as_type(start + func.make_interval(0, months), Date)


def note_due(start: ColumnElement[Any], months: ColumnElement[int]) -> ColumnElement[Any]:
    """When a note is due whose months are counted from `start`, but never sooner than from the day
    on which its newest version was written. Empty while `start` is."""
    return case((start.is_not(None), _due(func.greatest(start, _day(note.written_at)), months)))


def _held(*scopes: ColumnElement[bool]) -> ColumnElement[bool]:
    held = select(_hold.id).where(_hold.tenant_id == tenant, _hold.lifted_at.is_(None), *scopes)
    return held.exists()


_held_with_engagement = _held(
    or_(_hold.engagement_id.is_(None), _hold.engagement_id == engagement.id)
)
_held_at_all = _held()
"""A letter and a deed can belong to anything that is held."""
_last_shown = (
    select(func.max(_day(func.greatest(_shown.published_at, _shown.withdrawn_at))))
    .where(_shown.tenant_id == tenant, _shown.engagement_id == engagement.id)
    .scalar_subquery()
)
_record_ended = case(
    (engagement.closed_on.is_not(None), func.greatest(engagement.closed_on, _last_shown))
)
_invitation_ended = _day(
    case(
        (_invitation.accepted_at.is_not(None), _invitation.accepted_at),
        (_invitation.revoked_at.is_not(None), _invitation.revoked_at),
        (_invitation.sent_at.is_not(None), _invitation.expires_at),
    )
)
"""Empty while it waits for something to read."""


def _of_engagement(table: Any, kind: str, key: Key, start: ColumnElement[Any]) -> Any:
    return (
        select(
            literal(KINDS.index(kind), Integer()).label("position"),
            literal(key, Text()).label("record_class"),
            literal(kind, Text()).label("object_kind"),
            table.id.label("object_id"),
            table.engagement_id.label("engagement_id"),
            _due(start, _months(key)).label("due_on"),
            _held_with_engagement.label("held"),
            _ANY_TURN.label("turn"),
        )
        .join(
            engagement.id.table,
            (engagement.tenant_id == tenant) & (engagement.id == table.engagement_id),
        )
        .where(table.tenant_id == tenant)
    )


def _of_workspace(
    table: Any, kind: str, key: Key, since: ColumnElement[Any], turn: ColumnElement[int] = _ANY_TURN
) -> Any:
    return select(
        literal(KINDS.index(kind), Integer()),
        literal(key, Text()),
        literal(kind, Text()),
        table.id,
        as_type(null(), Uuid()),
        _due(_day(since), _months(key)),
        _held_at_all,
        turn,
    ).where(table.tenant_id == tenant)


def _notes() -> Any:
    return (
        select(
            literal(0, Integer()).label("position"),
            as_type(record_class, Text()).label("record_class"),
            literal("note", Text()).label("object_kind"),
            note.id.label("object_id"),
            note.engagement_id.label("engagement_id"),
            note_due(_note_counted_from, _months_of_note).label("due_on"),
            _held_with_engagement.label("held"),
            _ANY_TURN.label("turn"),
        )
        .join(
            engagement.id.table,
            (engagement.tenant_id == tenant) & (engagement.id == note.engagement_id),
        )
        .where(note.tenant_id == tenant)
    )


def records() -> CompoundSelect[Any]:
    """Every record of the workspace that has a period, on the surface `custody`.

    Its columns: `position` (in which order they go), `record_class`, `object_kind`, `object_id`,
    `engagement_id`, `due_on` (empty while nothing counts down), `held` and `turn` (in which order
    those of one day go, where that matters). It needs the months of every class as `{key}_months`.
    """
    return union_all(
        _notes(),
        _of_engagement(_action, "action", "action", engagement.closed_on),
        _of_engagement(_publication, "publication", "publication", _record_ended),
        _of_engagement(_agreement, "agreement", "publication", _record_ended),
        _of_workspace(_invitation, "invitation", "mail", _invitation_ended),
        _of_workspace(_mail, "mail", "mail", func.coalesce(_mail.sent_at, _mail.created_at)),
        _of_workspace(
            _access, "support_access", "trail", func.coalesce(_access.ended_at, _access.until)
        ),
        _of_workspace(_entry, "audit_entry", "trail", _entry.created_at, _entry.number),
    )
