"""Every way of reading inside the product, gone by one person, and what they must meet there.

A way asks for everything that there is, also for what is not the person's to read. What it answers
is searched for markers and ids; what was met is compared to what the oracle allows, and to what it
says has to be found.
"""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from types import ModuleType
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from canaries import MARKER
from engagements.actions import queries as actions
from engagements.commercial import queries as agreements
from engagements.notes import attachment_queries, attachments, history, people, readings
from engagements.notes import queries as notes
from engagements.portal import queries as portal
from engagements.portal.queries import MOST_QUOTES
from engagements.portfolio import attention
from engagements.search import queries as search
from engagements.search.matching import sought_in
from engagements.sessions import prep_queries
from engagements.sessions.queries import session_page
from engagements.subject_access import queries as subject_access
from engagements.upward import queries as upward
from oracle import (
    Action,
    Agreement,
    File,
    Note,
    Oracle,
    Proposal,
    Publication,
    Reading,
    Revision,
    Somebody,
    Thing,
    words_of,
)
from playing import Play
from tenancy.database.context import Surface
from tenancy.database.pool import Transaction
from tenancy.database.read import Read
from tenancy.errors import NotFound

MODULES: tuple[ModuleType, ...] = (
    *(notes, history, readings, people, attachment_queries, search, prep_queries, attention),
    *(actions, upward, portal, agreements, subject_access),
)
TODAY = datetime.now(UTC).date()


class Sight(Struct):
    """What somebody was answered somewhere."""

    where: str
    answer: str
    must: set[str]
    """Markers and ids that have to be in it."""
    asked: set[str] = msgspec.field(default_factory=set)
    """The ids in the question, which come back whatever the answer."""
    amiss: str = ""
    """What else is wrong with it."""


class Eye:
    """One person on one surface, and what the oracle says that they read there."""

    def __init__(self, play: Play, who: Somebody, surface: Surface) -> None:
        self.play, self.who, self.surface = play, who, surface
        self.oracle: Oracle = play.oracle

    def reads(self, thing: Thing) -> bool:
        return self.oracle.reads(self.who, thing, self.surface)

    def those(self, things: Iterable[Any]) -> list[Any]:
        """Of some things, those that the person reads."""
        return [thing for thing in things if self.reads(thing)]

    def words(self, things: Iterable[Any]) -> set[str]:
        return words_of(self.those(things))


class Look(Eye):
    """A person who asks, in a transaction."""

    def __init__(self, play: Play, who: Somebody, surface: Surface, tx: Transaction) -> None:
        super().__init__(play, who, surface)
        self.tx = tx

    async def one(self, answer: Awaitable[Any]) -> Any:
        """An answer; None where there is nothing of that id for the person."""
        try:
            return await answer
        except NotFound:
            return None


Way = Callable[[Look], AsyncIterator[Sight]]
WAYS: list[Way] = []
GONE: set[int] = set()
"""What the ways go through: functions and reads, by identity."""
WITHOUT_WORDS = (
    *(notes.circle_of, people.people_of_notes, people.usual_audience),
    *(readings.note_readings, upward.setting_within, upward.of_a_participant_gone),
    *(agreements.in_force, agreements.engagement_of, agreements.agreements_to_read),
    *(actions.session_in_engagement, subject_access.signing_in),
)
"""Those that answer no text of anybody's, or write."""


def way(*functions: object) -> Callable[[Way], Way]:
    """A way through these functions and reads."""

    def kept(made: Way) -> Way:
        WAYS.append(made)
        GONE.update(id(function) for function in functions)
        return made

    return kept


def not_gone() -> list[str]:
    """Public functions and reads of the capabilities' queries that no way goes through."""
    known = GONE | {id(function) for function in WITHOUT_WORDS}
    return [
        f"{module.__name__}.{name}"
        for module in MODULES
        for name, value in vars(module).items()
        if not name.startswith("_") and _asks(module, value) and id(value) not in known
    ]


def _asks(module: ModuleType, value: object) -> bool:
    own = inspect.iscoroutinefunction(value) and value.__module__ == module.__name__
    return own or isinstance(value, Read)


