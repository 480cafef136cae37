"""Canaries: a marker in every text of a world, and the oracle of who may meet which.

`REACH` is the specification: what each kind of thing is, and who reads it on which surface. It is
written by hand from the promises of the product and knows nothing of its policies.
"""

import re
import secrets
from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from msgspec import Struct, field

from tenancy.database.context import Role
from world import Consultancy, Person

Surface = Literal["workspace", "portal", "support"]
Work = Literal["ours", "theirs", "elsewhere", "gone"]
"""The two engagements of a workspace, that of another, and one that was deleted with everything."""
Loss = Literal["membership", "access for now", "session", "consent"]

MARKER = re.compile(r"cnry[0-9a-f]{12}", re.IGNORECASE)


class Actor(Struct, frozen=True, kw_only=True):
    """Somebody who asks: their role in a workspace, and their places on its engagements."""

    key: str
    known_as: str
    workspace: str = "north"
    role: Role | Literal["operator"] | None = None
    """None: nobody is signed in."""
    lost: Loss | None = None
    """What they had and have no more; without it they are nobody anywhere."""
    whose: str = ""
    """The key of the person, where somebody else of the cast is the same one."""
    places: dict[Work, str] = field(default_factory=dict)
    formerly: dict[Work, str] = field(default_factory=dict)
    """Places that they were released from."""

    @property
    def person(self) -> str:
        return self.whose or self.key

    @property
    def is_member(self) -> bool:
        """Whether a member is signed in."""
        return self.role not in (None, "operator") and self.lost is None


CAST = (
    Actor(key="alice", known_as="the owner", role="owner"),
    Actor(
        key="bob", known_as="a consultant on the team", role="consultant", places={"ours": "team"}
    ),
    Actor(
        key="abe", known_as="an associate on the team", role="associate", places={"ours": "team"}
    ),
    Actor(
        key="cora", known_as="a consultant not on it", role="consultant", places={"theirs": "team"}
    ),
    Actor(key="ann", known_as="an associate not assigned", role="associate"),
    Actor(key="pat", known_as="a participant", role="participant", places={"ours": "participant"}),
    Actor(
        key="quinn",
        known_as="a participant of another engagement",
        role="participant",
        places={"theirs": "participant"},
    ),
    Actor(
        key="rae",
        known_as="a participant who was released",
        role="participant",
        formerly={"ours": "participant"},
    ),
    Actor(key="sam", known_as="its sponsor", role="sponsor", places={"ours": "sponsor"}),
    Actor(key="del", known_as="its sponsor's PA", role="delegate", places={"ours": "sponsor"}),
    Actor(
        key="sid",
        known_as="the sponsor of another engagement",
        role="sponsor",
        places={"theirs": "sponsor"},
    ),
    Actor(key="charlie", known_as="the owner of another workspace", workspace="else", role="owner"),
    Actor(key="nobody", known_as="somebody not signed in", workspace=""),
)
TEAM: dict[Work, str] = {"ours": "team"}
SPONSOR: dict[Work, str] = {"ours": "sponsor"}
PARTICIPANT: dict[Work, str] = {"ours": "participant"}
RELEASED = (
    Actor(key="cal", known_as="a consultant who was released", role="consultant", formerly=TEAM),
    Actor(key="sol", known_as="a sponsor who was released", role="sponsor", formerly=SPONSOR),
)
"""As `rae`, whose places ended; they are members still."""
OUTSIDE = (
    Actor(
        key="sue",
        known_as="a suspended consultant of the team",
        role="consultant",
        formerly=TEAM,
        lost="access for now",
    ),
    Actor(
        key="saul",
        known_as="a suspended sponsor",
        role="sponsor",
        formerly=SPONSOR,
        lost="access for now",
    ),
    Actor(
        key="lee",
        known_as="an owner who left",
        role="owner",
        formerly=TEAM,
        lost="membership",
    ),
    Actor(
        key="lou",
        known_as="a participant who left",
        role="participant",
        formerly=PARTICIPANT,
        lost="membership",
    ),
    Actor(
        key="idle",
        known_as="the owner, whose session was idle for too long",
        role="owner",
        lost="session",
        whose="alice",
    ),
    Actor(
        key="expired",
        known_as="a consultant on the team, whose session is over",
        role="consultant",
        formerly=TEAM,
        lost="session",
        whose="bob",
    ),
    Actor(
        key="ended",
        known_as="a participant who ended that session",
        role="participant",
        formerly=PARTICIPANT,
        lost="session",
        whose="pat",
    ),
    Actor(key="invited", known_as="somebody who is invited and has asked for a code", workspace=""),
    Actor(key="operator", known_as="an operator who was let in", role="operator"),
    Actor(
        key="locked out",
        known_as="an operator whom nobody lets in any more",
        role="operator",
        lost="consent",
    ),
)
"""Those who were somebody, are not yet, or run the installation: of a workspace, they are nobody.
"""
EVERYBODY = (*CAST, *RELEASED, *OUTSIDE)


