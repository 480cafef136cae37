"""The people of an engagement: who may be asked to a session, or own an action."""

from typing import Any, cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Table, bindparam, case, func, select
from sqlalchemy.dialects.postgresql import JSON, aggregate_order_by

from engagements.portfolio.models import Engagement
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, tenant
from tenancy.errors import Refused
from tenancy.workspaces.models import Assignment, Member, Workspace

FORMER = "Someone who has left"
"""Stands for the name of a person whom the reader shares no engagement with any more."""
LEFT = " (left)"

_assignment = cast(Table, Assignment.__table__).c
_engagement = cast(Table, Engagement.__table__).c
_member = cast(Table, Member.__table__).c
_workspace = cast(Table, Workspace.__table__).c


class Person(Struct):
    """A member with a place on the engagement, and every relation that they have to it."""

    id: UUID
    name: str
    title: str
    email: str
    relations: list[str]
    suspended: bool
    """Whether their access is paused."""

    @property
    def is_team(self) -> bool:
        return "team" in self.relations

    @property
    def is_participant(self) -> bool:
        return "participant" in self.relations

    def path(self, setting: "Setting", thing: str) -> str:
        """Where this person reads about `thing` ("sessions/<id>"): a sponsor, on the portal.

        Empty for a sponsor while the portal is closed.
        """
        if self.is_team or self.is_participant:
            return f"/w/{setting.slug}/{thing}"
        return f"/portal/{setting.slug}/{setting.engagement_id}" if setting.portal_is_open else ""


class Setting(Struct):
    """What a deed on an engagement has to know of it, and what a letter about it says."""

    engagement_id: UUID
    engagement: str
    slug: str
    workspace: str
    time_zone: str
    portal_is_open: bool
    everybody: list[Person]
    """Also those whose access is paused: what is said of people concerns them too."""

    @property
    def people(self) -> list[Person]:
        """Those who have access: on nobody else is counted, and to nobody else a letter goes."""
        return [person for person in self.everybody if not person.suspended]

    def person(self, id: UUID | None) -> Person | None:
        return next((person for person in self.people if person.id == id), None)

    def has_on_team(self, id: UUID | None) -> bool:
        person = self.person(id)
        return person is not None and person.is_team


def name_of(member: Any) -> ColumnElement[str]:
    """Who does or leads something: by name, and marked where they have left the workspace."""
    known: ColumnElement[str] = func.coalesce(member.name, FORMER)
    return case((member.left_on.is_not(None), member.name + LEFT), else_=known)


def present(assignment: Any) -> ColumnElement[bool]:
    """Whether a place on an engagement holds today."""
    today = func.current_date()
    held: ColumnElement[bool] = (assignment.starts_on <= today) & (
        assignment.ends_on.is_(None) | (assignment.ends_on >= today)
    )
    return held


def _people() -> Any:
    """Those whose place has not ended, by name."""
    places = (
        select(
            _member.id,
            _member.name,
            _member.title,
            _member.email,
            func.array_agg(_assignment.relation).label("relations"),
            _member.suspended_at.is_not(None).label("suspended"),
        )
        .join(
            _member.id.table,
            (_member.tenant_id == _assignment.tenant_id) & (_member.id == _assignment.member_id),
        )
        .where(
            _assignment.tenant_id == tenant,
            _member.tenant_id == tenant,
            _assignment.engagement_id == bindparam("engagement"),
            _assignment.ends_on.is_(None) | (_assignment.ends_on >= func.current_date()),
            _member.left_on.is_(None),
        )
        .group_by(_member.id, _member.name, _member.title, _member.email, _member.suspended_at)
        .subquery()
        .c
    )
    person = func.json_build_object(
        *("id", places.id),
        *("name", places.name),
        *("title", places.title),
        *("email", places.email),
        *("relations", func.to_json(places.relations)),
        *("suspended", places.suspended),
    )
    ordered = aggregate_order_by(person, places.name, places.id)
    return select(func.coalesce(func.json_agg(ordered), func.json_build_array(), type_=JSON))


_setting = Read(
    select(
        _engagement.id,
        _engagement.title,
        _workspace.slug,
        _workspace.name,
        _workspace.time_zone,
        _engagement.portal_opened_at.is_not(None),
        _people().scalar_subquery(),
    )
    .join(_workspace.id.table, _workspace.id == _engagement.tenant_id)
    .where(_engagement.tenant_id == tenant, _engagement.id == bindparam("engagement")),
    Setting,
)


async def setting_of(tx: Transaction, engagement_id: UUID) -> Setting:
    """The engagement and its people, for staff.

    Raises:
        NotFound: no engagement of that id that the member may read.
    """
    return await tx.one(_setting, engagement=engagement_id)


async def setting_for_team(tx: Transaction, engagement_id: UUID) -> Setting:
    """The engagement and its people, for a deed that belongs to its team.

    Raises:
        NotFound: no engagement of that id that the member may read.
        Refused: the member is not on its team.
    """
    setting = await setting_of(tx, engagement_id)
    if engagement_id not in tx.context.team:
        raise Refused(f"Only the team of “{setting.engagement}” can do this.")
    return setting
