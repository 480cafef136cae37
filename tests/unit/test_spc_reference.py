"""The reference results of NHSRplotthedots 0.2.2, series by series, and inputs that are refused."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from engagements.measures.spc_reference import DocumentError, reference_result, run

REFERENCE = json.loads((Path(__file__).parents[1] / "data" / "spc_reference.json").read_text())
SERIES = {series["id"]: series for series in REFERENCE["series"]}
LIMITS = ("mean", "lpl", "upl")


@pytest.mark.parametrize("name", SERIES)
def test_the_reference_profile_repeats_every_reference_result(name: str) -> None:
    series = SERIES[name]
    assert_same(result_of(series["input"]), series["expected"])


@pytest.mark.parametrize("name", SERIES)
def test_the_reference_profile_repeats_every_result_without_screening(name: str) -> None:
    unscreened = with_options(SERIES[name]["input"], screen_outliers=False)
    assert_same(result_of(unscreened), SERIES[name]["expected_no_screening"])


@pytest.mark.parametrize("name", sorted(set(SERIES) - {"S005", "S008", "S059"}))
def test_the_default_profile_agrees_wherever_no_documented_case_applies(name: str) -> None:
    series = SERIES[name]
    ours = json.loads(run(json.dumps([series["input"]]).encode(), "cocreate-1"))[0]
    assert_same(ours, series["expected"])


def test_a_target_for_a_facet_that_does_not_exist_is_refused() -> None:
    refused = result_of(with_options(SERIES["S059"]["input"], target={"Ward Z": 1}))
    assert refused == {
        "status": "error",
        "message": "Options provided to target are not among the facets.",
    }


def test_a_rebase_by_facet_without_facets_is_refused() -> None:
    assert is_refused(with_options(plain(), rebase={"Ward A": ["2022-03-01"]}))


def test_a_rebase_without_facet_names_holds_for_every_facet() -> None:
    rebased = result_of(with_options(SERIES["S059"]["input"], rebase=["2022-05-01"]))
    assert rebased["rows"]["rebase_group"] == ([0] * 4 + [1] * 12) * 3


def test_facets_come_in_the_order_of_their_code_points() -> None:
    several = {**plain(), "facets": ["b", "a", "É", "B"] + ["b"] * 20}
    assert [icon["facet"] for icon in result_of(several)["icons"]] == ["B", "a", "b", "É"]


def test_the_same_date_may_stand_in_two_facets_but_not_twice_in_one() -> None:
    twice = {"dates": ["2022-01-01", "2022-01-01"], "values": [1, 2]}
    assert is_refused(twice)
    assert not is_refused({**twice, "facets": ["a", "b"]})


@pytest.mark.parametrize("points", [11, 11.9, -1, True, "12", [12]])
def test_limits_are_fixed_after_at_least_12_points_or_refused(points: object) -> None:
    assert is_refused(with_options(plain(), fix_after_n_points=points))


def test_a_direction_may_be_shortened_as_in_the_reference() -> None:
    assert result_of(with_options(plain(), improvement_direction="dec")) == result_of(
        with_options(plain(), improvement_direction="decrease")
    )


@pytest.mark.parametrize("direction", ["up", "", "Increase", 1])
def test_an_unknown_direction_is_refused(direction: object) -> None:
    assert is_refused(with_options(plain(), improvement_direction=direction))


@pytest.mark.parametrize(
    "options", [{"colour": "red"}, {"screen_outliers": None}, {"target": "5"}, {"rebase": "May"}]
)
def test_options_that_the_reference_does_not_have_are_refused(options: dict[str, Any]) -> None:
    assert is_refused(with_options(plain(), **options))


@pytest.mark.parametrize(
    "document",
    [
        None,
        7,
        [],
        {},
        {"dates": [], "values": []},
        {"dates": ["2022-13-01"], "values": [1]},
        {"dates": ["2022-01-01"], "values": ["high"]},
        {"dates": ["2022-01-01"], "values": [True]},
        {"dates": ["2022-01-01"], "values": [1, 2]},
        {"dates": ["2022-01-01"], "values": [1e308]},
        {"dates": ["2022-01-01"], "values": [1], "facets": [None]},
        {"dates": ["2022-01-01"], "values": [1], "facets": []},
        {"dates": ["2022-01-01"], "values": [1], "surprise": 1},
        {"dates": ["2022-01-01"], "values": [1], "options": None},
    ],
)
@pytest.mark.parametrize("profile", ["nhsr-0.2.2", "cocreate-1"])
def test_a_malformed_input_is_answered_with_an_error_and_a_message(
    document: object, profile: str
) -> None:
    (refused,) = json.loads(run(json.dumps([document]).encode(), profile))
    assert refused["status"] == "error"
    assert refused["message"].endswith(".")


@pytest.mark.parametrize("text", [b"", b"{}", b"[1", b"\xff", b"[NaN]", b"[" * 100_000])
def test_a_file_that_is_no_json_list_is_refused_as_a_whole(text: bytes) -> None:
    with pytest.raises(DocumentError, match="file"):
        run(text, "cocreate-1")


def test_an_unknown_profile_is_refused_with_the_known_ones_named() -> None:
    with pytest.raises(DocumentError, match=r"Choose cocreate-1 or nhsr-0\.2\.2"):
        run(b"[]", "nhsr-9")


def plain() -> dict[str, Any]:
    """An input of 24 months without any option."""
    dates = [f"{year}-{month:02}-01" for year in (2022, 2023) for month in range(1, 13)]
    return {"dates": dates, "values": [10, 12, 11, 13] * 6, "options": {}}


def with_options(given: dict[str, Any], **options: object) -> dict[str, Any]:
    changed = deepcopy(given)
    changed["options"] |= options
    return changed


def result_of(given: dict[str, Any]) -> dict[str, Any]:
    return reference_result(given, "nhsr-0.2.2")


def is_refused(given: dict[str, Any]) -> bool:
    return bool(result_of(given)["status"] == "error")


def assert_same(actual: dict[str, Any], expected: dict[str, Any]) -> None:
    """Limits to 1e-9 relative, everything else exactly."""
    assert actual.keys() == expected.keys()
    rows, expected_rows = dict(actual["rows"]), dict(expected["rows"])
    for column in LIMITS:
        for line, expected_line in zip(rows.pop(column), expected_rows.pop(column), strict=True):
            if expected_line is None:
                assert line is None
            else:
                assert line == pytest.approx(expected_line, rel=1e-9, abs=1e-9)
    assert rows == expected_rows
    assert list(rows) == list(expected_rows)
    assert actual["icons"] == expected["icons"]
    assert actual["warnings"] == expected["warnings"]