def sight(where: str, answer: Any, must: set[str], *asked: UUID) -> Sight:
    text = "" if answer is None else msgspec.json.encode(answer).decode()
    return Sight(where, text, must, {str(id) for id in asked})


async def seen(play: Play, who: Somebody, surface: Surface) -> list[Sight]:
    """Everything that a person is answered on a surface, by every way."""
    async with play.db.transaction(await play.context(who, surface)) as tx:
        look = Look(play, who, surface, tx)
        found = [one for way in WAYS async for one in way(look)]
    return found + await _files_opened(play, who, surface)


@way(attention.who_needs_me, attention.waiting)
async def what_waits(look: Look) -> AsyncIterator[Sight]:
    """First, while what was not opened is not opened yet."""
    must: set[str] = set()
    if look.who.role in ("owner", "consultant", "associate"):
        must = {str(note.id) for note in unopened(look)}
        copies = look.those(waiting_copies(look))
        must |= {str(copy.note.id) for copy in copies}
    yield sight("who_needs_me", await attention.who_needs_me(look.tx, TODAY), must)


@way(prep_queries.prep_for, prep_queries.between_sessions, actions.around_session)
async def cards_of_sessions(look: Look) -> AsyncIterator[Sight]:
    for work in look.play.works:
        session = await look.tx.maybe(session_page, id=work.session)
        if session is None:
            continue
        expected = {attendee.id for attendee in session.attendees}
        must = {
            str(note.id)
            for note in unopened(look)
            if note.engagement == work.id and note.author in expected
        }
        card = await prep_queries.prep_for(look.tx, session, TODAY)
        yield sight("prep_for", card, must, work.session)


@way(search.find)
async def searching(look: Look) -> AsyncIterator[Sight]:
    found = await search.find(look.tx, sought_in("cnry"), only="notes")
    yield sight("find notes", found, look.words(look.oracle.every(Note)))
    found = await search.find(look.tx, sought_in("cnry"), only="actions")
    yield sight("find actions", found, look.words(look.oracle.every(Action)))
    for note in look.oracle.every(Note):
        query = " ".join(sorted(note.words()))
        found = await search.find(look.tx, sought_in(query))
        yield sight(f"find {query}", found, look.words([note]))


@way(notes.note_page)
async def notes_opened(look: Look) -> AsyncIterator[Sight]:
    for note in look.oracle.every(Note):
        answer = await look.one(notes.note_page(look.tx, note.id))
        yield sight("note_page", answer, look.words([note]), note.id)


@way(
    notes.notes_of_engagement,
    notes.all_notes_of_engagement,
    notes.notes_of_session,
    notes.notes_by_ids,
    notes.my_reflections,
)
async def notes_listed(look: Look) -> AsyncIterator[Sight]:
    every = list(look.oracle.every(Note))
    for work in look.play.works:
        of_work = [note for note in every if note.engagement == work.id]
        for listed in (notes.notes_of_engagement, notes.all_notes_of_engagement):
            yield sight(
                listed.__name__, await listed(look.tx, work.id), look.words(of_work), work.id
            )
        in_session = [note for note in of_work if note.session == work.session]
        answer = await notes.notes_of_session(look.tx, work.session)
        yield sight("notes_of_session", answer, look.words(in_session), work.session)
    found = await notes.notes_by_ids(look.tx, [note.id for note in every])
    yield sight("notes_by_ids", found, look.words(every))
    own = [note for note in every if note.author == look.who.id and note.kind == "reflection"]
    yield sight("my_reflections", await notes.my_reflections(look.tx), look.words(own))


@way(subject_access.records)
async def own_copy(look: Look) -> AsyncIterator[Sight]:
    own = [note for note in look.oracle.every(Note) if note.author == look.who.id]
    yield sight("records", await subject_access.records(look.tx), look.words(own))


@way(history.versions_of, history.wording)
async def earlier_wordings(look: Look) -> AsyncIterator[Sight]:
    for revision in look.oracle.every(Revision):
        if not revision.kept_aside:
            note = revision.note
            yield sight("versions_of", await history.versions_of(look.tx, note.id), set())
            answer = await history.wording(look.tx, note.id, revision.number)
            yield sight(f"wording {revision.number}", answer, look.words([revision]))


