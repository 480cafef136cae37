"""Where everything stands in the drawing of an XmR chart.

The statistics are worked out elsewhere; here figures become coordinates, once for a wide screen
and once for a phone, since the text of a wide drawing cannot be read when scaled down. The macro
`xmr` of `charts.html` prints what `xmr_chart` returns. All lengths are in the units of the SVG's
view box, y growing downwards.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Literal

from msgspec import Struct

from frontend.components.xmr_dates import Calendar
from frontend.components.xmr_scale import Scale

Reading = Literal["improvement", "concern", "neutral_high", "neutral_low", "common"]

READINGS: dict[Reading, str] = {
    "improvement": "Improvement",
    "concern": "Concern",
    "neutral_high": "Higher than expected",
    "neutral_low": "Lower than expected",
    "common": "Expected variation",
}

LABEL_GAP = 17.0
"""The least distance between the baselines of two labels at the right."""

PHONE_POINTS = 18


class Point(Struct, frozen=True):
    """A figure of a period, its process limits, and what it says by the rules.

    `value` is None for a period without a figure; `mean`, `lower` and `upper` are None where there
    are too few points for them. A value, its mean and its limits share one unit.
    """

    date: date
    value: float | None
    mean: float | None
    lower: float | None
    upper: float | None
    reading: Reading


class Rebase(Struct, frozen=True):
    """The first date that belongs to the new limits, and why there are new ones."""

    on: date
    label: str


class Mark(Struct, frozen=True):
    """One point in the drawing, and the sentence that a tooltip shows for it."""

    x: float
    y: float
    reading: Reading
    text: str


class Label(Struct, frozen=True):
    """A line of text on its baseline: `kind` is a CSS class, `anchor` an SVG text-anchor."""

    x: float
    y: float
    text: str
    kind: str = ""
    anchor: str = "middle"


class Segment(Struct, frozen=True):
    """A stretch of points with the same limits, as horizontal lines from x1 to x2."""

    x1: float
    x2: float
    mean: float | None
    lower: float | None
    upper: float | None


class Plot(Struct, frozen=True):
    """One drawing, of `width` by `height`; the points lie in left..right, top..bottom."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    ticks: list[Label]
    dates: list[Label]
    segments: list[Segment]
    line: str
    marks: list[Mark]
    labels: list[Label]
    target: float | None
    rebases: list[tuple[float, Label]]


class Figure(Struct, frozen=True):
    """A row of the table of the same figures, in words."""

    when: str
    value: str
    lower: str
    mean: str
    upper: str
    reading: str


class XmrChart(Struct, frozen=True):
    """Two drawings, the readings that occur in them, and the table, newest figure first."""

    wide: Plot
    narrow: Plot
    readings: list[Reading]
    figures: list[Figure]
    has_limits: bool
    has_target: bool


class _Frame(Struct, frozen=True):
    """What differs between the two drawings.

    `character` is the width that one takes on average, and a little more; `date_gap` the distance
    that two dates need.
    """

    width: int
    height: int
    character: float
    date_gap: float
    in_words: bool


_WIDE = _Frame(1104, 340, 7.4, 88.0, True)
_NARROW = _Frame(360, 280, 8.2, 76.0, False)
_AXIS = 40.0
_FIRST_ROW = 14.0
_ROW = 17.0


def xmr_chart(
    points: Sequence[Point],
    *,
    unit: str = "",
    target: float | None = None,
    rebases: Sequence[Rebase] = (),
) -> XmrChart:
    """Lay out a chart of `points`, oldest first.

    `unit` is printed with the figures when it is "%" (after) or "£" (before); any other unit is
    named in the chart's caption by the page.

    Raises:
        ValueError: no point has a value, so there is nothing to draw.
    """
    if all(point.value is None for point in points):
        raise ValueError("There is nothing to draw: no point has a value.")
    recent = points[-PHONE_POINTS:]
    if all(point.value is None for point in recent):
        recent = points
    wide = _Drawing(_WIDE, points, unit, target, rebases)
    present = {point.reading for point in points if point.value is not None}
    return XmrChart(
        wide=wide.plot(),
        narrow=_Drawing(_NARROW, recent, unit, target, rebases).plot(),
        readings=[reading for reading in READINGS if reading in present],
        figures=wide.figures(),
        has_limits=any(point.upper is not None or point.lower is not None for point in points),
        has_target=target is not None,
    )


