"""What in a text could identify a patient, pointed out before it is saved; its writer decides.

Rules that would rather stay quiet than cry wolf: a warning that is wrong too often is clicked away.
The page has the same rules in `static/js/guard.js`, and both are held to the same examples.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Literal

from msgspec import Struct

from engagements.notes.dates_and_names import dates, names

Kind = Literal["nhs_number", "date_of_birth", "hospital_number", "email"]

WORDS: dict[Kind, str] = {
    "nhs_number": "an NHS number",
    "date_of_birth": "a date of birth",
    "hospital_number": "a hospital number",
    "email": "an e-mail address",
}
NAMED = 3
"""Findings that a sentence names; of the others it says how many there are."""

LOOK_BACK = 40
"""Characters before a number that say what it is."""

BESIDE = 60
"""Characters between a name and a date that belong together."""

AGO = 2
"""Years. A later date beside a name is far more often that of a meeting."""

_GAP = "[ \u00a0\u2009\u202f]?[-\u2010\u2011\u2013]?[ \u00a0\u2009\u202f]?"
_TEN_DIGITS = re.compile(rf"[0-9]{{3}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{4}}")
_PART_OF_MORE = re.compile(r"[0-9][-.]?\Z")
_CALLED_NHS = re.compile(r"\b(?:NHS|CHI)[^0-9\n]{0,16}\Z", re.IGNORECASE | re.ASCII)
_SOMETHING_ELSE = re.compile(
    r"[A-Za-z_/=&@]\Z"
    r"|(?:\+|\b00)[0-9]{1,3}[ ()0-]*\Z"
    r"|(?:^|[^0-9])0[0-9]{2,4}\)?[ -]\Z"
    r"|(?:[£$€]|\bGBP|\bEUR|\bUSD) ?\Z"
    r"|\b(?:tel|telephone|phone|mobile|mob|fax|ring|call|bleep|pager|zoom|meeting|passcode|isbn"
    r"|invoice|order|account)[^0-9A-Za-z\n]{0,3}"
    r"(?:(?:me|us|him|her|them|on|is|number|no|id)[^0-9A-Za-z\n]{1,3}){0,3}\Z",
    re.IGNORECASE | re.ASCII,
)
_GOES_ON = re.compile("[0-9A-Za-z_@]|[-.][0-9]| ?(?:GBP|EUR|USD|pounds|euros)")

_BORN = re.compile(
    r"(?:\bd\.? ?o\.? ?b\.?|\bdate of birth|\bbirth ?date|\bbirthday|\bborn)"
    r"[^0-9A-Za-z\n]{0,4}(?:(?:is|was|on|the)[^0-9A-Za-z\n]{1,3}){0,2}\Z",
    re.IGNORECASE | re.ASCII,
)
_FULL_YEAR = re.compile(r"[0-9]{4}\Z|[/.'’-][0-9]{2}\Z")
_OF_WORK = re.compile(
    r"\b(?:since|from|until|till|after|before|joined|joins|began|started|starting|left|retired"
    r"|qualified|appointed|promoted|post|met|meeting|session|workshop|interview|board"
    r"|report|review|survey|published|opened|moved|wrote|letter|minutes|held|contract|signed)\b",
    re.IGNORECASE | re.ASCII,
)
_SENTENCE = re.compile("[.!?;\n]")
_ON = re.compile(r"\b(?:on|by|in|of|to|dated) (?:the )?\Z", re.IGNORECASE | re.ASCII)

_HOSPITAL_NUMBER = re.compile(
    r"\b(?:"
    r"(?:MRN|(?:hospital|hosp\.?|unit|patient) ?(?:number|num\.?|no\.?|ID))"
    r"[^0-9A-Za-z\n]{0,4}(?:(?:is|was)[^0-9A-Za-z\n]{1,3})?"
    r"([A-Z]{0,3}[ -]?[0-9]{5,10}[A-Z]?|[0-9]{3}[ -][0-9]{3,4})"
    r"|(?:hospital|patient|pt)[^0-9A-Za-z\n]{1,3}([A-Z]{1,3}[0-9]{6,7})"
    r")(?![0-9A-Za-z])",
    re.IGNORECASE | re.ASCII,
)
_EMAIL = re.compile(
    r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,5}\.[A-Za-z]{2,24}"
)
_LOCAL_PART = re.compile(r"[A-Za-z0-9._%+-]\Z")


class Finding(Struct, frozen=True):
    """Words that could identify a patient, and where they stand in the text."""

    kind: Kind
    start: int
    end: int
    words: str


def found_in(text: str, today: date | None = None) -> list[Finding]:
    """What could identify a patient, in the order of the text; no two findings overlap."""
    today = today or datetime.now(UTC).date()
    possible = [
        *_nhs_numbers(text),
        *_hospital_numbers(text),
        *_dates_of_birth(text, today),
        *_emails(text),
    ]
    found: list[Finding] = []
    for finding in sorted(possible, key=lambda finding: finding.start):
        if not found or found[-1].end <= finding.start:
            found.append(finding)
    return found


def described(findings: list[Finding]) -> str:
    """What was found, and what to do, as sentences for the writer; empty when nothing was."""
    if not findings:
        return ""
    if len(findings) == 1:
        [only] = findings
        return (
            f"This looks like {WORDS[only.kind]}: {only.words}. If it is a patient's, leave it out."
        )
    parts = [f"{WORDS[finding.kind]} ({finding.words})" for finding in findings[:NAMED]]
    if len(findings) > NAMED:
        parts.append(f"{len(findings) - NAMED} more")
    listed = f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"These look like {listed}. If they are a patient's, leave them out."


def is_nhs_number(digits: str) -> bool:
    """Whether ten digits carry the right check digit (modulus 11), and are not all the same."""
    total = sum(int(digit) * (10 - place) for place, digit in enumerate(digits))
    return total % 11 == 0 and len(set(digits)) > 1


def _nhs_numbers(text: str) -> Iterator[Finding]:
    for match in _TEN_DIGITS.finditer(text):
        before = text[max(0, match.start() - LOOK_BACK) : match.start()]
        if _PART_OF_MORE.search(before) or _GOES_ON.match(text, match.end()):
            continue
        if _SOMETHING_ELSE.search(before) and not _CALLED_NHS.search(before):
            continue
        if is_nhs_number(re.sub("[^0-9]", "", match[0])):
            yield _finding("nhs_number", match.start(), match.end(), text)


def _hospital_numbers(text: str) -> Iterator[Finding]:
    for match in _HOSPITAL_NUMBER.finditer(text):
        start, end = match.span(match.lastindex or 0)
        if text[start:end] == text[start:end].upper():
            yield _finding("hospital_number", start, end, text)


def _emails(text: str) -> Iterator[Finding]:
    for match in _EMAIL.finditer(text):
        if not _LOCAL_PART.search(text[max(0, match.start() - 1) : match.start()]):
            yield _finding("email", match.start(), match.end(), text)


def _dates_of_birth(text: str, today: date) -> Iterator[Finding]:
    for start, end, day in dates(text, today):
        before = text[max(0, start - LOOK_BACK) : start]
        long_ago = (day.year + AGO, day.month, day.day) <= (today.year, today.month, today.day)
        if _BORN.search(before) or (
            long_ago
            and _FULL_YEAR.search(text[start:end])
            and not _ON.search(before)
            and _is_beside_a_name(text, start, end)
        ):
            yield _finding("date_of_birth", start, end, text)


def _is_beside_a_name(text: str, start: int, end: int) -> bool:
    """Whether a name stands near a date, and nothing between them speaks of work."""
    first = max(0, start - 2 * BESIDE)
    for begins, ends in names(text[first : end + 2 * BESIDE]):
        begun, ended = first + begins, first + ends
        near = 0 <= max(start - ended, begun - end) <= BESIDE
        ahead = _SENTENCE.split(text[max(0, begun - LOOK_BACK) : begun])[-1]
        between = text[ended:start] if ended <= start else text[end:begun]
        if near and "\n\n" not in between and not _OF_WORK.search(f"{ahead} {between}"):
            return True
    return False


def _finding(kind: Kind, start: int, end: int, text: str) -> Finding:
    return Finding(kind, start, end, text[start:end])
