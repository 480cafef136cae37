"""Failures as pages or problem+json. Nothing else decides a status."""

import inspect
import re
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

from litestar import Response
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send
from msgspec import Struct

from engagements.notes.people import NotePerson, Widening
from frontend import logs
from frontend.access import SAFE_METHODS
from frontend.entering import LONGEST_WAY, within
from frontend.inputs import CSRF_FIELD, TooLarge, shown_again, typed_into
from frontend.refusals import (
    AccessPaused,
    CrossSite,
    LeftWorkspace,
    NotForTokens,
    NotFresh,
    NotSignedIn,
    SecondFactorNeeded,
    SsoNeeded,
)
from frontend.representation import PROBLEM, AnyRequest, json_response, see_other, show, wants_page
from tenancy.errors import (
    Conflict,
    Failure,
    Invalid,
    KeptAside,
    NotFound,
    Refused,
    TooMany,
    Unavailable,
)
from tenancy.outbound import OutOfReach
from tenancy.sso.provider import NotVouched
from tenancy.sso.signing_in import NotKnown

PARAMETER = re.compile(r"\{[^}]+\}")
WORDS = re.compile(r"[\s@]")
"""Several words, or an address: what nobody likes to type again. Choices are made again."""

STATUSES: dict[type[Failure], tuple[int, str]] = {
    AccessPaused: (401, "Your access is paused"),
    LeftWorkspace: (401, "You no longer have access"),
    NotSignedIn: (401, "Sign in"),
    NotForTokens: (403, "Not with this token"),
    CrossSite: (403, "This could not be sent"),
    SecondFactorNeeded: (403, "A second factor is needed"),
    SsoNeeded: (403, "Sign in with your organisation"),
    NotFresh: (403, "Confirm that it is you"),
    NotFound: (404, "Nothing here"),
    NotKnown: (403, "Your organisation’s sign-in is not connected yet"),
    NotVouched: (403, "Your organisation did not sign you in"),
    OutOfReach: (409, "Your organisation’s sign-in does not answer"),
    Refused: (409, "That cannot be done now"),
    Conflict: (409, "Somebody else was faster"),
    Invalid: (422, "There is a problem"),
    TooLarge: (413, "Too large"),
    TooMany: (429, "Too many tries"),
    Unavailable: (503, "Not available just now"),
}
PAGES: dict[type[Failure], str] = {
    AccessPaused: "public/paused.html",
    LeftWorkspace: "public/left.html",
    NotKnown: "public/sso_unknown.html",
}
OUT_OF_REACH = (
    "Something that this server stands on cannot be reached. Nothing was changed. "
    "Try again in a minute."
)
LEFT = "urn:cocreate:left"
TYPES: dict[type[Failure], str] = {
    LeftWorkspace: LEFT,
    NotFresh: "urn:cocreate:prove",
    SecondFactorNeeded: "urn:cocreate:second-factor",
    SsoNeeded: "urn:cocreate:single-sign-on",
    KeptAside: "urn:cocreate:kept-aside",
}
BROKEN = "Something went wrong on our side. Nothing was changed. Try again in a minute."


class Problem(Struct, omit_defaults=True):
    """RFC 9457, with a sentence for each field that does not fit."""

    title: str
    status: int
    detail: str
    errors: dict[str, str] = {}
    people: list[NotePerson] = []
    """Those whom a change of audience would let in."""
    type: str = "about:blank"


