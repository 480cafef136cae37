"""Where everything stands in an XmR chart, whatever its figures are."""

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontend.components.xmr_geometry import (
    LABEL_GAP,
    PHONE_POINTS,
    Plot,
    Point,
    Rebase,
    XmrChart,
    spread,
    xmr_chart,
)

figures = st.floats(min_value=-5000, max_value=5000).map(lambda value: round(value, 1))


def month(at: int) -> date:
    return date(2023 + (10 + at) // 12, (10 + at) % 12 + 1, 1)


def steady(values: list[float | None], **limits: float | None) -> list[Point]:
    """Monthly points from November 2023 under the same limits, all expected variation."""
    mean, lower, upper = (limits.get(name) for name in ("mean", "lower", "upper"))
    return [
        Point(month(at), value, mean, lower, upper, "common") for at, value in enumerate(values)
    ]


@st.composite
def charts(draw: st.DrawFn) -> XmrChart:
    values = draw(st.lists(st.none() | figures, min_size=1, max_size=40))
    values[draw(st.integers(0, len(values) - 1))] = draw(figures)
    lower, mean, upper = sorted(draw(st.tuples(figures, figures, figures)))
    names = draw(st.lists(st.text("abc ", min_size=1, max_size=80), max_size=3))
    return xmr_chart(
        steady(values, mean=mean, lower=lower, upper=upper),
        unit=draw(st.sampled_from(["", "%", "£", "days"])),
        target=draw(st.none() | figures),
        rebases=[Rebase(month(at * 3 + 1), name) for at, name in enumerate(names)],
    )


def both(chart: XmrChart) -> list[Plot]:
    return [chart.wide, chart.narrow]


@settings(max_examples=60)
@given(charts())
def test_every_point_and_line_stands_inside_the_plotting_area(chart: XmrChart) -> None:
    for plot in both(chart):
        heights = [mark.y for mark in plot.marks]
        heights += [y for s in plot.segments for y in (s.mean, s.lower, s.upper) if y is not None]
        heights += [] if plot.target is None else [plot.target]
        assert all(plot.top <= y <= plot.bottom for y in heights)
        assert all(plot.left - 0.1 <= mark.x <= plot.right + 0.1 for mark in plot.marks)
        assert 0 < plot.left < plot.right < plot.width
        assert 0 < plot.top < plot.bottom < plot.height


@settings(max_examples=60)
@given(charts())
def test_labels_at_the_right_never_touch_each_other_or_leave_the_drawing(chart: XmrChart) -> None:
    for plot in both(chart):
        heights = [label.y for label in plot.labels]
        assert all(below - above >= LABEL_GAP - 0.11 for above, below in pairwise(heights))
        assert all(plot.top <= y <= plot.bottom + 5 for y in heights)
        room = [len(label.text) * 7.4 for label in plot.labels]
        assert all(plot.right + 12 + width <= plot.width for width in room)


@settings(max_examples=60)
@given(charts())
def test_there_are_two_to_nine_ticks_and_they_rise_evenly(chart: XmrChart) -> None:
    for plot in both(chart):
        heights = [tick.y for tick in plot.ticks]
        steps = [below - above for above, below in pairwise(heights)]
        assert 2 <= len(heights) <= 9
        assert max(steps) - min(steps) <= 0.3
        assert len({tick.text for tick in plot.ticks}) == len(heights)


@settings(max_examples=60)
@given(charts())
def test_labels_of_new_limits_stand_inside_the_drawing_and_apart(chart: XmrChart) -> None:
    for plot in both(chart):
        labels = [label for _, label in plot.rebases]
        assert all(plot.left - 0.1 <= label.x for label in labels)
        assert all(label.y <= plot.top for label in labels)
        for first, second in pairwise(labels):
            assert first.y != second.y or first.x + 7.4 * len(first.text) < second.x


@given(
    st.lists(st.floats(0, 300), max_size=6).map(sorted),
)
def test_places_that_are_far_enough_apart_are_left_alone(places: list[float]) -> None:
    moved = spread(places, 17, 0, 300)
    apart = all(later - earlier >= 17 for earlier, later in pairwise(places))
    assert (moved == places) or not apart
    assert all(0 <= place <= 300 for place in moved)


def test_a_phone_shows_the_last_eighteen_months() -> None:
    chart = xmr_chart(steady([float(value) for value in range(36)]))
    assert len(chart.wide.marks) == 36
    assert len(chart.narrow.marks) == PHONE_POINTS
    assert chart.narrow.marks[0].text == "May 2025: 18, expected variation"


def test_a_phone_shows_earlier_months_when_the_last_eighteen_have_no_figure() -> None:
    chart = xmr_chart(steady([1.0, 2.0, *[None] * 18]))
    assert [mark.text[:13] for mark in chart.narrow.marks] == ["November 2023", "December 2023"]


def test_a_missing_value_breaks_the_line() -> None:
    chart = xmr_chart(steady([1.0, 2.0, None, 4.0, 5.0]))
    assert re.findall("[ML]", chart.wide.line) == ["M", "L", "M", "L"]
    assert len(chart.wide.marks) == 4


def test_a_single_point_stands_half_way_up() -> None:
    chart = xmr_chart(steady([54.0]), unit="%")
    assert [tick.text for tick in chart.wide.ticks] == ["53%", "54%", "55%"]
    assert chart.wide.marks[0].y == (chart.wide.top + chart.wide.bottom) / 2


def test_no_value_at_all_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        xmr_chart(steady([None, None]))


def test_the_lines_step_half_way_between_old_limits_and_new() -> None:
    old = steady([10.0, 12.0, 11.0], mean=11.0, lower=8.0, upper=14.0)
    new = [Point(month(3 + at), 6.0, 6.0, 4.0, 8.0, "common") for at in range(2)]
    plot = xmr_chart([*old, *new], rebases=[Rebase(month(3), "A new rota")]).wide
    before, after = plot.segments
    middle = (plot.marks[2].x + plot.marks[3].x) / 2
    assert before.x2 == after.x1 == pytest.approx(middle, abs=0.1)
    assert (before.x1, after.x2) == (plot.left, plot.right)
    assert before.mean is not None
    assert after.mean is not None
    assert before.mean < after.mean
    assert [(x, label.text) for x, label in plot.rebases] == [(before.x2, "A new rota")]


def test_points_without_limits_have_no_lines() -> None:
    points = [*steady([1.0, 2.0])]
    assert xmr_chart(points).wide.segments == []
    assert not xmr_chart(points).has_limits


def test_what_the_lines_are_is_written_beside_them() -> None:
    points = steady([54.0, 57.0, 64.0], mean=54.2, lower=46.8, upper=61.7)
    chart = xmr_chart(points, unit="%", target=60.0)
    assert [label.text for label in chart.wide.labels] == [
        "64% in January",
        "Upper limit 62%",
        "Target 60%",
        "Average 54%",
        "Lower limit 47%",
    ]
    assert [label.text for label in chart.narrow.labels] == ["64%", "62%", "60%", "54%", "47%"]


def test_the_table_holds_the_same_figures_newest_first() -> None:
    chart = xmr_chart(steady([3.0, None, 5.0], mean=4.0, lower=1.0, upper=7.0))
    assert [(row.when, row.value, row.reading) for row in chart.figures] == [
        ("January 2024", "5", "Expected variation"),
        ("December 2023", "No figure", "–"),
        ("November 2023", "3", "Expected variation"),
    ]


def test_counts_have_whole_ticks() -> None:
    chart = xmr_chart(steady([0.0, 1.0, 2.0]))
    assert [tick.text for tick in chart.wide.ticks] == ["0", "1", "2"]


def test_rates_keep_the_decimals_that_tell_them_apart() -> None:
    chart = xmr_chart(steady([1.25, 1.31], mean=1.28, lower=1.2, upper=1.36))
    assert [row.value for row in chart.figures] == ["1.31", "1.25"]
    assert chart.wide.ticks[0].text == "1.20"


def test_money_and_thousands_are_written_as_people_do() -> None:
    chart = xmr_chart(steady([-1200.0, 1500.0]), unit="£")
    assert [row.value for row in chart.figures] == ["£1,500", "−£1,200"]


def test_months_are_named_at_round_ones_and_weeks_by_their_day() -> None:
    years = xmr_chart(steady([float(value) for value in range(36)])).wide
    assert [label.text for label in years.dates][:3] == ["Jan 2024", "Jul 2024", "Jan 2025"]
    weeks = [
        Point(date(2026, 8, 3) + timedelta(weeks=at), 1.0 + at, None, None, None, "common")
        for at in range(3)
    ]
    chart = xmr_chart(weeks)
    assert [label.text for label in chart.wide.dates] == ["3 Aug", "10 Aug", "17 Aug"]
    assert chart.wide.labels[0].text == "3 on 17 Aug"


def test_only_the_readings_that_occur_are_explained() -> None:
    points = [
        Point(month(0), 1.0, None, None, None, "common"),
        Point(month(1), 9.0, None, None, None, "improvement"),
        Point(month(2), None, None, None, None, "concern"),
    ]
    assert xmr_chart(points).readings == ["improvement", "common"]