class _Drawing:
    """One drawing in the making: its axes are fixed first, then everything is placed on them."""

    def __init__(
        self,
        frame: _Frame,
        points: Sequence[Point],
        unit: str,
        target: float | None,
        rebases: Sequence[Rebase],
    ) -> None:
        self.frame, self.points, self.target = frame, points, target
        self.calendar = Calendar([point.date for point in points])
        self.scale = _scale(points, unit, target)
        self.lines = self._named_lines()
        self.left = 16 + self._room(self.scale.tick(tick) for tick in self.scale.ticks())
        self.right = frame.width - 14 - self._room(text for _, text, _ in self.lines)
        self.pitch = (self.right - self.left) / max(len(points) - 1, 1)
        self.columns = [round(self.left + at * self.pitch, 1) for at in range(len(points))]
        self.rebases = self._rebases(rebases)
        self.top = max([_FIRST_ROW, *(label.y + 8 for _, label in self.rebases)])
        self.bottom = frame.height - _AXIS

    def plot(self) -> Plot:
        return Plot(
            width=self.frame.width,
            height=self.frame.height,
            left=self.left,
            right=self.right,
            top=self.top,
            bottom=self.bottom,
            ticks=self._ticks(),
            dates=self._dates(),
            segments=self._segments(),
            line=self._line(),
            marks=self._marks(),
            labels=self._labels(),
            target=self._y(self.target),
            rebases=self.rebases,
        )

    def figures(self) -> list[Figure]:
        def limit(value: float | None) -> str:
            return "–" if value is None else self.scale.limit(value)

        return [
            Figure(
                when=self.calendar.name(point.date),
                value="No figure" if point.value is None else self.scale.value(point.value),
                lower=limit(point.lower),
                mean=limit(point.mean),
                upper=limit(point.upper),
                reading="–" if point.value is None else READINGS[point.reading],
            )
            for point in reversed(self.points)
        ]

    def _height(self, value: float) -> float:
        share = (value - self.scale.low) / (self.scale.high - self.scale.low)
        return round(self.bottom - share * (self.bottom - self.top), 1)

    def _y(self, value: float | None) -> float | None:
        return None if value is None else self._height(value)

    def _ticks(self) -> list[Label]:
        return [
            Label(self.left - 8, self._height(tick) + 4, self.scale.tick(tick), anchor="end")
            for tick in self.scale.ticks()
        ]

    def _dates(self) -> list[Label]:
        return [
            Label(self.columns[at], self.frame.height - 12, self.calendar.short(day))
            for at in self.calendar.named(self.pitch, self.frame.date_gap)
            for day in [self.points[at].date]
        ]

    def _line(self) -> str:
        """The path through the values, broken where one is missing."""
        path, pen = [], "M"
        for point, x in zip(self.points, self.columns, strict=True):
            if point.value is not None:
                path.append(f"{pen}{x},{self._height(point.value)}")
            pen = "M" if point.value is None else "L"
        return "".join(path)

    def _marks(self) -> list[Mark]:
        return [
            Mark(x, self._height(point.value), point.reading, self._says(point, point.value))
            for point, x in zip(self.points, self.columns, strict=True)
            if point.value is not None
        ]

    def _says(self, point: Point, value: float) -> str:
        reading = READINGS[point.reading].lower()
        return f"{self.calendar.name(point.date)}: {self.scale.value(value)}, {reading}"

    def _segments(self) -> list[Segment]:
        """The lines step half-way between the last point of old limits and the first of new."""
        segments = []
        for limits, members in groupby(
            range(len(self.points)), lambda at: _limits(self.points[at])
        ):
            held = list(members)
            mean, lower, upper = map(self._y, limits)
            if any(limit is not None for limit in limits):
                x1, x2 = self._before(held[0]), self._before(held[-1] + 1)
                segments.append(Segment(x1, x2, mean, lower, upper))
        return segments

    def _before(self, at: int) -> float:
        """The place half-way before the point `at`, or the end of the drawing."""
        if at in (0, len(self.points)):
            return self.left if at == 0 else self.right
        return round((self.columns[at - 1] + self.columns[at]) / 2, 1)

    def _labels(self) -> list[Label]:
        wanted = sorted((self._height(value), text, kind) for value, text, kind in self.lines)
        places = spread([at for at, _, _ in wanted], LABEL_GAP, self.top, self.bottom)
        return [
            Label(self.right + 12, round(place + 4, 1), text, kind, "start")
            for place, (_, text, kind) in zip(places, wanted, strict=True)
        ]

    def _named_lines(self) -> list[tuple[float, str, str]]:
        """What is named at the right, as value, text, kind: in words, or as the figure alone."""
        end = self.points[-1]
        last, value = next((p, p.value) for p in reversed(self.points) if p.value is not None)
        lines = (
            (end.upper, "Upper limit {}", "lab"),
            (end.mean, "Average {}", "lab"),
            (end.lower, "Lower limit {}", "lab"),
            (self.target, "Target {}", "target"),
        )
        written = f"{{}} {self.calendar.when(last.date)}"
        named = [(value, self.scale.value(value), written, f"last {last.reading}")]
        named += [
            (at, self.scale.limit(at), words, kind) for at, words, kind in lines if at is not None
        ]
        in_words = self.frame.in_words
        return [
            (at, words.format(figure) if in_words else figure, kind)
            for at, figure, words, kind in named
        ]

    def _room(self, texts: Iterable[str]) -> float:
        return self.frame.character * max(len(text) for text in texts)

    def _rebases(self, rebases: Sequence[Rebase]) -> list[tuple[float, Label]]:
        """The vertical lines, each half-way before its first point, with its label at the top.

        A label that would touch the one before it stands a row lower.
        """
        drawn: list[tuple[float, Label]] = []
        ends: list[float] = []
        for rebase in sorted(rebases, key=lambda one: one.on):
            at = next((n for n, day in enumerate(self.calendar.days) if day >= rebase.on), 0)
            if at == 0:
                continue
            x = self._before(at)
            text = self._fitted(rebase.label)
            room = self._room([text])
            start = max(self.left, min(x + 5, self.frame.width - room))
            row = next((n for n, end in enumerate(ends) if end < start), len(ends))
            ends[row : row + 1] = [start + room + 8]
            label = Label(round(start, 1), _FIRST_ROW + row * _ROW, text, "lab", "start")
            drawn.append((x, label))
        return drawn

    def _fitted(self, text: str) -> str:
        most = int((self.frame.width - self.left) / self.frame.character)
        return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Ascending `places` moved at least `gap` apart inside low..high, each as little as it needs.

    There must be room for them: high - low is at least gap times one less than their number.
    """
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + gap if moved else low))
    ceiling = high
    for at in reversed(range(len(moved))):
        moved[at] = min(moved[at], ceiling)
        ceiling = moved[at] - gap
    return moved


def _scale(points: Sequence[Point], unit: str, target: float | None) -> Scale:
    others = [*(limit for point in points for limit in _limits(point)), target]
    return Scale(
        [point.value for point in points if point.value is not None],
        [other for other in others if other is not None],
        unit,
    )


def _limits(point: Point) -> tuple[float | None, float | None, float | None]:
    return point.mean, point.lower, point.upper
