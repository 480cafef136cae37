"""Each rule of the control chart, each difference of the default profile, and their symmetries."""

from collections.abc import Iterable, Sequence
from datetime import date
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engagements.measures.spc import Chart, Observation, Point, RebaseDateError, chart
from engagements.measures.spc_limits import limits, mean
from engagements.measures.spc_profile import DIFFERENCES, Direction, Profile, method_note
from engagements.measures.spc_reference import reference_result
from engagements.measures.spc_rules import SeriesError

# Twelve points whose mean is 100, mean moving range 10 and, once fixed, limits 73.4 and 126.6.
STEADY = [95.0, 105.0] * 6
REFERENCE: Profile = "nhsr-0.2.2"


def test_limits_are_266_mean_moving_ranges_from_the_mean() -> None:
    point = drawn(STEADY).points[0]
    assert (point.mean, point.lower, point.upper) == pytest.approx((100, 73.4, 126.6))
    assert (point.inner_lower, point.inner_upper) == pytest.approx((100 - 17.7333333, 117.7333333))


def test_limits_are_never_clipped_at_zero() -> None:
    assert drawn([0, 1] * 6).points[0].lower == pytest.approx(0.5 - 2.66)


def test_the_mean_of_equal_values_is_exactly_that_value() -> None:
    assert all(mean([0.1] * count) == 0.1 for count in range(1, 60))


def test_the_mean_falls_on_a_value_that_equals_it() -> None:
    """The decimals of this series sum to exactly twelve times 19.7 only when nothing is lost."""
    assert mean([20, 21.7, 18.9, 19.8, 19.7, 22.1, 19.4, 16.7, 20.7, 21.1, 17.8, 18.5]) == 19.7


def test_screening_drops_moving_ranges_of_3267_times_their_mean_or_more_once() -> None:
    values = [1.0, 2.0, 1.0, 2.0, 10.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0]
    screened = limits(values, screen=True, may_collapse=False)
    unscreened = limits(values, screen=False, may_collapse=False)
    assert screened.average_range == 1
    assert unscreened.average_range == pytest.approx((11 + 8 + 9) / 13)
    assert screened.mean == unscreened.mean


def test_a_moving_range_needs_both_neighbours() -> None:
    assert limits([1.0, None, 9.0, 10.0], screen=False, may_collapse=False).average_range == 1


def test_a_point_outside_a_limit_is_named_and_one_on_it_is_not() -> None:
    lines = drawn(STEADY).points[0]
    assert lines.lower is not None and lines.upper is not None
    high, low = lines.upper, lines.lower
    after = fixed([high, 101, high + 0.001, 99, low, 101, low - 0.001])
    assert rules(after)[12:] == [
        *["Common Cause"] * 2,
        "Above UCL",
        *["Common Cause"] * 3,
        "Below LCL",
    ]


def test_a_trend_of_seven_is_flagged_on_every_member() -> None:
    rising = fixed([98, 99, 101, 102, 103, 104, 105, 99])
    assert rules(rising)[12:] == [*["7 Point Trend (Increasing)"] * 7, "Common Cause"]


def test_six_rising_points_are_no_trend() -> None:
    assert set(rules(fixed([97, 98, 99, 101, 102, 103, 99]))) == {"Common Cause"}


def test_a_tie_breaks_a_trend() -> None:
    assert set(rules(fixed([96, 97, 98, 98, 101, 102, 103, 104]))) == {"Common Cause"}


def test_two_in_three_flags_only_the_points_near_the_limit() -> None:
    assert rules(fixed([120, 101, 121, 99]))[12:] == [
        "2 in 3 Above CL",
        "Common Cause",
        "2 in 3 Above CL",
        "Common Cause",
    ]


def test_two_in_three_needs_all_three_on_one_side_of_the_mean() -> None:
    assert set(rules(fixed([120, 100, 120, 99, 121]))) == {"Common Cause"}