@way(history.copies_of, history.reconciliation)
async def copies(look: Look) -> AsyncIterator[Sight]:
    for note in look.oracle.every(Note):
        own = [copy for copy in waiting_copies(look) if copy.note is note]
        found = await history.copies_of(look.tx, note.id)
        yield sight("copies_of", [copy.body for copy in found], look.words(own))
        shown = await look.one(notes.note_page(look.tx, note.id))
        for copy in found if shown else []:
            beside = await history.reconciliation(look.tx, shown, copy.id)
            yield sight("reconciliation", [beside.copy.body, beside.suggestion], note.words())


@way(readings.readings_of)
async def who_opened(look: Look) -> AsyncIterator[Sight]:
    for note in look.oracle.every(Note):
        own = look.who.id == note.author
        known = [one for one in look.oracle.every(Reading) if one.note is note and own]
        readers = {one.reader for one in look.those(known)}
        answer = {one.reader_id for one in await readings.readings_of(look.tx, note.id)}
        found = sight("readings_of", list(answer), set(), note.id)
        found.amiss = "" if answer == readers else f"the readers of {note.id} were {answer}"
        yield found


@way(attachment_queries.attachments_of, attachment_queries.stored_attachment)
async def files(look: Look) -> AsyncIterator[Sight]:
    for note in look.oracle.every(Note):
        own = [file for file in look.oracle.every(File) if file.note is note and not file.removed]
        names = {file.name.removesuffix(".txt") for file in look.those(own)}
        yield sight(
            "attachments_of", await attachment_queries.attachments_of(look.tx, note.id), names
        )
    for file in look.oracle.every(File):
        stored = await look.one(attachment_queries.stored_attachment(look.tx, file.id))
        there = look.reads(file) and not file.removed
        name = {file.name.removesuffix(".txt")} if there else set()
        yield sight("stored_attachment", stored and stored.name, name, file.id)


@way(
    actions.actions_by_state,
    actions.all_actions,
    actions.action_row,
    actions.action_texts,
    actions.my_actions,
    actions.my_finished_actions,
)
async def promises(look: Look) -> AsyncIterator[Sight]:
    tx, every = look.tx, list(look.oracle.every(Action))
    for work in look.play.works:
        words = look.words([action for action in every if action.engagement == work.id])
        yield sight("actions_by_state", await actions.actions_by_state(tx, work.id, TODAY), words)
        yield sight("action_texts", await tx.all(actions.action_texts, engagement=work.id), words)
    for action in every:
        row = await tx.maybe(actions.action_row, id=action.id, today=TODAY)
        yield sight("action_row", row, look.words([action]))
    own = [action for action in every if action.owner == look.who.id]
    yield sight("my_actions", await tx.all(actions.my_actions, today=TODAY), look.words(own))
    done = await tx.all(actions.my_finished_actions, today=TODAY, since=TODAY)
    yield sight("my_finished_actions", done, set())


@way(upward.proposal_row, upward.proposal_page, upward.waiting_for_me, upward.proposed_by_me)
async def proposals(look: Look) -> AsyncIterator[Sight]:
    tx, every = look.tx, list(look.oracle.every(Proposal))
    for one in every:
        for opened in (upward.proposal_row, upward.proposal_page):
            answer = await look.one(opened(tx, one.id))
            yield sight(opened.__name__, answer, look.words([one]), one.id)
    asked = [one for one in every if one.waits_for(look.who.id)]
    yield sight("waiting_for_me", await upward.waiting_for_me(tx), look.words(asked))
    for work in look.play.works:
        mine = [one for one in every if one.proposer == look.who.id and one.engagement == work.id]
        of_others = [one for one in mine if one.speaker != look.who.id]
        answer = await upward.proposed_by_me(tx, work.id)
        yield sight("proposed_by_me", answer, look.words(of_others))


