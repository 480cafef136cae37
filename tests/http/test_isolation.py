"""Isolation: every route x role x workspace x thing, and where each word may turn up.

The routes come from the router, the roles from `canaries.CAST`, the things from `estate`. Who may
read what is said in `canaries.REACH`, and what a route is about in `reachable.ROUTES`.
"""

import logging
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio
import structlog
from msgspec.structs import replace

from canaries import EVERYBODY, MARKER, Surface, reaches
from crowding import Crowd, rows_of
from engagements.tables import metadata
from estate import Estate
from frontend.letters.writing import writer
from matrix import DONE, Answer, Ask, Route, asks, cells, smuggles, wrong
from reachable import ROUTES
from tenancy.database.context import Context
from tenancy.database.pool import Database
from tenancy.mail.service import Letter, waiting

TENANT_TABLES = [t.name for t in metadata.sorted_tables if "tenant_id" in t.c]
ELSEWHERE = DONE | {401, 403, 404, 409, 422, 429}
"""What comes of deeds outside workspaces, each of which has tests of its own."""
WITHOUT_WORDS = (
    *("attachment", "audit_entry", "mail", "note", "note_revision"),
    *("sign_in_session", "pgqueuer"),
)
UUIDS = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
SHOWN = 25
"""Wrong answers that a failure names."""
WHOLE = os.environ.get("COCREATE_MATRIX") == "whole"
"""Else what somebody may not have is asked for as a page or as JSON by turns, and in `make soak` as
both."""


class Logged(logging.Handler):
    """Everything that was logged while the requests were answered, by whichever logger."""

    def __init__(self, events: list[Any]) -> None:
        super().__init__()
        self.events = events

    def emit(self, record: logging.LogRecord) -> None:
        self.events.append(self.format(record))


@pytest.fixture(scope="module")
def logged() -> Iterator[Logged]:
    with structlog.testing.capture_logs() as events:
        handler = Logged(events)
        logging.getLogger().addHandler(handler)
        yield handler
        logging.getLogger().removeHandler(handler)


@pytest.fixture(scope="module")
def covered(every_route: list[Route]) -> list[Route]:
    return [route for route in every_route if route.name in ROUTES]


@pytest_asyncio.fixture(scope="module")
async def peeped(
    everybody: Crowd, estate: Estate, covered: list[Route], logged: Logged, superuser: Any
) -> tuple[list[Answer], dict[str, str], dict[str, str]]:
    """Everybody tries to read what is not theirs; the rows before, and after."""
    before = await rows_of(superuser)
    answers = await everybody.send_all(ask for ask in _reading(estate, covered) if not ask.within)
    return answers, before, await rows_of(superuser)


@pytest_asyncio.fixture(scope="module")
async def read(everybody: Crowd, estate: Estate, covered: list[Route], peeped: Any) -> list[Answer]:
    """Everybody reads everything."""
    own = await everybody.send_all(ask for ask in _reading(estate, covered) if ask.within)
    return [*peeped[0], *own]


def _reading(estate: Estate, covered: list[Route]) -> Iterator[Ask]:
    for route in covered:
        if not route.deed:
            yield from asks(estate, route, EVERYBODY, whole=WHOLE)


@pytest.fixture(scope="module")
def deeds(read: list[Answer], estate: Estate, covered: list[Route]) -> list[Ask]:
    """Everybody's deeds, once everything has been read as it was; removing things comes last."""
    last = sorted((route for route in covered if route.deed), key=lambda r: r.target.removes)
    return [ask for route in last for ask in asks(estate, route, EVERYBODY, whole=WHOLE)]


@pytest_asyncio.fixture(scope="module")
async def trespassed(
    everybody: Crowd, deeds: list[Ask], superuser: Any
) -> tuple[list[Answer], dict[str, str], dict[str, str]]:
    """Everybody tries what is not theirs to do; the rows before, and after."""
    before = await rows_of(superuser)
    answers = await everybody.send_all(ask for ask in deeds if not ask.within)
    return answers, before, await rows_of(superuser)


