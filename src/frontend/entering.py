"""Going in: what every way of signing in ends with, and where it leads."""

import re
from urllib.parse import quote

from litestar.datastructures import Cookie
from litestar.response.base import ASGIResponse
from msgspec import Struct

from frontend.access import REQUEST_COOKIE, SESSION_COOKIE, Viewer
from frontend.representation import AnyRequest, cookie, json_response, see_other, wants_page
from tenancy.database.pool import Database
from tenancy.identity import sessions
from tenancy.identity.service import SecondStep
from tenancy.identity.sessions import NewSession

_WITHIN = re.compile(r"/(?![/\\])[^\x00-\x1f\x7f\\]*")
"""Browsers take a backslash for a slash, and leave tabs and line breaks out of an address."""
_KEPT = "/?&=%#:;,+!$'()*@~"


class SignedIn(Struct):
    workspace: str
    home: str
    csrf_token: str


async def entered_with(
    request: AnyRequest, database: Database, entered: NewSession | SecondStep, wanted: str
) -> ASGIResponse:
    """The answer to a factor that was proved: the session's cookie, or the way to the next step."""
    if isinstance(entered, SecondStep):
        if wants_page(request):
            return see_other(with_next("/sign-in/second-step", wanted))
        return json_response(entered)
    cookies = [*session_cookie(entered), cookie(REQUEST_COOKIE, "", 0)]
    found = await sessions.who_is(database, entered.token)
    assert found is not None, "a session that was just made is there"
    viewer = Viewer.of(found, entered.token, "/")
    if wants_page(request):
        return see_other(within(wanted) or viewer.home, cookies=cookies)
    return json_response(SignedIn(viewer.slug, viewer.home, viewer.csrf), cookies=cookies)


def session_cookie(session: NewSession) -> list[Cookie]:
    return [cookie(SESSION_COOKIE, session.token, int(sessions.ABSOLUTE.total_seconds()))]


def device_of(request: AnyRequest) -> str:
    """What the browser calls itself."""
    return request.headers.get("user-agent", "")


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
