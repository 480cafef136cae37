"""The centre line and the limits of one group of points on an XmR chart."""

from collections.abc import Sequence
from itertools import pairwise
from math import fsum

from msgspec import Struct

# The literal of NHS England's tool, not 3 / 1.128.
OUTER = 2.66
INNER = 2 * (OUTER / 3)
SCREEN = 3.267


class Limits(Struct, frozen=True):
    """The five lines of a group in the units of its values; None where nothing can be computed.

    `average_range` is the mean moving range the limits rest on. `spared` tells that screening was
    asked for and left undone, since it would have removed everything that varies.
    """

    mean: float | None = None
    lower: float | None = None
    upper: float | None = None
    inner_lower: float | None = None
    inner_upper: float | None = None
    average_range: float | None = None
    spared: bool = False


def limits(values: Sequence[float | None], *, screen: bool, may_collapse: bool) -> Limits:
    """The lines of one group from its baseline values, in date order, None where missing.

    Source: NHSRplotthedots 0.2.2. Mean -/+ 2.66 mean moving ranges, the inner lines at two thirds
    of that; screening keeps moving ranges strictly below 3.267 times their mean, once.
    With `may_collapse` screening may leave no variation, as in the reference.
    """
    present = [value for value in values if value is not None]
    if not present:
        return Limits()
    centre = mean(present)
    ranges = [abs(b - a) for a, b in pairwise(values) if a is not None and b is not None]
    average = mean(ranges) if ranges else None
    spared = False
    if average is not None and screen:
        bound = SCREEN * average
        kept = [moving for moving in ranges if moving < bound]
        if may_collapse or any(kept):
            average = mean(kept) if kept else None
        else:
            spared = average > 0
    if average is None:
        return Limits(mean=centre)
    outer, inner = OUTER * average, INNER * average
    return Limits(
        centre, centre - outer, centre + outer, centre - inner, centre + inner, average, spared
    )


def mean(values: list[float]) -> float:
    """The mean of at least one value, corrected by its own residual.

    R takes its mean in two passes of extended precision. Summing the residual exactly gives the
    same double, on which it depends whether a value lies on the centre line or beside it.
    """
    count = len(values)
    first = fsum(values) / count
    return first + fsum(values + [-first] * count) / count
