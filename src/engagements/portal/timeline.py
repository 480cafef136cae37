"""Where the work is, in words that a sponsor reads."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

StepState = Literal["done", "now", "next", "stopped"]

_STATES: dict[str, StepState] = {
    "passed": "done",
    "running": "now",
    "planned": "next",
    "stopped": "stopped",
}


class PlannedPhase(Struct, frozen=True):
    """A phase as the plan has it."""

    name: str
    starts_on: date
    ends_on: date
    state: str


class Step(Struct, frozen=True):
    """A phase on the line: when it is, in words, and where it stands."""

    name: str
    when: str
    state: StepState


class MilestoneShown(Struct, frozen=True):
    """A dated point; `done` is the day on which it was reached."""

    name: str
    due: date
    done: date | None


def steps(phases: Iterable[PlannedPhase]) -> list[Step]:
    """The phases on a line, in order."""
    return [
        Step(phase.name, span(phase.starts_on, phase.ends_on), _STATES[phase.state])
        for phase in phases
    ]


def span(first: date, last: date) -> str:
    """The months from one day to another: "March 2026", "March to May 2026"."""
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%B %Y}"
    start = f"{first:%B}" if first.year == last.year else f"{first:%B %Y}"
    return f"{start} to {last:%B %Y}"


def progress(starts_on: date, ends_on: date | None, today: date) -> str:
    """How far the engagement has come: "month 9 of 18"."""
    if today < starts_on:
        return f"begins in {starts_on:%B %Y}"
    if ends_on is not None and today > ends_on:
        return f"completed in {ends_on:%B %Y}"
    month = _months(starts_on, today)
    return (
        f"month {month}" if ends_on is None else f"month {month} of {_months(starts_on, ends_on)}"
    )


def _months(first: date, last: date) -> int:
    """Months begun from the first day to the last, both included."""
    after = last + timedelta(days=1)
    whole = (after.year - first.year) * 12 + after.month - first.month
    return whole + (after.day > first.day)
