"""The matrix: every route, asked by everybody, about everything; and what has to come of it."""

import asyncio
import json
import re
import zlib
from base64 import b64decode
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from litestar import Litestar
from litestar.handlers import BaseRouteHandler
from msgspec import Struct, field
from msgspec.structs import replace

from bodies import ids_of, smallest
from canaries import CAST, Actor, Surface, Thing, Work, reaches, relations
from estate import Estate
from frontend.access import Policy, routes_of
from frontend.inputs import upload_fields
from reachable import FIELDS, MADE_BY_THE_CLIENT, ROUTES, Target
from tenancy.ids import new_id

LISTED: dict[str, str] = json.loads(
    (Path(__file__).parent / "data" / "route_policies.json").read_text()
)
"""The policy of every route, by name: what is expected does not come from the router."""
STAFF = frozenset({"owner", "consultant", "associate"})
ROLES_OF: dict[str, frozenset[str]] = {
    "anyone": frozenset(),
    "members": STAFF | {"participant", "sponsor", "delegate"},
    "staff": STAFF,
    "owners": frozenset({"owner"}),
    "consultants": frozenset({"owner", "consultant"}),
    "writers": STAFF | {"participant"},
    "sponsors": frozenset({"sponsor", "delegate"}),
    "portal readers": STAFF | {"sponsor", "delegate"},
    "operators": frozenset({"operator"}),
}
"""Whom each policy lets in; written by hand, as `canaries.REACH` is."""
PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
CSRF = re.compile(r'(name="csrf[-_]token" (?:content|value)=")[^"]*')
PASSING = {"date", "content-length"}
DONE = {200, 201, 303}
AT_ONCE = 4
FRESH: list[str] = json.loads((Path(__file__).parent / "data" / "fresh_routes.json").read_text())
"""The routes that want a fresh proof."""


class Route(Struct, frozen=True):
    """A handler, by the name that `reachable.ROUTES` knows it by: "GET /w/.../notes/{id:uuid}"."""

    name: str
    path: str
    method: str
    policy: Policy
    body: type[Struct] | None
    is_page: bool
    """Whether it has a template, beside JSON."""

    @property
    def deed(self) -> bool:
        return self.method != "GET"

    @property
    def surface(self) -> Surface:
        return "portal" if self.path.startswith("/portal/") else "workspace"

    @property
    def behind_slug(self) -> bool:
        return self.path.startswith(("/w/", "/portal/"))

    def lets_in(self, actor: Actor) -> bool:
        return not self.policy.roles or actor.role in self.policy.roles

    @property
    def target(self) -> Target:
        return ROUTES[self.name]


def routes(app: Litestar) -> list[Route]:
    """Every route of the product; one that answers PUT and POST alike is one deed."""
    found = [_route(path, handler) for path, handler in routes_of(app)]
    return sorted({route.name: route for route in found if route}.values(), key=lambda r: r.name)


def _route(path: str, handler: BaseRouteHandler) -> Route | None:
    methods = {str(method) for method in getattr(handler, "http_methods", ())} - {"OPTIONS"}
    if not methods or path.startswith("/schema"):
        return None
    method = "GET" if "GET" in methods else "PUT" if "PUT" in methods else "POST"
    named = "GET" if method == "GET" else "DO"
    name, opt = f"{named} {path}", handler.opt
    policy = LISTED.get(name, opt["policy"].name)
    return Route(
        name, path, method, Policy(policy, ROLES_OF[policy]), opt.get("body"), "page" in opt
    )


