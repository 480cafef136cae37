"""The matrix: every route, asked by everybody, about everything; and what has to come of it."""

import json
import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Literal, get_args
from uuid import UUID

import httpx
from litestar import Litestar
from litestar.handlers import BaseRouteHandler
from msgspec import Struct, field
from msgspec.structs import replace

from bodies import ids_of, smallest
from canaries import CAST, EVERYBODY, Actor, Surface, Thing, Work, reaches, relations
from estate import Estate
from frontend.access import Policy, routes_of
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
Sort = (
    Literal["own", "a colleague's", "another engagement's", "another tenant's"]
    | Literal["deleted", "random"]
)
WORKS = get_args(Work)
PASSING = {"date", "content-length"}
DONE = {200, 201, 303}
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
        first = self.path.split("/")[1]
        return {"portal": "portal", "support": "support"}.get(first, "workspace")  # type: ignore[return-value]

    @property
    def behind_slug(self) -> bool:
        return self.path.startswith(("/w/", "/portal/"))

    def lets_in(self, actor: Actor) -> bool:
        # Operators come in with nobody's consent too, and find that they have none.
        comes_in = actor.lost in (None, "consent")
        return not self.policy.roles or (comes_in and actor.role in self.policy.roles)

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


class Cell(Struct, frozen=True):
    """One field of the matrix."""

    route: str
    actor: str
    sort: Sort | None
    """Of thing; None where the route is about none."""
    as_page: bool


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
    def cell(self) -> Cell:
        sort = is_to(self.actor, self.thing) if self.route.target.things else None
        return Cell(self.route.name, self.actor.key, sort, self.as_page)

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
        if self.actor.lost == "consent" and self.route.path.startswith("/support/{slug"):
            return {404}
        if self.within:
            return DONE | {409, 422} if self.route.deed else {*self.route.target.answers}
        if self.told:
            return {404, 409}
        if self.actor.is_member:
            return {self.route.target.closed if self.let_in else 404}
        if not self.as_page or self.actor.lost in ("membership", "access for now"):
            return {401}
        # A form with words in it comes back with them: nobody's text is lost at the door.
        return {303, 401} if self.route.deed else {303}


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


def asks(
    estate: Estate, route: Route, people: Iterable[Actor] = CAST, *, whole: bool = False
) -> Iterator[Ask]:
    """People's requests to a route: for their own things, others', another tenant's, none.

    What is within reach is asked for as a page and as JSON, what is not in one of the two by turns.
    Whom the policy keeps out altogether asks for one thing of each kind only.

    Args:
        whole: every sort of thing as a page and as JSON.
    """
    for actor in people:
        known: set[Cell] = set()
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
            other = replace(ask, as_page=not ask.as_page)
            yield ask
            if ask.within or ask.told or (whole and other.cell not in known):
                yield other
            known |= {ask.cell, other.cell}


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
        ours, *others = (estate.things(name, work) for work in WORKS)
        if not route.lets_in(actor):
            ours = _one_of_each(actor, ours)
        for thing in (*ours, *_one_of_each(actor, chain(*others))):
            yield own, "at its own address", thing, thing.path
    [example, *_] = estate.things(target.things[0], "elsewhere" if other == "else" else "ours")
    yield other, "at another workspace's address", example, example.path
    nowhere = {name: new_id() for name in PARAMETER.findall(route.path)}
    yield own, "at its own address", None, nowhere


def _one_of_each(actor: Actor, things: Iterable[Thing]) -> list[Thing]:
    """The first of each sort."""
    found: dict[Sort, Thing] = {}
    for thing in things:
        found.setdefault(is_to(actor, thing), thing)
    return [*found.values()]


def is_to(actor: Actor, thing: Thing | None) -> Sort:
    """What a thing is to who asks for it."""
    if thing is None:
        return "random"
    if thing.work == "gone":
        return "deleted"
    if thing.workspace != (actor.workspace or "north"):
        return "another tenant's"
    if thing.work not in actor.places | actor.formerly:
        return "another engagement's"
    own = any(actor.person in who for who in thing.people.values())
    return "own" if own else "a colleague's"


def cells(estate: Estate, every: Iterable[Route], people: Iterable[Actor] = EVERYBODY) -> set[Cell]:
    """The whole matrix: each route for everybody, about every sort of thing, page and JSON."""
    return {
        Cell(route.name, actor.key, sort, as_page)
        for route in every
        for actor in people
        for sort in _sorts(estate, route, actor)
        for as_page in (True, False)
    }


def _sorts(estate: Estate, route: Route, actor: Actor) -> set[Sort] | set[None]:
    if not route.target.things:
        return {None}
    things = [
        thing
        for name in route.target.things
        for work in WORKS
        for thing in estate.things(name, work)
    ]
    return {is_to(actor, thing) for thing in (*things, None)}


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
    if thing is not None and thing.work != "gone":
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


def wrong(answers: Iterable[Answer]) -> list[str]:
    """A sentence for each answer that is not as the specification has it."""
    return [str(answer) for answer in answers if not answer.right]
