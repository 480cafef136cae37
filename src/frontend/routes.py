"""How a handler is declared: its address, its policy, its page, and what it decodes.

`page` shows something; `deed` changes something. A deed that is not a plain create answers PUT from
programs and POST from forms, at an address that is a noun (`/actions/{id}/completion`).
"""

from collections.abc import Callable
from typing import Any, Literal

from litestar.handlers import HTTPRouteHandler, get, post, route
from litestar.types import Empty, EmptyType
from msgspec import Struct

from frontend.access import Policy
from frontend.representation import Representation

Scope = Literal["records", "notes"]
Declare = Callable[[Any], HTTPRouteHandler]


def page(path: str, *, template: str, policy: Policy, **options: Any) -> Declare:
    """A GET: the handler's Struct as `template`, where it is called `page`, or as JSON."""
    return get(
        path,
        opt={"policy": policy, "page": template, **options},
        response_class=Representation,
    )


def deed(
    path: str,
    *,
    policy: Policy,
    then: Callable[[Any], str],
    body: type[Struct] | None = None,
    again: HTTPRouteHandler | None = None,
    fragment: str | None = None,
    says: str | Callable[[Any], str] | None = None,
    creates: bool = False,
    absolute: bool = False,
    at_most: int | EmptyType = Empty,
    **options: Any,
) -> Declare:
    """A change.

    Args:
        then: from the handler's Struct to the page that a form goes on to, below `/w/{slug}` or
            `/portal/{slug}`.
        body: what the form or JSON body is decoded into, for the handler's `draft`.
        again: the page that holds the form; shown again, with what was typed, when it does not fit.
        fragment: the template that htmx swaps in instead.
        says: a sentence shown on the next page, or what makes it from the handler's Struct.
        creates: a new thing: POST alone, answered with 201.
        absolute: `then` is an address below nothing.
        at_most: bytes of the body, where more is sent than text.
    """
    opt = {"policy": policy, "then": then, "body": body, "again": again, "says": says, **options}
    opt["absolute"] = absolute
    if fragment:
        opt["fragment"] = fragment
    return route(
        path,
        http_method=["POST"] if creates else ["PUT", "POST"],
        status_code=201 if creates else 200,
        opt=opt,
        request_max_body_size=at_most,
        response_class=Representation,
    )


def in_scope(scope: Scope, handlers: list[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
    """Open routes to tokens of this scope: `notes` opens GETs to `notes:read`, and so on.

    A route that is named in no scope answers no token, and neither does one that wants a fresh
    proof: that is asked of a person.
    """
    for handler in handlers:
        if not handler.opt.get("fresh"):
            handler.opt["scope"] = scope
    return handlers


def look(
    path: str,
    *,
    template: str,
    policy: Policy,
    body: type[Struct],
    again: HTTPRouteHandler | None = None,
    **options: Any,
) -> Declare:
    """A POST that is answered with a page itself: what it shows is shown once."""
    opt = {"policy": policy, "page": template, "body": body, "again": again, **options}
    return post(path, opt=opt, status_code=200, response_class=Representation)
