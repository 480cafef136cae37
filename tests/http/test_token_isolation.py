"""Isolation of tokens: every route x scope x thing, asked by programs of two members.

What their members may reach is the oracle's, as in `test_isolation`; here each scope takes away
from that, and no program meets what somebody keeps to themselves.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from litestar import Litestar
from msgspec import Struct

from canaries import EVERYBODY, Actor
from crowding import Crowd, rows_of
from estate import Estate
from frontend.access import routes_of
from frontend.headers import with_headers
from matrix import DONE, Answer, Ask, Route, asks, cells
from outside import Outside
from tenancy.identity import tokens
from tenancy.identity.tokens import SCOPES

KEPT = {"note for me", "file for me", "kept copy"}
OF_NOTES = {*KEPT, *("note for the named", "note for the team")} | {
    *("file for the named", "file for the team", "proposal")
}
READ = {200, 303}
REFUSED = {401, 403, 404, 409, 422}
COMES_OF_DEEDS = DONE | {401, 404, 409, 422, 429}
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


ACTORS = {actor.key: actor for actor in EVERYBODY}
PROGRAMS = [
    *(Program(ACTORS["bob"], (scope,)) for scope in SCOPES),
    Program(ACTORS["bob"], SCOPES),
    Program(ACTORS["bob"], SCOPES, limited=True),
    Program(ACTORS["alice"], SCOPES),
    Program(ACTORS["abe"], SCOPES),
    Program(ACTORS["charlie"], SCOPES),
    Program(ACTORS["bob"], SCOPES, dead="revoked"),
    Program(ACTORS["bob"], SCOPES, dead="expired"),
    Program(ACTORS["sue"], SCOPES, dead="made before"),
    Program(ACTORS["lee"], SCOPES, dead="made before"),
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


async def token_for(estate: Estate, outside: Outside, program: Program) -> str:
    if program.dead == "made before":
        return outside.programs[program.actor.key]
    world, person = estate.worlds[program.actor.workspace], estate.people[program.actor.key]
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
    return {404, 409, ask.route.target.closed} if hidden or not ask.within else READ


def _acting(program: Program) -> Actor:
    return ACTORS["ann"] if program.limited else program.actor


def _elsewhere(ask: Ask) -> bool:
    return ask.slug != ask.actor.workspace


def _opens(program: Program, ask: Ask, about: str | None) -> bool:
    does = "write" if ask.route.deed else "read"
    return about is not None and bool({f"{about}:{does}", f"{about}:write"} & {*program.scopes})


def wanted(estate: Estate, every_route: list[Route], program: Program) -> Iterator[Ask]:
    """What the member asks for themselves; removing things comes last."""
    for route in sorted(every_route, key=lambda route: route.target.removes):
        yield from asks(estate, route, [program.actor], whole=True)


class Answered(Struct):
    """What a program was answered."""

    program: Program
    crowd: Programs
    answers: list[Answer]
    deeds: list[Ask]
    """What it may do, and has not done."""
    changed: set[str]
    """The tables that are not as they were before it asked for what is refused."""


@pytest_asyncio.fixture(scope="module")
async def programs(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(with_headers(app)),
        base_url="http://127.0.0.1",
        headers={"accept-encoding": "identity"},
    ) as client:
        yield client


@pytest.fixture(scope="module")
def later() -> list[Answered]:
    """Every program, for what comes last."""
    return []


@pytest_asyncio.fixture(scope="module", params=PROGRAMS, ids=str)
async def answered(
    request,
    later: list[Answered],
    programs: httpx.AsyncClient,
    estate: Estate,
    outside: Outside,
    every_route: list[Route],
    scope_of: dict[str, str | None],
    superuser: Any,
) -> Answered:
    program: Program = request.param
    crowd = Programs(estate, programs, await token_for(estate, outside, program))
    refused, reading, deeds = list[Ask](), list[Ask](), list[Ask]()
    for ask in wanted(estate, every_route, program):
        if expected(program, ask, scope_of[ask.route.name]) <= REFUSED:
            refused.append(ask)
        else:
            (deeds if ask.route.deed else reading).append(ask)
    answers = await crowd.send_all(reading)
    before = await rows_of(superuser)
    answers += await crowd.send_all(refused)
    after = await rows_of(superuser)
    changed = {table for table in before if before[table] != after[table]}
    later.append(Answered(program, crowd, answers, deeds, changed))
    return later[-1]


@pytest.mark.asvs("8.2.1", "8.2.2")
async def test_every_route_answers_a_token_as_its_scopes_say(
    answered: Answered, scope_of: dict[str, str | None]
) -> None:
    program = answered.program
    amiss = [
        f"{answer.ask}: {answer.status}, not {sorted(due)}"
        for answer in answered.answers
        if answer.status
        not in (due := expected(program, answer.ask, scope_of[answer.ask.route.name]))
    ]
    assert not amiss, "\n".join([f"{program}: {len(amiss)} wrong answers", *amiss[:SCREENED]])


async def test_nothing_that_a_program_was_refused_left_a_trace(answered: Answered) -> None:
    assert answered.changed == set()


@pytest.mark.asvs("8.2.3")
async def test_no_program_meets_what_is_kept_from_it(
    answered: Answered,
) -> None:
    program, crowd = answered.program, answered.crowd
    kept = KEPT if any("notes" in scope for scope in program.scopes) else OF_NOTES
    if program.dead:
        assert crowd.met <= {"workspace"}
    assert crowd.escaped == []
    assert not crowd.met & kept
    if program.scopes == SCOPES and program.actor.key == "bob" and not program.dead:
        assert "note for the team" in crowd.met


async def test_the_whole_matrix_was_asked_by_every_program(
    later: list[Answered], estate: Estate, every_route: list[Route]
) -> None:
    """Last, since each does here what it may, as often as it can; things may be gone by then."""
    for answered in later:
        program, crowd = answered.program, answered.crowd
        done = [await crowd.send(ask) for ask in answered.deeds]
        faults = [str(answer) for answer in done if answer.status not in COMES_OF_DEEDS]
        assert not faults, "\n".join([str(program), *faults[:SCREENED]])
        assert crowd.escaped == []
        whole = cells(estate, every_route, [program.actor])
        asked = len(whole & crowd.cells)
        print(f"\n{program}: {asked} of {len(whole)} fields, by {crowd.sent} requests", end="")
        assert len(whole) > len(every_route)
        assert whole - crowd.cells == set()
