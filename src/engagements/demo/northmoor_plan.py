"""What was planned, held and promised at Northmoor Vale."""

from typing import Literal

from engagements.demo.script import ActionPart, MilestonePart, ObjectivePart, SessionPart

MILESTONES = (
    MilestonePart("Scope", "Agreement signed and change team formed", -404, -401),
    MilestonePart("Discover", "One hundred and twenty listening conversations held", -297, -291),
    MilestonePart("Discover", "First Culture Pulse read back to those who answered", -288, -288),
    MilestonePart("Design", "Theatres and emergency care choose what they will try", -226, -226),
    MilestonePart("Design", "Board agrees the trial teams and the time they need", -168, -161),
    MilestonePart("Deliver", "Second Culture Pulse read back, the teams first", -12, -12),
    MilestonePart("Deliver", "Review with the board: what we keep and what we stop", 22),
    MilestonePart("Sustain", "Teams run their own look-backs without us", 118),
)

OBJECTIVES = (
    ObjectivePart(
        "PS", "In theatres and emergency care a worry is raised while it is still half-formed."
    ),
    ObjectivePart("CL", "The executive team agrees in the room and says the same outside it."),
    ObjectivePart("TW", "Every theatre list begins with a huddle and ends with a short look-back."),
    ObjectivePart("PA", "Theatres and the wards agree the handover points together."),
)

_EXECUTIVES = ("helen", "david", "imran")
_BOARDROOM = "Boardroom, Trust headquarters"
_SEMINAR = "Seminar room 2, theatres"


def _with_maya(key: str, day: int, *, cancelled: bool = False) -> SessionPart:
    return SessionPart(
        key=key,
        day=day,
        at="14:00",
        kind="coaching",
        title="",
        lead="ros",
        expected=("maya",),
        place="Quiet room, theatres corridor",
        cancelled=cancelled,
    )


def _with_david(key: str, day: int) -> SessionPart:
    return SessionPart(
        key=key,
        day=day,
        at="08:30",
        kind="coaching",
        title="",
        lead="imran",
        expected=("david",),
        place="David's office",
    )


def _executive_team(key: str, day: int, title: str, *missing: str) -> SessionPart:
    return SessionPart(
        key=key,
        day=day,
        at="09:30",
        kind="team",
        title=f"Executive team: {title}",
        lead="ros",
        expected=_EXECUTIVES,
        missing=missing,
        minutes=90,
        place=_BOARDROOM,
    )


def _workshop(key: str, day: int, title: str, *also: str, missing: str = "") -> SessionPart:
    return SessionPart(
        key=key,
        day=day,
        at="13:00",
        kind="workshop",
        title=title,
        lead="imran",
        expected=("maya", "sunita", "ros", *also),
        missing=(missing,) if missing else (),
        minutes=150,
        place=_SEMINAR,
    )


def _with_helen(
    key: str, day: int, kind: Literal["review", "interview"], title: str
) -> SessionPart:
    return SessionPart(
        key=key,
        day=day,
        at="16:30",
        kind=kind,
        title=title,
        lead="ros",
        expected=("helen",),
        minutes=45,
        place="Chief executive's office",
    )


SESSIONS = (
    _with_helen("contract", -412, "interview", "What we are here to change"),
    _executive_team("exec-1", -391, "what this is for"),
    SessionPart(
        key="listening",
        day=-333,
        at="07:30",
        kind="interview",
        title="Listening in theatres, before the first list",
        lead="imran",
        expected=("maya", "sunita"),
        place="Coffee room, main theatres",
    ),
    _workshop("read-back", -288, "Reading the first pulse together", "david", "helen"),
    _with_maya("maya-1", -268),
    _with_david("david-1", -261),
    _executive_team("exec-2", -233, "where we disagree", "helen"),
    _workshop("choosing", -226, "Choosing what to try"),
    _with_maya("maya-2", -205),
    _with_david("david-2", -191),
    _with_maya("maya-3", -149),
    _workshop("huddles", -134, "Practising the huddle"),
    _with_david("david-3", -113),
    _executive_team("exec-3", -98, "saying the same outside"),
    _with_maya("maya-4", -86),
    _with_maya("maya-5", -58, cancelled=True),
    _with_maya("maya-6", -37),
    _with_david("david-4", -30),
    _workshop("look-backs", -19, "What the look-backs tell us", missing="sunita"),
    _with_helen("helen-review", -9, "review", "Quarterly review"),
    _with_maya("maya-7", 9),
    _with_helen("helen-board", 10, "review", "Before the board: what we can and cannot say"),
    _with_david("david-5", 17),
)