class Ask(Struct, frozen=True, kw_only=True):
    """One request: who asks for what, and whether as a page."""

    route: Route
    actor: Actor
    slug: str
    """The workspace in the address: "north" or "else"."""
    thing: Thing | None
    """None: an id that is nowhere."""
    where: str
    path: str
    as_page: bool
    body: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        kind = "a page" if self.as_page else "JSON"
        what = f"{self.thing.kind} of {self.thing.work}" if self.thing else "nothing"
        return f"{self.actor.known_as}: {self.route.name} as {kind}, {what} {self.where}"

    @property
    def within(self) -> bool:
        """Whether the policy and the oracle let the actor do this."""
        if not self._may_come():
            return False
        words = relations(self.actor, self.thing) if self.thing else set()
        return self.route.target.only is None or bool(self.route.target.only & words)

    @property
    def told(self) -> bool:
        """Whether the actor may know of the thing, but not do this with it."""
        return self._may_come() and not self.within

    def _may_come(self) -> bool:
        if not self.let_in or not self.route.target.things:
            return self.let_in
        return self.thing is not None and reaches(self.actor, self.thing, self.route.surface)

    @property
    def let_in(self) -> bool:
        """Whether the policy lets the actor in, whatever it is about."""
        at_home = not self.route.behind_slug or self.slug == self.actor.workspace
        return at_home and self.route.lets_in(self.actor)

    @property
    def expected(self) -> set[int]:
        """The statuses that are right."""
        if self.within:
            return DONE | {409, 422} if self.route.deed else {*self.route.target.answers}
        if self.told:
            return {404, 409}
        if self.actor.role is None:
            # A form with words in it comes back with them: nobody's text is lost at the door.
            return ({303, 401} if self.route.deed else {303}) if self.as_page else {401}
        return {self.route.target.closed if self.let_in else 404}


class Answer(Struct, kw_only=True):
    """What came back, without the masked token, which differs each time."""

    ask: Ask
    status: int
    headers: httpx.Headers
    body: str

    @property
    def shape(self) -> str:
        """Status, headers and body as one text."""
        lines = [f"{name}: {text}" for name, text in self.headers.items() if name not in PASSING]
        return "\n".join([str(self.status), *sorted(lines), "", self.body])

    @property
    def right(self) -> bool:
        return self.status in self.ask.expected

    def __str__(self) -> str:
        return f"{self.ask}: {self.status}, not {sorted(self.ask.expected)}"


def asks(estate: Estate, route: Route) -> Iterator[Ask]:
    """Everybody's requests to a route: for their own things, others', another tenant's, none.

    What is within reach is asked for as a page and as JSON, what is not in one of the two by turns.
    Whom the policy keeps out altogether asks for one thing of each engagement only.
    """
    for actor in CAST:
        for turn, (slug, where, thing, ids) in enumerate(_addresses(estate, route, actor)):
            ask = Ask(
                route=route,
                actor=actor,
                slug=slug,
                thing=thing,
                where=where,
                path=fill(estate, route, slug, ids),
                as_page=bool((zlib.crc32(f"{route.name} {actor.key}".encode()) + turn) % 2),
                body=body_for(estate, route, _work_of(actor, thing)),
            )
            yield ask
            if ask.within or ask.told:
                yield replace(ask, as_page=not ask.as_page)


Address = tuple[str, str, Thing | None, dict[str, Any]]


def _addresses(estate: Estate, route: Route, actor: Actor) -> Iterator[Address]:
    own = actor.workspace or "north"
    other = "north" if own == "else" else "else"
    target = route.target
    if not target.things:
        yield own, "at its own address", None, {}
        if route.behind_slug:
            yield other, "at another workspace's address", None, {}
        return
    for name in target.things:
        ours, theirs, elsewhere = (
            estate.things(name, work) for work in ("ours", "theirs", "elsewhere")
        )
        ours = ours if route.lets_in(actor) else ours[:1]
        for thing in (*ours, *theirs[:1], *elsewhere[:1]):
            yield own, "at its own address", thing, thing.path
    [example, *_] = estate.things(target.things[0], "elsewhere" if other == "else" else "ours")
    yield other, "at another workspace's address", example, example.path
    nowhere = {name: new_id() for name in PARAMETER.findall(route.path)}
    yield own, "at its own address", None, nowhere


def fill(estate: Estate, route: Route, slug: str, ids: dict[str, UUID]) -> str:
    """The path with its parameters filled in, and what is asked for behind it."""
    told = {
        name: value(estate) if callable(value) else value
        for name, value in route.target.path.items()
    }
    known = {**ids, "slug": estate.worlds[slug].slug, **told}
    path = PARAMETER.sub(lambda found: str(known[found[1]]), route.path)
    return f"{path}?{route.target.query}" if route.target.query else path


def _work_of(actor: Actor, thing: Thing | None) -> Work:
    if thing is not None:
        return thing.work
    return "elsewhere" if actor.workspace == "else" else "ours"


def body_for(estate: Estate, route: Route, work: Work) -> dict[str, Any]:
    """A body that fits the engagement, so that only reach decides what comes of it."""
    if route.body is None:
        return {}
    facts = route.target.body(estate, work) if route.target.body else {}

    def given(name: str) -> UUID | None:
        return facts.get(name) or FIELDS[name](estate, work)

    return smallest(route.body, given) | facts


