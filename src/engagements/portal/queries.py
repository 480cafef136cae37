"""Reading the portal: a sponsor's page in one statement, and what a team has published."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Table,
    bindparam,
    case,
    func,
    or_,
    select,
    true,
)

from engagements.actions.models import Action
from engagements.commercial.standing import is_open, waits_for_me
from engagements.people import FORMER
from engagements.portal.models import Publication
from engagements.portal.page import PortalPage, PortalRow, composed
from engagements.portfolio.models import Engagement, Milestone, Phase
from engagements.sessions.models import Session
from tenancy.database.nesting import fields, gathered
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, me, tenant
from tenancy.errors import NotFound
from tenancy.workspaces.models import Member

MOST_QUOTES = 3
DONE_LATELY = 30
"""Days for which a finished action stays on the page."""

_publication = cast(Table, Publication.__table__).c
_engagement = cast(Table, Engagement.__table__).c
_phase = cast(Table, Phase.__table__).c
_milestone = cast(Table, Milestone.__table__).c
_action = cast(Table, Action.__table__).c
_session = cast(Table, Session.__table__).c
_member = cast(Table, Member.__table__).c
_lead = cast(Table, Member.__table__).alias("lead").c

_wanted = bindparam("engagement", type_=_engagement.id.type)
_among = bindparam("among", type_=_member.engagement_ids.type)
_today = bindparam("today", type_=Date())


class PortalEntry(Struct, frozen=True):
    """One of a sponsor's engagements whose portal has something to read."""

    id: UUID
    title: str
    client: str
    headline: str
    figures_to: date


class PortalReader(Struct, frozen=True):
    """A sponsor whose page somebody else looks at, by their own rights."""

    member: UUID
    engagements: list[UUID]
    """Those that the sponsor shares with others, whose names they read."""


class PublicationRow(Struct, frozen=True):
    """Something that was published, as its team lists it; `label` is what it says."""

    id: UUID
    engagement_id: UUID
    kind: str
    label: str
    said_by: str
    state: str
    figures_to: date
    published_at: datetime
    published_by: str
    withdrawn_at: datetime | None


Known = Callable[[Any], ColumnElement[bool]]
"""Whether somebody's name is one to be read, by their row of `member`."""


def _by_policy(_member: Any) -> ColumnElement[bool]:
    return true()


def _shared(member: Any) -> ColumnElement[bool]:
    """For who looks at another's page: as the policies of `member` have it for that other."""
    overlaps: ColumnElement[bool] = member.engagement_ids.op("&&", is_comparison=True)(_among)
    return or_(overlaps, member.id == me)


def _published(kind: str) -> Any:
    return select(_publication.id).where(
        _publication.tenant_id == tenant,
        _publication.engagement_id == _engagement.id,
        _publication.kind == kind,
        _publication.state == "published",
    )


def _latest(kind: str) -> Any:
    newest = _published(kind).order_by(_publication.published_at.desc()).limit(1)
    return newest.with_only_columns(
        fields(
            id=_publication.id,
            content=_publication.content,
            figures_to=_publication.figures_to,
            published_at=_publication.published_at,
        )
    ).scalar_subquery()


def _quotes() -> Any:
    newest = (
        _published("quote")
        .with_only_columns(_publication.content, _publication.published_at, _publication.id)
        .order_by(_publication.published_at.desc(), _publication.id)
        .limit(MOST_QUOTES)
        .correlate(_engagement.id.table)
        .lateral("newest_quote")
        .c
    )
    return select(gathered(newest.content, newest.published_at.desc(), newest.id)).scalar_subquery()


def _phases() -> Any:
    return (
        select(
            gathered(
                fields(
                    name=_phase.name,
                    starts_on=_phase.starts_on,
                    ends_on=_phase.ends_on,
                    state=_phase.state,
                ),
                _phase.position,
            )
        )
        .where(_phase.tenant_id == tenant, _phase.engagement_id == _engagement.id)
        .scalar_subquery()
    )


def _milestones() -> Any:
    return (
        select(
            gathered(
                fields(name=_milestone.title, due=_milestone.due_on, done=_milestone.done_on),
                _milestone.due_on,
                _milestone.id,
            )
        )
        .where(_milestone.tenant_id == tenant, _milestone.engagement_id == _engagement.id)
        .scalar_subquery()
    )


def _actions(known: Known) -> Any:
    """What is open by its date, then what was done of late."""
    is_open = _action.state == "open"
    return (
        select(
            gathered(
                fields(
                    text=_action.text,
                    owner=func.coalesce(_member.name, FORMER),
                    owner_title=func.coalesce(_member.title, ""),
                    due_on=_action.due_on,
                    state=_action.state,
                    late=func.coalesce(is_open & (_action.due_on < _today), False),
                ),
                is_open.desc(),
                _action.due_on.nulls_last(),
                _action.id,
            )
        )
        .select_from(
            _action.id.table.outerjoin(
                _member.id.table,
                (_member.tenant_id == tenant) & (_member.id == _action.owner_id) & known(_member),
            )
        )
        .where(
            _action.tenant_id == tenant,
            _action.engagement_id == _engagement.id,
            _action.shown_to == "sponsor",
            is_open | ((_action.state == "done") & (_action.done_on > _today - DONE_LATELY)),
        )
        .scalar_subquery()
    )


