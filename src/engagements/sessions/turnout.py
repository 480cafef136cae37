"""How many sessions there were and how many people came: counts alone, by kind, without names."""

from typing import Any, cast

from msgspec import Struct
from sqlalchemy import ColumnElement, DateTime, Integer, Table, bindparam, case, func, or_, select
from sqlalchemy import cast as cast_

from engagements.sessions.models import Attendance, Session
from tenancy.database.read import Read, tenant

_attendance = cast(Table, Attendance.__table__).c
_session = cast(Table, Session.__table__).c

_cancelled = or_(_session.state == "cancelled", _session.state == "cancelled late")


class Turnout(Struct, frozen=True):
    """The sessions of one kind; the people are those of the sessions held."""

    kind: str
    held: int
    cancelled: int
    expected: int
    came: int


def _people(*conditions: Any) -> ColumnElement[int]:
    """Of one session that was held, how many people."""
    return (
        select(func.count())
        .where(
            _attendance.tenant_id == tenant,
            _attendance.session_id == _session.id,
            _session.state == "held",
            *conditions,
        )
        .correlate(_session.id.table)
        .scalar_subquery()
    )


_each = (
    select(
        _session.kind,
        case((_session.state == "held", 1), else_=0).label("held"),
        case((_cancelled, 1), else_=0).label("cancelled"),
        _people().label("expected"),
        _people(_attendance.came.is_(True)).label("came"),
    )
    .where(
        _session.tenant_id == tenant,
        _session.engagement_id == bindparam("engagement"),
        or_(_session.state == "held", _cancelled),
        _session.starts_at < bindparam("until", type_=DateTime(timezone=True)),
    )
    .subquery("each")
    .c
)

turnout = Read(
    select(
        _each.kind,
        *(cast_(func.sum(count), Integer) for count in (_each.held, _each.cancelled)),
        *(cast_(func.sum(count), Integer) for count in (_each.expected, _each.came)),
    )
    .group_by(_each.kind)
    .order_by(func.sum(_each.held).desc(), _each.kind),
    Turnout,
)
"""The sessions held and cancelled before a moment, the most frequent kind first."""
