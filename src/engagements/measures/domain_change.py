"""The change of one framework domain between two anonymous surveys, from summary figures alone."""

from math import isfinite, sqrt
from typing import Literal

from msgspec import Struct
from scipy.special import stdtrit

Word = Literal[
    "improving", "slipping", "no clear change", "too early to say", "fewer than 10 replies"
]

# Below the first nothing is shown, below the second a result is only indicative.
FEWEST_SHOWN = 10
FEWEST_SETTLED = 30


class Wave(Struct, frozen=True):
    """One survey's replies: how many, their mean score and its standard deviation, in points."""

    n: int | None
    mean: float | None
    sd: float | None


class Change(Struct, frozen=True):
    """Later mean minus earlier, in points, with its 95 % interval; None where not to be had."""

    word: Word
    difference: float | None = None
    lower: float | None = None
    upper: float | None = None
    indicative: bool = False


def change(before: Wave, after: Wave | None) -> Change:
    """What two anonymous waves allow to be said; a higher score is always better.

    Without an interval there is no claim, and a wave of fewer than 10 replies shows no figure.

    Raises:
        ValueError: a count or a standard deviation is negative, or a figure is not finite.
    """
    waves = [before] if after is None else [before, after]
    for wave in waves:
        refuse_impossible(wave)
    counts = [wave.n for wave in waves if wave.n is not None]
    if any(n < FEWEST_SHOWN for n in counts):
        return Change("fewer than 10 replies")
    if after is None:
        return Change("too early to say")
    if before.mean is None or after.mean is None:
        return Change("no clear change")
    difference = after.mean - before.mean
    indicative = any(n < FEWEST_SETTLED for n in counts)
    margin = margin_of_error(before, after)
    if margin is None:
        return Change("no clear change", difference, indicative=indicative)
    lower, upper = difference - margin, difference + margin
    return Change(word_for(lower, upper), difference, lower, upper, indicative)


def margin_of_error(before: Wave, after: Wave) -> float | None:
    """Half the 95 % interval of the difference of two independent means of unequal variance.

    Source: Welch (1947), degrees of freedom by Welch-Satterthwaite. None when a count or a
    standard deviation is missing, or when neither wave varies at all.
    """
    if before.n is None or after.n is None or before.sd is None or after.sd is None:
        return None
    first, second = before.sd**2 / before.n, after.sd**2 / after.n
    variance = first + second
    if variance == 0:
        return None
    share = first / variance
    freedom = 1 / (share**2 / (before.n - 1) + (1 - share) ** 2 / (after.n - 1))
    return float(stdtrit(freedom, 0.975)) * sqrt(variance)


def word_for(lower: float, upper: float) -> Word:
    """A direction only when the interval excludes no change."""
    if lower > 0:
        return "improving"
    return "slipping" if upper < 0 else "no clear change"


def refuse_impossible(wave: Wave) -> None:
    """Refuse figures that no survey can have."""
    figures = [wave.n, wave.mean, wave.sd]
    if not all(figure is None or isfinite(figure) for figure in figures):
        raise ValueError("A survey's figures must be finite numbers.")
    if (wave.n is not None and wave.n < 0) or (wave.sd is not None and wave.sd < 0):
        raise ValueError("A count of replies and a standard deviation cannot be negative.")