def test_a_point_outside_the_limits_does_not_count_as_near() -> None:
    assert rules(fixed([120, 101, 127, 99]))[12:] == [
        *["Common Cause"] * 2,
        "Above UCL",
        "Common Cause",
    ]


def test_a_run_of_seven_is_flagged_on_every_member() -> None:
    assert rules(fixed([99, 101, 102, 101, 102, 101, 102, 101, 99]))[13:] == [
        *["7 Points Above CL"] * 7,
        "Common Cause",
    ]


def test_a_point_on_the_mean_breaks_a_run() -> None:
    assert set(rules(fixed([99, 101, 102, 101, 100, 102, 101, 102, 101]))) == {"Common Cause"}


def test_the_strongest_rule_names_the_point() -> None:
    after = rules(fixed([99, 101, 103, 105, 107, 119, 120, 127]))
    assert after[13:] == [*["7 Point Trend (Increasing)"] * 6, "Above UCL"]


def test_runs_and_trends_end_where_the_limits_are_redrawn() -> None:
    values = [*STEADY, 101, 102, 103, 104, 105, 106, 107, 108]
    redrawn = drawn(values, rebases=[DAYS[15]])
    assert {point.group for point in redrawn.points[15:]} == {1}
    assert not any("Trend" in point.rule for point in redrawn.points)


@pytest.mark.parametrize(
    ("direction", "high", "low"),
    [
        ("increase", "improvement", "concern"),
        ("decrease", "concern", "improvement"),
        ("neutral", "neutral_high", "neutral_low"),
    ],
)
def test_the_direction_of_improvement_decides_how_a_rule_reads(
    direction: Direction, high: str, low: str
) -> None:
    points = fixed([127, 99, 73], direction=direction).points[12:]
    assert [point.reading for point in points] == [high, "common", low]


@pytest.mark.parametrize(
    ("direction", "latest", "icon"),
    [
        ("increase", 127, "improvement_high"),
        ("increase", 73, "concern_low"),
        ("decrease", 127, "concern_high"),
        ("decrease", 73, "improvement_low"),
        ("neutral", 127, "neutral_high"),
        ("neutral", 73, "neutral_low"),
        ("neutral", 100, "common_cause"),
    ],
)
def test_the_variation_icon_is_that_of_the_latest_point(
    direction: Direction, latest: float, icon: str
) -> None:
    assert fixed([latest], direction=direction).variation == icon


@pytest.mark.parametrize(
    ("direction", "target", "icon"),
    [
        ("increase", 127, "fail"),
        ("increase", 126, "inconsistent"),
        ("increase", 73, "pass"),
        ("decrease", 127, "pass"),
        ("decrease", 73, "fail"),
        ("neutral", 127, None),
        ("increase", None, None),
    ],
)
def test_the_assurance_icon_compares_the_target_with_the_latest_limits(
    direction: Direction, target: float | None, icon: str | None
) -> None:
    assert drawn(STEADY, direction=direction, target=target).assurance == icon


def test_fewer_than_13_points_are_warned_of_as_provisional() -> None:
    assert kinds(drawn(STEADY)) == ["provisional"]
    assert kinds(drawn([*STEADY, 99])) == []


def test_a_baseline_of_fewer_than_12_points_is_refused() -> None:
    with pytest.raises(SeriesError, match="at least 12"):
        drawn(STEADY, baseline=11)


def test_a_date_that_comes_twice_is_refused() -> None:
    with pytest.raises(SeriesError, match="1 January 2020"):
        chart([(DAYS[0], 1.0), (DAYS[0], 2.0)], direction="increase")


def test_a_value_that_is_not_finite_is_refused() -> None:
    with pytest.raises(SeriesError, match="not a finite number"):
        drawn([*STEADY, float("nan")])


def test_a_chart_without_any_value_has_no_icons() -> None:
    empty = drawn([None] * 8, target=5)
    assert (empty.variation, empty.assurance) == (None, None)


