"""Reading and printing the exchange format of the SPC reference results.

An input holds `dates`, `values`, optionally `facets` and `trajectory`, and `options`. A result
holds `status`, and then either `warnings`, `rows` (one list a column) and `icons`, or `message`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, get_args

import msgspec
from msgspec import Struct, field

from engagements.measures.spc import SETTLED, Chart, Point, chart
from engagements.measures.spc_icons import Assurance
from engagements.measures.spc_profile import PROFILES, REFERENCE, Direction, Profile
from engagements.measures.spc_rules import SeriesError

PROVISIONAL = (
    "Some groups have 'n < 12' observations. These have trial limits, which will be revised with "
    "each additional observation until 'n = fix_after_n_points' has been reached."
)
Dates = date | list[date]
Result = dict[str, Any]


class DocumentError(ValueError):
    """A file that is not a JSON list, or a profile that nobody knows; the message is a sentence."""


class Options(Struct, forbid_unknown_fields=True):
    """How to draw; `target` and `rebase` are for every facet, or by the name of a facet."""

    improvement_direction: str | None = None
    target: float | dict[str, float] | None = None
    rebase: Dates | dict[str, Dates] | None = None
    fix_after_n_points: float | None = None
    screen_outliers: bool = True


class Input(Struct, forbid_unknown_fields=True):
    """One or more series side by side: row i is one value of the facet `facets[i]`."""

    dates: list[date]
    values: list[float | None]
    facets: list[str] | None = None
    trajectory: list[float | None] | None = None
    options: Options = field(default_factory=Options)


class Row(Struct):
    """A row of the input, still unsorted."""

    date: date
    value: float | None
    facet: str | None
    trajectory: float | None


def run(documents: bytes, profile: str) -> bytes:
    """The results of a JSON list of inputs, as a JSON list in the same order.

    Raises:
        DocumentError: the bytes are not a JSON list, or the profile is unknown.
    """
    known = next((one for one in PROFILES if one == profile), None)
    if known is None:
        raise DocumentError(f"There is no profile {profile}. Choose {' or '.join(PROFILES)}.")
    try:
        inputs = msgspec.json.decode(documents)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DocumentError(f"The file is not readable as JSON: {error}.") from error
    if not isinstance(inputs, list):
        raise DocumentError("The file must hold a JSON list of inputs.")
    return msgspec.json.encode([reference_result(one, known) for one in inputs])


def reference_result(document: object, profile: Profile) -> Result:
    """The result of one decoded input; one that is refused has the status `error` and says why."""
    try:
        given = read(document)
        direction = direction_of(given.options.improvement_direction)
        series = series_of(given)
        charts = {
            facet: chart(
                [(row.date, row.value) for row in rows],
                direction=direction,
                target=target_of(given.options, facet),
                rebases=rebases_of(given.options, facet),
                baseline=baseline_of(given.options),
                screen=given.options.screen_outliers,
                profile=profile,
            )
            for facet, rows in series.items()
        }
    except SeriesError as error:
        return {"status": "error", "message": str(error)}
    return {
        "status": "ok",
        "warnings": warnings_of(charts.values()),
        "rows": columns_of(given, series, charts),
        "icons": [
            {"facet": facet, "variation": one.variation, "assurance": assurance_of(given, one)}
            for facet, one in charts.items()
        ],
    }


def read(document: object) -> Input:
    """The input in its types, its columns of one length and its names those of facets."""
    try:
        given = msgspec.convert(document, Input)
    except msgspec.ValidationError as error:
        raise SeriesError(f"This input cannot be read: {error}.") from error
    if not given.dates:
        raise SeriesError("The series has no points.")
    for name in ("values", "facets", "trajectory"):
        column = getattr(given, name)
        if column is not None and len(column) != len(given.dates):
            raise SeriesError(f"There are {len(given.dates)} dates but {len(column)} {name}.")
    for name in ("target", "rebase"):
        named = getattr(given.options, name)
        if isinstance(named, dict) and not named.keys() <= set(given.facets or ()):
            raise SeriesError(f"Options provided to {name} are not among the facets.")
    return given


def direction_of(given: str | None) -> Direction:
    """The direction whose name begins as given; increase when nothing is, as in the reference."""
    if given is None:
        return "increase"
    directions: tuple[Direction, ...] = get_args(Direction)
    for direction in directions:
        if given and direction.startswith(given):
            return direction
    raise SeriesError(f"The improvement direction must be one of {', '.join(directions)}.")


def baseline_of(options: Options) -> int | None:
    """The number of points that fix the limits."""
    points = options.fix_after_n_points
    if points is None:
        return None
    if not 12 <= points < float("inf"):
        raise SeriesError(
            "fix_after_n_points must be a single number that is greater than or equal to 12."
        )
    return int(points)


def target_of(options: Options, facet: str | None) -> float | None:
    """The target of one facet."""
    if isinstance(options.target, dict):
        return options.target.get(facet or "")
    return options.target


def rebases_of(options: Options, facet: str | None) -> Sequence[date]:
    """The dates at which one facet's limits are redrawn."""
    dates = options.rebase
    if isinstance(dates, dict):
        dates = dates.get(facet or "")
    if dates is None:
        return ()
    return [dates] if isinstance(dates, date) else dates


