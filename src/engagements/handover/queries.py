"""What handing an engagement over means, before it is done."""

from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, bindparam, func, select

from engagements.actions.models import Action
from engagements.notes.models import Note
from engagements.portfolio import people_queries
from engagements.portfolio.people_queries import Person
from engagements.portfolio.queries import EngagementPage, engagement_page
from engagements.sessions.models import Session
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, tenant

_action = cast(Table, Action.__table__).c
_note = cast(Table, Note.__table__).c
_session = cast(Table, Session.__table__).c

_wanted = bindparam("engagement", type_=_note.engagement_id.type)
_lead = bindparam("lead", type_=_note.author_id.type)


class Kept(Struct, frozen=True):
    """How many notes of an engagement its lead kept from the team, who keeps them."""

    private: int
    named: int
    """Those for people whom they named."""


class HandOverPage(Struct):
    """An engagement, who could lead it, and what happens to what its lead has in hand."""

    engagement: EngagementPage
    own: bool
    """Whether the reader leads it."""
    others: list[Person]
    """Colleagues who are not on its team, for those who choose the team."""
    sessions: int
    """Those to come."""
    actions: int
    """The lead's own that are open."""
    kept: Kept | None
    """None for those who may not know."""

    @property
    def choices(self) -> list[tuple[UUID, str, str]]:
        """Who could lead it: the others of the team, then those who would join it."""
        team = [
            (one.member_id, one.name, one.title)
            for one in self.engagement.people
            if one.relation == "team"
            and one.member_id != self.engagement.lead_id
            and not one.suspended
        ]
        return team + [(one.id, one.name, "Joins the team") for one in self.others]


class _InHand(Struct, frozen=True):
    sessions: int
    actions: int


_in_hand = Read(
    select(
        select(func.count())
        .select_from(_session.id.table)
        .where(
            _session.tenant_id == tenant,
            _session.engagement_id == _wanted,
            _session.state == "planned",
            _session.starts_at > func.now(),
        )
        .scalar_subquery(),
        select(func.count())
        .select_from(_action.id.table)
        .where(
            _action.tenant_id == tenant,
            _action.engagement_id == _wanted,
            _action.owner_id == _lead,
            _action.state == "open",
        )
        .scalar_subquery(),
    ),
    _InHand,
)
_kept = Read(
    select(
        func.count().filter(_note.audience == "me"),
        func.count().filter(_note.audience == "named"),
    ).where(_note.tenant_id == tenant, _note.engagement_id == _wanted, _note.author_id == _lead),
    Kept,
)
"""How many, without reading one: what is counted here lies in custody."""


async def hand_over_page(tx: Transaction, engagement_id: UUID) -> HandOverPage:
    """Who could lead an engagement from now on, and what that means.

    Raises:
        NotFound: no such engagement that the member may read.
    """
    engagement = await tx.one(engagement_page, engagement=engagement_id)
    about = {"engagement": engagement_id, "lead": engagement.lead_id}
    in_hand = await tx.one(_in_hand, **about)
    own, kept = tx.context.member == engagement.lead_id, None
    if own or tx.context.role == "owner":
        async with tx.acting("custody"):
            kept = await tx.one(_kept, **about)
    team = {one.member_id for one in engagement.people if one.relation == "team"}
    chooses = tx.context.role in ("owner", "consultant")
    colleagues = await tx.all(people_queries.colleagues) if chooses else []
    others = [one for one in colleagues if one.id not in team]
    return HandOverPage(engagement, own, others, in_hand.sessions, in_hand.actions, kept)
