"""The product's pages, asked for over HTTP by one person, and what they must find on them."""

from collections.abc import Callable, Collection
from random import Random
from typing import Any
from uuid import UUID

import httpx
from msgspec import Struct

from canaries import MARKER
from comparing import named, sights_amiss
from looking import Eye, Sight, on_portal_page, unopened, waiting_copies
from matrix import PARAMETER, Route
from oracle import Action, Agreement, File, Note, Proposal, Publication, Revision, Somebody
from playing import Play, Work
from served import Visitor
from tenancy.database.context import Surface
from world import token_of

Must = Callable[[Eye, Any], set[str]]
AT_A_GLANCE = 8
"""Notes that search shows beside what else it found."""


TRAIL = {"GET /w/{slug:str}/settings/trail", "GET /w/{slug:str}/settings/trail/export"}
"""They name whatever something was done with by its id, by which the chain is followed. It opens
nothing: words of what is not the owner's to read are in neither."""


class Address(Struct, frozen=True):
    """A page about one thing, or about none."""

    route: Route
    ids: dict[str, UUID]
    about: Any

    def path(self, slug: str) -> str:
        known = {**self.ids, **self.route.target.path, "slug": slug}
        path = PARAMETER.sub(lambda found: str(known[found[1]]), self.route.path)
        return f"{path}?{self.route.target.query}" if self.route.target.query else path


def _of_note(eye: Eye, note: Note) -> set[str]:
    files = [one for one in eye.oracle.every(File) if one.note is note and not one.removed]
    names = {one.name.removesuffix(".txt") for one in eye.those(files)}
    return note.words() | names if eye.reads(note) else set()


def _of_form(eye: Eye, note: Note) -> set[str]:
    return eye.words([note]) if eye.who in eye.play.writers(note) else set()


def _of_copy(eye: Eye, copy: Revision) -> set[str]:
    own = copy.writer == eye.who.id and eye.reads(copy.note)
    return eye.words([copy, copy.note]) if own else set()


def _of_file(eye: Eye, file: File) -> set[str]:
    return {file.content} if eye.reads(file) and not file.removed else set()


def _newest(eye: Eye, note: Note) -> set[str]:
    """Of its versions, a reader sees those that were for them when they were written."""
    newest = [
        one
        for one in eye.oracle.every(Revision)
        if one.note is note and one.number == note.version and not one.kept_aside
    ]
    return eye.words(newest) if eye.reads(note) else set()


def _as_it_stands(eye: Eye, one: Proposal) -> set[str]:
    words = {*MARKER.findall(f"{one.approved or one.quoted} {one.said_by}")}
    return words if eye.reads(one) else set()


def _notes(eye: Eye, work: Work) -> set[str]:
    return eye.words(eye.oracle.of(Note, work.id))


def _listed(eye: Eye, work: Work) -> set[str]:
    """A list shows how each note begins."""
    return {MARKER.findall(note.body)[0] for note in eye.those(eye.oracle.of(Note, work.id))}


def _of_session(eye: Eye, work: Work) -> set[str]:
    relations = eye.oracle.relations(eye.who.id, work.id)
    comes = "participant" in relations and eye.who.id in work.attendees
    if eye.who.role != "owner" and "team" not in relations and not comes:
        return set()
    in_session = [note for note in eye.oracle.of(Note, work.id) if note.session == work.session]
    return eye.words(in_session)


def _found(eye: Eye, _: None) -> set[str]:
    every = eye.those(eye.oracle.every(Note))
    return eye.words(every) if len(every) <= AT_A_GLANCE else set()


def _at_home(eye: Eye, _: None) -> set[str]:
    if eye.who.role != "participant":
        waiting = [*unopened(eye), *(copy.note for copy in waiting_copies(eye))]
        return {str(note.id) for note in waiting}
    me, oracle = eye.who.id, eye.oracle
    own = [
        *(one for one in oracle.every(Note) if one.kind == "reflection" and one.author == me),
        *(one for one in oracle.every(Publication) if one.shown and one.speaker == me),
    ]
    asked = [one for one in eye.those(oracle.every(Proposal)) if one.waits_for(me)]
    return eye.words(own).union(*(MARKER.findall(one.quoted) for one in asked))


def _actions(eye: Eye, work: Work) -> set[str]:
    return eye.words(eye.oracle.of(Action, work.id))


def _agreement(eye: Eye, work: Work) -> set[str]:
    """The version that waits for answers, else the one in force, stands on the page."""
    every = eye.oracle.of(Agreement, work.id)
    proposed = [one for one in every if one.state == "proposed"]
    return eye.words(proposed or [one for one in every if one.state == "in force"])


def _portal(eye: Eye, work: Work) -> set[str]:
    return on_portal_page(eye, work.id)


def _as_sponsor(eye: Eye, about: tuple[Somebody, Work]) -> set[str]:
    """An owner who looks at a sponsor's page finds all that the sponsor does."""
    sponsor, work = about
    relations = eye.oracle.relations(sponsor.id, work.id)
    if eye.who.tenant != sponsor.tenant or not relations & {"sponsor", "delegate"}:
        return set()
    return on_portal_page(Eye(eye.play, sponsor, "portal"), work.id)


def _itself(eye: Eye, thing: Any) -> set[str]:
    return eye.words([thing])


