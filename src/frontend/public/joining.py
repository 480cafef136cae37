"""Joining a workspace: the page behind an invitation's link, the code, and going in."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.handlers import post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from msgspec import Meta, Struct

from engagements.members import joining
from engagements.members.joining import Standing
from engagements.members.visibility import read_by_others
from frontend.access import ANYONE, REQUEST_COOKIE, Viewer, known_token, request_token
from frontend.entering import address_of, device_of, entered_with
from frontend.representation import AnyRequest, cookie, json_response, see_other, wants_page
from frontend.routes import page
from tenancy.database.context import Role
from tenancy.database.pool import Database
from tenancy.errors import Refused
from tenancy.identity.requests import CODE_LASTS


class JoinPage(Struct):
    """An invitation, to whoever follows its link: no more than its mail said."""

    workspace: str
    inviter: str
    role: Role
    standing: Standing
    closed_because: str
    until: date
    read_by_others: list[str]
    """What others will be able to read of them."""
    own: bool
    """Whether who looks is signed in with the address that was invited."""
    engagements: list[str]
    """To what they are invited; told to themselves alone."""
    asked: bool
    """Whether this browser asked for a code."""
    here: str
    demo: bool


class InvitationCode(Struct, forbid_unknown_fields=True):
    code: Annotated[str, Meta(min_length=1, max_length=40, title="the code from the mail")]


class CodeSent(Struct):
    sent: bool
    minutes: int


@page("/join/{slug:str}/{id:uuid}", template="public/join.html", policy=ANYONE)
async def show_invitation(
    request: Request[object, object, State],
    viewer: NamedDependency[Viewer | None],
    slug: FromPath[str],
    id: FromPath[UUID],
) -> JoinPage:
    """Who invites, to what, in which role, and what others will be able to read."""
    found = await joining.welcome(
        request.app.state.database, slug, id, viewer=viewer.email if viewer else None
    )
    return JoinPage(
        found.workspace,
        found.inviter,
        found.role,
        found.standing,
        found.closed_because,
        found.until,
        read_by_others(found.role, found.workspace),
        found.own,
        found.engagements,
        bool(request_token(request)),
        f"/join/{slug}/{id}",
        request.app.state.settings.demo,
    )


@page("/join/{slug:str}/{id:uuid}/code", template="public/join_code.html", policy=ANYONE)
async def show_code(
    request: Request[object, object, State],
    viewer: NamedDependency[Viewer | None],
    slug: FromPath[str],
    id: FromPath[UUID],
) -> JoinPage:
    """Where somebody who is invited types their code."""
    shown: JoinPage = await show_invitation.fn(request, viewer, slug, id)
    return shown


@post(
    "/join/{slug:str}/{id:uuid}/code",
    opt={"policy": ANYONE, "again": show_invitation},
    status_code=200,
)
async def ask_for_code(
    request: AnyRequest,
    database: NamedDependency[Database],
    slug: FromPath[str],
    id: FromPath[UUID],
) -> ASGIResponse:
    """Send a code to the address that was invited, to be typed in this browser."""
    asked = await joining.ask_for_code(
        database, slug, id, address=address_of(request), known_as=known_token(request)
    )
    lasts = int(CODE_LASTS.total_seconds())
    cookies = [cookie(REQUEST_COOKIE, asked.browser_token, lasts)]
    if wants_page(request):
        return see_other(f"/join/{slug}/{id}/code", cookies=cookies)
    return json_response(CodeSent(True, lasts // 60), cookies=cookies)


@post(
    "/join/{slug:str}/{id:uuid}/acceptance",
    opt={"policy": ANYONE, "body": InvitationCode, "again": show_code},
    status_code=200,
)
async def accept_by_code(
    request: AnyRequest,
    draft: NamedDependency[InvitationCode],
    database: NamedDependency[Database],
    slug: FromPath[str],
    id: FromPath[UUID],
) -> ASGIResponse:
    """Accept with the code that was mailed, in the browser that asked for it, and go in."""
    entered = await joining.join_by_code(
        database,
        slug,
        id,
        browser_token=request_token(request),
        typed=draft.code,
        device=device_of(request),
    )
    return await entered_with(request, database, entered, "")


@post(
    "/join/{slug:str}/{id:uuid}",
    opt={"policy": ANYONE, "again": show_invitation},
    status_code=200,
)
async def accept_signed_in(
    request: AnyRequest,
    viewer: NamedDependency[Viewer | None],
    database: NamedDependency[Database],
    slug: FromPath[str],
    id: FromPath[UUID],
) -> ASGIResponse:
    """Accept as who is signed in with the address that was invited, and go on there."""
    if viewer is None:
        raise Refused("Ask for a code first: it shows that the invited address is yours.")
    session = await joining.join_signed_in(
        database, slug, id, viewer=viewer.email, session=viewer.session
    )
    return await entered_with(request, database, session, "")


JOINING = [show_invitation, show_code, ask_for_code, accept_by_code, accept_signed_in]
