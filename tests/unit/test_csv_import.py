"""Reading figures from a spreadsheet: what is understood, and what is refused with its remedy."""

from datetime import date

import pytest

from engagements.measures.csv_import import read_figures, read_value
from engagements.measures.periods import Frequency, period_name, read_period
from tenancy.errors import Invalid

JANUARY, FEBRUARY = date(2024, 1, 1), date(2024, 2, 1)


def refusal(text: str, frequency: Frequency = "month") -> str:
    with pytest.raises(Invalid) as refused:
        read_figures(text, frequency)
    return refused.value.fields["csv"]


@pytest.mark.parametrize(
    "text",
    [
        "2024-01,54\n2024-02,57.5",
        "2024-01;54\n2024-02;57.5",
        "2024-01\t54\n2024-02\t57.5",
        "Month,Agree\n2024-01,54\n2024-02,57.5",
        "Month,2024 figures (%)\r\nJan 2024,54%\r\nFeb 2024,57.5%\r\n",
        "\ufeffdate,value\n01/01/2024,54\n01/02/2024,57.5",
        '"2024-01-31","54"\n"2024-02-29","57.5"',
        "\n2024-01,54,,\n\n , \n2024-02,57.5,,\n",
        "January 2024,54\nFebruary 2024,57.5",
        "Jan-24,54\nFeb-24,57.5",
    ],
)
def test_the_usual_shapes_of_a_spreadsheet_read_the_same(text):
    assert read_figures(text, "month") == {JANUARY: 54.0, FEBRUARY: 57.5}


@pytest.mark.parametrize("missing", ["", "-", "–", " "])
def test_an_empty_value_or_a_dash_is_missing(missing):
    assert read_figures(f"2024-01,54\n2024-02,{missing}", "month")[FEBRUARY] is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12.5", 12.5),
        (".5", 0.5),
        ("-3", -3.0),
        ("−3", -3.0),
        ("12.5 %", 12.5),
        ("1,234", 1234.0),
        ("1,234.5", 1234.5),
        ("1,234,567", 1234567.0),
        ("1 234", 1234.0),
        ("1\u202f234", 1234.0),
        ("£1,234.50", 1234.5),
        ("-£12", -12.0),
        ("12,5", 12.5),
        ("0,125", 0.125),
    ],
)
def test_a_figure_is_read_as_it_is_written_in_britain_and_elsewhere(written, meant):
    assert read_value(written) == meant


@pytest.mark.parametrize("written", ["1e5", "nan", "inf", "12.5.1", "12 5", "about 12", "1,23,456"])
def test_what_is_no_figure_is_refused(written):
    assert refusal(f'2024-01,"{written}"') == (
        f"Line 1: “{written}” is no figure. Write it as 12.5, or leave it empty if nobody counted."
    )


def test_a_comma_that_could_mean_two_things_is_refused_with_both_readings():
    assert refusal("2024-01;1,234") == (
        "Line 1: “1,234” could be 1234 or 1.234. "
        "Write it without the comma, or with a decimal point."
    )


def test_an_unquoted_decimal_comma_in_a_comma_file_is_refused():
    assert refusal("2024-01,12,5").startswith("Line 1: there are 3 columns")


def test_a_date_in_the_american_order_is_refused_with_the_british_one():
    assert refusal("02/13/2024,5") == (
        "Line 1: “02/13/2024” has no month 13. Dates are read day first: 13/02/2024."
    )


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        ("31/02/2024", "“31/02/2024” is not in the calendar. Check the day and month."),
        ("2024-13", "“2024-13” is not in the calendar. Check the day and month."),
        ("0204-01", "“0204-01” has the year 204. Check the year."),
        ("Jam 2024", "“Jam 2024” is no date. Write it as 2024-01-15, 15/01/2024, Jan 2024"),
        ("", "the date is missing."),
    ],
)
def test_a_wrong_date_names_its_line_and_the_remedy(written, remedy):
    assert refusal(f"date,value\n2024-01,5\n{written},6").startswith(f"Line 3: {remedy}")


def test_every_wrong_line_is_named_at_once_and_only_ten_are_spelt_out():
    lines = refusal("\n".join(["2024-01,5", *["x1,5"] * 13])).splitlines()
    assert [line.partition(":")[0] for line in lines[:10]] == [f"Line {n}" for n in range(2, 12)]
    assert lines[10:] == ["3 more lines cannot be read either."]


def test_a_period_twice_in_one_file_is_refused_with_both_lines():
    assert refusal("2024-01-05,5\n2024-02-01,6\n2024-01-20,7") == (
        "Line 3: January 2024 stands in line 1 already. Keep one of the two."
    )


def test_a_file_without_a_figure_is_refused():
    assert refusal("date,value\n") == "Give at least one line: a date, a comma and its value."


@pytest.mark.asvs("2.3.2", "15.2.2")
def test_more_than_two_thousand_lines_are_refused():
    assert refusal("2024-01,5\n" * 2001) == "There are 2,001 lines. Import at most 2,000 at once."


def test_a_line_that_is_far_too_long_is_refused():
    assert refusal("2024-01," + "9" * 200_000) == (
        "Line 1: it is far too long for a date and a value."
    )


@pytest.mark.parametrize(
    ("frequency", "kept", "name"),
    [
        ("month", date(2024, 5, 1), "May 2024"),
        ("quarter", date(2024, 4, 1), "April to June 2024"),
        ("week", date(2024, 5, 15), "15 May 2024"),
    ],
)
def test_a_day_is_kept_under_the_start_of_its_period(frequency, kept, name):
    assert read_period("15/05/2024", frequency) == kept
    assert period_name(kept, frequency) == name


def test_a_month_is_no_week():
    assert refusal("Jan 2024,5", "week") == (
        "Line 1: “Jan 2024” is a month. A weekly series needs the day, such as 2024-01-08."
    )
