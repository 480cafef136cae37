"""Who reads what, in plain Python: written from the promises, knowing no policy and no query.

The oracle is told what was done. It says of every thing whether a person reads it on a surface,
and so of every text, by the marker in it, whether they may meet it anywhere at all.
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar
from uuid import UUID

from msgspec import Struct, field

from canaries import MARKER
from tenancy.database.context import Role, Surface, Through

WITHIN = frozenset({"team", "participant"})
"""Who works on an engagement; the others read its portal."""
RULE_OF = {"quote": "quotes", "themes": "themes", "attendance": "attendance"}
"""The rule of an agreement that a kind of publication needs."""


class Somebody(Struct, frozen=True):
    """A member of one workspace. Who is a member of two is two of these."""

    id: UUID
    tenant: UUID
    name: str
    role: Role
    email: str

    def __repr__(self) -> str:
        return self.name


class Thing(Struct, eq=False, kw_only=True):
    """A row that somebody may read, and the texts that it holds."""

    id: UUID
    tenant: UUID
    engagement: UUID

    def __repr__(self) -> str:
        return f"{type(self).__name__} {self.id}"

    @property
    def key(self) -> str:
        """What tells its row from the others of the table, and how it stands."""
        return str(self.id)

    def texts(self) -> str:
        return ""

    def words(self) -> set[str]:
        """The markers in its texts."""
        return {*MARKER.findall(self.texts())}


class Note(Thing):
    author: UUID
    kind: str
    audience: str
    readers: frozenset[UUID]
    session: UUID | None
    drafted: bool
    body: str = ""
    version: int = 0

    def texts(self) -> str:
        return self.body

    @property
    def key(self) -> str:
        return f"{self.id} {self.audience} {self.version}"

    @property
    def is_the_teams(self) -> bool:
        """Whether colleagues write on in it."""
        return self.audience == "team" and self.kind in ("working", "session")


class Revision(Thing):
    """A body that was accepted or, `kept_aside`, came too late. Its id is the mutation's."""

    note: Note
    writer: UUID
    body: str
    number: int
    audience: str
    kept_aside: bool = False
    settled: bool = False

    def texts(self) -> str:
        return self.body


class Reading(Thing):
    note: Note
    reader: UUID

    @property
    def key(self) -> str:
        return f"{self.note.id} {self.reader}"


class File(Thing):
    note: Note
    attached_by: UUID
    name: str
    content: str
    removed: bool = False

    def texts(self) -> str:
        return "" if self.removed else f"{self.name} {self.content}"


class Proposal(Thing):
    note: Note
    proposer: UUID
    speaker: UUID
    quoted: str
    """The words as they stand in the note."""
    said_by: str
    approved: str = ""
    state: str = "proposed"
    publication: "Publication | None" = None

    def waits_for(self, member: UUID) -> bool:
        return self.state == "proposed" and self.speaker == member

    def texts(self) -> str:
        return f"{self.quoted} {self.said_by} {self.approved}"


class Agreement(Thing):
    purpose: str
    rules: frozenset[str]
    state: str = "proposed"

    @property
    def key(self) -> str:
        return f"{self.id} {self.state}"

    def texts(self) -> str:
        return self.purpose


class Consent(Thing):
    """An answer. Its id is the member's."""

    agreement: Agreement
    party: str
    answer: str

    @property
    def key(self) -> str:
        return f"{self.agreement.id} {self.id} {self.party} {self.answer}"


class Publication(Thing):
    kind: str
    content: str
    said_by: str = ""
    speaker: UUID | None = None
    """The participant whose own words these are; None of what the team published."""
    shown: bool = True

    @property
    def key(self) -> str:
        return f"{self.id} {'published' if self.shown else 'withdrawn'} {self.content}"

    def texts(self) -> str:
        return f"{self.content} {self.said_by}"


class Action(Thing):
    owner: UUID
    text: str
    shown_to: str

    def texts(self) -> str:
        return self.text