MUST: dict[str, Must] = {
    "GET /w/{slug:str}": _at_home,
    "GET /w/{slug:str}/search": _found,
    "GET /w/{slug:str}/notes/{id:uuid}": _of_note,
    "GET /w/{slug:str}/notes/{id:uuid}/edit": _of_form,
    "GET /w/{slug:str}/notes/{id:uuid}/versions": _newest,
    "GET /w/{slug:str}/notes/{id:uuid}/copies/{copy:uuid}": _of_copy,
    "GET /w/{slug:str}/engagements/{id:uuid}/notes": _listed,
    "GET /w/{slug:str}/engagements/{id:uuid}/notes.md": _notes,
    "GET /w/{slug:str}/sessions/{id:uuid}": _of_session,
    "GET /w/{slug:str}/attachments/{id:uuid}": _of_file,
    "GET /w/{slug:str}/proposals/{id:uuid}": _as_it_stands,
    "GET /w/{slug:str}/actions/{id:uuid}": _itself,
    "GET /w/{slug:str}/engagements/{id:uuid}/actions": _actions,
    "GET /w/{slug:str}/engagements/{id:uuid}/agreement": _agreement,
    "GET /w/{slug:str}/settings/members/{id:uuid}/view/{engagement:uuid}": _as_sponsor,
    "GET /portal/{slug:str}/{id:uuid}": _portal,
    "GET /portal/{slug:str}/{id:uuid}/agreement": _agreement,
}
"""What has to be found, for those whom the route is open to. On every other page nothing has to."""


class Browsing:
    """Everybody's browser."""

    def __init__(self, play: Play, site: str, routes: list[Route]) -> None:
        self.play, self.site = play, site
        self.routes = [one for one in routes if one.behind_slug and not one.deed]
        assert MUST.keys() <= {one.name for one in self.routes}, "there are no such pages any more"
        self._tokens: dict[UUID, str] = {}

    async def amiss(self, who: Somebody, chance: Random, most: int) -> list[str]:
        """What is wrong with a person's pages: of all that there are, `most` at random."""
        every = await self._addresses()
        sights: dict[Surface, list[Sight]] = {"workspace": [], "portal": []}
        async with await self._browser(who) as browser:
            for one in chance.sample(every, min(most, len(every))):
                accept = chance.choice(("text/html", "application/json"))
                sights[one.route.surface].append(await self._seen(browser, who, one, accept))
        return [
            sentence
            for surface, found in sights.items()
            for sentence in sights_amiss(self.play, who, surface, found)
        ]

    async def _seen(
        self, browser: httpx.AsyncClient, who: Somebody, one: Address, accept: str
    ) -> Sight:
        path = one.path(self.play.slug(who.tenant))
        must: set[str] = set()
        if one.route.name in MUST and who.role in one.route.policy.roles:
            must = MUST[one.route.name](Eye(self.play, who, one.route.surface), one.about)
        answer = await browser.get(path, headers={"accept": accept}, follow_redirects=True)
        asked = {str(id) for id in one.ids.values()}
        if one.route.name in TRAIL:
            asked |= {str(thing.id) for thing in self.play.oracle.things}
        return Sight(f"GET {path} as {accept} ({answer.status_code})", answer.text, must, asked)

    async def turned_away(self, who: Somebody) -> list[str]:
        """Who left, or is suspended, is signed in no more, whichever browser they left open."""
        async with await self._browser(who) as browser:
            answer = await browser.get(
                f"/w/{self.play.slug(who.tenant)}", headers={"accept": "application/json"}
            )
        return [] if answer.status_code == 401 else [f"{named(self.play, who)} is still signed in"]

    async def arrive(self, people: Collection[Somebody]) -> None:
        """Sign people in: everybody before anything happens."""
        for who in people:
            self._tokens[who.id] = await token_of(self.play.db, who.tenant, who.id)

    async def _browser(self, who: Somebody) -> httpx.AsyncClient:
        cookie = f"__Host-cocreate={self._tokens[who.id]}"
        return Visitor(base_url=self.site, headers={"cookie": cookie})

    async def _addresses(self) -> list[Address]:
        things = await self._things()
        return [
            Address(route, ids, about)
            for route in self.routes
            for ids, about in (
                [pair for name in route.target.things for pair in things.get(name.split()[0], ())]
                if route.target.things
                else [({}, None)]
            )
        ]

    async def _things(self) -> dict[str, list[tuple[dict[str, UUID], Any]]]:
        """What routes are about, by the first word that `reachable` has for it."""
        oracle, works = self.play.oracle, self.play.works
        rows = await self.play.superuser.fetch(
            "SELECT mutation_id, id FROM note_revision"
            " WHERE kind = 'conflict' AND tenant_id = ANY($1)",
            [*self.play.houses],
        )
        ids = {row["mutation_id"]: row["id"] for row in rows}
        copies = [one for one in oracle.every(Revision) if one.kept_aside and not one.settled]
        of_works = [({"id": work.id}, work) for work in works]
        return {
            "engagement": of_works,
            "agreement": of_works,
            "session": [({"id": work.session}, work) for work in works],
            "copy": [({"id": one.note.id, "copy": ids[one.id]}, one) for one in copies],
            "note": [({"id": one.id}, one) for one in oracle.every(Note)],
            "attachment": [({"id": one.id}, one) for one in oracle.every(File)],
            "proposal": [({"id": one.id}, one) for one in oracle.every(Proposal)],
            "action": [({"id": one.id}, one) for one in oracle.every(Action)],
            "member": [({"id": who.id}, who) for who in oracle.people],
            "portal": [
                ({"id": who.id, "engagement": work.id}, (who, work))
                for who in oracle.people
                if who.role in ("sponsor", "delegate")
                for work in works
            ],
        }
