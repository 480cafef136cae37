"""One resource, two representations: a Struct as a page or as JSON, by `Accept`."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote

import msgspec
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.datastructures.headers import Accept
from litestar.response.base import ASGIResponse

from frontend.access import Viewer
from frontend.pages import render

NOTICE_COOKIE = "__Host-notice"
HTML = "text/html"
JSON = "application/json"
PROBLEM = "application/problem+json"

AnyRequest = Request[Any, Any, Any]


def wants_page(request: AnyRequest) -> bool:
    """True where `Accept` names HTML before JSON; programs that accept anything get JSON."""
    return _names_page_first(request.headers.get("accept", "*/*"))


@lru_cache(maxsize=100)
def _names_page_first(accept: str) -> bool:
    try:
        return Accept(accept).best_match([JSON, HTML], JSON) == HTML
    except OverflowError:  # An endless quality prefers nothing.
        return False


def is_partial(request: AnyRequest) -> bool:
    """True where htmx asks for a part of the page."""
    return "hx-request" in request.headers


class Representation(Response[Any]):
    """Shows what a handler returned. The route says which template, and where a change leads."""

    def to_asgi_response(self, app: Any, request: AnyRequest, **given: Any) -> ASGIResponse:
        opt = request.route_handler.opt
        status: int = self.status_code or given.get("status_code") or 200
        if not wants_page(request):
            return _json(self.content, status, _location(opt, request, self.content))
        if is_partial(request) and "fragment" in opt:
            return show(request, opt["fragment"], page=self.content)
        if "then" in opt:
            says = opt.get("says")
            said = says(self.content) if callable(says) else says
            return _see_other(request, _location(opt, request, self.content), said)
        return show(request, opt["page"], page=self.content)


def show(
    request: AnyRequest,
    template: str,
    *,
    status: int = 200,
    cookies: Iterable[Cookie] = (),
    **values: Any,
) -> ASGIResponse:
    """A template with what every page knows."""
    viewer: Viewer | None = request.scope["state"].get("viewer")
    said = unquote(request.cookies.get(NOTICE_COOKIE, ""))
    body = render(
        template,
        zone=viewer.time_zone if viewer else "UTC",
        viewer=viewer,
        base=viewer.base if viewer else "",
        path=request.url.path,
        query=request.query_params,
        flash=said,
        site=request.app.state.site.origin,
        **{"errors": {}, "typed": {}, "let_in": [], **values},
    )
    cookies = [*cookies, *([cookie(NOTICE_COOKIE, "", 0)] if said else [])]
    headers = {"Vary": "Accept, HX-Request"}
    return ASGIResponse(
        body=body.encode(),
        status_code=status,
        media_type=HTML,
        cookies=cookies,
        headers=headers,
    )


def see_other(location: str, *, cookies: list[Cookie] | None = None) -> ASGIResponse:
    return ASGIResponse(status_code=303, headers={"Location": location}, cookies=cookies or [])


def json_response(
    content: Any, status: int = 200, *, cookies: list[Cookie] | None = None, media_type: str = JSON
) -> ASGIResponse:
    return ASGIResponse(
        body=msgspec.json.encode(content),
        status_code=status,
        media_type=media_type,
        cookies=cookies or [],
        headers={"Vary": "Accept, HX-Request"},
    )


def _json(content: Any, status: int, location: str | None) -> ASGIResponse:
    response = json_response(content, status)
    if location and status == 201:
        response.headers["Location"] = location
    return response


def _see_other(request: AnyRequest, location: str | None, says: str | None) -> ASGIResponse:
    cookies = [notice(says)] if says else []
    return see_other(location or request.url.path, cookies=cookies)


def _location(opt: dict[str, Any], request: AnyRequest, content: Any) -> str | None:
    """The address that a change leads to, below where the surface begins."""
    then: Callable[[Any], str] | None = opt.get("then")
    if then is None:
        return None
    viewer: Viewer | None = request.scope["state"].get("viewer")
    root = viewer.root if viewer and not opt.get("absolute") else ""
    return root + then(content)


def notice(says: str) -> Cookie:
    """A sentence that the next page shows."""
    return cookie(NOTICE_COOKIE, quote(says), 30)


def cookie(name: str, value: str, lasts: int) -> Cookie:
    """A cookie of this host alone, hidden from scripts; `lasts` seconds, 0 to take it away."""
    return Cookie(
        name, value=value, max_age=lasts, secure=True, httponly=True, samesite="lax", path="/"
    )
