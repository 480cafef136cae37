"""What somebody promised in a note: its lines that begin with `[]`."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from msgspec import Struct

LINE = re.compile(r"^[ \t]*(?:[-*+][ \t]+)?\[[ \t]?\][ \t]*(?P<text>\S.*?)[ \t]*$", re.MULTILINE)
_DUE = re.compile(
    r"[ ,]+(?:by|until|before) (?:(?P<iso>\d{4}-\d{2}-\d{2})"
    r"|(?P<day>\d{1,2}) (?P<month>[A-Z][a-z]{2,8})(?: (?P<year>\d{4}))?)[.]?$"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LONGEST = 400


class Promise(Struct, frozen=True):
    """A line that could become an action: what was promised, by whom, and by when."""

    text: str
    owner_id: UUID | None
    due_on: date | None


def promises_in(body: str, people: Mapping[str, UUID], today: date) -> list[Promise]:
    """The promises of a note, in order, each once: `[] Ask theatres @Maya Osei by 12 December`.

    Args:
        people: those who may own one, by name; an `@` before a name makes it the owner's.
        today: a date without a year is the next of its kind from here.
    """
    found = (_promise(line["text"], people, today) for line in LINE.finditer(body))
    return list({promise.text: promise for promise in found if promise.text}.values())


def _promise(line: str, people: Mapping[str, UUID], today: date) -> Promise:
    named = _named(line, people)
    if named:
        line = re.sub(rf"[ ,]*@{re.escape(named)}", "", line).strip()
    due = None
    if (match := _DUE.search(line)) and (due := _date(match, today)):
        line = line[: match.start()]
    text = line.strip(" ,;")[:LONGEST].strip()
    return Promise(text, people.get(named) if named else None, due)


def _named(line: str, people: Iterable[str]) -> str:
    """The longest name that stands behind an `@`."""
    return max((name for name in people if f"@{name}" in line), key=len, default="")


def _date(match: re.Match[str], today: date) -> date | None:
    try:
        if match["iso"]:
            return date.fromisoformat(match["iso"])
        month = _MONTHS.index(match["month"][:3].lower()) + 1
        due = date(int(match["year"] or today.year), month, int(match["day"]))
        return due if match["year"] or due >= today else due.replace(year=due.year + 1)
    except ValueError:
        return None
