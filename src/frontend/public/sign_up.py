"""Signing up a workspace: `POST /sign-up`, then `POST /sign-up/code`."""

from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.handlers import post
from litestar.response.base import ASGIResponse
from msgspec import Struct

from engagements.founding import service as founding
from engagements.founding.service import SignUpDraft, Taken
from frontend.access import ANYONE
from frontend.entering import address_of, device_of, entered_with
from frontend.public.sign_in import Code, Sent
from frontend.representation import (
    AnyRequest,
    cookie,
    json_response,
    see_other,
    show,
    wants_page,
)
from frontend.routes import page
from tenancy.database.pool import Database
from tenancy.errors import Invalid
from tenancy.files.store import Files
from tenancy.identity.requests import CODE_LASTS
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.service import time_zones

SIGN_UP_COOKIE = "__Host-cocreate-sign-up"
AREAS = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia"),
    *("Atlantic", "Australia", "Europe", "Indian", "Pacific"),
)
FORM = "public/sign_up.html"
USED = "This code has founded your workspace already. Sign in to it."


class SignUpPage(Struct):
    """What the form needs: the time zones, and what an address begins with."""

    time_zones: list[str]
    begins: str
    demo: bool

    @property
    def zones(self) -> list[tuple[str, str]]:
        return [(zone, zone.replace("_", " ").replace("/", " / ")) for zone in self.time_zones]


class SignUpCodePage(Struct):
    asked: bool
    """Whether this browser asked for a code, so that one can work here."""
    demo: bool


@page("/sign-up", template=FORM, policy=ANYONE)
async def sign_up(request: Request[Any, Any, State]) -> SignUpPage:
    """Where one says whose the workspace is and what it is called."""
    zones = sorted(zone for zone in time_zones() if zone.split("/")[0] in AREAS)
    settings = request.app.state.settings
    return SignUpPage([*zones, "UTC"], f"{settings.public_url}/w/", settings.demo)


@page("/sign-up/code", template="public/sign_up_code.html", policy=ANYONE)
async def sign_up_code(request: Request[Any, Any, State]) -> SignUpCodePage:
    """Where one types the code, which shows that the address is one's own."""
    return SignUpCodePage(bool(_browser(request)), request.app.state.settings.demo)


def _browser(request: AnyRequest) -> str:
    """The token of the browser in which the form was filled in; empty where it was not."""
    return request.cookies.get(SIGN_UP_COOKIE, "")


@post("/sign-up", opt={"policy": ANYONE, "body": SignUpDraft, "again": sign_up}, status_code=200)
async def ask(
    request: AnyRequest,
    draft: NamedDependency[SignUpDraft],
    database: NamedDependency[Database],
    keyring: NamedDependency[Keyring],
) -> ASGIResponse:
    """Send a code to the address. Nothing is founded before it is typed."""
    asked = await founding.ask(database, keyring, draft, address=address_of(request))
    lasts = int(CODE_LASTS.total_seconds())
    cookies = [cookie(SIGN_UP_COOKIE, asked.browser_token, lasts)]
    if wants_page(request):
        return see_other("/sign-up/code", cookies=cookies)
    return json_response(Sent(True, lasts // 60), cookies=cookies)


@post("/sign-up/code", opt={"policy": ANYONE, "body": Code, "again": sign_up_code}, status_code=200)
async def found(
    request: AnyRequest,
    draft: NamedDependency[Code],
    database: NamedDependency[Database],
    keyring: NamedDependency[Keyring],
    files: NamedDependency[Files],
) -> ASGIResponse:
    """Found the workspace with the code, in the browser that asked for it, and sign in."""
    browser, device = _browser(request), device_of(request)
    try:
        founded = await founding.found(database, keyring, files, browser, draft.code, device=device)
    except Taken as failure:
        if not wants_page(request):
            raise
        typed = msgspec.to_builtins(failure.draft)
        again = await sign_up.fn(request)
        return show(request, FORM, status=422, page=again, errors=failure.fields, typed=typed)
    if founded.session is not None:
        return await entered_with(request, database, founded.session, "", asked=SIGN_UP_COOKIE)
    if not wants_page(request):
        raise Invalid({"code": USED})
    return see_other(f"/w/{founded.slug}")


SIGN_UP = [sign_up, sign_up_code, ask, found]
