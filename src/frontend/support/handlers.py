"""An operator's pages: the workspaces that let them in, and what they are shown of each.

What is opened is written into the workspace's trail before it is shown.
"""

from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.handlers import post
from litestar.params import FromPath, FromQuery
from litestar.response.base import ASGIResponse
from msgspec import Struct

from engagements.support import queries
from engagements.support.queries import Overview
from engagements.trail.queries import Trail, trail
from frontend.access import OPERATORS, SESSION_COOKIE, Operator
from frontend.representation import AnyRequest, cookie, json_response, see_other, wants_page
from frontend.routes import page
from tenancy.database.context import Context
from tenancy.database.pool import Database, Transaction
from tenancy.errors import NotFound
from tenancy.identity import sessions
from tenancy.support import service
from tenancy.support.queries import OpenAccess

AnyState = Request[Any, Any, State]


class Places(Struct):
    """The workspaces that let the operator in."""

    email: str
    csrf_token: str
    """What signing out must carry as `X-CSRF-Token`."""
    places: list[OpenAccess]


class OverviewPage(Struct):
    place: OpenAccess
    shown: Overview


class TrailPage(Struct):
    place: OpenAccess
    shown: Trail


@page("/support", template="support/list.html", policy=OPERATORS)
async def list_places(request: AnyState) -> Places:
    """The workspaces that let the operator in, and until when."""
    operator = _operator(request)
    return Places(operator.email, operator.csrf, operator.open)


@page("/support/{slug:str}", template="support/show.html", policy=OPERATORS)
async def show_place(
    request: AnyState, database: NamedDependency[Database], slug: FromPath[str]
) -> OverviewPage:
    """Who belongs to a workspace, its engagements by name and state, its letters and keys."""
    place = _place(request, slug)
    await service.look(database, place, "the overview")
    async with database.transaction(_context(place)) as tx:
        return OverviewPage(place, await queries.overview(tx))


@page("/support/{slug:str}/trail", template="support/trail.html", policy=OPERATORS)
async def show_place_trail(
    request: AnyState,
    database: NamedDependency[Database],
    slug: FromPath[str],
    before: FromQuery[int | None] = None,
) -> TrailPage:
    """The workspace's trail, newest first."""
    place = _place(request, slug)
    await service.look(database, place, "the trail")
    async with database.transaction(_context(place)) as tx:
        return TrailPage(place, await trail(tx, time_zone=place.time_zone, before=before))


@post("/support/sign-out", opt={"policy": OPERATORS}, status_code=200)
async def sign_out_operator(request: AnyRequest, tx: NamedDependency[Transaction]) -> ASGIResponse:
    """End this session here and on the server."""
    operator = _operator(request)
    await sessions.end(tx, operator.identity, operator.session)
    cookies = [cookie(SESSION_COOKIE, "", 0)]
    if wants_page(request):
        return see_other("/sign-in", cookies=cookies)
    return json_response({"signed_out": True}, cookies=cookies)


def _operator(request: AnyRequest) -> Operator:
    operator: Operator = request.scope["state"]["operator"]
    return operator


def _place(request: AnyRequest, slug: str) -> OpenAccess:
    """The workspace of a slug.

    Raises:
        NotFound: it does not let the operator in, or does so no more.
    """
    for place in _operator(request).open:
        if place.slug == slug:
            return place
    raise NotFound


def _context(place: OpenAccess) -> Context:
    return Context(surface="support", tenant=place.tenant)


SUPPORT = [list_places, show_place, show_place_trail, sign_out_operator]