@way(upward.words_form, upward.my_quotes)
async def words_for_the_sponsor(look: Look) -> AsyncIterator[Sight]:
    for note in look.oracle.every(Note):
        form = await look.one(upward.words_form(look.tx, note.id))
        yield sight("words_form", form and form.note, look.words([note]), note.id)
    own = [
        one for one in look.oracle.every(Publication) if one.speaker == look.who.id and one.shown
    ]
    quotes = await look.tx.all(upward.my_quotes)
    yield sight("my_quotes", quotes, look.words(own))


@way(portal.publications, portal.publication_row, portal.portals)
async def publications(look: Look) -> AsyncIterator[Sight]:
    every = list(look.oracle.every(Publication))
    for work in look.play.works:
        rows = await look.tx.all(portal.publications, engagement=work.id)
        words = look.words([one for one in every if one.engagement == work.id])
        yield sight("publications", rows, words)
    for one in every:
        row = await look.tx.maybe(portal.publication_row, publication=one.id)
        yield sight("publication_row", row, look.words([one]))
    yield sight("portals", await look.tx.all(portal.portals), set())


@way(portal.portal_page, portal.portal_row, portal.portal_row_as)
async def portal_pages(look: Look) -> AsyncIterator[Sight]:
    for work in look.play.works:
        answer = await look.one(portal.portal_page(look.tx, work.id, today=TODAY))
        yield sight("portal_page", answer, on_portal_page(look, work.id))
        for other in look.oracle.present(work.id, "sponsor"):
            reader = portal.PortalReader(other.id, [work.id])
            asked = portal.portal_page(look.tx, work.id, today=TODAY, reader=reader)
            opened = work.id in look.oracle.open_portals
            must = on_portal_page(look, work.id) if opened else set()
            yield sight(f"portal_page as {other}", await look.one(asked), must)


@way(agreements.agreement_page, agreements.versions, agreements.told_in_confidence)
async def agreed(look: Look) -> AsyncIterator[Sight]:
    for work in look.play.works:
        words = look.words(look.oracle.of(Agreement, work.id))
        yield sight("versions", await look.tx.all(agreements.versions, engagement=work.id), words)
        page = await look.one(agreements.agreement_page(look.tx, work.id))
        yield sight("agreement_page", page, words)
        told = [one for one in look.oracle.of(Publication, work.id) if one.kind == "quote"]
        shown = {*MARKER.findall(" ".join(o.content for o in look.those(told) if o.shown))}
        rows = await look.tx.all(agreements.told_in_confidence, engagement=work.id)
        yield sight("told_in_confidence", rows, shown)


def unopened(look: Eye) -> list[Note]:
    """Others' reflections that the person reads, and had not before them when the look began."""
    opened = {one.note for one in look.oracle.every(Reading) if one.reader == look.who.id}
    return [
        note
        for note in look.those(look.oracle.every(Note))
        if note.kind == "reflection" and note.author != look.who.id and note not in opened
    ]


def waiting_copies(look: Eye) -> list[Revision]:
    return [
        copy
        for copy in look.those(look.oracle.every(Revision))
        if copy.kept_aside and copy.writer == look.who.id and not copy.settled
    ]


def on_portal_page(look: Eye, engagement: UUID) -> set[str]:
    """The markers that stand on the page of an engagement: the newest of each kind."""
    shown = [one for one in look.those(look.oracle.of(Publication, engagement)) if one.shown]
    findings = [one for one in shown if one.kind == "update"]
    if not findings or (look.surface == "portal" and engagement not in look.oracle.open_portals):
        return set()
    themes = [one for one in shown if one.kind == "themes"]
    quotes = [one for one in shown if one.kind == "quote"]
    return words_of([findings[-1], *themes[-1:], *(quotes if len(quotes) <= MOST_QUOTES else [])])


async def _files_opened(play: Play, who: Somebody, surface: Surface) -> list[Sight]:
    context, found = await play.context(who, surface), []
    for file in play.oracle.every(File):
        must = (
            {file.content} if play.oracle.reads(who, file, surface) and not file.removed else set()
        )
        answer = ""
        with suppress(NotFound):
            opened = await attachments.opened(play.db, play.files, context, file.id)
            answer = opened.content.decode()
        found.append(Sight("opened", answer, must))
    return found
