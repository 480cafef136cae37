"""What people met, compared to the oracle: rows of tables, answers of queries, mails and pages."""

import re
from collections.abc import Collection, Iterable, Iterator
from uuid import UUID

from msgspec.structs import replace

from canaries import MARKER
from frontend.letters.writing import writer
from looking import Sight, seen
from oracle import TABLES, File, Note, Proposal, Reading, Revision, Somebody, Thing
from playing import Play
from tenancy.database.context import Context, Surface, Through
from tenancy.mail.service import waiting

KEYS = {
    "note": "id || ' ' || audience || ' ' || version",
    "note_revision": "mutation_id::text",
    "note_reading": "note_id || ' ' || reader_id",
    "attachment": "id::text",
    "proposal": "id::text",
    "agreement": "id || ' ' || state",
    "consent": "agreement_id || ' ' || member_id || ' ' || party || ' ' || answer",
    "publication": "id || ' ' || state || ' ' || coalesce(content->>'headline', content->>'text',"
    " content->'sentences'->>0, '')",
    "action": "id::text",
}
"""What tells a row of each table from the others, and how it stands, as `Thing.key` has it."""
UUIDS = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
EVERY = tuple(KEYS)


async def rows_amiss(
    play: Play,
    surface: Surface,
    tables: Collection[str] = EVERY,
    through: Through = "browser",
) -> list[str]:
    """Rows that people find with SQL of their own and must not, or must and do not."""
    contexts, amiss = await play.contexts(surface), []
    for who in play.oracle.people:
        if who.id in contexts:
            found = await _rows(play, replace(contexts[who.id], through=through), tables)
            amiss += [
                f"{named(play, who)}, {sentence}"
                for sentence in _amiss(play, who, surface, through, found)
            ]
        if (who.id in contexts) == (who.id in play.oracle.away):
            amiss.append(f"{named(play, who)} has a context: {who.id in contexts}")
    return amiss


def _amiss(
    play: Play, who: Somebody, surface: Surface, through: Through, found: dict[str, set[str]]
) -> Iterator[str]:
    for table, keys in found.items():
        every = {thing.key: thing for thing in play.oracle.every(TABLES[table])}
        due = {
            key for key, thing in every.items() if play.oracle.reads(who, thing, surface, through)
        }
        told = f"with SQL on {table}, on the surface {surface} by {through}"
        for key in keys - due:
            yield f"{told}, saw {described(play, every.get(key))}"
        for key in due - keys:
            yield f"{told}, did not see {described(play, every[key])}"


async def _rows(play: Play, context: Context, tables: Collection[str]) -> dict[str, set[str]]:
    statement = " UNION ALL ".join(f"SELECT '{t}', {KEYS[t]} FROM {t}" for t in tables)
    found: dict[str, set[str]] = {table: set() for table in tables}
    async with play.db.transaction(context) as tx:
        for table, key in await tx.connection.fetch(statement):
            found[table].add(key)
    return found


async def answers_amiss(play: Play, who: Somebody, surface: Surface) -> list[str]:
    """What somebody is answered by the product's own queries and must not be, or is not."""
    before = await readings_amiss(play)
    amiss = sights_amiss(play, who, surface, await seen(play, who, surface))
    return before + amiss + await readings_amiss(play) + _unnoted(play, who, surface)


def _unnoted(play: Play, who: Somebody, surface: Surface) -> list[str]:
    """Who was shown a note of somebody else's has opened it, for its author to know."""
    known = {thing.key for thing in play.oracle.every(Reading)}
    return [
        f"{named(play, who)} was shown {described(play, note)}, and no reading was kept"
        for note in play.oracle.readable(who, Note, surface)
        if surface == "workspace" and note.author != who.id and f"{note.id} {who.id}" not in known
    ]


def sights_amiss(play: Play, who: Somebody, surface: Surface, sights: Iterable[Sight]) -> list[str]:
    oracle = play.oracle
    allowed, known = oracle.allowed(who, surface), oracle.known(who, surface)
    ids = {str(thing.id) for thing in oracle.things if isinstance(thing, (Note, File, Proposal))}
    amiss = []
    for one in sights:
        told = f"{named(play, who)}, in {one.where} on the surface {surface}"
        met = {*MARKER.findall(one.answer)}
        met_ids = ids & {*UUIDS.findall(one.answer)} - one.asked
        amiss += [f"{told}, met {whose(play, marker)}" for marker in met - allowed]
        amiss += [f"{told}, met the id of {whose(play, id)}" for id in met_ids - known]
        missed = one.must - met - {*UUIDS.findall(one.answer)}
        amiss += [f"{told}, did not find {whose(play, word)}" for word in missed]
        amiss += [f"{told}: {one.amiss}"] if one.amiss else []
    return amiss


