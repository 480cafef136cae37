"""The parts a story is made of.

A `day` is counted from the day on which the story is told: -7 is a week ago, 9 is in nine days.
People are named by their key in the cast.
"""

import re
from itertools import chain
from textwrap import dedent
from typing import Literal

from msgspec import Struct

from engagements.clients.models import RoleInWork
from engagements.clients.service import OrganisationDraft
from engagements.commercial.service import AgreementDraft
from engagements.demo.cast import DemoPerson
from engagements.measures.service import IndicatorDraft
from engagements.notes.audience import Audience
from engagements.portfolio.models import State
from engagements.portfolio.people import ClientRelation
from engagements.portfolio.service import OpeningState
from engagements.sessions.service import Kind

NoteKind = Literal["working", "session", "reflection"]
ShownTo = Literal["team", "participant", "sponsor"]


class UnitPart(Struct, frozen=True):
    name: str
    people: int
    below: tuple["UnitPart", ...] = ()


class ContactPart(Struct, frozen=True):
    """A person at the client; one with a `key` is on the engagement and can sign in, unless they
    are `invited` and have not accepted yet."""

    name: str
    post: str
    role: RoleInWork
    unit: str
    email: str = ""
    key: str = ""
    relation: ClientRelation = "participant"
    invited: bool = False


class ClientPart(Struct, frozen=True):
    organisation: OrganisationDraft
    units: tuple[UnitPart, ...]
    contacts: tuple[ContactPart, ...]


class MilestonePart(Struct, frozen=True):
    phase: str
    title: str
    due: int
    done: int | None = None


class ObjectivePart(Struct, frozen=True):
    domain: str
    text: str


class SessionPart(Struct, frozen=True, kw_only=True):
    """A session; in the past it was held, and all who were expected came but the `missing`."""

    key: str
    day: int
    at: str
    kind: Kind
    title: str
    lead: str
    expected: tuple[str, ...]
    missing: tuple[str, ...] = ()
    minutes: int = 60
    place: str = ""
    link: str = ""
    cancelled: bool = False


class ActionPart(Struct, frozen=True, kw_only=True):
    """What `owner` promised, as `by` wrote it down."""

    text: str
    owner: str
    by: str
    due: int
    shown_to: ShownTo
    kind: Literal["action", "commitment"] = "action"
    session: str = ""
    done: int | None = None
    dropped: bool = False


class FilePart(Struct, frozen=True):
    """A file that was put to a note."""

    name: str
    content: bytes


class NotePart(Struct, frozen=True, kw_only=True):
    """A note, on the day of its session or on a day of its own."""

    author: str
    body: str
    kind: NoteKind
    at: str
    key: str = ""
    """By which a story finds it again."""
    session: str = ""
    day: int = 0
    readers: tuple[str, ...] = ()
    """Whom it is for; nobody but the author when empty and not for the team."""
    for_team: bool = False
    again: str = ""
    """What it said the next time it was saved."""
    too_late: str = ""
    """What was written elsewhere meanwhile, and is kept beside it."""
    files: tuple[FilePart, ...] = ()

    @property
    def audience(self) -> Audience:
        if self.for_team:
            return "team"
        return "named" if self.readers else "me"


class IndicatorPart(Struct, frozen=True):
    """A series of months, twelve to a line, that ends with last month."""

    draft: IndicatorDraft
    lines: tuple[tuple[float, ...], ...]

    def values(self) -> list[float]:
        return list(chain(*self.lines))


class WavePart(Struct, frozen=True):
    """A survey on the tenth of a month: replies, mean and deviation for each domain's code."""

    months_ago: int
    scores: dict[str, tuple[int, float, float]]


class AgreementPart(Struct, frozen=True, kw_only=True):
    """A version that `by` proposed, and who accepted it on which day: (person, day, surface)."""

    by: str
    day: int
    draft: AgreementDraft
    accepted: tuple[tuple[str, int, Literal["workspace", "portal"]], ...]


class UpwardPart(Struct, frozen=True, kw_only=True):
    """Words of a note, proposed for the sponsor; `softened` on a day, or waiting for an answer."""

    by: str
    note: str
    words: str
    said_by: str
    day: int
    softened: str = ""
    approved_on: int | None = None


class UpdatePart(Struct, frozen=True, kw_only=True):
    """A finding with figures to the end of a month, published once they were known."""

    day: int
    at: str
    months_ago: int
    headline: str
    summary: str
    indicator: str
    quotes: tuple[tuple[str, str], ...] = ()
    """Words and, by role, who said them and agreed to their being shown."""
    themes: tuple[str, ...] = ()
    with_attendance: bool = False
    open_portal: bool = False


class Work(Struct, frozen=True, kw_only=True):
    """An engagement. `starts` counts months from today; `opened_as` is how it was entered."""

    lead: str
    title: str
    purpose: str
    presenting_issue: str
    opened_as: OpeningState
    became: State
    starts: int
    months: int
    phases_passed: int = 0
    closed: int | None = None
    """On which day, if the work is over."""
    team: tuple[str, ...] = ()
    focus: tuple[str, ...] = ()
    milestones: tuple[MilestonePart, ...] = ()
    objectives: tuple[ObjectivePart, ...] = ()
    sessions: tuple[SessionPart, ...] = ()
    actions: tuple[ActionPart, ...] = ()
    notes: tuple[NotePart, ...] = ()
    indicators: tuple[IndicatorPart, ...] = ()
    waves: tuple[WavePart, ...] = ()
    updates: tuple[UpdatePart, ...] = ()
    agreements: tuple[AgreementPart, ...] = ()
    upward: tuple[UpwardPart, ...] = ()


def of_cast(
    person: DemoPerson, role: RoleInWork, unit: str, relation: ClientRelation
) -> ContactPart:
    """Somebody of the cast, as a contact at the client."""
    return ContactPart(person.name, person.title, role, unit, person.email, person.key, relation)


def unwrapped(text: str) -> str:
    """Prose as it is typed: a paragraph is one line, and so is each item of a list."""
    paragraphs = dedent(text).strip().split("\n\n")
    return "\n\n".join(re.sub(r"\n(?!- )\s*", " ", paragraph) for paragraph in paragraphs)