def smuggles(ask: Ask, estate: Estate) -> Iterator[Ask]:
    """The same deed once for each id in its body, with another engagement's or tenant's there."""
    for name, many in ids_of(ask.route.body or Struct).items():
        if name not in MADE_BY_THE_CLIENT:
            for work in ("theirs", "elsewhere"):
                foreign = str(FIELDS[name](estate, work))
                body = ask.body | {name: [foreign] if many else foreign}
                yield replace(ask, body=body, where=f"with {name} of {work}")


class Crowd:
    """Everybody in the cast, each with a signed-in browser, on one connection pool."""

    def __init__(self, estate: Estate, client: httpx.AsyncClient, tokens: dict[str, str]) -> None:
        self.estate = estate
        self.escaped: list[str] = []
        """Each canary that somebody met who must not."""
        self.met: set[str] = set()
        """The kinds of thing of which somebody met a canary."""
        self.client = client
        self._cookies = {key: f"__Host-cocreate={token}" for key, token in tokens.items()}
        self.tokens: dict[str, str] = {}
        """Against cross-site changes, by key in the cast."""
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def arrive(self) -> None:
        """Fetch everybody's token against cross-site changes."""
        for key, cookie in self._cookies.items():
            answer = await self.client.get("/session", headers={"cookie": cookie})
            self.tokens[key] = answer.json()["csrf_token"]

    async def send_all(self, wanted: Iterable[Ask]) -> list[Answer]:
        return list(await asyncio.gather(*(self.send(ask) for ask in wanted)))

    async def send(self, ask: Ask) -> Answer:
        async with self._turn:
            got = await self.client.send(self.request(ask))
        body = CSRF.sub(r"\1", got.text)
        answer = Answer(ask=ask, status=got.status_code, headers=got.headers, body=body)
        self._scan(answer)
        return answer

    async def fetch(self, ask: Ask, accept: str) -> httpx.Response:
        """The answer as it is, for what is accepted."""
        request = self.request(ask)
        request.headers["accept"] = accept
        return await self.client.send(request)

    async def look(self, key: str, path: str, accept: str) -> httpx.Response:
        """What somebody of the cast is answered at an address."""
        headers = {"cookie": self._cookies[key], "accept": accept}
        return await self.client.get(path, headers=headers)

    def request(self, ask: Ask) -> httpx.Request:
        headers = {"accept": "text/html" if ask.as_page else "application/json"}
        if ask.actor.key in self._cookies:
            headers["cookie"] = self._cookies[ask.actor.key]
        if not ask.route.deed:
            return self.client.build_request("GET", ask.path, headers=headers)
        headers["x-csrf-token"] = self.tokens.get(ask.actor.key, "")
        if ask.as_page:
            headers["sec-fetch-site"] = "same-origin"
            files = upload_fields(ask.route.body or Struct)
            typed = {name: _typed(value) for name, value in ask.body.items() if name not in files}
            parts = [part for name in files for part in _parts(name, ask.body[name])]
            return self.client.build_request(
                "POST", ask.path, headers=headers, data=typed, files=parts or None
            )
        return self.client.build_request(ask.route.method, ask.path, headers=headers, json=ask.body)

    def _scan(self, answer: Answer) -> None:
        aviary, ask = self.estate.aviary, answer.ask
        self.met |= {thing.kind for thing in aviary.met(answer.shape)}
        for thing in aviary.escaped(answer.shape, ask.actor, ask.route.surface):
            self.escaped.append(f"{ask}: holds {thing.kind} of {thing.work}")


def _typed(value: Any) -> Any:
    """A value as a form sends it."""
    if isinstance(value, bool):
        return "true" if value else ""
    return [str(each) for each in value] if isinstance(value, list) else str(value)


def _parts(name: str, uploads: list[dict[str, str]]) -> list[tuple[str, tuple[str, bytes]]]:
    """Files as a form sends them."""
    return [(name, (upload["name"], b64decode(upload["content"]))) for upload in uploads]


def wrong(answers: Iterable[Answer]) -> list[str]:
    """A sentence for each answer that is not as the specification has it."""
    return [str(answer) for answer in answers if not answer.right]
