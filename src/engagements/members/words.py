"""Who sees what, in words: the sentences of one member, from their role and their places.

Pure functions. Each sentence is made of a claim, and each claim is compared to what the database
really answers (`tests/http/test_who_sees_what.py`).
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from tenancy.database.context import Role

What = Literal[
    "settings",
    "clients",
    "record",
    "team notes",
    "coaching",
    "portal",
    "own notes",
    "private notes",
    "unfit place",
    "answers",
    "engagements",
]
STAFF = ("owner", "consultant", "associate")
SPONSORS = ("sponsor", "delegate")
OPENS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(STAFF, ("team",)),
    "participant": ("participant",),
    **dict.fromkeys(SPONSORS, SPONSORS),
}
"""The places that open something to somebody of a role."""
CALLED = {
    "owner": "an owner",
    "consultant": "a consultant",
    "associate": "an associate",
    "participant": "a participant",
    "sponsor": "a sponsor",
    "delegate": "somebody who stands in for a sponsor",
}


class HeldPlace(Struct, frozen=True):
    engagement: str
    relation: str


class Claim(Struct, frozen=True):
    """That somebody sees a kind of thing, or does not."""

    what: What
    sees: bool = True
    of: tuple[str, ...] = ()
    """The engagements of which they do, by name."""
    everywhere: bool = False
    """They do so of all there are, also without a place."""
    role: str = ""
    """Of a place that opens nothing: what they are in the workspace."""


class Sight(Struct, frozen=True):
    """What somebody sees and what not, a sentence each."""

    sees: list[str]
    sees_not: list[str]


def sight(name: str, role: Role, places: Sequence[HeldPlace], away: str = "") -> Sight:
    """What a member sees.

    Args:
        away: "left" or "paused"; empty of somebody who has access.
    """
    if away == "left":
        return Sight([], [f"{name} has left, and opens nothing."])
    if away == "paused":
        return Sight([], [f"{name}’s access is paused, so they open nothing until it is back."])
    found = claims(role, places)
    return Sight(
        _said(name, [claim for claim in found if claim.sees]),
        _said(name, [claim for claim in found if not claim.sees]),
    )


def claims(role: Role, places: Sequence[HeldPlace]) -> list[Claim]:
    """What a role and the places of somebody who has access amount to."""
    held = _titles(place for place in places if place.relation in OPENS[role])
    unfit = _titles(place for place in places if place.relation not in OPENS[role])
    found = _of_staff(role, held) if role in STAFF else _of_client(role, held)
    return found + (
        [Claim("unfit place", sees=False, of=unfit, role=CALLED[role])] if unfit else []
    )


def _of_staff(role: Role, team: tuple[str, ...]) -> list[Claim]:
    found = [Claim("settings")] if role == "owner" else []
    if role != "associate":
        found.append(Claim("clients", everywhere=True))
    elif team:
        found.append(Claim("clients", of=team))
    if role == "owner":
        found.append(Claim("record", everywhere=True))
    elif team:
        found.append(Claim("record", of=team))
    if team:
        found += [Claim("team notes", of=team), Claim("own notes", of=team)]
    if role != "owner":
        found.append(Claim("record" if team else "engagements", sees=False))
    return [*found, Claim("team notes", sees=False), Claim("private notes", sees=False)]


def _of_client(role: Role, held: tuple[str, ...]) -> list[Claim]:
    if role in SPONSORS:
        found = [Claim("portal", of=held)] if held else []
        hidden: tuple[What, ...] = (
            ("own notes", "answers") if role == "delegate" else ("own notes",)
        )
    else:
        found = [Claim("coaching", of=held), Claim("own notes", of=held)] if held else []
        hidden = ("record", "private notes") if held else ("private notes",)
    if not held:
        hidden = ("engagements", *hidden)
    return [*found, *(Claim(what, sees=False) for what in hidden)]


def _titles(places: Iterable[HeldPlace]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place.engagement for place in places))


def listed(titles: Sequence[str]) -> str:
    """Names as they are said: “X”, “Y” and “Z”."""
    quoted = [f"“{title}”" for title in titles]
    return " and ".join(filter(None, [", ".join(quoted[:-1]), *quoted[-1:]]))


_SEES: dict[What, str] = {
    "settings": "They see who belongs to the workspace, and the trail of what was done, which "
    "holds no text.",
    "clients": "They see the clients of {of}, with their units and contacts.",
    "record": "They see the record of {of}: the plan, people, sessions, actions, measures, what is "
    "agreed and what is published.",
    "team notes": "They read what is written for the team of {of}.",
    "coaching": "They see of {of} the title, the purpose, the dates and the plan, the sessions "
    "that they are expected at, the actions of theirs that are shown to them, and what is agreed "
    "about confidence.",
    "portal": "They read what is published of {of} once its portal is open, the actions shown to "
    "sponsors, their own next session, and what is agreed about confidence.",
    "own notes": "They read the notes that they write there, and those that name them.",
}
_SEES_EVERYWHERE: dict[What, str] = {
    "clients": "They see every client, with units and contacts.",
    "record": "They see the record of every engagement: the plan, people, sessions, actions, "
    "measures, what is agreed and what is published.",
}
_SEES_NOT: dict[What, str] = {
    "engagements": "They open no engagement, as they have no place on one.",
    "record": "They see nothing else of any engagement.",
    "team notes": "They read no note for a team that they are not on.",
    "private notes": "They read no note that another keeps for themselves, and none for named "
    "people that does not name them.",
    "own notes": "They read no note, whoever wrote it and whomever it is for.",
    "answers": "They answer nothing for the sponsor.",
    "unfit place": "They open nothing by the place on {of}, which is not for {role}.",
}
_OF_ONE = {"see": "sees", "read": "reads", "answer": "answers", "open": "opens"}


def _said(name: str, found: Sequence[Claim]) -> list[str]:
    """A sentence for each claim, the first of which has the name."""
    said = [_sentence(claim) for claim in found]
    return [_by_name(name, text) for text in said[:1]] + said[1:]


def _sentence(claim: Claim) -> str:
    said = _SEES_EVERYWHERE if claim.everywhere else _SEES if claim.sees else _SEES_NOT
    return said[claim.what].format(of=listed(claim.of), role=claim.role)


def _by_name(name: str, sentence: str) -> str:
    """ "They see nothing." as "Bob Hartley sees nothing."""
    _, verb, rest = sentence.split(" ", 2)
    return f"{name} {_OF_ONE[verb]} {rest}"
