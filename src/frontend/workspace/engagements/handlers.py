"""Engagements: the list, one as a whole, opening one, and changing what is said of it."""

from itertools import groupby
from operator import attrgetter
from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from engagements.clients import queries as clients
from engagements.clients.queries import ClientChoice
from engagements.framework import queries as framework
from engagements.framework.queries import ElementChoice
from engagements.portfolio import queries, service
from engagements.portfolio.queries import EngagementListed, EngagementPage
from engagements.portfolio.service import (
    MOVES,
    EngagementChange,
    EngagementDraft,
    Focus,
    StateChange,
)
from frontend.access import CONSULTANTS, STAFF
from frontend.routes import deed, page
from frontend.workspace.engagements.people import PEOPLE
from frontend.workspace.engagements.plan import PLAN
from tenancy.database.pool import Transaction

WAYS = {
    "conversation": "You are talking again",
    "proposed": "A proposal has been sent",
    "agreed": "It has been agreed",
    "running": "The work is under way",
    "paused": "The work pauses",
    "closed": "The work is finished",
    "declined": "It will not happen",
}


class EngagementList(Struct):
    engagements: list[EngagementListed]


class NewEngagement(Struct):
    """What the form needs: the clients to choose from."""

    clients: list[ClientChoice]

    @property
    def choices(self) -> list[tuple[UUID, str]]:
        return [(client.id, client.name) for client in self.clients]


class StateForm(Struct):
    engagement: EngagementPage
    ways: tuple[str, ...]
    """The states that it can move to."""

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(way, WAYS[way]) for way in self.ways]


class FocusForm(Struct):
    engagement: EngagementPage
    elements: list[ElementChoice]

    @property
    def domains(self) -> list[tuple[str, list[ElementChoice]]]:
        groups = groupby(self.elements, key=attrgetter("domain"))
        return [(domain, list(elements)) for domain, elements in groups]

    @property
    def chosen(self) -> list[str]:
        brief = self.engagement.brief
        return [str(element.id) for element in brief.focus] if brief else []


def _shown(engagement: EngagementPage) -> str:
    return f"/engagements/{engagement.id}"


@page("/engagements", template="workspace/engagements/list.html", policy=STAFF)
async def engagement_list(tx: NamedDependency[Transaction]) -> EngagementList:
    """The engagements within the member's reach, the liveliest first."""
    return EngagementList(await tx.all(queries.engagement_list))


@page("/engagements/new", template="workspace/engagements/new.html", policy=CONSULTANTS)
async def new_engagement(tx: NamedDependency[Transaction]) -> NewEngagement:
    """An empty engagement."""
    return NewEngagement(await tx.all(clients.client_choices))


@deed(
    "/engagements",
    policy=CONSULTANTS,
    body=EngagementDraft,
    again=new_engagement,
    creates=True,
    then=_shown,
    says="The engagement is open, with a plan to start from.",
)
async def open_engagement(
    tx: NamedDependency[Transaction], draft: NamedDependency[EngagementDraft]
) -> EngagementPage:
    """Open an engagement. Whoever opens it leads it."""
    opened = await service.open_engagement(tx, draft)
    return await tx.one(queries.engagement_page, engagement=opened.id)


@page("/engagements/{id:uuid}", template="workspace/engagements/show.html", policy=STAFF)
async def show_engagement(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> EngagementPage:
    """One engagement as a whole."""
    return await tx.one(queries.engagement_page, engagement=id)


@page("/engagements/{id:uuid}/edit", template="workspace/engagements/edit.html", policy=STAFF)
async def edit_engagement(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> EngagementPage:
    """What is said of an engagement, to be changed."""
    return await tx.one(queries.engagement_page, engagement=id)


@deed(
    "/engagements/{id:uuid}",
    policy=STAFF,
    body=EngagementChange,
    again=edit_engagement,
    then=_shown,
    says="The engagement was changed.",
)
async def change_engagement(
    tx: NamedDependency[Transaction],
    id: FromPath[UUID],
    draft: NamedDependency[EngagementChange],
) -> EngagementPage:
    """Say anew what an engagement is called, what it is for and when it is."""
    await service.change_engagement(tx, id, draft)
    return await tx.one(queries.engagement_page, engagement=id)


@page("/engagements/{id:uuid}/state", template="workspace/engagements/state.html", policy=STAFF)
async def show_state(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> StateForm:
    """How an engagement stands, and where it can go from there."""
    engagement = await tx.one(queries.engagement_page, engagement=id)
    return StateForm(engagement, MOVES[engagement.state])


@deed(
    "/engagements/{id:uuid}/state",
    policy=STAFF,
    body=StateChange,
    again=show_state,
    then=_shown,
    says="The engagement was moved on.",
)
async def change_state(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[StateChange]
) -> EngagementPage:
    """Move an engagement to another state."""
    await service.change_state(tx, id, draft)
    return await tx.one(queries.engagement_page, engagement=id)


@page("/engagements/{id:uuid}/focus", template="workspace/engagements/focus.html", policy=STAFF)
async def show_focus(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> FocusForm:
    """The elements of the framework to choose from, at most three."""
    engagement = await tx.one(queries.engagement_page, engagement=id)
    version = engagement.framework_version_id
    return FocusForm(engagement, await tx.all(framework.elements, framework_version=version))


@deed(
    "/engagements/{id:uuid}/focus",
    policy=STAFF,
    body=Focus,
    again=show_focus,
    then=_shown,
    says="The focus was set.",
)
async def set_focus(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[Focus]
) -> EngagementPage:
    """Choose the elements that the work concentrates on."""
    await service.set_focus(tx, id, draft)
    return await tx.one(queries.engagement_page, engagement=id)


ENGAGEMENTS = [
    engagement_list,
    new_engagement,
    open_engagement,
    show_engagement,
    edit_engagement,
    change_engagement,
    show_state,
    change_state,
    show_focus,
    set_focus,
    *PLAN,
    *PEOPLE,
]
