"""What two anonymous survey waves allow to be said of a domain, with scipy's Welch as oracle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from engagements.measures.domain_change import Wave, change


def test_the_interval_is_welchs() -> None:
    here = change(Wave(42, 61.0, 14.0), Wave(35, 66.5, 9.0))
    low, high = welch(Wave(42, 61.0, 14.0), Wave(35, 66.5, 9.0))
    assert here.difference == pytest.approx(5.5)
    assert (here.lower, here.upper) == pytest.approx((low, high), rel=1e-9)


waves = st.builds(
    Wave,
    n=st.integers(10, 5000),
    mean=st.floats(0, 100),
    sd=st.floats(0.01, 50),
)


@given(waves, waves)
def test_any_interval_agrees_with_scipy(before: Wave, after: Wave) -> None:
    here = change(before, after)
    assert (here.lower, here.upper) == pytest.approx(welch(before, after), rel=1e-9, abs=1e-9)


@given(waves, waves)
def test_the_other_way_round_is_the_opposite_change(before: Wave, after: Wave) -> None:
    there, back = change(before, after), change(after, before)
    opposite = {"improving": "slipping", "slipping": "improving"}
    assert back.word == opposite.get(there.word, there.word)


def test_an_interval_above_nought_is_improving() -> None:
    assert change(Wave(50, 60, 10), Wave(50, 70, 10)).word == "improving"


def test_an_interval_below_nought_is_slipping() -> None:
    assert change(Wave(50, 70, 10), Wave(50, 60, 10)).word == "slipping"


def test_an_interval_that_includes_nought_is_no_clear_change() -> None:
    assert change(Wave(50, 60, 10), Wave(50, 62, 10)).word == "no clear change"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Wave(50, 60, None), Wave(50, 90, 10)),
        (Wave(50, 60, 10), Wave(None, 90, 10)),
        (Wave(50, 60, 0), Wave(50, 90, 0)),
    ],
)
def test_without_an_interval_there_is_no_claim(before: Wave, after: Wave) -> None:
    here = change(before, after)
    assert (here.word, here.lower, here.upper) == ("no clear change", None, None)
    assert here.difference == 30


def test_without_a_mean_there_is_no_difference() -> None:
    here = change(Wave(50, None, 10), Wave(50, 90, 10))
    assert (here.word, here.difference) == ("no clear change", None)


def test_one_wave_is_too_early_to_say() -> None:
    assert change(Wave(50, 60, 10), None).word == "too early to say"


@pytest.mark.parametrize("few", [0, 1, 9])
def test_fewer_than_10_replies_in_either_wave_show_no_figure(few: int) -> None:
    for here in (
        change(Wave(few, 60, 10), Wave(50, 90, 10)),
        change(Wave(50, 60, 10), Wave(few, 90, 10)),
        change(Wave(few, 60, 10), None),
    ):
        assert (here.word, here.difference, here.lower) == ("fewer than 10 replies", None, None)


def test_fewer_than_30_replies_in_either_wave_are_only_indicative() -> None:
    assert change(Wave(29, 60, 10), Wave(50, 90, 10)).indicative
    assert not change(Wave(30, 60, 10), Wave(50, 90, 10)).indicative


@pytest.mark.parametrize(
    "impossible", [Wave(-1, 60, 10), Wave(50, 60, -1), Wave(50, float("nan"), 10)]
)
def test_impossible_figures_are_refused(impossible: Wave) -> None:
    with pytest.raises(ValueError, match=r"finite|negative"):
        change(Wave(50, 60, 10), impossible)


def welch(before: Wave, after: Wave) -> tuple[float, float]:
    """scipy's 95 % interval of the later mean less the earlier, rebuilt from its own statistics."""
    t = stats.ttest_ind_from_stats(
        after.mean, after.sd, after.n, before.mean, before.sd, before.n, equal_var=False
    )
    assert before.n and after.n and before.sd and after.sd
    assert before.mean is not None and after.mean is not None
    first, second = before.sd**2 / before.n, after.sd**2 / after.n
    freedom = (first + second) ** 2 / (first**2 / (before.n - 1) + second**2 / (after.n - 1))
    difference = after.mean - before.mean
    error = difference / t.statistic if t.statistic else (first + second) ** 0.5
    margin = float(stats.t.ppf(0.975, freedom)) * error
    return difference - margin, difference + margin