@pytest_asyncio.fixture(scope="module")
async def done(everybody: Crowd, deeds: list[Ask], trespassed: Any) -> list[Answer]:
    """Everybody does what is theirs to do, one after the other."""
    gone: set[str] = set()
    answers = []
    for ask in deeds:
        if not ask.within or not _is_kept(ask):
            continue
        answer = await everybody.send(ask)
        if str(ask.thing) not in gone:
            answers.append(answer)
        if ask.route.target.removes and answer.status in DONE:
            gone.add(str(ask.thing))
    return answers


@pytest_asyncio.fixture(scope="module")
async def smuggled(crowd: Crowd, estate: Estate, done: list[Answer]) -> list[Answer]:
    """Deeds on one's own things, whose bodies name what is another's."""
    first: dict[str, Ask] = {}
    for answer in done:
        if answer.status in DONE and answer.ask.actor.key in ("bob", "pat"):
            first.setdefault(answer.ask.route.name, answer.ask)
    return [
        await crowd.send(smuggle) for ask in first.values() for smuggle in smuggles(ask, estate)
    ]


@pytest_asyncio.fixture(scope="module")
async def done_elsewhere(
    everybody: Crowd, deeds: list[Ask], smuggled: list[Answer]
) -> list[Answer]:
    """Everybody signs in, joins, and does what there is to do on an account."""
    return [await everybody.send(_short(ask)) for ask in _elsewhere(deeds) if not _signs_out(ask)]


def _short(ask: Ask) -> Ask:
    """Whoever may set a password is told that this one is too short, which takes no time."""
    return replace(ask, body=ask.body | {"password": "x"}) if "password" in ask.body else ask


def _elsewhere(deeds: list[Ask]) -> list[Ask]:
    return [ask for ask in deeds if ask.within and not ask.route.behind_slug]


def _signs_out(ask: Ask) -> bool:
    return ask.route.path.endswith("/sign-out")


def _is_kept(ask: Ask) -> bool:
    """Whether whoever does it can do something else afterwards."""
    return ask.route.behind_slug and not ask.route.target.ends_access


def none_wrong(sentences: list[str]) -> None:
    assert not sentences, f"{len(sentences)} wrong:\n" + "\n".join(sorted(set(sentences))[:SHOWN])


@pytest.mark.asvs("8.2.1")
def test_every_route_is_in_the_matrix(every_route: list[Route]) -> None:
    missing = [route.name for route in every_route if route.name not in ROUTES]
    assert not missing, "say in tests/reachable.py what these routes are about: " + str(missing)
    gone = ROUTES.keys() - {route.name for route in every_route}
    assert not gone, f"there are no such routes any more, so take them away: {sorted(gone)}"


@pytest.mark.asvs("8.2.1", "8.2.2")
def test_everybody_reads_what_is_in_their_reach_and_nothing_else(read: list[Answer]) -> None:
    none_wrong(wrong(read))


async def test_search_finds_everybody_the_notes_and_actions_that_are_theirs_and_no_others(
    everybody: Crowd, estate: Estate, every_route: list[Route], read: list[Answer]
) -> None:
    [route] = [route for route in every_route if route.name == "GET /w/{slug:str}/search"]
    for ask in asks(estate, route, EVERYBODY, whole=WHOLE):
        if not ask.within or ask.as_page:
            continue
        found = [
            await everybody.fetch(replace(ask, path=f"{ask.path}&kind={kind}"), "application/json")
            for kind in ("notes", "actions")
        ]
        met = {marker for answer in found for marker in MARKER.findall(answer.text)}
        titles = {m for m in met if "engagement" in estate.aviary.planted[m].kind}
        assert met - titles == _to_be_found(estate, ask), ask


def _to_be_found(estate: Estate, ask: Ask) -> set[str]:
    return {
        marker
        for marker, thing in estate.aviary.planted.items()
        if thing.kind.startswith(("note ", "action ")) and reaches(ask.actor, thing, "workspace")
    }