class Rule(Struct, frozen=True):
    """Who reads a kind of thing, by surface, in the words of `relations`."""

    workspace: frozenset[str] = frozenset()
    portal: frozenset[str] = frozenset()
    support: frozenset[str] = frozenset()


def rule(workspace: str, portal: str = "", support: str = "") -> Rule:
    def words(text: str) -> frozenset[str]:
        return frozenset(word.strip() for word in text.split(",") if word.strip())

    return Rule(words(workspace), words(portal), words(support))


REACH: dict[str, Rule] = {
    "workspace": rule("member", "member"),
    "member": rule("owner"),
    "invitation": rule("owner, team"),
    "client": rule("owner, consultant, team"),
    "engagement": rule("owner, team, participant", "owner, team, sponsor"),
    "title of an engagement": rule("owner, team, participant", "owner, team, sponsor", "operator"),
    "engagement before its portal opens": rule("owner, team"),
    # Its agreement is read and answered by the sponsor before there is anything to see.
    "name of an engagement before its portal opens": rule(
        "owner, team, participant", "owner, team, sponsor"
    ),
    "title of an engagement before its portal opens": rule(
        "owner, team, participant", "owner, team, sponsor", "operator"
    ),
    "agreement": rule("owner, team, participant", "owner, team, sponsor"),
    "proposal": rule("proposing, speaking"),
    "own words": rule("owner, team, speaking participant", "owner, team, sponsor"),
    "presenting issue": rule("owner, team"),
    "plan": rule("owner, team, participant", "owner, team, sponsor"),
    "place": rule("owner, team"),
    "session": rule("owner, team, expected participant", "owner, team, expected sponsor"),
    "note for me": rule("author"),
    "note for the named": rule("author, named"),
    "note for the team": rule("author, team"),
    "file for me": rule("author"),
    "file for the named": rule("author, named"),
    "file for the team": rule("author, team"),
    "kept copy": rule("author"),
    "action for the team": rule("owner, team"),
    "action for participants": rule("owner, team, doing participant"),
    "action for sponsors": rule("owner, team, doing participant", "owner, team, sponsor"),
    "measure": rule("owner, team"),
    "published measure": rule("owner, team", "owner, team, sponsor"),
    "publication": rule("owner, team", "owner, team, sponsor"),
    "withdrawn publication": rule("owner, team"),
    "legal hold": rule("owner"),
    "token": rule("owner, oneself"),
    "support access": rule("owner"),
    "passkey": rule("oneself"),
    "connected person": rule("owner, oneself"),
    "title of a member": rule(
        "member of staff, team, participant, sponsor", "team, participant, sponsor"
    ),
    "title of a former member": rule("member of staff, oneself", "oneself"),
}


class Thing(Struct, frozen=True, kw_only=True):
    """A row or a text of one engagement, or of its workspace."""

    kind: str
    work: Work
    path: dict[str, UUID] = field(default_factory=dict)
    """What fills the parameters of a route that shows it."""
    people: dict[str, frozenset[str]] = field(default_factory=dict)
    """Who wrote it, is named on it, is expected at it or will do it, by their key in the cast."""

    @property
    def workspace(self) -> str:
        return "else" if self.work == "elsewhere" else "north"


def relations(actor: Actor, thing: Thing) -> set[str]:
    """Everything that the actor is to the thing. Who has no place any more is nobody to it."""
    if actor.role is None or actor.lost or actor.workspace != thing.workspace:
        return set()
    if thing.work == "gone":
        return set()
    if actor.role == "operator":
        return {"operator"}
    found = {"member", *({actor.role} & {"owner", "consultant"})}
    if actor.role in ("owner", "consultant", "associate"):
        found.add("member of staff")
    if actor.key in thing.people.get("oneself", ()):
        found.add("oneself")
    place = actor.places.get(thing.work)
    if place:
        words = {word for word, who in thing.people.items() if actor.key in who}
        found |= {place, *words, *(f"{word} {place}" for word in words)}
    return found


def reaches(actor: Actor, thing: Thing, surface: Surface) -> bool:
    """The oracle."""
    allowed: frozenset[str] = getattr(REACH[thing.kind], surface)
    return bool(allowed & relations(actor, thing))


class Aviary:
    """Every canary that was planted, and the thing it belongs to."""

    def __init__(self) -> None:
        self.planted: dict[str, Thing] = {}

    def plant(self, words: str, thing: Thing) -> str:
        """`words` with a marker in front, so that no shortening cuts it off."""
        marker = f"cnry{secrets.token_hex(6)}"
        self.planted[marker] = thing
        return f"{marker} {words}".strip()

    def escaped(self, text: str, actor: Actor, surface: Surface) -> list[Thing]:
        """What the text holds that the actor must not meet there."""
        return [thing for thing in self.met(text) if not reaches(actor, thing, surface)]

    def met(self, text: str) -> Iterable[Thing]:
        return (self.planted[marker.lower()] for marker in {*MARKER.findall(text)})


class Member(Struct, frozen=True):
    """An actor who can sign in."""

    actor: Actor
    world: Consultancy
    person: Person
