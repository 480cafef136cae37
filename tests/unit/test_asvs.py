"""The table of OWASP ASVS 5.0: complete, up to date, and honest about what no test shows."""

import pytest
from scripts import asvs

FLOOR = 184
"""Requirements that are covered by a test at the least. It only rises, as they do."""


@pytest.fixture(scope="module")
def table() -> list[asvs.Line]:
    return asvs.lines()


def test_the_table_is_the_one_that_the_tests_give(table: list[asvs.Line]) -> None:
    assert asvs.TABLE.read_text() == asvs.written(table), "run scripts/asvs.py"


def test_a_test_names_only_requirements_that_there_are() -> None:
    assert asvs.marked().keys() <= {each.id for each in asvs.requirements()}


def test_whatever_no_test_shows_has_a_reason(table: list[asvs.Line]) -> None:
    unexplained = [
        line.requirement.id
        for line in table
        if line.status not in (asvs.COVERED, asvs.UNCOVERED, asvs.INAPPLICABLE)
        or not (line.tests or len(line.reason) > 10)
    ]
    assert not unexplained


def test_no_reason_is_given_for_what_a_test_shows() -> None:
    shown, known = asvs.marked(), [each.id for each in asvs.requirements()]
    for number in asvs.reasons():
        about = [id for id in known if id == number or id.startswith(f"{number}.")]
        assert about, f"there is no requirement {number}"
        assert not {*about} <= shown.keys(), f"tests show {number}: take its reason away"


def test_no_fewer_requirements_are_covered_than_before(table: list[asvs.Line]) -> None:
    covered = [line for line in table if line.status == asvs.COVERED]
    assert len(covered) >= FLOOR


def test_the_requirements_are_those_of_the_standard_with_their_licence() -> None:
    known = asvs.requirements()
    assert [sum(each.level == level for each in known) for level in (1, 2)] == [70, 183]
    assert len({each.id for each in known}) == len(known)
    assert "CC BY-SA 4.0" in (asvs.DATA / "asvs_5.0.json").read_text()
    assert "CC BY-SA 4.0" in asvs.TABLE.read_text()
