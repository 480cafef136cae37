"""Going in: what every way of signing in ends with, and where it leads."""

import re
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import quote

from litestar.datastructures import Cookie
from litestar.response.base import ASGIResponse
from msgspec import Struct

from frontend.access import KNOWN_COOKIE, REQUEST_COOKIE, SESSION_COOKIE, Viewer, known_token
from frontend.representation import AnyRequest, cookie, json_response, see_other, wants_page
from tenancy.database.pool import Database
from tenancy.identity import sessions
from tenancy.identity.codes import new_token
from tenancy.identity.requests import CODE_LASTS
from tenancy.identity.service import SecondStep
from tenancy.identity.sessions import Device, NewSession

KNOWN_FOR = timedelta(days=365)
"""How long a browser is known again in which somebody signed in."""

_WITHIN = re.compile(r"/(?![/\\])[^\x00-\x1f\x7f\\]*")
"""Browsers take a backslash for a slash, and leave tabs and line breaks out of an address."""
_KEPT = "/?&=%#:;,+!$'()*@~"


class SignedIn(Struct):
    workspace: str
    home: str
    csrf_token: str


async def entered_with(
    request: AnyRequest,
    database: Database,
    entered: NewSession | SecondStep,
    wanted: str,
    *,
    asked: str = REQUEST_COOKIE,
    browser_token: str = "",
    before: Sequence[Cookie] = (),
    waiting: Sequence[Cookie] = (),
) -> ASGIResponse:
    """The answer to a factor that was proved: the session's cookie, or the way to the next step.

    Args:
        asked: the cookie by which the browser asked to be let in, which has done its work.
        browser_token: what the browser is known by from now on, where it did not ask for a code.
        before: cookies of what came before, to be taken away.
        waiting: cookies that the next step needs, if there is one.
    """
    if isinstance(entered, SecondStep):
        lasts = int(CODE_LASTS.total_seconds())
        held = [cookie(REQUEST_COOKIE, browser_token, lasts)] if browser_token else []
        kept = [*before, *waiting, *held]
        if wants_page(request):
            return see_other(with_next("/sign-in/second-step", wanted), cookies=kept)
        return json_response(entered, cookies=kept)
    known_as = device_of(request).known_as
    cookies = [
        *session_cookie(entered),
        cookie(asked, "", 0),
        cookie(KNOWN_COOKIE, known_as, int(KNOWN_FOR.total_seconds())),
        *before,
    ]
    if not entered.slug:
        return _to_support(request, cookies)
    found = await sessions.who_is(database, entered.token)
    assert found is not None, "a session that was just made is there"
    viewer = Viewer.of(found, entered.token, "/")
    if wants_page(request):
        return see_other(within(wanted) or viewer.home, cookies=cookies)
    return json_response(SignedIn(viewer.slug, viewer.home, viewer.csrf), cookies=cookies)


def _to_support(request: AnyRequest, cookies: list[Cookie]) -> ASGIResponse:
    if wants_page(request):
        return see_other("/support", cookies=cookies)
    return json_response(SignedIn("", "/support", ""), cookies=cookies)


def session_cookie(session: NewSession) -> list[Cookie]:
    return [cookie(SESSION_COOKIE, session.token, int(sessions.ABSOLUTE.total_seconds()))]


def device_of(request: AnyRequest) -> Device:
    """The browser that asks; one that is not known yet is given a token to be known by."""
    state = request.scope["state"]
    known_as = state.setdefault("known_as", known_token(request) or new_token())
    return Device(request.headers.get("user-agent", ""), known_as)


def address_of(request: AnyRequest) -> str:
    """The network address that asks."""
    return request.client.host if request.client else "unknown"


def with_next(address: str, wanted: str) -> str:
    """An address that hands on where somebody wanted to go."""
    path = within(wanted)
    return f"{address}?next={quote(path)}" if path else address


def within(path: str) -> str:
    """A path of this site as it stands in a header, or nothing: never another host."""
    return quote(path, safe=_KEPT) if _WITHIN.fullmatch(path) else ""
