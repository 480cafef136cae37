"""Northmoor Vale as the sample tells it: fourteen months, and closed. Everybody is fictional.

Nobody of it can ever be written to, and nothing is in it that nobody could read.
"""

import re
from collections.abc import Mapping
from typing import TypeVar, cast

from msgspec import Struct
from msgspec.structs import replace

from engagements.demo import northmoor
from engagements.demo.cast import NORTHLIGHT, WHO_LEFT, DemoPerson
from engagements.demo.course import STILL_FRESH
from engagements.demo.script import ActionPart, ClientPart, MilestonePart, NotePart, Work
from tenancy.mail.service import NOWHERE

T = TypeVar("T")
YESTERDAY = -1
LEAD = "ros"
"""The owner of the workspace is the one who leads the work in the story."""
TITLES = {"dr", "prof", "professor", "mr", "mrs", "ms", "miss", "mx", "dame", "sir", "rev", "revd"}
_EXAMPLE = re.compile(r"(?<=\w)(@[\w.-]+)\.example\b")
_NAME = re.compile(r"\bRos\b")


def client(owner: str) -> ClientPart:
    joined = tuple(one for one in northmoor.CLIENT.contacts if not one.invited)
    return _retold(replace(northmoor.CLIENT, contacts=joined), called(owner))


def work(owner: str) -> Work:
    """What was done, with nothing left open, as the owner's work.

    Args:
        owner: their full name.
    """
    story = northmoor.WORK
    sessions = tuple(part for part in story.sessions if part.day < 0)
    days = {part.key: part.day for part in sessions}
    finished = replace(
        story,
        months=-story.starts,
        phases_passed=5,
        closed=YESTERDAY,
        sessions=sessions,
        milestones=tuple(_reached(part) for part in story.milestones if _lies_behind(part)),
        actions=tuple(_kept(part) for part in story.actions if _lies_behind(part)),
        notes=tuple(
            replace(part, too_late="") for part in story.notes if _has_been_read(part, days)
        ),
        upward=tuple(part for part in story.upward if part.approved_on is not None),
    )
    return _retold(finished, called(owner))


def colleagues() -> list[DemoPerson]:
    """Those of the consultancy who did it together with the owner."""
    cast = {person.key: person for person in (*NORTHLIGHT, WHO_LEFT)}
    return [_retold(cast[key], "") for key in northmoor.WORK.team]


def called(name: str) -> str:
    """What colleagues call somebody: the first of their names."""
    words = [word for word in name.split() if word.lower().rstrip(".") not in TITLES]
    return words[0] if words else name


def _lies_behind(part: MilestonePart | ActionPart) -> bool:
    return part.due < 0


def _reached(part: MilestonePart) -> MilestonePart:
    return part if part.done is not None else replace(part, done=YESTERDAY)


def _kept(part: ActionPart) -> ActionPart:
    return part if part.dropped or part.done is not None else replace(part, done=YESTERDAY)


def _has_been_read(part: NotePart, days: Mapping[str, int]) -> bool:
    """Whether it is for the owner, as nobody else of the story signs in, and no news any more."""
    on = days.get(part.session, part.day)
    return on < -STILL_FRESH.days and (part.for_team or part.author == LEAD or LEAD in part.readers)


def _retold(part: T, lead: str) -> T:
    """The same with addresses that nobody has, and with the owner's name for the lead's."""
    if isinstance(part, str):
        return cast(T, _NAME.sub(lead or "Ros", _EXAMPLE.sub(rf"\1{NOWHERE}", part)))
    if isinstance(part, tuple):
        return cast(T, tuple(_retold(each, lead) for each in part))
    if isinstance(part, Struct):
        return cast(
            T,
            replace(
                part,
                **{name: _retold(getattr(part, name), lead) for name in part.__struct_fields__},
            ),
        )
    return part
