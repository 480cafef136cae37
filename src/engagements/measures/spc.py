"""The XmR control chart of one indicator, by the rules of NHS England's "Making Data Count"."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from operator import itemgetter
from typing import Literal

from msgspec import Struct

from engagements.measures.spc_icons import (
    Assurance,
    Reading,
    Variation,
    assurance_icon,
    reading_of,
    variation_icon,
)
from engagements.measures.spc_limits import Limits, limits
from engagements.measures.spc_profile import DEFAULT, REFERENCE, Direction, Profile
from engagements.measures.spc_rules import Rule, SeriesError, Verdicts, judge

Observation = tuple[date, float | None]

# Fewer values than this since the limits were last redrawn allow no statement.
ENOUGH = 12
# Limits from fewer points than this are provisional.
SETTLED = 13
LEAST_BASELINE = 12
# Far beyond any indicator, and still safe to add up.
LARGEST = 1e300


class RebaseDateError(SeriesError):
    """The limits should be redrawn from a date that the data does not have."""


class Point(Struct, frozen=True, gc=False):
    """One dated value, the lines of its group in the value's units, and the verdict on it."""

    date: date
    value: float | None
    group: int
    mean: float | None
    lower: float | None
    upper: float | None
    inner_lower: float | None
    inner_upper: float | None
    side: int | None
    outside: bool | None
    near: bool | None
    rule: Rule
    reading: Reading


class Caution(Struct, frozen=True):
    """Something a reader must know about the limits of one group, in a sentence."""

    kind: Literal["provisional", "not_screened", "no_variation"]
    sentence: str


class Chart(Struct, frozen=True):
    """A judged series: its points in date order, its icons, and how it was drawn.

    `values_since_redrawn` counts the values present in the latest group.
    """

    points: tuple[Point, ...]
    direction: Direction
    target: float | None
    rebases: tuple[date, ...]
    baseline: int | None
    screen: bool
    profile: Profile
    variation: Variation | None
    assurance: Assurance | None
    warnings: tuple[Caution, ...]
    values_since_redrawn: int

    @property
    def too_early(self) -> bool:
        """Whether the latest group has too few values for a statement or an icon."""
        return self.values_since_redrawn < ENOUGH

    @property
    def latest(self) -> Point | None:
        """The last point that has a value."""
        return next((point for point in reversed(self.points) if point.value is not None), None)


def chart(
    points: Iterable[Observation],
    *,
    direction: Direction,
    target: float | None = None,
    rebases: Iterable[date] = (),
    baseline: int | None = None,
    screen: bool = True,
    profile: Profile = DEFAULT,
) -> Chart:
    """Judge a series of dated values, in any order, None for a missing value.

    `rebases` are the dates that each start a new group; `baseline` fixes the limits of every
    group on its first points (at least 12), missing values counted; `screen` leaves outlying
    moving ranges out of the limits.

    Raises:
        RebaseDateError: a rebase date is not in the data (`cocreate-1` only).
        SeriesError: a date comes twice, a value is not finite, the baseline is too short.
    """
    observations = sorted(points, key=itemgetter(0))
    starts = tuple(sorted(set(rebases)))
    refuse_unusable(observations, target, baseline)
    as_reference = profile == REFERENCE
    if not as_reference:
        refuse_unknown_dates(starts, [day for day, _ in observations])
    judged: list[Point] = []
    cautions: list[Caution] = []
    values: list[float | None] = []
    for number, group in groups(observations, starts):
        values = [value for _, value in group]
        lines = limits(values[:baseline], screen=screen, may_collapse=as_reference)
        verdicts = judge(values, lines, as_reference=as_reference)
        judged += judged_points(group, number, lines, verdicts, direction)
        cautions += cautions_about(group, lines, as_reference)
    last = deciding(judged, as_reference)
    return Chart(
        points=tuple(judged),
        direction=direction,
        target=target,
        rebases=starts,
        baseline=baseline,
        screen=screen,
        profile=profile,
        variation=variation_icon(last.rule, direction) if last else None,
        assurance=assurance_icon(last.lower, last.upper, target, direction) if last else None,
        warnings=tuple(cautions),
        values_since_redrawn=len(values) - values.count(None),
    )


