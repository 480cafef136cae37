"""From what the rules say to what the macros draw: an indicator's chart, and the domains' rows."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from engagements.measures.domain_change import Change
from engagements.measures.spc import Chart
from frontend.components.xmr_geometry import Point, Reading, Rebase, XmrChart, xmr_chart

VARIATION_ICONS = {"common_cause": "common"}
ASSURANCE_ICONS = {"inconsistent": "hit_and_miss", None: "none"}

READINGS: dict[str, Reading] = {"improving": "improvement", "slipping": "concern"}


class DomainRow(Struct, frozen=True):
    """A domain as the macro `domains` prints it: means from 0 to 10, None where one is hidden."""

    name: str
    about: str
    was: float | None
    now: float | None
    reading: Reading
    word: str
    since: str


def drawn(chart: Chart, *, unit: str, rebases: Iterable[tuple[date, str]]) -> XmrChart | None:
    """The drawing of a chart; None while it has no figure.

    As long as it is too early to say anything of the latest group, its points are not coloured.
    """
    if chart.latest is None:
        return None
    newest = chart.points[-1].group
    points = [
        Point(
            point.date,
            point.value,
            point.mean,
            point.lower,
            point.upper,
            "common" if chart.too_early and point.group == newest else point.reading,
        )
        for point in chart.points
    ]
    return xmr_chart(
        points,
        unit=unit,
        target=chart.target,
        rebases=[Rebase(on, label) for on, label in rebases],
    )


def counted(definition: str, unit: str) -> str:
    """What is counted, with a unit that the figures themselves do not carry."""
    named = "" if unit in ("", "%", "£") else unit
    return ", ".join(part for part in (definition.rstrip("."), named) if part)


def figure(value: float) -> str:
    """A figure as people write it: 54, 57.5, 1,234.5."""
    return f"{value:,.6g}" if abs(value) < 1_000 else f"{value:,.2f}".rstrip("0").rstrip(".")


def in_unit(value: float, unit: str) -> str:
    """A figure with "%" after or "£" before it; any other unit is named by the page."""
    text = figure(value)
    return f"£{text}" if unit == "£" else f"{text}%" if unit == "%" else text


def variation_icon(variation: str | None) -> str:
    """The macro's name for what the latest point says."""
    return VARIATION_ICONS.get(variation or "common_cause", variation or "common")


def assurance_icon(assurance: str | None) -> str:
    """The macro's name for what the process will do about its target."""
    return ASSURANCE_ICONS.get(assurance, assurance or "none")


def domain_row(
    name: str,
    about: str,
    was: tuple[date, float | None] | None,
    now: tuple[date, float | None],
    change: Change | None,
) -> DomainRow:
    """A domain's row; `was` and `now` are the dates and means of its first and latest survey."""
    word = change.word if change else "too early to say"
    return DomainRow(
        name=name,
        about=about,
        was=was[1] if was else None,
        now=now[1],
        reading=READINGS.get(word, "common"),
        word=word[0].upper() + word[1:],
        since=_since(was, now[0], change),
    )


def _since(was: tuple[date, float | None] | None, now: date, change: Change | None) -> str:
    if was is None:
        return "One survey so far"
    if change is None or change.difference is None:
        return ""
    moved = round(change.difference, 1)
    month = f"since {was[0]:%B}" if was[0].year == now.year else f"since {was[0]:%B %Y}"
    words = (
        f"{'Up' if moved > 0 else 'Down'} {abs(moved):.1f} {month}" if moved else f"Level {month}"
    )
    return f"{words}, indicative" if change.indicative else words
