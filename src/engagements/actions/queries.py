"""What can be read of actions."""

from datetime import date
from typing import Any, cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ARRAY, ColumnElement, Select, Table, Uuid, bindparam, func, select

from engagements.actions.models import Action
from engagements.people import name_of
from engagements.portfolio.models import Engagement
from engagements.sessions.models import Session
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, me, tenant
from tenancy.workspaces.models import Member

action = cast(Table, Action.__table__).c
_engagement = cast(Table, Engagement.__table__).c
_member = cast(Table, Member.__table__).c
_session = cast(Table, Session.__table__).c

today: ColumnElement[date] = bindparam("today")
"""Stands for the date where the workspace is."""


class ActionRow(Struct):
    """An action as it stands in a list."""

    id: UUID
    engagement_id: UUID
    engagement: str
    session_id: UUID | None
    text: str
    owner_id: UUID
    owner: str
    owner_left: bool
    """Whether they have left the workspace, so that somebody else has to do it."""
    mine: bool
    due_on: date | None
    late: bool
    kind: str
    state: str
    done_on: date | None
    shown_to: str


class Found(Struct):
    """That there is such a thing."""

    id: UUID


class ActionsByState(Struct):
    """All actions of an engagement: what is open by when it is due, the rest newest first."""

    open: list[ActionRow]
    done: list[ActionRow]
    dropped: list[ActionRow]


def late() -> ColumnElement[bool]:
    """Open, and due before today."""
    return (action.state == "open") & action.due_on.is_not(None) & (action.due_on < today)


def columns() -> tuple[ColumnElement[Any], ...]:
    """The columns of an `ActionRow`, in order, for a select that joins its owner and engagement."""
    return (
        action.id,
        action.engagement_id,
        _engagement.title,
        action.session_id,
        action.text,
        action.owner_id,
        name_of(_member),
        _member.left_on.is_not(None),
        action.owner_id == me,
        action.due_on,
        late(),
        action.kind,
        action.state,
        action.done_on,
        action.shown_to,
    )


def rows(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Actions that satisfy all `conditions`, soonest due first."""
    return (
        select(*columns())
        .outerjoin(
            _member.id.table,
            (_member.tenant_id == tenant) & (_member.id == action.owner_id),
        )
        .join(
            _engagement.id.table,
            (_engagement.tenant_id == action.tenant_id) & (_engagement.id == action.engagement_id),
        )
        .where(
            action.tenant_id == tenant,
            _engagement.tenant_id == tenant,
            *conditions,
        )
        .order_by(action.due_on.asc().nulls_last(), action.id)
    )


_of_engagement = action.engagement_id == bindparam("engagement")
_is_open = action.state == "open"

action_row = Read(rows(action.id == bindparam("id")), ActionRow)
all_actions = Read(rows(_of_engagement), ActionRow)
around_session = Read(
    rows(
        _of_engagement,
        (action.session_id == bindparam("session"))
        | (
            (action.owner_id == func.any(bindparam("owners", type_=ARRAY(Uuid()))))
            & (_is_open | ((action.state == "done") & (action.done_on >= bindparam("since"))))
        ),
    ),
    ActionRow,
)
"""The actions of a session, and what its people have open or did since a day."""

my_actions = Read(rows(action.owner_id == me, _is_open), ActionRow)
my_finished_actions = Read(
    rows(action.owner_id == me, action.state == "done", action.done_on >= bindparam("since")),
    ActionRow,
)

action_texts = Read(
    select(action.text).where(action.tenant_id == tenant, _of_engagement),
    str,
)
"""What was promised already in an engagement, in its own words."""

session_in_engagement = Read(
    select(_session.id).where(
        _session.tenant_id == tenant,
        _session.id == bindparam("session"),
        _session.engagement_id == bindparam("engagement"),
    ),
    Found,
)


async def actions_by_state(tx: Transaction, engagement: UUID, today: date) -> ActionsByState:
    """The actions of one engagement that the member may read, grouped."""
    found = await tx.all(all_actions, engagement=engagement, today=today)
    finished = sorted(found, key=lambda row: (row.done_on or date.min, row.id), reverse=True)
    return ActionsByState(
        open=[row for row in found if row.state == "open"],
        done=[row for row in finished if row.state == "done"],
        dropped=[row for row in finished if row.state == "dropped"],
    )