@pytest.mark.asvs("8.2.2")
def test_what_is_hidden_missing_or_anothers_looks_the_same(
    read: list[Answer], trespassed: tuple[list[Answer], Any, Any]
) -> None:
    shapes: dict[tuple[str, bool, int], dict[str, str]] = defaultdict(dict)
    for answer in (*read, *trespassed[0]):
        ask = answer.ask
        if (answer.status == 404 and not ask.told) or (answer.status == 401 and not ask.as_page):
            shapes[ask.actor.key, ask.as_page, answer.status].setdefault(answer.shape, str(ask))
    assert shapes
    none_wrong([" differs from ".join(seen.values()) for seen in shapes.values() if len(seen) > 1])


@pytest.mark.asvs("8.2.1", "8.2.2", "8.3.1")
def test_nobody_does_what_is_out_of_their_reach(
    trespassed: tuple[list[Answer], Any, Any],
) -> None:
    none_wrong(wrong(trespassed[0]))


@pytest.mark.asvs("8.3.1")
@pytest.mark.parametrize("tried", ["peeped", "trespassed"])
def test_nothing_that_was_refused_left_a_trace(tried: str, request: pytest.FixtureRequest) -> None:
    _, before, after = request.getfixturevalue(tried)
    assert {table for table in before if before[table] != after[table]} == set()


def test_everybody_does_what_is_in_their_reach(done: list[Answer]) -> None:
    none_wrong(wrong(done))


def test_every_deed_was_done_by_somebody(done: list[Answer], deeds: list[Ask]) -> None:
    wanted = {ask.route.name for ask in deeds if _is_kept(ask)}
    succeeded = {answer.ask.route.name for answer in done if answer.status in DONE}
    failed = {str(a.ask.route.name): a.shape[-300:] for a in done if a.status not in DONE}
    none_wrong([f"{name}: {failed.get(name)}" for name in wanted - succeeded])


@pytest.mark.asvs("8.2.2", "8.4.1")
async def test_an_id_in_a_body_reaches_no_further_than_one_in_an_address(
    estate: Estate, superuser: Any, smuggled: list[Answer]
) -> None:
    assert len(smuggled) > 20
    none_wrong([str(answer) for answer in smuggled if answer.status >= 500])
    foreign = {str(id) for id in estate.ids_of("elsewhere")}
    for table in TENANT_TABLES:
        rows = await superuser.fetch(
            f'SELECT t::text FROM "{table}" t WHERE tenant_id = $1', estate.worlds["north"].tenant
        )
        named = {found for row in rows for found in UUIDS.findall(row["t"])}
        assert not named & foreign, table


@pytest.mark.asvs("8.2.3", "8.4.1", "15.3.1")
def test_no_answer_holds_a_word_that_is_not_for_its_reader(
    crowd: Crowd, read: list[Answer], smuggled: list[Answer]
) -> None:
    none_wrong(crowd.escaped)


def test_every_kind_of_word_is_met_by_somebody(
    crowd: Crowd, estate: Estate, read: list[Answer]
) -> None:
    assert crowd.met == {thing.kind for thing in estate.aviary.planted.values()}


@pytest.mark.asvs("8.2.2")
async def test_mails_hold_only_what_their_readers_may_read(
    estate: Estate, db: Database, superuser: Any, smuggled: list[Answer]
) -> None:
    write = writer("https://cocreate.example")
    sent = [
        letter
        for world in estate.worlds.values()
        for letter in await _mails(db, superuser, world.tenant)
    ]
    assert {letter.letter for letter in sent} >= {"action_agreed", "added_to_engagement"}
    none_wrong([s for letter in sent for s in _escaped_by_mail(estate, letter, write(letter))])


async def _mails(db: Database, superuser: Any, tenant: Any) -> list[Letter]:
    ids = await superuser.fetch("SELECT id FROM mail WHERE tenant_id = $1", tenant)
    async with db.transaction(Context(surface="job", tenant=tenant), writes=True) as tx:
        found = [await waiting(tx, row["id"]) for row in ids]
    return [letter for letter in found if letter]


