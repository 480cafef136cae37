"""The special-cause rules of "Making Data Count", applied to the points of one group."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from engagements.measures.spc_limits import Limits

Rule = Literal[
    "Common Cause",
    "Above UCL",
    "Below LCL",
    "7 Point Trend (Increasing)",
    "7 Point Trend (Decreasing)",
    "2 in 3 Above CL",
    "2 in 3 Below CL",
    "7 Points Above CL",
    "7 Points Below CL",
]
OUTSIDE: dict[int, Rule] = {1: "Above UCL", -1: "Below LCL"}
TREND: dict[int, Rule] = {1: "7 Point Trend (Increasing)", -1: "7 Point Trend (Decreasing)"}
TWO_IN_THREE: dict[int, Rule] = {1: "2 in 3 Above CL", -1: "2 in 3 Below CL"}
RUN: dict[int, Rule] = {1: "7 Points Above CL", -1: "7 Points Below CL"}
HIGH = frozenset((OUTSIDE[1], TREND[1], TWO_IN_THREE[1], RUN[1]))

# The length of a run and of a trend, in points.
SEVEN = 7

Values = Sequence[float | None]
Sides = Sequence[int | None]


class SeriesError(ValueError):
    """A series or its options that no chart can be drawn from; the message is a sentence."""


class Verdicts(Struct):
    """One entry a point: side of the mean (1, 0, -1), outside the limits, near one, and the rule.

    The first three are None where the value or the lines they need are missing.
    """

    sides: Sides
    outside: Sequence[bool | None]
    near: Sequence[bool | None]
    rules: list[Rule]


def judge(values: Values, lines: Limits, *, as_reference: bool) -> Verdicts:
    """The verdict on every value of one group, in date order.

    Raises:
        SeriesError: as the reference, a missing value stands inside a possible trend.
    """
    sides = sides_of(values, lines)
    outside, near = zones_of(values, lines)
    rules: list[Rule] = ["Common Cause"] * len(values)
    # From the weakest rule to the strongest, so that the strongest names the point.
    for i, side in runs(sides):
        rules[i] = RUN[side]
    for i, side in two_in_three(sides, near):
        rules[i] = TWO_IN_THREE[side]
    for i, way in reference_trends(values) if as_reference else trends(values):
        rules[i] = TREND[way]
    if any(outside):
        for i, (beyond, position) in enumerate(zip(outside, sides, strict=True)):
            if beyond and position:
                rules[i] = OUTSIDE[position]
    return Verdicts(sides, outside, near, rules)


def sides_of(values: Values, lines: Limits) -> Sides:
    """Above the mean 1, on it 0, below it -1; None where the value is missing."""
    centre = lines.mean
    if centre is None:
        return [None] * len(values)
    return [None if value is None else (value > centre) - (value < centre) for value in values]


def zones_of(values: Values, lines: Limits) -> tuple[Sequence[bool | None], Sequence[bool | None]]:
    """Whether each value lies strictly outside the limits, and strictly between inner and outer."""
    low, high = lines.lower, lines.upper
    inner_low, inner_high = lines.inner_lower, lines.inner_upper
    if low is None or high is None or inner_low is None or inner_high is None:
        unknown = [None] * len(values)
        return unknown, unknown
    outside = [None if value is None else value > high or value < low for value in values]
    near = [
        None
        if value is None
        else (value < inner_low or value > inner_high) and low <= value <= high
        for value in values
    ]
    return outside, near


def runs(sides: Sides) -> Iterator[tuple[int, int]]:
    """Index and side of every member of a run of 7 strictly on one side of the mean."""
    for start, end, side in streaks(sides, SEVEN):
        for i in range(start, end):
            yield i, side


def two_in_three(sides: Sides, near: Sequence[bool | None]) -> Iterator[tuple[int, int]]:
    """Index and side of the near points among three on one side, where at least two are near."""
    if not any(near):
        return
    for first, (side, second, third) in enumerate(zip(sides, sides[1:], sides[2:], strict=False)):
        if side and side == second == third and near[first : first + 3].count(True) >= 2:
            for i in range(first, first + 3):
                if near[i]:
                    yield i, side


def trends(values: Values) -> Iterator[tuple[int, int]]:
    """Index and direction of every member of 7 points that rise or fall without a tie.

    A point where one trend turns into another is given twice, the later trend last.
    """
    moves = [
        None if before is None or after is None else (after > before) - (after < before)
        for before, after in pairwise(values)
    ]
    for start, end, way in streaks(moves, SEVEN - 1):
        for i in range(start, end + 1):
            yield i, way


def streaks(signs: Sides, least: int) -> Iterator[tuple[int, int, int]]:
    """Start, end and sign of at least so many equal signs in a row, neither 0 nor missing."""
    start, current = 0, None
    for i, sign in enumerate(signs):
        if sign != current:
            if current and i - start >= least:
                yield start, i, current
            start, current = i, sign
    if current and len(signs) - start >= least:
        yield start, len(signs), current


def reference_trends(values: Values) -> Iterator[tuple[int, int]]:
    """Members of a trend, labelled as the reference does: by the next move if that point trends.

    So the last point of a trend takes the direction of the move to a trend right after it,
    and a tie between the two counts as falling.
    """
    refuse_unknown_trend(values)
    members = {i for i, _ in trends(values)}
    for i in members:
        before, after = (i, i + 1) if i + 1 in members else (i - 1, i)
        a, b = values[before], values[after]
        yield i, 1 if a is not None and b is not None and b > a else -1


def refuse_unknown_trend(values: Values) -> None:
    """Refuse where the reference fails: seven points with a gap whose known moves all agree."""
    if None not in values:
        return
    for first in range(len(values) - SEVEN + 1):
        window = values[first : first + SEVEN]
        if None not in window:
            continue
        moves = {(b > a) - (b < a) for a, b in pairwise(window) if a is not None and b is not None}
        if moves <= {1} or moves <= {-1}:
            raise SeriesError(
                "A missing value stands inside a possible trend, which the reference "
                "profile cannot judge (missing value where TRUE/FALSE needed)."
            )
