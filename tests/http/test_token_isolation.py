"""Isolation of tokens: every route x scope x thing, asked by programs of two members.

What their members may reach is the oracle's, as in `test_isolation`; here each scope takes away
from that, and no program meets what somebody keeps to themselves.
"""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from litestar import Litestar
from msgspec import Struct

from canaries import CAST, Actor
from estate import Estate
from frontend.access import routes_of
from frontend.headers import with_headers
from matrix import DONE, Answer, Ask, Crowd, Route, asks
from tenancy.identity import tokens
from tenancy.identity.tokens import SCOPES

KEPT = {"note for me", "file for me", "kept copy"}
OF_NOTES = {*KEPT, *("note for the named", "note for the team")} | {
    *("file for the named", "file for the team", "proposal")
}
READ = {200, 303}
SCREENED = 25
"""Wrong answers that a failure names."""


class Program(Struct, frozen=True):
    """A program with a token of a member."""

    actor: Actor
    scopes: tuple[str, ...]
    limited: bool = False
    """Whether to the engagement that is called "ours"."""
    dead: str = ""

    def __str__(self) -> str:
        where = ", in ours only" if self.limited else ""
        return f"{self.actor.known_as} by a token for {', '.join(self.scopes)}{where} {self.dead}"


MEMBERS = {actor.key: actor for actor in CAST if actor.key in ("alice", "bob", "ann")}
PROGRAMS = [
    *(Program(MEMBERS["bob"], (scope,)) for scope in SCOPES),
    Program(MEMBERS["bob"], SCOPES),
    Program(MEMBERS["bob"], SCOPES, limited=True),
    Program(MEMBERS["alice"], SCOPES),
    Program(MEMBERS["bob"], SCOPES, dead="revoked"),
    Program(MEMBERS["bob"], SCOPES, dead="expired"),
]


class Programs(Crowd):
    """Asks with one token instead of cookies."""

    def __init__(self, estate: Estate, client: httpx.AsyncClient, token: str) -> None:
        super().__init__(estate, client, {})
        self._token = token

    def request(self, ask: Ask) -> httpx.Request:
        request = super().request(ask)
        request.headers["authorization"] = f"Bearer {self._token}"
        return request


async def token_for(estate: Estate, program: Program) -> str:
    world, person = estate.worlds["north"], estate.people[program.actor.key]
    [ours] = estate.things("engagement", "ours")
    [client] = estate.things("client", "ours")
    identity = await world.identity_of(person)
    async with world.transaction(person) as tx:
        made = await tokens.make(
            tx,
            identity=identity,
            name="A program",
            scopes=list(program.scopes),  # type: ignore[arg-type]
            engagements={ours.path["id"]: client.path["id"]} if program.limited else {},
            lasts=timedelta(days=1),
        )
        if program.dead == "revoked":
            await tokens.revoke(tx, identity, made.id)
        if program.dead == "expired":
            await tx.connection.execute(
                "UPDATE api_token SET expires_at = now() WHERE id = $1", made.id
            )
    return made.token


@pytest.fixture(scope="module")
def scope_of(app: Litestar) -> dict[str, str | None]:
    """What each route is about, to tokens."""
    return {
        f"{'GET' if 'GET' in handler.http_methods else 'DO'} {path}": handler.opt.get("scope")
        for path, handler in routes_of(app)
        if hasattr(handler, "http_methods")
    }


def expected(program: Program, ask: Ask, about: str | None) -> set[int]:
    if program.dead:
        return READ if ask.route.path.startswith(("/health/", "/static/")) else {401}
    if not ask.route.policy.roles:
        return READ | DONE | {404, 409, 422} | {*ask.route.target.answers}
    if not ask.route.lets_in(_acting(program)) or (ask.route.behind_slug and _elsewhere(ask)):
        return {404}
    if not _opens(program, ask, about):
        return {403}
    thing = ask.thing
    hidden = thing is not None and (
        thing.kind in KEPT
        or (thing.kind in OF_NOTES and about == "records")
        or (program.limited and thing.work != "ours")
    )
    return {404, 409} if hidden or not ask.within else READ


def _acting(program: Program) -> Actor:
    return MEMBERS["ann"] if program.limited else program.actor


def _elsewhere(ask: Ask) -> bool:
    return ask.slug != ask.actor.workspace


def _opens(program: Program, ask: Ask, about: str | None) -> bool:
    does = "write" if ask.route.deed else "read"
    return about is not None and bool({f"{about}:{does}", f"{about}:write"} & {*program.scopes})


def wanted(estate: Estate, every_route: list[Route], program: Program) -> Iterator[Ask]:
    """What the member asks for themselves, and of deeds those that come to nothing by a token."""
    for route in every_route:
        for ask in asks(estate, route):
            if ask.actor == program.actor and not ask.as_page:
                yield ask


@pytest_asyncio.fixture(scope="module", params=PROGRAMS, ids=str)
async def answered(
    request,
    app: Litestar,
    estate: Estate,
    every_route: list[Route],
    scope_of: dict[str, str | None],
) -> tuple[Program, Programs, list[Answer]]:
    program: Program = request.param
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(with_headers(app)),
        base_url="http://127.0.0.1",
        headers={"accept-encoding": "identity"},
    ) as client:
        crowd = Programs(estate, client, await token_for(estate, program))
        found = [
            ask
            for ask in wanted(estate, every_route, program)
            if not ask.route.deed
            or program.dead
            or (ask.route.policy.roles and not _opens(program, ask, scope_of[ask.route.name]))
        ]
        answers = await crowd.send_all(found)
    return program, crowd, answers


@pytest.mark.asvs("8.2.1", "8.2.2")
async def test_every_route_answers_a_token_as_its_scopes_say(
    answered: tuple[Program, Programs, list[Answer]], scope_of: dict[str, str | None]
) -> None:
    program, _, answers = answered
    assert len(answers) > 100
    amiss = [
        f"{answer.ask}: {answer.status}, not {sorted(due)}"
        for answer in answers
        if answer.status
        not in (due := expected(program, answer.ask, scope_of[answer.ask.route.name]))
    ]
    assert not amiss, "\n".join([f"{program}: {len(amiss)} wrong answers", *amiss[:SCREENED]])


@pytest.mark.asvs("8.2.3")
async def test_no_program_meets_what_is_kept_from_it(
    answered: tuple[Program, Programs, list[Answer]],
) -> None:
    program, crowd, _ = answered
    kept = KEPT if any("notes" in scope for scope in program.scopes) else OF_NOTES
    if program.dead:
        assert crowd.met <= {"workspace"}
    assert crowd.escaped == []
    assert not crowd.met & kept
    if program.scopes == SCOPES and program.actor.key == "bob" and not program.dead:
        assert "note for the team" in crowd.met