def test_ours_1_a_constant_series_has_limits_equal_to_the_mean() -> None:
    ours, reference = both([5.0] * 18, target=4.0)
    assert (ours.points[0].lower, ours.points[0].upper) == (5, 5)
    assert kinds(ours) == ["no_variation"]
    assert ours.assurance == "pass"
    assert (reference.points[0].lower, reference.assurance) == (None, "inconsistent")


def test_ours_2_screening_that_would_remove_all_variation_is_left_undone() -> None:
    values = [7.0] * 12 + [9.0] + [7.0] * 11
    ours, reference = both(values)
    assert ours.points == both(values, screen=False)[0].points
    assert kinds(ours) == ["not_screened"]
    assert {point.outside for point in reference.points} == {True}


def test_ours_3_a_missing_value_breaks_a_trend_and_the_icon_is_that_of_the_last_present() -> None:
    values = [*STEADY, 96, 97, 98, None, 101, 102, 103, 127, None]
    ours = drawn(values, baseline=12)
    assert not any("Trend" in rule for rule in rules(ours))
    assert ours.variation == "improvement_high"
    with pytest.raises(SeriesError, match="missing value"):
        drawn(values, baseline=12, profile=REFERENCE)
    assert drawn([*STEADY, 127, None], profile=REFERENCE).variation == "common_cause"


def test_ours_4_a_series_without_a_target_beside_one_with_a_target_has_no_icon() -> None:
    document = {
        "dates": [day.isoformat() for day in DAYS[:12]] * 2,
        "values": STEADY * 2,
        "facets": ["a"] * 12 + ["b"] * 12,
        "options": {"target": {"a": 100}},
    }
    ours, reference = (reference_result(document, p)["icons"] for p in ("cocreate-1", REFERENCE))
    assert [icon["assurance"] for icon in ours] == ["inconsistent", None]
    assert [icon["assurance"] for icon in reference] == ["inconsistent", "inconsistent"]


def test_ours_5_a_trend_right_after_another_leaves_the_first_its_own_direction() -> None:
    rising = [97, 98, 99, 101, 102, 103, 104]
    ours, reference = (fixed([*rising, *rising], profile=p) for p in ("cocreate-1", REFERENCE))
    assert rules(ours)[12:] == ["7 Point Trend (Increasing)"] * 14
    assert rules(reference)[12 + 6] == "7 Point Trend (Decreasing)"


@pytest.mark.parametrize("profile", ["cocreate-1", REFERENCE])
def test_a_peak_shared_by_two_trends_belongs_to_the_later(profile: Profile) -> None:
    rising = [97, 98, 99, 101, 102, 103, 104]
    peaked = fixed([*rising, *reversed(rising[:-1])], profile=profile)
    assert rules(peaked)[12:] == [
        *["7 Point Trend (Increasing)"] * 6,
        *["7 Point Trend (Decreasing)"] * 7,
    ]


def test_ours_6_a_rebase_date_that_is_not_in_the_data_is_refused_with_its_neighbours() -> None:
    unknown = date(2020, 3, 15)
    with pytest.raises(RebaseDateError, match=r"nearest dates are 1 March 2020 and 1 April 2020"):
        drawn(STEADY, rebases=[unknown])
    with pytest.raises(RebaseDateError, match="1 December 2020"):
        drawn(STEADY, rebases=[date(2030, 1, 1)])
    ignored = drawn(STEADY, rebases=[unknown], profile=REFERENCE)
    assert {point.group for point in ignored.points} == {0}


def test_the_method_note_names_all_six_differences_under_the_default_profile_only() -> None:
    assert len(DIFFERENCES) == 6
    assert set(DIFFERENCES) <= set(method_note("cocreate-1"))
    assert not set(DIFFERENCES) & set(method_note(REFERENCE))
    assert any("first 24 points" in line for line in method_note("cocreate-1", baseline=24))