async def readings_amiss(play: Play) -> list[str]:
    """Tell the oracle who opened what by now; nobody has opened what they may not read."""
    rows = await play.superuser.fetch(
        "SELECT tenant_id, note_id, reader_id FROM note_reading WHERE tenant_id = ANY($1)",
        [*play.houses],
    )
    people = {who.id: who for who in play.oracle.people}
    every = {note.id: note for note in play.oracle.every(Note)}
    known = {thing.key for thing in play.oracle.every(Reading)}
    amiss = []
    for tenant, note_id, reader in rows:
        note = every[note_id]
        new = Reading(
            id=note_id, tenant=tenant, engagement=note.engagement, note=note, reader=reader
        )
        if new.key in known:
            continue
        if not play.oracle.reads(people[reader], note, "workspace"):
            amiss.append(f"{named(play, people[reader])} opened {described(play, note)}")
        play.oracle.things.append(new)
    return amiss


async def mails_amiss(play: Play, read: set[UUID]) -> list[str]:
    """Words in mails that are not their reader's. Nobody is written what stands in a note.

    Args:
        read: the mails that were read before; those that are new are put to it.
    """
    write, amiss = writer("https://cocreate.example"), []
    for tenant in play.houses:
        async with play.as_the_system(tenant) as tx:
            rows = await tx.connection.fetch("SELECT id FROM mail WHERE NOT id = ANY($1)", read)
            for row in rows:
                letter = await waiting(tx, row["id"])
                assert letter is not None, "nothing is sent in these tests"
                [to] = [
                    who
                    for who in play.oracle.people
                    if (who.tenant, who.email) == (tenant, letter.to_address)
                ]
                allowed = _outside_notes(play, to)
                met = {*MARKER.findall(str((letter.facts, write(letter))))}
                told = f"{named(play, to)}, in the mail {letter.letter}, met"
                amiss += [f"{told} {whose(play, marker)}" for marker in met - allowed]
        read |= {row["id"] for row in rows}
    return amiss


def _outside_notes(play: Play, to: Somebody) -> set[str]:
    confidential = (Note, Revision, File, Proposal)
    surfaces: tuple[Surface, ...] = ("workspace", "portal")
    return {
        marker
        for thing in play.oracle.things
        if not isinstance(thing, confidential)
        and any(play.oracle.reads(to, thing, surface) for surface in surfaces)
        for marker in thing.words()
    }


def whose(play: Play, word: str) -> str:
    """What a marker or an id belongs to."""
    things = [one for one in play.oracle.things if word in one.words() or word == str(one.id)]
    return " and ".join(described(play, thing) for thing in things) or repr(word)


def named(play: Play, who: Somebody) -> str:
    places = [
        f"{relation} of engagement {number}"
        for number, work in enumerate(play.works, 1)
        for relation in sorted(play.oracle.relations(who.id, work.id))
    ]
    where = ", ".join(places) or "on no engagement"
    return f"{who.name} ({who.role} of {play.slug(who.tenant)}, {where})"


def described(play: Play, thing: Thing | None) -> str:
    """A thing, by whose it is and for whom."""
    if thing is None:
        return "a row that nobody made"
    names = {who.id: who.name for who in play.oracle.people}
    number = [work.id for work in play.works].index(thing.engagement) + 1
    match thing:
        case Note():
            readers = ", ".join(names[id] for id in thing.readers)
            for_whom = {"me": "themselves", "team": "the team", "named": readers}[thing.audience]
            what = f"{names[thing.author]}'s {thing.kind} note for {for_whom}"
        case Revision():
            kind = "copy beside" if thing.kept_aside else f"version {thing.number} of"
            what = f"{names[thing.writer]}'s {kind} {described(play, thing.note)}"
        case Reading():
            what = f"that {names[thing.reader]} opened {described(play, thing.note)}"
        case File():
            what = f"{names[thing.attached_by]}'s file at {described(play, thing.note)}"
        case Proposal():
            what = f"{names[thing.proposer]}'s proposal of words of {names[thing.speaker]}"
        case _:
            what = f"a row of {type(thing).__name__.lower()}"
    return f"{what} in engagement {number}"
