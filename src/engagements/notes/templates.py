"""Ways to begin a note. A template is a text to write into, nothing that a note stays bound to."""

from msgspec import Struct


class Template(Struct, frozen=True):
    key: str
    name: str
    body: str


TEMPLATES = (
    Template(
        "coaching",
        "Coaching session",
        "**What they came with**\n\n\n**What shifted**\n\n\n**Agreed**\n\n[] \n\n"
        "**To hold for next time**\n\n",
    ),
    Template(
        "team",
        "Team session",
        "**The question we worked on**\n\n\n**Said, without names**\n\n- \n\n"
        "**Who spoke, who did not**\n\n\n**Agreed**\n\n[] \n",
    ),
    Template(
        "observation",
        "Observation",
        "**Where, and what was going on**\n\n\n**More of**\n\n- #\n\n**Less of**\n\n- #\n\n"
        "**What I do not know**\n\n",
    ),
    Template(
        "interview",
        "Interview",
        "**In their own words**\n\n- “”\n\n**What surprised me**\n\n\n"
        "**Themes, without names**\n\n- \n",
    ),
    Template(
        "supervision",
        "For supervision",
        "**What I bring**\n\n\n**What it does to me**\n\n\n**What I would like help with**\n\n",
    ),
)


def template_named(key: str) -> str:
    """The text of a template; empty where there is none of that name."""
    return next((one.body for one in TEMPLATES if one.key == key), "")


def offered(kind: str) -> list[Template]:
    """What a note of a kind can begin with."""
    supervision = kind == "supervision"
    return [one for one in TEMPLATES if (one.key == "supervision") == supervision]