def series_of(given: Input) -> dict[str | None, list[Row]]:
    """The rows of each facet by date, the facets in the order of their code points."""
    nothing: list[None] = [None] * len(given.dates)
    facets: Sequence[str | None] = given.facets or nothing
    trajectory = given.trajectory or nothing
    series: dict[str | None, list[Row]] = {facet: [] for facet in sorted(set(facets), key=str)}
    for row in map(Row, given.dates, given.values, facets, trajectory):
        series[row.facet].append(row)
    for rows in series.values():
        rows.sort(key=lambda row: row.date)
    return series


def assurance_of(given: Input, one: Chart) -> Assurance | None:
    """The assurance icon; the reference has one even for the facet that was given no target."""
    beside_targets = isinstance(given.options.target, dict) and one.target is None
    if beside_targets and one.profile == REFERENCE and one.direction != "neutral":
        return "inconsistent"
    return one.assurance


def warnings_of(charts: Iterable[Chart]) -> list[str]:
    """The reference's one warning, worded as there, then the product's own."""
    cautions = [caution for one in charts for caution in one.warnings]
    provisional = [PROVISIONAL] if any(c.kind == "provisional" for c in cautions) else []
    return provisional + [c.sentence for c in cautions if c.kind != "provisional"]


def columns_of(
    given: Input, series: dict[str | None, list[Row]], charts: dict[str | None, Chart]
) -> dict[str, list[Any]]:
    """The rows of all facets, column by column; `facet` and `trajectory` only where given."""
    rows = [row for rows in series.values() for row in rows]
    points = [point for one in charts.values() for point in one.points]
    facet = {"facet": [row.facet for row in rows]} if given.facets is not None else {}
    trajectory = {"trajectory": [row.trajectory for row in rows]} if given.trajectory else {}
    return {
        "date": [point.date.isoformat() for point in points],
        **facet,
        "y": [point.value for point in points],
        "rebase_group": [point.group for point in points],
        "mean": [point.mean for point in points],
        "lpl": [point.lower for point in points],
        "upl": [point.upper for point in points],
        "outside_limits": [point.outside for point in points],
        "relative_to_mean": [point.side for point in points],
        "close_to_limits": [point.near for point in points],
        "special_cause_type": [point.rule for point in points],
        "special_cause_flag": [point.rule != "Common Cause" for point in points],
        "point_type": [point_type(point) for point in points],
        "short_group_warning": short_groups(charts.values()),
        "target": [one.target for one in charts.values() for _ in one.points],
        **trajectory,
    }


def point_type(point: Point) -> str:
    """The reading of a point in the reference's words."""
    return "common_cause" if point.reading == "common" else f"special_cause_{point.reading}"


def short_groups(charts: Iterable[Chart]) -> list[bool]:
    """For every point, whether its group has fewer than 13."""
    short: list[bool] = []
    for one in charts:
        sizes = Counter(point.group for point in one.points)
        short += [sizes[point.group] < SETTLED for point in one.points]
    return short
