"""Signing in by code: `POST /sign-in`, then `POST /sign-in/code`."""

from typing import Annotated, Any
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
    request_token,
)
from frontend.representation import AnyRequest, cookie, json_response, see_other, wants_page
from frontend.routes import page
from tenancy.database.pool import Database
from tenancy.identity import service as identity


class Address(Struct):
    """What signing in begins with."""

    email: Annotated[
        Email, Meta(title="your e-mail address", description="Write it like name@example.nhs.uk.")
    ]
    next: Annotated[str, Meta(max_length=300)] = ""
    workspace: Annotated[str, Meta(max_length=40)] = ""


class Code(Struct):
    """What came by mail."""

    code: Annotated[str, Meta(min_length=1, max_length=40, title="the code from the mail")]
    next: Annotated[str, Meta(max_length=300)] = ""


class SignInPage(Struct):
    next: str
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


class SignedIn(Struct):
    workspace: str
    home: str
    csrf_token: str


class Session(Struct):
    """Who is signed in, and the token that changes must carry as `X-CSRF-Token`."""

    member: UUID
    name: str
    email: str
    role: str
    workspace: str
    home: str
    csrf_token: str


def _within(path: str) -> str:
    """A path of this site, or nothing: never another host."""
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path
    return path if safe else ""


@page("/sign-in", template="public/sign_in.html", policy=ANYONE)
async def sign_in(request: Request[Any, Any, State]) -> SignInPage:
    """Where one types one's address."""
    return SignInPage(_within(request.query_params.get("next", "")), _demo(request))


@page("/sign-in/code", template="public/code.html", policy=ANYONE)
async def code(request: Request[Any, Any, State]) -> CodePage:
    """Where one types the code."""
    wanted = _within(request.query_params.get("next", ""))
    return CodePage(wanted, bool(request_token(request)), _demo(request))


def _demo(request: Request[Any, Any, State]) -> bool:
    demo: bool = request.app.state.settings.demo
    return demo


@post("/sign-in", opt={"policy": ANYONE, "body": Address, "again": sign_in}, status_code=200)
async def ask(
    request: AnyRequest, draft: NamedDependency[Address], database: NamedDependency[Database]
) -> ASGIResponse:
    """Send a code, if somebody of that address may sign in. The answer never says which."""
    source = request.client.host if request.client else "unknown"
    asked = await identity.ask_for_code(database, draft.email, address=source, slug=draft.workspace)
    lasts = int(identity.CODE_LASTS.total_seconds())
    cookies = [cookie(REQUEST_COOKIE, asked.browser_token, lasts)]
    if wants_page(request):
        wanted = _within(draft.next)
        return see_other("/sign-in/code" + (f"?next={wanted}" if wanted else ""), cookies=cookies)
    return json_response(Sent(True, lasts // 60), cookies=cookies)


@post("/sign-in/code", opt={"policy": ANYONE, "body": Code, "again": code}, status_code=200)
async def redeem(
    request: AnyRequest, draft: NamedDependency[Code], database: NamedDependency[Database]
) -> ASGIResponse:
    """Exchange the code for a session, in the browser that asked for it."""
    session = await identity.redeem(
        database,
        request_token(request),
        draft.code,
        device=request.headers.get("user-agent", ""),
    )
    lasts = int(identity.ABSOLUTE.total_seconds())
    cookies = [cookie(SESSION_COOKIE, session.token, lasts), cookie(REQUEST_COOKIE, "", 0)]
    found = await identity.who_is(database, session.token)
    assert found is not None, "a session that was just made is there"
    viewer = Viewer.of(found, session.token, "/")
    if wants_page(request):
        return see_other(_within(draft.next) or viewer.home, cookies=cookies)
    return json_response(SignedIn(viewer.slug, viewer.home, viewer.csrf), cookies=cookies)


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
    request: AnyRequest, viewer: NamedDependency[Viewer], database: NamedDependency[Database]
) -> ASGIResponse:
    """End this session here and on the server."""
    await identity.sign_out(database, viewer.session)
    cookies = [cookie(SESSION_COOKIE, "", 0)]
    if wants_page(request):
        return see_other("/sign-in", cookies=cookies)
    return json_response({"signed_out": True}, cookies=cookies)


SIGN_IN = [sign_in, code, ask, redeem, session, sign_out]
