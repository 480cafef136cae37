"""What could identify a patient: found where it stands, and quiet about everything else."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagements.notes.dates_and_names import NO_NAMES
from engagements.notes.patient_identifiers import described, found_in, is_nhs_number

PROJECT = Path(__file__).parents[2]
EXAMPLES = json.loads((PROJECT / "tests" / "data" / "patient_identifiers.json").read_text())
GUARD = (PROJECT / "src/frontend/static/js/guard.js").read_text()
TODAY = date.fromisoformat(EXAMPLES["today"])
DIGITS = "0123456789"
NHS = (
    st.text(DIGITS, min_size=9, max_size=9)
    .flatmap(
        lambda nine: st.sampled_from(
            [nine + last for last in DIGITS if is_nhs_number(nine + last)] or [""]
        )
    )
    .filter(bool)
)
GAPS = st.sampled_from(["", " ", "-", "\u00a0", "\u2013", " - "])
AROUND = st.sampled_from(["", " ", "\n", ": ", "(", "the patient ", "**", "🙂 ", "ward 12, "])
THE_SAME = st.sampled_from(DIGITS).map(lambda digit: digit * 10)


@pytest.mark.parametrize("example", EXAMPLES["found"], ids=lambda example: example["text"])
def test_what_could_identify_a_patient_is_found_where_it_stands(example) -> None:
    text = example["text"]

    found = found_in(text, TODAY)

    assert [{"kind": each.kind, "words": each.words} for each in found] == example["findings"]
    assert [text[each.start : each.end] for each in found] == [each.words for each in found]


@pytest.mark.parametrize("text", EXAMPLES["quiet"])
def test_what_identifies_no_patient_stays_quiet(text) -> None:
    assert found_in(text, TODAY) == []


@pytest.mark.parametrize("example", EXAMPLES["described"], ids=lambda example: example["text"])
def test_the_writer_is_told_in_a_sentence(example) -> None:
    assert described(found_in(example["text"], TODAY)) == example["sentence"]


@given(NHS, GAPS, GAPS, AROUND, AROUND.map(lambda text: f" {text}"))
def test_every_nhs_number_is_found_in_any_grouping(digits, first, second, before, after) -> None:
    written = f"{digits[:3]}{first}{digits[3:6]}{second}{digits[6:]}"

    found = found_in(f"{before}{written}{after}", TODAY)

    assert [(each.kind, each.words) for each in found] == [("nhs_number", written)]


@given(NHS, st.integers(0, 9), st.integers(1, 9), GAPS, GAPS)
def test_no_number_with_one_wrong_digit_is_taken_for_one(digits, at, by, first, second) -> None:
    wrong = f"{digits[:at]}{(int(digits[at]) + by) % 10}{digits[at + 1 :]}"

    assert found_in(f"{wrong[:3]}{first}{wrong[3:6]}{second}{wrong[6:]}", TODAY) == []


@given(NHS, st.text(DIGITS, min_size=1, max_size=4), st.booleans())
def test_no_part_of_a_longer_run_of_digits_is_taken_for_one(digits, more, ahead) -> None:
    assert found_in(more + digits if ahead else digits + more, TODAY) == []


@given(THE_SAME)
def test_ten_equal_digits_are_no_number(digits) -> None:
    assert not is_nhs_number(digits)


@given(st.text(max_size=300))
def test_findings_stand_in_order_and_never_overlap(text) -> None:
    ends = [0]
    for each in found_in(text, TODAY):
        assert text[each.start : each.end] == each.words
        assert each.start >= ends[-1]
        ends.append(each.end)


def test_a_long_text_is_read_in_the_blink_of_an_eye() -> None:
    """Ten thousand of each kind: what grows with the square of the text would not come back."""
    text = "Amelia Hart 12/03/1961 943 476 5919 MRN 1234567 a@example.com\n" * 1_600

    assert len(found_in(text, TODAY)) == 4 * 1_600


def test_the_page_knows_the_same_words_that_are_no_names() -> None:
    listed = re.search(r"NO_NAMES = new Set\((.*?)\.split", GUARD, re.DOTALL)

    assert listed is not None
    assert set(re.findall(r"[A-Z][a-z]*", listed[1])) == NO_NAMES
