"""Periods: how a person writes one, and the date under which its figure is kept."""

import re
from datetime import date
from typing import Literal

Frequency = Literal["month", "week", "quarter"]

_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_ISO_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_BRITISH_DAY = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})")
_YEAR_AND_MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})")
_NAMED_MONTH = re.compile(r"(?P<name>[A-Za-z]{3,9})\.?[ -](?P<year>\d{4}|\d{2})")
_YEARS = range(1990, 2101)


class PeriodError(ValueError):
    """Text that names no period; the message is a sentence without the place where it stood."""


def read_period(text: str, frequency: Frequency) -> date:
    """The first day of the period that `text` names, by `start_of`.

    A whole day is ISO or day first ("15/01/2024"); a month may also be "2024-01", "Jan 2024" or,
    as spreadsheets write it, "Jan-24".

    Raises:
        PeriodError: it names no period of this frequency; the sentence gives the remedy.
    """
    if found := _ISO_DAY.fullmatch(text) or _BRITISH_DAY.fullmatch(text):
        day = _day(text, int(found["year"]), int(found["month"]), int(found["day"]))
        return start_of(day, frequency)
    year, month = _month(text)
    if frequency == "week":
        raise PeriodError(
            f"“{text}” is a month. A weekly series needs the day, such as {year}-{month:02}-08."
        )
    return start_of(_day(text, year, month, 1), frequency)


def start_of(day: date, frequency: Frequency) -> date:
    """The date that a period is kept under: a month's or a quarter's first; a week's as given."""
    match frequency:
        case "month":
            return day.replace(day=1)
        case "quarter":
            return day.replace(month=day.month - (day.month - 1) % 3, day=1)
        case "week":
            return day


def period_name(day: date, frequency: Frequency) -> str:
    """A period in words: "January 2024", "January to March 2024", "8 January 2024"."""
    match frequency:
        case "month":
            return f"{day:%B %Y}"
        case "quarter":
            return f"{day:%B} to {day.replace(month=day.month + 2):%B %Y}"
        case "week":
            return f"{day.day} {day:%B %Y}"


def _month(text: str) -> tuple[int, int]:
    if found := _YEAR_AND_MONTH.fullmatch(text):
        return int(found["year"]), int(found["month"])
    if found := _NAMED_MONTH.fullmatch(text):
        year = int(found["year"])
        name = found["name"].lower()
        for number, month in enumerate(_MONTHS, start=1):
            if month.startswith(name):
                return year if year > 99 else 2000 + year, number
    raise PeriodError(
        f"“{text}” is no date. Write it as 2024-01-15, 15/01/2024, Jan 2024 or 2024-01."
    )


def _day(text: str, year: int, month: int, day: int) -> date:
    if year not in _YEARS:
        raise PeriodError(f"“{text}” has the year {year}. Check the year.")
    if "/" in text and month > 12 and day <= 12:
        raise PeriodError(
            f"“{text}” has no month {month}. Dates are read day first: {month:02}/{day:02}/{year}."
        )
    try:
        return date(year, month, day)
    except ValueError as failure:
        raise PeriodError(f"“{text}” is not in the calendar. Check the day and month.") from failure