def _escaped_by_mail(estate: Estate, letter: Letter, written: Any) -> list[str]:
    text = str(msgspec.to_builtins(letter)) + str(written)
    reader = next(
        (key for key, person in estate.people.items() if person.email == letter.to_address), ""
    )
    actor = next((actor for actor in EVERYBODY if actor.key == reader), None)
    if actor is None:
        return []
    surface: Surface = "portal" if actor.role in ("sponsor", "delegate") else "workspace"
    # Somebody who was released was written to before; a letter that opens a portal says its name.
    then = replace(actor, places=actor.places | actor.formerly, lost=None)
    opened = "engagement before its portal opens" if letter.letter == "portal_opened" else ""
    return [
        f"{letter.letter} to {actor.known_as} holds {thing.kind} of {thing.work}"
        for thing in estate.aviary.escaped(text, then, surface)
        if thing.kind != opened
    ]


async def test_the_trail_the_jobs_and_what_is_sealed_hold_no_words(
    superuser: Any, done: list[Answer]
) -> None:
    for table in WITHOUT_WORDS:
        rows = await superuser.fetch(f'SELECT t::text FROM "{table}" t')
        assert rows, table
        assert not [row for row in rows if MARKER.search(row["t"])], table


@pytest.mark.asvs("16.2.5")
def test_the_logs_hold_no_words(logged: Logged, smuggled: list[Answer]) -> None:
    logging.getLogger("anybody").warning("still listening")
    structlog.get_logger().warning("still listening")
    assert str(logged.events).count("still listening") == 2
    assert not MARKER.search(str(logged.events))


def test_no_deed_outside_a_workspace_fails_whoever_does_it(done_elsewhere: list[Answer]) -> None:
    none_wrong([str(answer) for answer in done_elsewhere if answer.status not in ELSEWHERE])


@pytest.mark.asvs("7.4.2")
async def test_whoever_leaves_the_workspace_is_nobody_there_from_then_on(
    everybody: Crowd, deeds: list[Ask], done_elsewhere: list[Answer]
) -> None:
    leaving = [ask for ask in deeds if ask.within and ask.route.target.ends_access]
    pages = [ask for ask in leaving if ask.as_page]
    left = {ask.actor.key for ask in pages if (await everybody.send(ask)).status in DONE}
    assert left == {"abe", "ann", "pat", "rae", "quinn", "sam", "del", "sid", "sol"}
    again = [await everybody.send(ask) for ask in leaving]
    assert {answer.status for answer in again if answer.ask.actor.key in left} == {401}


async def test_whoever_signs_out_is_nobody_from_then_on(
    everybody: Crowd, deeds: list[Ask], done_elsewhere: list[Answer]
) -> None:
    leaving = [ask for ask in _elsewhere(deeds) if _signs_out(ask)]
    answers = [await everybody.send(ask) for ask in leaving]
    none_wrong([str(answer) for answer in answers if answer.status not in ELSEWHERE])
    for key in everybody.cookies:
        assert (await everybody.look(key, "/account", "application/json")).status_code == 401, key


async def test_the_whole_matrix_was_asked(
    everybody: Crowd,
    estate: Estate,
    every_route: list[Route],
    done_elsewhere: list[Answer],
) -> None:
    """Last, when all that is above has asked."""
    whole = cells(estate, every_route)
    actors, sorts = {cell.actor for cell in whole}, {cell.sort for cell in whole}
    asked = everybody.cells & whole
    either = {replace(cell, as_page=False) for cell in asked}
    missing = whole - asked if WHOLE else {replace(cell, as_page=False) for cell in whole} - either
    print(
        f"\n{len(every_route)} routes x {len(actors)} people x {len(sorts)} sorts of things, as"
        f" pages and as JSON: {len(asked)} of {len(whole)} fields asked,"
        f" by {everybody.sent} requests"
    )
    assert actors == {actor.key for actor in EVERYBODY}
    assert {cell.route for cell in whole} == {route.name for route in every_route}
    none_wrong([str(cell) for cell in missing])
