"""What to have in mind before a session, found by rules.

A card holds what its reader may know, and says of each line who else does. The one question it
suggests draws only on what everybody expected at the session knows already: nothing that is for
fewer people is heard by more of them.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from engagements.actions.queries import ActionRow

MOST_CHANGES = 4


class Unread(Struct, frozen=True):
    """A reflection that the reader has not opened yet. The card says none of its words."""

    note_id: UUID
    author_id: UUID
    author: str
    written_at: datetime


class Change(Struct, frozen=True):
    """Something that happened since the session before."""

    kind: str
    """milestone, publication or session."""
    text: str
    on: date


class Prep(Struct, frozen=True):
    """The card: promises, what changed, what is unread, and one question to ask."""

    promises: list[ActionRow]
    """What the people expected have open, agreed elsewhere than in this session."""
    kept: list[ActionRow]
    """What they have done since the session before."""
    changed: list[Change]
    unread: list[Unread]
    question: str
    """Empty for those who do not lead it."""

    @property
    def says_something(self) -> bool:
        return bool(self.promises or self.kept or self.changed or self.unread or self.question)


def prepared(
    actions: Sequence[ActionRow],
    changed: Sequence[Change],
    unread: Sequence[Unread],
    *,
    session_id: UUID,
    expected: Sequence[UUID],
    first: bool,
    asks: bool,
) -> Prep:
    """The card of a session.

    Args:
        expected: the client's people who are expected.
        first: whether it is the first session with them.
        asks: whether the reader is the one who asks.
    """
    elsewhere = [action for action in actions if action.session_id != session_id]
    promises = [action for action in elsewhere if action.state == "open"]
    kept = [action for action in elsewhere if action.state == "done"]
    question = _question(promises, kept, unread, expected, first=first) if asks else ""
    return Prep(promises, kept, list(changed[:MOST_CHANGES]), list(unread), question)


def known_to(action: ActionRow) -> str:
    """Who knows of an action."""
    match action.shown_to:
        case "team":
            return "The team"
        case "participant":
            return f"The team and {action.owner}"
        case _:
            return "The sponsor too"


def _question(
    promises: Sequence[ActionRow],
    kept: Sequence[ActionRow],
    unread: Sequence[Unread],
    expected: Sequence[UUID],
    *,
    first: bool,
) -> str:
    """The first that applies: what is late, what was written, what was kept, what is open."""
    if first:
        return "What would have to be different for this to have been worth your time?"
    told = [action for action in promises if _everybody_knows(action, expected)]
    if late := next((action for action in told if action.late), None):
        return f"What got in the way of “{late.text}”?"
    if note := next((note for note in unread if [*expected] == [note.author_id]), None):
        day = f"{note.written_at.day} {note.written_at:%B}"
        return f"What has stayed with you since you wrote on {day}?"
    if done := next((action for action in kept if _everybody_knows(action, expected)), None):
        return f"What made “{done.text}” possible?"
    if told:
        return f"How is it going with “{told[0].text}”?"
    return "What is different since we last met?"


def _everybody_knows(action: ActionRow, expected: Sequence[UUID]) -> bool:
    """Whether everybody expected knows of an action: its owner does, the others need not."""
    return action.shown_to != "team" and [*expected] == [action.owner_id]
