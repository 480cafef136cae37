"""What can be read of sessions."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, Table, bindparam, case, exists, func, or_, select
from sqlalchemy.dialects.postgresql import JSON, aggregate_order_by

from engagements.people import name_of
from engagements.portfolio.models import Engagement
from engagements.sessions.models import TITLES, Attendance, Session
from tenancy.database.read import Read, me, tenant
from tenancy.workspaces.models import Assignment, Member

_assignment = cast(Table, Assignment.__table__).c
_attendance = cast(Table, Attendance.__table__).c
_engagement = cast(Table, Engagement.__table__).c
_earlier = cast(Table, Session.__table__).alias("earlier").c
_lead = cast(Table, Member.__table__).alias("lead").c
_member = cast(Table, Member.__table__).c
session = cast(Table, Session.__table__).c


class SessionRow(Struct):
    """A session as it stands in a list."""

    id: UUID
    engagement_id: UUID
    engagement: str
    kind: str
    title: str
    number: int | None
    """Which one it is, of the sessions of its kind with the same participants."""
    starts_at: datetime
    minutes: int
    place: str
    link: str
    state: str
    to_record: bool
    """It is over, and nobody has said whether it was held."""
    lead_id: UUID
    lead: str

    @property
    def name(self) -> str:
        """Its title, with its number where the title is its kind's: "Coaching session 3"."""
        numbered = self.called_by_kind and self.number
        return f"{self.title} {self.number}" if numbered else self.title

    @property
    def called_by_kind(self) -> bool:
        """Whether nobody gave it a title of its own."""
        return self.title == TITLES[self.kind]


class Attendee(Struct):
    """A person expected at a session; `came` is None until it was held, and for other readers."""

    id: UUID
    name: str
    title: str
    came: bool | None


class SessionPage(SessionRow):
    """A session with everybody expected, and when the one before it was."""

    attendees: list[Attendee]
    previous_at: datetime | None


class CoachingSoFar(Struct):
    """Where a participant's coaching stands: how many sessions there were, and the next."""

    engagement_id: UUID
    engagement: str
    lead_id: UUID
    lead: str
    lead_reachable: bool
    """Whether the lead has access, so that something can be written for them."""
    sessions: int
    """How many there were."""
    next_at: datetime | None


def _live(row: Any) -> ColumnElement[bool]:
    """Planned or held, so that it counts."""
    return or_(row.state == "planned", row.state == "held")


def _ends() -> ColumnElement[datetime]:
    return session.starts_at + func.make_interval(0, 0, 0, 0, 0, session.minutes)


def _earlier_ones(value: ColumnElement[Any], until: ColumnElement[bool]) -> ColumnElement[Any]:
    """`value` over the sessions of the same kind that share a participant with this one."""
    shared = exists().where(
        _assignment.tenant_id == tenant,
        _assignment.engagement_id == session.engagement_id,
        _assignment.relation == "participant",
        _assignment.member_id == session.attendee_ids.any_(),
        _assignment.member_id == _earlier.attendee_ids.any_(),
    )
    return (
        select(value)
        .where(
            _earlier.tenant_id == tenant,
            _earlier.engagement_id == session.engagement_id,
            _earlier.kind == session.kind,
            _live(_earlier),
            until,
            shared.correlate(session.id.table, _earlier.id.table),
        )
        .correlate(session.id.table)
        .scalar_subquery()
    )


def _number() -> ColumnElement[int | None]:
    count = _earlier_ones(func.count(), _earlier.starts_at <= session.starts_at)
    return case((_live(session), func.nullif(count, 0)))


def _previous_at() -> ColumnElement[datetime | None]:
    return _earlier_ones(func.max(_earlier.starts_at), _earlier.starts_at < session.starts_at)


def _columns() -> tuple[ColumnElement[Any], ...]:
    """The columns of a `SessionRow`, in order."""
    return (
        session.id,
        session.engagement_id,
        _engagement.title,
        session.kind,
        session.title,
        _number(),
        session.starts_at,
        session.minutes,
        session.place,
        session.link,
        session.state,
        (session.state == "planned") & (_ends() <= func.now()),
        session.lead_id,
        name_of(_lead),
    )