series = st.lists(st.one_of(st.none(), st.integers(-40, 40).map(float)), min_size=1, max_size=40)
directions = st.sampled_from(["increase", "decrease", "neutral"])


@given(series, st.integers(-1000, 1000))
def test_adding_a_constant_moves_the_lines_and_changes_no_verdict(
    values: list[float | None], constant: int
) -> None:
    here = drawn(values)
    assume(not any(touches_a_line(point) for point in here.points))
    there = drawn([None if value is None else value + constant for value in values])
    assert rules(there) == rules(here)
    for before, after in zip(here.points, there.points, strict=True):
        assert known_lines(after) == pytest.approx([x + constant for x in known_lines(before)])


@given(series, directions)
def test_a_mirrored_series_mirrors_every_verdict(
    values: list[float | None], direction: Direction
) -> None:
    here = drawn(values, direction=direction)
    mirror = drawn([None if value is None else -value for value in values], direction=direction)
    assert [MIRRORED.get(point.reading, "common") for point in mirror.points] == [
        point.reading for point in here.points
    ]


@given(series, st.randoms(use_true_random=False))
def test_the_order_in_which_points_arrive_does_not_matter(
    values: list[float | None], shuffler: Random
) -> None:
    points = dated(values)
    shuffled = list(points)
    shuffler.shuffle(shuffled)
    assert chart(shuffled, direction="increase") == chart(points, direction="increase")


@given(series)
def test_both_profiles_agree_on_series_that_vary_and_lack_nothing(
    values: list[float | None],
) -> None:
    complete = [value for value in values if value is not None]
    assume(complete)
    ours, reference = both(complete)
    assume("no_variation" not in kinds(ours) and "not_screened" not in kinds(ours))
    trending = {i for i, rule in enumerate(rules(ours)) if "Trend" in rule}
    assert [rule for i, rule in enumerate(rules(ours)) if i not in trending] == [
        rule for i, rule in enumerate(rules(reference)) if i not in trending
    ]


DAYS = [date(2020 + i // 12, i % 12 + 1, 1) for i in range(60)]
MIRRORED = {
    "improvement": "concern",
    "concern": "improvement",
    "neutral_high": "neutral_low",
    "neutral_low": "neutral_high",
}


def dated(values: Iterable[float | None]) -> list[Observation]:
    """The values on the first of successive months."""
    return list(zip(DAYS, values, strict=False))


def drawn(
    values: Sequence[float | None],
    *,
    direction: Direction = "increase",
    target: float | None = None,
    rebases: Sequence[date] = (),
    baseline: int | None = None,
    screen: bool = True,
    profile: Profile = "cocreate-1",
) -> Chart:
    return chart(
        dated(values),
        direction=direction,
        target=target,
        rebases=rebases,
        baseline=baseline,
        screen=screen,
        profile=profile,
    )


def fixed(
    after: Sequence[float | None],
    direction: Direction = "increase",
    profile: Profile = "cocreate-1",
) -> Chart:
    """The steady twelve months as the baseline, then the given values."""
    return drawn([*STEADY, *after], direction=direction, baseline=12, profile=profile)


def both(
    values: Sequence[float | None], *, target: float | None = None, screen: bool = True
) -> tuple[Chart, Chart]:
    """The same series in the default and in the reference profile."""
    return (
        drawn(values, target=target, screen=screen),
        drawn(values, target=target, screen=screen, profile=REFERENCE),
    )


def rules(judged: Chart) -> list[str]:
    return [point.rule for point in judged.points]


def kinds(judged: Chart) -> list[str]:
    return [caution.kind for caution in judged.warnings]


def known_lines(point: Point) -> list[float]:
    lines = (point.mean, point.lower, point.upper, point.inner_lower, point.inner_upper)
    return [line for line in lines if line is not None]


def touches_a_line(point: Point) -> bool:
    """Rounding may put a value that lies on a line to either side of it."""
    return point.value is not None and any(
        abs(point.value - line) < 1e-9 for line in known_lines(point)
    )
