"""The honest sentence: what it says in each case, and that it never says more than the rules."""

from collections.abc import Sequence
from datetime import date
from random import Random

import pytest

from engagements.measures.spc import Chart, chart
from engagements.measures.spc_profile import Direction, Profile
from engagements.measures.spc_sentence import assurance_sentence, sentence

# Once these twelve are the baseline: mean 100, limits 73.4 and 126.6, inner lines 82.3 and 117.7.
STEADY = [95.0, 105.0] * 6
DAYS = [date(2020 + i // 12, i % 12 + 1, 1) for i in range(60)]
CHANCE = "which is unlikely to be chance"
NO_CHANGE_SERIES = 2_000


def test_a_run_counts_the_months_on_its_side_of_the_average() -> None:
    values = [80.0, 90.0] * 6 + [99.0, 101.0] * 4
    assert said(values) == f"Improving: the last 8 months are above the average, {CHANCE}"


def test_a_run_against_fixed_limits_is_compared_with_the_baseline() -> None:
    run = [101, 103, 102, 104, 103, 105, 104]
    assert said([*STEADY, *run], baseline=12) == (
        f"Improving: the last 8 months are above the baseline average, {CHANCE}"
    )


def test_a_trend_counts_its_moves() -> None:
    rising = [97, 98, 99, 101, 102, 103, 104, 105]
    assert said([*STEADY, *rising], baseline=12) == (
        f"Improving: each of the last 7 months is higher than the one before, {CHANCE}"
    )


def test_two_in_three_says_how_many_are_near_the_limit() -> None:
    assert said([*STEADY, 99, 119, 101, 118], baseline=12) == (
        f"Improving: 2 of the last 3 months are close to the upper limit, {CHANCE}"
    )


def test_a_point_outside_names_the_limit_it_crossed() -> None:
    assert said([*STEADY, 127], baseline=12) == (
        f"Improving: the latest month is above the upper limit, {CHANCE}"
    )


def test_a_fall_is_worse_where_a_rise_is_better() -> None:
    assert said([*STEADY, 73], baseline=12).startswith("Getting worse: the latest month is below")


def test_a_fall_is_better_where_less_is_better() -> None:
    low = said([*STEADY, 73], direction="decrease", baseline=12)
    assert low == f"Improving: the latest month is below the lower limit, {CHANCE}"


def test_a_neutral_measure_has_changed_and_is_not_judged() -> None:
    changed = said([*STEADY, 127], direction="neutral", baseline=12)
    assert changed.startswith("Changed, though neither way is better: the latest month is above")


def test_common_cause_is_no_evidence_of_change() -> None:
    assert said(STEADY) == "No evidence of change"


def test_only_the_latest_value_counts() -> None:
    assert said([*STEADY, 127, 99], baseline=12) == "No evidence of change"


def test_a_series_that_never_varies_says_so() -> None:
    assert said([5.0] * 18) == "No evidence of change: every value is the same"


@pytest.mark.parametrize("count", [0, 1, 5, 11])
def test_fewer_than_12_points_are_too_early(count: int) -> None:
    assert said([*range(count)]) == f"Too early to say: {count} of 12 points"


def test_a_missing_value_does_not_count_as_a_point() -> None:
    assert said([*STEADY[:11], None]) == "Too early to say: 11 of 12 points"


def test_after_a_rebase_only_the_points_since_count() -> None:
    redrawn = said([*STEADY, 200, 201, 202, 203, 204], rebases=[DAYS[12]])
    assert redrawn == "Too early to say: 5 of 12 points since the limits were redrawn"


def test_after_a_rebase_a_trend_is_not_counted_back_over_it() -> None:
    rising_all_along = [*range(-12, 1), *range(100, 111)]
    redrawn = drawn(rising_all_along, rebases=[DAYS[12]], screen=False)
    assert "each of the last 11 months is higher" in sentence(redrawn)


def test_a_missing_latest_month_leaves_the_last_value_to_speak() -> None:
    assert said([*STEADY, 127, None, None], baseline=12) == (
        f"Improving: the latest month with a value is above the upper limit, {CHANCE}"
    )


@pytest.mark.parametrize("every", ["week", "quarter", "point"])
def test_the_sentence_counts_in_the_measures_own_frequency(every: str) -> None:
    assert f"8 {every}s are above" in sentence(
        drawn([80.0, 90.0] * 6 + [99.0, 101.0] * 4), every=every
    )


@pytest.mark.parametrize(
    ("direction", "target", "outlook"),
    [
        ("increase", 70, "Will consistently meet the target if nothing changes"),
        ("increase", 130, "Will consistently miss the target unless the process changes"),
        ("increase", 100, "Will not consistently meet or miss the target: hit and miss"),
        ("neutral", 100, "No target judged: neither way is better"),
        ("increase", None, "No target set"),
    ],
)
def test_the_target_has_a_sentence_of_its_own(
    direction: Direction, target: float | None, outlook: str
) -> None:
    assert assurance_sentence(drawn(STEADY, direction=direction, target=target)) == outlook


def test_a_target_is_not_judged_too_early() -> None:
    few = drawn([1, 2, 3], target=9)
    assert assurance_sentence(few) == "Too early to judge the target: 3 of 12 points"


def test_a_target_is_not_judged_without_limits() -> None:
    gaps = drawn(
        [value for pair in zip(STEADY, [None] * 12, strict=True) for value in pair], target=9
    )
    assert assurance_sentence(gaps) == "The target cannot be judged, as there are no limits yet"


def test_a_series_that_never_varies_from_its_target_says_so() -> None:
    met = drawn([5.0] * 12, target=5)
    assert assurance_sentence(met) == "The limits equal the target, as nothing has varied"


@pytest.mark.parametrize("length", [12, 24, 36])
@pytest.mark.parametrize("direction", ["increase", "decrease"])
def test_without_any_change_it_says_improving_no_more_often_than_the_rules_raise_a_false_alarm(
    length: int, direction: Direction
) -> None:
    """The rules' own rate is the share of latest points that the reference profile flags as good.

    That share must itself lie below one in fifty, or the bound would bind nothing.
    """
    chance = Random(length)
    claimed = alarms = 0
    for _ in range(NO_CHANGE_SERIES):
        values = [chance.gauss(50, 5) for _ in range(length)]
        claimed += said(values, direction=direction).startswith("Improving")
        reference = drawn(values, direction=direction, profile="nhsr-0.2.2")
        alarms += reference.points[-1].reading == "improvement"
    assert 0 < claimed <= alarms < NO_CHANGE_SERIES / 50


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
        zip(DAYS, values, strict=False),
        direction=direction,
        target=target,
        rebases=rebases,
        baseline=baseline,
        screen=screen,
        profile=profile,
    )


def said(
    values: Sequence[float | None],
    *,
    direction: Direction = "increase",
    rebases: Sequence[date] = (),
    baseline: int | None = None,
) -> str:
    """The sentence of a monthly series."""
    return sentence(drawn(values, direction=direction, rebases=rebases, baseline=baseline))