def _sessions(*columns: ColumnElement[Any]) -> Select[Any]:
    return (
        select(*_columns(), *columns)
        .join(
            _engagement.id.table,
            (_engagement.tenant_id == session.tenant_id)
            & (_engagement.id == session.engagement_id),
        )
        .outerjoin(_lead.id.table, (_lead.tenant_id == tenant) & (_lead.id == session.lead_id))
        .where(session.tenant_id == tenant, _engagement.tenant_id == tenant)
    )


def _attendees() -> ColumnElement[Any]:
    person = func.json_build_object(
        *("id", _member.id),
        *("name", name_of(_member)),
        *("title", _member.title),
        *("came", _attendance.came),
    )
    return (
        select(
            func.coalesce(
                func.json_agg(aggregate_order_by(person, _member.name, _member.id)),
                func.json_build_array(),
                type_=JSON,
            )
        )
        .select_from(_member.id.table)
        .outerjoin(
            _attendance.id.table,
            (_attendance.tenant_id == tenant)
            & (_attendance.session_id == session.id)
            & (_attendance.member_id == _member.id),
        )
        .where(_member.tenant_id == tenant, _member.id == session.attendee_ids.any_())
        .correlate(session.id.table)
        .scalar_subquery()
    )


_pages = _sessions(_attendees(), _previous_at())
_of_engagement = session.engagement_id == bindparam("engagement")
_mine = (session.lead_id == me) | (me == session.attendee_ids.any_())
_to_come = (session.state == "planned") & (_ends() > func.now())

upcoming = Read(_sessions().where(_of_engagement, _to_come).order_by(session.starts_at), SessionRow)
past = Read(
    _sessions().where(_of_engagement, ~_to_come).order_by(session.starts_at.desc()), SessionRow
)
session_page = Read(_pages.where(session.id == bindparam("id")), SessionPage)
my_upcoming = Read(_sessions().where(_mine, _to_come).order_by(session.starts_at), SessionRow)
my_past = Read(_sessions().where(_mine, ~_to_come).order_by(session.starts_at.desc()), SessionRow)


def _my_coaching(*conditions: ColumnElement[bool]) -> Select[Any]:
    return select().where(
        session.tenant_id == tenant,
        session.engagement_id == _engagement.id,
        session.kind == "coaching",
        me == session.attendee_ids.any_(),
        *conditions,
    )


def _coached_engagements(*conditions: ColumnElement[bool]) -> Select[Any]:
    begun = _my_coaching(_live(session), session.starts_at <= func.now())
    to_come = _my_coaching(session.state == "planned", session.starts_at > func.now())
    return (
        select(
            _engagement.id,
            _engagement.title,
            _engagement.lead_id,
            name_of(_lead),
            _lead.id.is_not(None) & _lead.left_on.is_(None) & _lead.suspended_at.is_(None),
            begun.add_columns(func.count(session.id)).scalar_subquery(),
            to_come.add_columns(func.min(session.starts_at)).scalar_subquery(),
        )
        .join(
            _assignment.id.table,
            (_assignment.tenant_id == tenant) & (_assignment.engagement_id == _engagement.id),
        )
        .outerjoin(_lead.id.table, (_lead.tenant_id == tenant) & (_lead.id == _engagement.lead_id))
        .where(
            _engagement.tenant_id == tenant,
            _assignment.member_id == me,
            _assignment.relation == "participant",
            _assignment.ends_on.is_(None) | (_assignment.ends_on >= func.current_date()),
            *conditions,
        )
        .order_by(_assignment.starts_on.desc(), _engagement.id)
    )


my_coaching = Read(_coached_engagements(), CoachingSoFar)
"""The engagements in which the member is coached, the newest first."""

my_coaching_in = Read(
    _coached_engagements(_engagement.id == bindparam("engagement")), CoachingSoFar
)
