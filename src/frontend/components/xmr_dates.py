"""The level axis of a chart: what a period is called, and which periods have room for a name."""

import math
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

STRIDES = (1, 2, 3, 6, 12, 24, 60, 120)
"""Months between two names: a year is always cut into equal parts."""


class Calendar:
    """The periods of a chart, by their first dates in ascending order.

    A period of a month or longer is named by its month, a shorter one by its first day.
    """

    def __init__(self, days: Sequence[date]) -> None:
        self.days = days
        gaps = sorted((later - earlier).days for earlier, later in pairwise(days))
        self.monthly = not gaps or gaps[len(gaps) // 2] >= 28
        self._numbers = [day.year * 12 + day.month - 1 for day in days]

    def name(self, day: date) -> str:
        """March 2027, or 27 March 2027"""
        return f"{day:%B %Y}" if self.monthly else f"{day.day} {day:%B %Y}"

    def short(self, day: date) -> str:
        """Mar 2027, or 27 Mar"""
        return f"{day:%b %Y}" if self.monthly else f"{day.day} {day:%b}"

    def when(self, day: date) -> str:
        """in March, or on 27 Mar"""
        return f"in {day:%B}" if self.monthly else f"on {day.day} {day:%b}"

    def named(self, pitch: float, gap: float) -> list[int]:
        """The places of the periods to name, `gap` or more apart; each is `pitch` from the next.

        Months without a hole are named at round ones: each January and July, say.
        """
        fewest = math.ceil(gap / pitch)
        if self.monthly and all(b - a == 1 for a, b in pairwise(self._numbers)):
            stride = next((stride for stride in STRIDES if stride >= fewest), STRIDES[-1])
            round_ones = [at for at, number in enumerate(self._numbers) if number % stride == 0]
            return round_ones or [0]
        return list(range(0, len(self.days), fewest))