def _next_session(known: Known) -> Any:
    lead = cast(Table, Member.__table__).alias("session_lead").c
    return (
        select(
            fields(
                id=_session.id,
                title=_session.title,
                kind=_session.kind,
                starts_at=_session.starts_at,
                minutes=_session.minutes,
                place=_session.place,
                link=_session.link,
                lead=func.coalesce(lead.name, FORMER),
            )
        )
        .select_from(
            _session.id.table.outerjoin(
                lead.id.table,
                (lead.tenant_id == tenant) & (lead.id == _session.lead_id) & known(lead),
            )
        )
        .where(
            _session.tenant_id == tenant,
            _session.engagement_id == _engagement.id,
            _session.state == "planned",
            _session.starts_at > func.now(),
            me == func.any(_session.attendee_ids),
        )
        .order_by(_session.starts_at)
        .limit(1)
        .scalar_subquery()
    )


def _portal_row(known: Known) -> Select[Any]:
    return (
        select(
            _engagement.id,
            _engagement.title,
            _engagement.client,
            _engagement.starts_on,
            _engagement.ends_on,
            _engagement.portal_opened_at,
            _lead.name,
            _latest("update"),
            _latest("domains"),
            _latest("measure"),
            _latest("themes"),
            _latest("attendance"),
            _quotes(),
            _phases(),
            _milestones(),
            _actions(known),
            _next_session(known),
            is_open(),
            waits_for_me,
        )
        .select_from(
            _engagement.id.table.outerjoin(
                _lead.id.table,
                (_lead.tenant_id == tenant) & (_lead.id == _engagement.lead_id) & known(_lead),
            )
        )
        .where(_engagement.tenant_id == tenant, _engagement.id == _wanted)
    )


portal_row = Read(_portal_row(_by_policy), PortalRow)
portal_row_as = Read(_portal_row(_shared), PortalRow)
"""The page of another member, `me`, who shares the engagements `among` with others."""

portals = Read(
    select(
        _engagement.id,
        _engagement.title,
        _engagement.client,
        _published("update")
        .with_only_columns(_publication.content["headline"].astext)
        .order_by(_publication.published_at.desc())
        .limit(1)
        .scalar_subquery(),
        _published("update")
        .with_only_columns(_publication.figures_to)
        .order_by(_publication.published_at.desc())
        .limit(1)
        .scalar_subquery(),
    )
    .where(
        _engagement.tenant_id == tenant,
        _engagement.portal_opened_at.is_not(None),
        _published("update").exists(),
    )
    .order_by(_engagement.starts_on.desc(), _engagement.id),
    PortalEntry,
)
"""The engagements whose portal the member may read and that say something, newest first."""


def _publication_rows(*conditions: Any) -> Select[Any]:
    content = _publication.content
    label = func.coalesce(
        content["headline"].astext,
        content["title"].astext,
        content["text"].astext,
        content["sentences"][0].astext,
        case((_publication.kind == "attendance", "Sessions and attendance"), else_="Four domains"),
    )
    return (
        select(
            _publication.id,
            _publication.engagement_id,
            _publication.kind,
            label,
            func.coalesce(content["said_by"].astext, ""),
            _publication.state,
            _publication.figures_to,
            _publication.published_at,
            func.coalesce(_member.name, FORMER),
            _publication.withdrawn_at,
        )
        .select_from(
            _publication.id.table.outerjoin(
                _member.id.table,
                (_member.tenant_id == tenant) & (_member.id == _publication.published_by_id),
            )
        )
        .where(_publication.tenant_id == tenant, *conditions)
        .order_by(_publication.published_at.desc(), _publication.id)
    )


publications = Read(_publication_rows(_publication.engagement_id == _wanted), PublicationRow)
"""Everything published of an engagement, newest first; what came out together stands together."""

publication_row = Read(
    _publication_rows(_publication.id == bindparam("publication")), PublicationRow
)


async def portal_page(
    tx: Transaction, engagement_id: UUID, *, today: date, reader: PortalReader | None = None
) -> PortalPage:
    """The sponsor's page; on the workspace's surface, the team's preview of it.

    Args:
        today: the date where the workspace is.
        reader: the sponsor whose page it is, where it is not the member's own: it has their next
            session, and no name that they could not read.

    Raises:
        NotFound: no such engagement within reach, nothing is published, or the reader is on the
            portal and it was not opened.
    """
    wanted = {"engagement": engagement_id, "today": today}
    if reader is None:
        row = await tx.one(portal_row, **wanted)
    else:
        row = await tx.one(portal_row_as, **wanted, me=reader.member, among=reader.engagements)
    for_sponsor = reader is not None or tx.context.surface == "portal"
    if row.update is None or (for_sponsor and row.portal_opened_at is None):
        raise NotFound
    return composed(row, row.update, today)