TABLES: dict[str, type[Thing]] = {
    "note": Note,
    "note_revision": Revision,
    "note_reading": Reading,
    "attachment": File,
    "proposal": Proposal,
    "agreement": Agreement,
    "consent": Consent,
    "publication": Publication,
    "action": Action,
}
IN_CUSTODY = (Note, Revision, Reading, File, Proposal, Agreement, Publication, Action)
"""What is kept and destroyed as rows, by work that opens nothing for anybody."""
THE_SYSTEMS = (Agreement, Consent, Publication)
"""What the system's own work goes through."""

T = TypeVar("T", bound=Thing)


class Oracle(Struct):
    """What was done so far, and what follows from it."""

    people: list[Somebody] = field(default_factory=list)
    places: list[tuple[UUID, UUID, str]] = field(default_factory=list)
    """Who is on which engagement, and as what."""
    took_part: set[tuple[UUID, UUID]] = field(default_factory=set)
    """Who was ever a participant of which engagement."""
    gone: set[UUID] = field(default_factory=set)
    """Who left the workspace."""
    suspended: set[UUID] = field(default_factory=set)
    """Whose access is paused: they keep their places, which open nothing."""
    open_portals: set[UUID] = field(default_factory=set)
    things: list[Thing] = field(default_factory=list)

    @property
    def away(self) -> set[UUID]:
        """Who opens nothing of the workspace."""
        return self.gone | self.suspended

    def every(self, kind: type[T]) -> Iterator[T]:
        return (thing for thing in self.things if isinstance(thing, kind))

    def of(self, kind: type[T], engagement: UUID) -> list[T]:
        return [thing for thing in self.every(kind) if thing.engagement == engagement]

    def relations(self, member: UUID, engagement: UUID) -> set[str]:
        """What somebody is to an engagement. Who has left, or is suspended, is nothing to it."""
        if member in self.away:
            return set()
        return self.places_of(member, engagement)

    def places_of(self, member: UUID, engagement: UUID) -> set[str]:
        """The places that somebody has, also while they open nothing."""
        return {word for who, work, word in self.places if (who, work) == (member, engagement)}

    def present(self, engagement: UUID, *relations: str) -> list[Somebody]:
        """Who has a place on an engagement today, as one of these."""
        wanted = set(relations)
        return [who for who in self.people if wanted & self.relations(who.id, engagement)]

    def reads(
        self, who: Somebody, thing: Thing, surface: Surface, through: Through = "browser"
    ) -> bool:
        """Whether a row is before somebody on a surface, in a browser or by a token."""
        if surface == "workspace" and not told_to_programs(thing, through):
            return False
        if who.tenant != thing.tenant or who.id in self.away:
            return False
        if surface == "custody":
            return isinstance(thing, IN_CUSTODY)
        if surface == "job":
            return isinstance(thing, THE_SYSTEMS)
        relations = self.relations(who.id, thing.engagement)
        if surface == "workspace":
            return self._at_work(who, thing, relations)
        return surface == "portal" and self._on_portal(who, thing, relations)

    def _at_work(self, who: Somebody, thing: Thing, relations: set[str]) -> bool:
        on_team, within = "team" in relations, bool(relations & WITHIN)
        on_record = on_team or who.role == "owner"
        match thing:
            case Note():
                return within and reads_note(who.id, thing, on_team=on_team)
            case File():
                return within and reads_note(who.id, thing.note, on_team=on_team)
            case Revision():
                return within and reads_revision(who.id, thing, on_team=on_team)
            case Reading():
                return within and who.id in (thing.note.author, thing.reader)
            case Proposal():
                return within and who.id in (thing.proposer, thing.speaker)
            case Agreement():
                return on_record or within
            case Consent():
                return on_record or (within and (thing.id == who.id or thing.answer == "accepted"))
            case Publication():
                return on_record or ("participant" in relations and thing.speaker == who.id)
            case Action():
                own = thing.owner == who.id and thing.shown_to != "team"
                return on_record or ("participant" in relations and own)
        raise LookupError(f"say who reads {thing}")

    def _on_portal(self, who: Somebody, thing: Thing, relations: set[str]) -> bool:
        """A sponsor never reads a note, nor does anybody where sponsors read."""
        sponsors = bool(relations & {"sponsor", "delegate"})
        previews = "team" in relations or who.role == "owner"
        match thing:
            case Publication():
                return previews or (sponsors and thing.shown)
            case Agreement():
                return previews or sponsors
            case Consent():
                own_or_accepted = thing.id == who.id or thing.answer == "accepted"
                return previews or (sponsors and own_or_accepted)
            case Action():
                return thing.shown_to == "sponsor" and (previews or sponsors)
        return False

    def readable(self, who: Somebody, kind: type[T], surface: Surface) -> list[T]:
        return [thing for thing in self.every(kind) if self.reads(who, thing, surface)]

    def allowed(self, who: Somebody, surface: Surface) -> set[str]:
        """The markers that somebody may meet: each is in something that they read."""
        return words_of(self.readable(who, Thing, surface))

    def known(self, who: Somebody, surface: Surface) -> set[str]:
        """The ids that somebody may meet. Who knows of a proposal knows that there is a note."""
        things = self.readable(who, Thing, surface)
        notes = {str(thing.note.id) for thing in things if isinstance(thing, Proposal)}
        return notes | {str(thing.id) for thing in things}

    # Of agreements: what may be told to a sponsor.

    def in_force(self, engagement: UUID) -> Agreement | None:
        found = [one for one in self.of(Agreement, engagement) if one.state == "in force"]
        assert len(found) <= 1
        return found[0] if found else None

    def accepted(self, agreement: Agreement) -> dict[str, set[UUID]]:
        """Who accepted a version, by party."""
        given = [one for one in self.every(Consent) if one.agreement is agreement]
        return {
            party: {one.id for one in given if one.party == party and one.answer == "accepted"}
            for party in ("consultant", "participant", "sponsor")
        }

    def may_tell(self, engagement: UUID, kind: str, speaker: UUID | None = None) -> bool:
        """Whether the agreement in force lets a kind be told; of somebody's words, by them too."""
        if kind not in RULE_OF:
            return True
        agreement = self.in_force(engagement)
        if agreement is None or RULE_OF[kind] not in agreement.rules:
            return False
        return speaker is None or speaker in set().union(*self.accepted(agreement).values())

    def count(self, engagement: UUID) -> None:
        """Take down what may not be told any more."""
        for one in self.of(Publication, engagement):
            one.shown = one.shown and self.may_tell(engagement, one.kind, one.speaker)


def told_to_programs(thing: Thing, through: Through) -> bool:
    """A token opens no note that is its author's alone, and no note at all without that scope."""
    if through == "browser" or not isinstance(thing, (Note, File, Revision, Reading, Proposal)):
        return True
    if through == "records":
        return False
    match thing:
        case Note() | Revision():
            return thing.audience != "me"
        case File():
            return thing.note.audience != "me"
    return True


def reads_note(member: UUID, note: Note, *, on_team: bool) -> bool:
    """The table of audiences, for somebody who works on the engagement."""
    if member == note.author:
        return True
    if note.audience == "named":
        return member in note.readers
    return note.audience == "team" and on_team


def reads_revision(member: UUID, revision: Revision, *, on_team: bool) -> bool:
    """A note that is shared later does not share its earlier wordings; a copy is its writer's."""
    if member == revision.writer:
        return True
    if revision.kept_aside:
        return False
    return member == revision.note.author or (revision.audience == "team" and on_team)


def words_of(things: Iterable[Any]) -> set[str]:
    """The markers in some things."""
    return set().union(*(thing.words() for thing in things))
