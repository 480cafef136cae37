"""Where the member may write, and what the empty form needs to know without a network."""

from typing import Literal
from uuid import UUID

from litestar.di import NamedDependency
from msgspec import Struct

from engagements.framework import queries as framework
from engagements.portfolio.queries import engagement_list
from engagements.sessions.queries import CoachingSoFar, my_coaching
from frontend.access import WRITERS, Viewer
from frontend.routes import page
from tenancy.database.pool import Transaction

Audience = Literal["named", "me"]


class Place(Struct):
    """An engagement in which the member writes, and who reads it as a rule."""

    engagement_id: UUID
    engagement: str
    kind: Literal["reflection", "working"]
    audience: Audience
    lead_id: UUID | None
    lead: str


class Writing(Struct):
    """Who writes, where, and the words that can be completed."""

    member: UUID
    name: str
    slug: str
    workspace: str
    places: list[Place]
    elements: list[str]


@page("/writing", template="workspace/writing/list.html", policy=WRITERS)
async def writing(tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer]) -> Writing:
    """The engagements in which the member writes: as a participant, or on the team."""
    places = [_reflecting(one) for one in await tx.all(my_coaching)]
    if viewer.staff:
        places += [
            Place(one.id, one.title, "working", "me", None, one.lead)
            for one in await tx.all(engagement_list)
            if one.id in tx.context.team and one.state != "closed"
        ]
    newest = await tx.maybe(framework.newest_version)
    elements = await tx.all(framework.elements, framework_version=newest.id) if newest else []
    names = [f"{element.code} {element.name}" for element in elements]
    return Writing(viewer.member, viewer.name, viewer.slug, viewer.workspace_name, places, names)


def _reflecting(one: CoachingSoFar) -> Place:
    """Where somebody is coached: for whoever leads it, or nobody while they cannot be reached."""
    audience: Audience = "named" if one.lead_reachable else "me"
    reader = one.lead_id if one.lead_reachable else None
    return Place(one.engagement_id, one.engagement, "reflection", audience, reader, one.lead)


WRITING = [writing]
