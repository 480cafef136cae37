"""Signing in by code: `POST /sign-in`, then `POST /sign-in/code`."""

from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.handlers import post
from litestar.response.base import ASGIResponse
from msgspec import Meta, Struct

from engagements.inputs import Email
from frontend.access import (
    ANYONE,
    MEMBERS,
    REQUEST_COOKIE,
    SESSION_COOKIE,
    Viewer,
    known_token,
    request_token,
)
from frontend.entering import address_of, device_of, entered_with, with_next, within
from frontend.representation import AnyRequest, cookie, json_response, see_other, wants_page
from frontend.routes import page
from tenancy.audit import service as audit
from tenancy.database.pool import Database, Transaction
from tenancy.identity import service as identity
from tenancy.identity import sessions
from tenancy.identity.requests import CODE_LASTS
from tenancy.sso.signing_in import routed


class Address(Struct):
    """What signing in begins with."""

    email: Annotated[
        Email, Meta(title="your e-mail address", description="Write it like name@example.nhs.uk.")
    ]
    next: Annotated[str, Meta(max_length=300)] = ""
    workspace: Annotated[str, Meta(max_length=40)] = ""
    way: Annotated[Literal["", "code"], Meta(title="how to sign in")] = ""
    """`code` where a code is wanted although the address's organisation has its own sign-in."""


class Code(Struct):
    """What came by mail."""

    code: Annotated[str, Meta(min_length=1, max_length=40, title="the code from the mail")]
    next: Annotated[str, Meta(max_length=300)] = ""


class SignInPage(Struct):
    next: str
    workspace: str
    """The workspace wanted, where somebody belongs to several."""
    way: str
    demo: bool


class CodePage(Struct):
    next: str
    asked: bool
    """Whether this browser asked for a code, so that one can work here."""
    demo: bool


class Sent(Struct):
    """The same for every address, known or not."""

    sent: bool
    minutes: int


class Elsewhere(Struct):
    """The address's organisation has its own sign-in, for all addresses of its domain."""

    sso: str


class Session(Struct):
    """Who is signed in, and the token that changes must carry as `X-CSRF-Token`."""

    member: UUID
    name: str
    email: str
    role: str
    workspace: str
    home: str
    csrf_token: str


@page("/sign-in", template="public/sign_in.html", policy=ANYONE)
async def sign_in(request: Request[Any, Any, State]) -> SignInPage:
    """Where one types one's address."""
    query = request.query_params
    return SignInPage(
        within(query.get("next", "")),
        query.get("workspace", ""),
        "code" if query.get("way") == "code" else "",
        _demo(request),
    )


@page("/sign-in/code", template="public/code.html", policy=ANYONE)
async def code(request: Request[Any, Any, State]) -> CodePage:
    """Where one types the code."""
    wanted = within(request.query_params.get("next", ""))
    return CodePage(wanted, bool(request_token(request)), _demo(request))


def _demo(request: Request[Any, Any, State]) -> bool:
    demo: bool = request.app.state.settings.demo
    return demo


@post("/sign-in", opt={"policy": ANYONE, "body": Address, "again": sign_in}, status_code=200)
async def ask(
    request: AnyRequest, draft: NamedDependency[Address], database: NamedDependency[Database]
) -> ASGIResponse:
    """Send a code, if somebody of that address may sign in. The answer never says which.

    An address whose domain is signed in by its organisation is shown the way there instead.
    """
    slug = "" if draft.way == "code" else await routed(database, draft.email)
    if slug:
        address = f"/sign-in/sso/{slug}"
        if wants_page(request):
            return see_other(with_next(address, draft.next))
        return json_response(Elsewhere(address))
    asked = await identity.ask_for_code(
        database,
        draft.email,
        address=address_of(request),
        slug=draft.workspace,
        known_as=known_token(request),
    )
    lasts = int(CODE_LASTS.total_seconds())
    cookies = [cookie(REQUEST_COOKIE, asked.browser_token, lasts)]
    if wants_page(request):
        return see_other(with_next("/sign-in/code", draft.next), cookies=cookies)
    return json_response(Sent(True, lasts // 60), cookies=cookies)


@post("/sign-in/code", opt={"policy": ANYONE, "body": Code, "again": code}, status_code=200)
async def redeem(
    request: AnyRequest, draft: NamedDependency[Code], database: NamedDependency[Database]
) -> ASGIResponse:
    """Exchange the code for a session, in the browser that asked for it."""
    entered = await identity.redeem(
        database, request_token(request), draft.code, device=device_of(request)
    )
    return await entered_with(request, database, entered, draft.next)


@get("/session", opt={"policy": MEMBERS}, sync_to_thread=False)
def session(viewer: NamedDependency[Viewer]) -> Session:
    """Who is signed in."""
    return Session(
        viewer.member,
        viewer.name,
        viewer.email,
        viewer.role,
        viewer.slug,
        viewer.home,
        viewer.csrf,
    )


@post("/sign-out", opt={"policy": MEMBERS}, status_code=200)
async def sign_out(
    request: AnyRequest, tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer]
) -> ASGIResponse:
    """End this session here and on the server."""
    await sessions.end(tx, viewer.identity, viewer.session)
    await audit.record_of(tx, "signed out", "member", viewer.member)
    cookies = [cookie(SESSION_COOKIE, "", 0)]
    if wants_page(request):
        return see_other("/sign-in", cookies=cookies)
    return json_response({"signed_out": True}, cookies=cookies)


SIGN_IN = [sign_in, code, ask, redeem, session, sign_out]