ACTIONS = (
    ActionPart(
        text="Debrief after every theatre list, led by a different role each day",
        owner="maya",
        by="ros",
        due=-9,
        shown_to="sponsor",
        kind="commitment",
        session="maya-6",
    ),
    ActionPart(
        text="Bring the late-start figures to the huddle, list by list, before anyone asks why",
        owner="imran",
        by="imran",
        due=11,
        shown_to="sponsor",
        session="look-backs",
    ),
    ActionPart(
        text="Publish what changed after the listening rounds, and what did not",
        owner="david",
        by="imran",
        due=18,
        shown_to="sponsor",
        kind="commitment",
        session="david-4",
    ),
    ActionPart(
        text="Pair each executive with a frontline team, and keep the pairing when diaries fill",
        owner="helen",
        by="ros",
        due=46,
        shown_to="sponsor",
        kind="commitment",
        session="helen-review",
    ),
    ActionPart(
        text="Repeat the Culture Pulse in emergency care, with the promise page read out first",
        owner="ros",
        by="ros",
        due=60,
        shown_to="sponsor",
    ),
    ActionPart(
        text="Answer the three questions from the read-back in the staff bulletin",
        owner="david",
        by="imran",
        due=-14,
        done=-16,
        shown_to="sponsor",
        session="david-4",
    ),
    ActionPart(
        text="Ask the most junior person first at three huddles, and write down what came of it",
        owner="maya",
        by="ros",
        due=8,
        shown_to="participant",
        session="maya-6",
    ),
    ActionPart(
        text="Spend one late shift in recovery with no agenda and nobody beside me",
        owner="david",
        by="imran",
        due=-75,
        done=-70,
        shown_to="participant",
        kind="commitment",
        session="david-3",
    ),
    ActionPart(
        text="Tell the surgeons' meeting plainly what the first pulse said about theatres",
        owner="maya",
        by="ros",
        due=-250,
        done=-254,
        shown_to="participant",
        session="maya-1",
    ),
    ActionPart(
        text="Try the one-minute look-back in day surgery first",
        owner="sunita",
        by="imran",
        due=-104,
        done=-104,
        shown_to="participant",
        session="huddles",
    ),
    ActionPart(
        text="Ask Precious to say at the audit day, in her own words, what the guardian is for",
        owner="sunita",
        by="imran",
        due=-120,
        done=-123,
        shown_to="participant",
        session="huddles",
    ),
    ActionPart(
        text="Draft the page of the board paper that says what we cannot claim",
        owner="ros",
        by="ros",
        due=7,
        shown_to="team",
    ),
    ActionPart(
        text="Write up the listening themes so that nobody can tell who said what",
        owner="imran",
        by="imran",
        due=-300,
        done=-301,
        shown_to="team",
        session="listening",
    ),
    ActionPart(
        text="Take my impatience with the theatre lists to supervision",
        owner="ros",
        by="ros",
        due=-20,
        done=-22,
        shown_to="team",
    ),
    ActionPart(
        text="Film a huddle for the intranet",
        owner="imran",
        by="imran",
        due=-100,
        shown_to="team",
        session="huddles",
        dropped=True,
    ),
)
