"""The honest sentence: what a chart's rules allow, in plain English, and never more."""

from itertools import dropwhile, pairwise, takewhile

from engagements.measures.spc import ENOUGH, Chart, Point
from engagements.measures.spc_icons import Assurance, Reading
from engagements.measures.spc_rules import HIGH, TREND, TWO_IN_THREE

VERDICTS: dict[Reading, str] = {
    "improvement": "Improving",
    "concern": "Getting worse",
    "neutral_high": "Changed, though neither way is better",
    "neutral_low": "Changed, though neither way is better",
}

OUTLOOKS: dict[Assurance, str] = {
    "pass": "Will consistently meet the target if nothing changes",
    "fail": "Will consistently miss the target unless the process changes",
    "inconsistent": "Will not consistently meet or miss the target: hit and miss",
}


def sentence(chart: Chart, every: str = "month") -> str:
    """What the latest value present allows anyone to say, without a full stop.

    `every` is the word for one point: month, week, quarter or point.
    """
    latest = chart.latest
    if chart.too_early or latest is None:
        return f"Too early to say: {progress(chart)}"
    if latest.reading != "common":
        fact = reason(chart, latest, every)
        return f"{VERDICTS[latest.reading]}: {fact}, which is unlikely to be chance"
    if len({point.value for point in chart.points if point.value is not None}) == 1:
        return "No evidence of change: every value is the same"
    return "No evidence of change"


def assurance_sentence(chart: Chart) -> str:
    """What the latest limits say of the target, without a full stop."""
    if chart.target is None:
        return "No target set"
    if chart.direction == "neutral":
        return "No target judged: neither way is better"
    latest = chart.latest
    if chart.too_early or chart.assurance is None or latest is None:
        return f"Too early to judge the target: {progress(chart)}"
    if latest.lower is None:
        return "The target cannot be judged, as there are no limits yet"
    if latest.lower == latest.upper == chart.target:
        return "The limits equal the target, as nothing has varied"
    return OUTLOOKS[chart.assurance]


def progress(chart: Chart) -> str:
    """How many of the points it takes are there."""
    redrawn = " since the limits were redrawn" if chart.rebases else ""
    return f"{chart.values_since_redrawn} of {ENOUGH} points{redrawn}"


def reason(chart: Chart, latest: Point, every: str) -> str:
    """The fact behind the latest point's rule, counted back from it."""
    recent = unbroken(chart, latest)
    high = latest.rule in HIGH
    above = "above" if high else "below"
    known = "" if latest is chart.points[-1] else " with a value"
    limit = "upper" if high else "lower"
    if latest.outside:
        return f"the latest {every}{known} is {above} the {limit} limit"
    if latest.rule in TREND.values():
        moves = count_of_moves(recent, high)
        compared = "higher" if high else "lower"
        return f"each of the last {moves} {every}s{known} is {compared} than the one before"
    if latest.rule in TWO_IN_THREE.values():
        near = sum(point.near is True for point in recent[:3])
        return f"{near} of the last 3 {every}s{known} are close to the {limit} limit"
    length = sum(1 for _ in takewhile(lambda point: point.side == latest.side, recent))
    average = "average" if chart.baseline is None else "baseline average"
    return f"the last {length} {every}s{known} are {above} the {average}"


def unbroken(chart: Chart, latest: Point) -> list[Point]:
    """The latest point with a value and those before it in its group, newest first, to a gap."""
    newest_first = dropwhile(lambda point: point is not latest, reversed(chart.points))
    return list(
        takewhile(
            lambda point: point.value is not None and point.group == latest.group, newest_first
        )
    )


def count_of_moves(recent: list[Point], high: bool) -> int:
    """How many moves in a row, the newest first, went up (or down)."""
    values = [point.value for point in recent if point.value is not None]
    moves = (after > before if high else after < before for after, before in pairwise(values))
    return sum(1 for _ in takewhile(bool, moves))
