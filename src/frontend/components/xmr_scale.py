"""The upright axis of a chart: round ticks around the figures, and how a figure is written."""

import math
from collections.abc import Sequence

NEARLY = 1e-9
"""What a division of floats may be off by."""


class Scale:
    """An axis from `low` to `high`, both on ticks `step` apart, around `values` and `others`.

    `others` are limits and targets; `values` that are all whole are printed as such.
    """

    def __init__(self, values: Sequence[float], others: Sequence[float], unit: str) -> None:
        least, most = min(*values, *others, values[0]), max(*values, *others, values[0])
        self._unit = unit
        self._whole = all(value == round(value) for value in values)
        self.step = nice_step(least, most, whole=self._whole)
        self.low = math.floor(least / self.step + NEARLY) * self.step
        self.high = math.ceil(most / self.step - NEARLY) * self.step
        if self.low == self.high:
            self.low, self.high = self.low - self.step, self.high + self.step

    def ticks(self) -> list[float]:
        """From `low` to `high`, both included."""
        return [
            self.low + at * self.step for at in range(round((self.high - self.low) / self.step) + 1)
        ]

    def tick(self, value: float) -> str:
        return self._written(value, _decimals(self.step))

    def value(self, value: float) -> str:
        """A figure as it was handed in."""
        return self._written(value, 0 if self._whole else _decimals(self.step / 5))

    def limit(self, value: float) -> str:
        """A figure that was worked out."""
        return self._written(value, _decimals(self.step / 5))

    def _written(self, value: float, decimals: int) -> str:
        figure = f"{abs(value):,.{decimals}f}"
        sign = "−" if value < 0 and figure.strip("0.,") else ""
        before = "£" if self._unit == "£" else ""
        after = "%" if self._unit == "%" else ""
        return f"{sign}{before}{figure}{after}"


def nice_step(low: float, high: float, *, whole: bool = False) -> float:
    """The distance between ticks: 1, 2 or 5 times a power of ten, for three to eight of them.

    `whole` figures, such as counts, never get a step below 1.
    """
    span = high - low or max(abs(high) / 10, 1.0)
    power = 10.0 ** math.floor(math.log10(span / 6))
    step = next(n * power for n in (1, 2, 5, 10) if n * power * 6 >= span * (1 - NEARLY))
    return max(step, 1.0) if whole else step


def _decimals(step: float) -> int:
    """Enough to tell apart what stands `step` apart."""
    return max(0, -math.floor(math.log10(step) + NEARLY))
