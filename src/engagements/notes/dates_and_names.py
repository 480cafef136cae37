"""Dates in the spellings that people in Britain use, and what looks like a person's name."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

Span = tuple[int, int]

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_SPELLINGS = [
    re.compile(spelling, re.IGNORECASE | re.ASCII)
    for spelling in (
        r"(?P<d>[0-9]{1,2})(?P<s> ?[/.-] ?)(?P<m>[0-9]{1,2})(?P=s)(?P<y>[0-9]{4}|[0-9]{2})",
        r"(?P<d>[0-9]{2}) (?P<m>[0-9]{2}) (?P<y>[0-9]{4})",
        r"(?P<y>[0-9]{4})[/.-](?P<m>[0-9]{2})[/.-](?P<d>[0-9]{2})",
        r"(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?(?: of)?[ -]?"
        rf"(?P<m>{_MONTH})\.?,?[ -]?['’]?(?P<y>[0-9]{{4}}|[0-9]{{2}})",
        rf"(?P<m>{_MONTH})\.? (?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?,? (?P<y>[0-9]{{4}})",
    )
]
_BEGUN_EARLIER = re.compile(r"[0-9][/.-]?\Z|[A-Za-z£$€]\Z")
_GOES_ON = re.compile(r"[0-9A-Za-z]|[/.:-][0-9]| ?[ap]m\b", re.ASCII)

_UPPER, _LOWER = "A-ZÀ-ÖØ-ÞĀ-ſ", "a-zß-öø-ÿĀ-ſ"
_WORD = re.compile(
    f"[{_UPPER}](?:['’][{_UPPER}])?[{_LOWER}]+(?:(?:['’-][{_UPPER}]?|[{_UPPER}])[{_LOWER}]+)*"
)
_LETTER = re.compile(rf"[{_UPPER}{_LOWER}]\Z")
_BETWEEN = re.compile(rf"[ \u00a0](?:[{_UPPER}]\.?[ \u00a0])?")
_SURNAME_FIRST = re.compile(f"[{_UPPER}]{{2,}}(?:['’-][{_UPPER}]{{2,}})?, ?[{_UPPER}][{_LOWER}]+")
_TITLES = {"Mr", "Mrs", "Ms", "Miss", "Master"}
NO_NAMES = {
    *("A", "After", "All", "An", "And", "As", "At", "Before", "Both", "But", "By", "Dear"),
    *("During", "Every", "Everyone", "For", "From", "He", "Her", "His", "How", "If", "In", "Is"),
    *("It", "Its", "Last", "Later", "My", "New", "Next", "No", "Nobody", "Not", "Now", "On"),
    *("One", "Or", "Our", "She", "Since", "So", "Some", "That", "The", "Their", "Then", "There"),
    *("They", "This", "Three", "To", "Today", "Two", "Until", "We", "What", "When", "Where"),
    *("Which", "While", "Who", "Why", "With", "Yes", "Yesterday", "You", "Your"),
    *("January", "February", "March", "April", "June", "July", "August", "September", "October"),
    *("November", "December", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept"),
    *("Oct", "Nov", "Dec", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"),
    *("Sunday", "Christmas", "Easter", "Spring", "Summer", "Autumn", "Winter"),
    *("Act", "Acute", "Agreed", "Board", "British", "Care", "Centre", "Chief", "City", "Clinic"),
    *("Clinical", "Coaching", "College", "Commission", "Committee", "Community", "Council"),
    *("County", "Department", "Director", "Directorate", "Dr", "Emergency", "England", "Executive"),
    *("Finance", "Foundation", "General", "Great", "Group", "Health", "Hospital", "Hospitals"),
    *("House", "Infirmary", "Integrated", "Intensive", "Ireland", "Kingdom", "Lane", "Leader"),
    *("London", "Manager", "Matron", "Medical", "Meeting", "Mental", "National", "North"),
    *("Northern", "Notes", "Nurse", "Nursing", "Officer", "Park", "Practice", "Primary", "Prof"),
    *("Professor", "Programme", "Quality", "Quarter", "Report", "Review", "Road", "Room", "Royal"),
    *("Safety", "Scotland", "Service", "Services", "Session", "Sister", "Society", "South"),
    *("Southern", "Staff", "Standard", "Standards", "Street", "Surgery", "Survey", "Team"),
    *("Theatre", "Theatres", "Together", "Trust", "Unit", "United", "University", "Update"),
    *("Vale", "Wales", "Ward", "West", "Western", "East", "Eastern", "Working", "Workshop"),
}
"""Words that begin with a capital and are no part of a name where they stand beside another."""


def dates(text: str, today: date) -> Iterator[tuple[int, int, date]]:
    """Where each date that is not to come begins and ends, and which day it is."""
    for spelling in _SPELLINGS:
        for match in spelling.finditer(text):
            before = text[max(0, match.start() - 2) : match.start()]
            if _BEGUN_EARLIER.search(before) or _GOES_ON.match(text, match.end()):
                continue
            day = _day(match["y"], match["m"], match["d"], today)
            if day and date(1900, 1, 1) <= day <= today:
                yield match.start(), match.end(), day


def names(text: str) -> list[Span]:
    """Where a first and a last name stand, a title and a last name, or a LAST, First."""
    words = [
        match
        for match in _WORD.finditer(text)
        if not _LETTER.search(text[max(0, match.start() - 1) : match.start()])
    ]
    found = [match.span() for match in _SURNAME_FIRST.finditer(text)]
    for first, last in pairwise(words):
        between = text[first.end() : last.start()]
        if first[0] in _TITLES:
            between = between.removeprefix(".")
        if _BETWEEN.fullmatch(between) and not {first[0], last[0]} & NO_NAMES:
            found.append((first.start(), last.end()))
    return found


def _day(year: str, month: str, day: str, today: date) -> date | None:
    number = int(month) if month.isdigit() else MONTHS.index(month[:3].lower()) + 1
    try:
        return date(_whole(year, today), number, int(day))
    except ValueError:
        return None


def _whole(year: str, today: date) -> int:
    """A year of two digits is the latest that has begun: in 2026, "26" is 2026 and "27" 1927."""
    if len(year) == 4:
        return int(year)
    return int(year) + (2000 if 2000 + int(year) <= today.year else 1900)