def groups(
    observations: Sequence[Observation], starts: Sequence[date]
) -> Iterator[tuple[int, Sequence[Observation]]]:
    """Number and observations of each group; a rebase at the very first date makes it number 1."""
    if not starts:
        if observations:
            yield 0, observations
        return
    edges = [i for i, (day, _) in enumerate(observations) if day in starts]
    for number, (first, end) in enumerate(pairwise([0, *edges, len(observations)])):
        if first < end:
            yield number, observations[first:end]


def judged_points(
    group: Sequence[Observation],
    number: int,
    lines: Limits,
    verdicts: Verdicts,
    direction: Direction,
) -> Iterator[Point]:
    """The points of one group with their lines and verdicts."""
    mean, lower, upper = lines.mean, lines.lower, lines.upper
    inner_lower, inner_upper = lines.inner_lower, lines.inner_upper
    readings = {rule: reading_of(rule, direction) for rule in set(verdicts.rules)}
    for (day, value), side, outside, near, rule in zip(
        group, verdicts.sides, verdicts.outside, verdicts.near, verdicts.rules, strict=True
    ):
        yield Point(
            day,
            value,
            number,
            mean,
            lower,
            upper,
            inner_lower,
            inner_upper,
            side,
            outside,
            near,
            rule,
            readings[rule],
        )


def deciding(points: Sequence[Point], as_reference: bool) -> Point | None:
    """The point that the icons come from: the last with a value, as the reference just the last."""
    return next((p for p in reversed(points) if as_reference or p.value is not None), None)


def cautions_about(
    group: Sequence[Observation], lines: Limits, as_reference: bool
) -> Iterator[Caution]:
    """What a reader must know about the limits of a group."""
    if len(group) < SETTLED:
        yield Caution(
            "provisional",
            f"The limits from {in_words(group[0][0])} are provisional: they rest on {len(group)} "
            f"points, and settle at {SETTLED}.",
        )
    if as_reference:
        return
    if lines.spared:
        yield Caution(
            "not_screened",
            f"The limits from {in_words(group[0][0])} are not screened: screening would leave out "
            "every moving range that varies.",
        )
    if lines.average_range == 0:
        yield Caution(
            "no_variation",
            f"The points behind the limits from {in_words(group[0][0])} show no variation, so the "
            "limits equal the average.",
        )


def refuse_unusable(
    observations: Sequence[Observation], target: float | None, baseline: int | None
) -> None:
    """Refuse repeated dates, figures that are not finite and a baseline that is too short."""
    days = [day for day, _ in observations]
    if len(set(days)) < len(days):
        twice = next(day for day, following in pairwise(days) if day == following)
        raise SeriesError(f"There are duplicate rows for {in_words(twice)}: a date has one value.")
    for figure in [target, *[value for _, value in observations]]:
        if figure is not None and not -LARGEST <= figure <= LARGEST:
            raise SeriesError(f"{figure} is not a finite number within 1e300.")
    if baseline is not None and baseline < LEAST_BASELINE:
        raise SeriesError(
            f"The limits cannot be fixed after {baseline} points: it takes at least "
            f"{LEAST_BASELINE}."
        )


def refuse_unknown_dates(starts: Sequence[date], days: Sequence[date]) -> None:
    """Refuse a rebase date that no point has, naming its neighbours."""
    for day in starts:
        place = bisect_left(days, day)
        if days[place : place + 1] == [day]:
            continue
        nearest = [in_words(other) for other in days[max(place - 1, 0) : place + 1]]
        known = (
            f"the nearest dates are {' and '.join(nearest)}" if nearest else "there are no points"
        )
        raise RebaseDateError(
            f"The limits cannot be redrawn from {in_words(day)}: that date is not in the data; "
            f"{known}."
        )


def in_words(day: date) -> str:
    """A date as people write it: 1 September 2023."""
    return f"{day.day} {day:%B %Y}"