class Answer(Response[None]):
    """The answer to a failure, made when it is sent: to show a form again, it must be read."""

    def __init__(self, request: AnyRequest, failure: Exception) -> None:
        super().__init__(None)
        self._request = request
        self._failure = failure

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        return self._send

    async def _send(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await _answer(self._request, self._failure)
        except Exception as worse:
            response = await _answer(self._request, worse)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            response.headers["Allow"] = ", ".join(_methods_at(self._request))
        await response(scope, receive, send)


def show_failure(request: AnyRequest, failure: Exception) -> Answer:
    """The answer to any exception: the form again, a page with the sentence, or problem+json."""
    # What the transaction makes of a refusal by the database comes from Litestar in a group.
    while isinstance(failure, ExceptionGroup):
        failure = failure.exceptions[0]
    return Answer(request, failure)


async def _answer(request: AnyRequest, failure: Exception) -> ASGIResponse:
    problem = _problem(failure)
    if problem.status >= 500:
        # Of our mistakes neither message nor values: they can hold what somebody wrote.
        ours = logs.places_in(failure.__traceback__)
        why = failure.sentence if isinstance(failure, Failure) else ours
        logs.broken(request, type(failure).__name__, why)
    else:
        logs.refused(request, type(failure).__name__, problem.status)
    if not wants_page(request):
        return json_response(problem, problem.status, media_type=PROBLEM)
    if isinstance(failure, (NotSignedIn, CrossSite, SsoNeeded, SecondFactorNeeded, NotFresh)):
        kept = await _words_again(request, problem, _way_on(request, failure))
        if kept is not None:
            return kept
    if address := _way_on(request, failure):
        return see_other(address)
    if isinstance(failure, (Invalid, Refused, Conflict, TooMany, OutOfReach)):
        shown = await _form_again(request, failure, problem)
        if shown is not None:
            return shown
    return show(request, _page_of(failure), status=problem.status, problem=problem, failure=failure)


def _page_of(failure: Exception) -> str:
    for kind, template in PAGES.items():
        if isinstance(failure, kind):
            return template
    return "public/failure.html"


def _way_on(request: AnyRequest, failure: Exception) -> str | None:
    """Where the person does first what is lacking, and comes back from."""
    here = request.url.path if request.method == "GET" else None
    if isinstance(failure, SsoNeeded):
        return f"/sign-in/sso/{failure.slug}?next={quote(here or '')}"
    if isinstance(failure, SecondFactorNeeded):
        return "/account/second-factor"
    if isinstance(failure, NotFresh):
        return f"/account/confirmation?next={quote(_same_place(request) or '/account')}"
    if type(failure) is NotSignedIn:
        return f"/sign-in?next={quote(here or '/')}"
    return None


def _same_place(request: AnyRequest) -> str:
    """The page that was asked for; of a change or a file, the page that it was asked from."""
    if request.method == "GET" and "page" in request.route_handler.opt:
        place = urlsplit(str(request.url))
    elif request.headers.get("sec-fetch-site") == "same-origin":
        place = urlsplit(request.headers.get("referer", ""))
    else:
        return ""
    whole = within(f"{place.path}?{place.query}") if place.query else ""
    return whole if 0 < len(whole) <= LONGEST_WAY else within(place.path)


def _problem(failure: Exception) -> Problem:
    for kind, (status, title) in STATUSES.items():
        if isinstance(failure, kind):
            fields = failure.fields if isinstance(failure, Invalid) else {}
            # The sentence names the server, its role and the remedy: it is for who runs it.
            told = OUT_OF_REACH if isinstance(failure, Unavailable) else failure.sentence
            people = failure.people if isinstance(failure, Widening) else []
            return Problem(title, status, told, fields, people, _type(failure))
    if isinstance(failure, HTTPException) and failure.status_code < 500:
        if failure.status_code == 404:
            return _problem(NotFound())
        phrase = HTTPStatus(failure.status_code).phrase
        return Problem(phrase, failure.status_code, f"{phrase}: {failure.detail}")
    return Problem("Our mistake", 500, BROKEN)


def _type(failure: Failure) -> str:
    """What a program must tell apart within one status."""
    return next((name for kind, name in TYPES.items() if isinstance(failure, kind)), "about:blank")


def _methods_at(request: AnyRequest) -> list[str]:
    """What the routes at this address answer: RFC 9110 wants it said."""
    there = [
        route
        for route in request.app.routes
        if re.fullmatch(PARAMETER.sub("[^/]+", route.path), request.url.path)
    ]
    return sorted({method for route in there for method in getattr(route, "methods", ())})


async def _words_again(
    request: AnyRequest, problem: Problem, way_on: str | None
) -> ASGIResponse | None:
    """What was typed in a form of ours and could not be taken, with a button to send it again.

    None where no words were typed, or another site may have sent them.

    Args:
        way_on: where the person does first what is lacking.
    """
    if request.headers.get("sec-fetch-site") != "same-origin":
        return None
    body = request.route_handler.opt.get("body")
    if body is None or request.method in SAFE_METHODS:
        return None
    typed = shown_again(request.scope["state"].get("typed") or await typed_into(request, body))
    words = {name: value for name, value in typed.items() if WORDS.search(str(value).strip())}
    others = {
        name: value if isinstance(value, list) else [value]
        for name, value in typed.items()
        if name not in words and name != CSRF_FIELD
    }
    if not words:
        return None
    return show(
        request,
        "public/kept.html",
        status=problem.status,
        problem=problem,
        left=problem.type == LEFT,
        way_on=way_on,
        words=words,
        others=others,
    )


async def _form_again(
    request: AnyRequest, failure: Failure, problem: Problem
) -> ASGIResponse | None:
    """The page that holds the form, with what was typed and a sentence beside each field.

    None where there is no such page, or not for this member.
    """
    again: HTTPRouteHandler | None = request.route_handler.opt.get("again")
    if again is None:
        return None
    errors = failure.fields if isinstance(failure, Invalid) else {"": failure.sentence}
    state = request.scope["state"]
    async with request.app.state.database.transaction(state["context"]) as tx:
        known = {"tx": tx, "request": request, "viewer": state["viewer"], **request.path_params}
        wanted = inspect.signature(again.fn).parameters
        values = {name: known[name] for name in wanted if name in known}
        try:
            page = await again.fn(**values)
        except Failure:
            return None
        return show(
            request,
            again.opt["page"],
            status=problem.status,
            page=page,
            errors=errors,
            typed=shown_again(state.get("typed", {})),
            let_in=failure.people if isinstance(failure, Widening) else [],
        )
