"""From what the rules say to what is drawn: nothing on the page says more than the sentence."""

from datetime import date

import pytest

from engagements.measures.domain_change import Change
from engagements.measures.spc import chart
from frontend.components.drawings import counted, domain_row, drawn, in_unit

RUN = [54, 52, 53, 51, 60, 61, 62, 63, 64, 65, 66]
START, NOW = (date(2026, 2, 27), 6.1), (date(2026, 10, 30), 7.2)


def judged(values):
    months = [date(2025 + at // 12, at % 12 + 1, 1) for at in range(len(values))]
    return chart(zip(months, values, strict=True), direction="increase")


def readings(values):
    drawing = drawn(judged(values), unit="%", rebases=[])
    assert drawing is not None
    return drawing.readings


def test_no_point_is_coloured_while_it_is_too_early_to_say_anything():
    assert readings(RUN) == ["common"]
    assert "improvement" in readings([*RUN, 67])


def test_an_indicator_without_a_figure_is_not_drawn():
    assert drawn(judged([]), unit="%", rebases=[]) is None
    assert drawn(judged([None, None]), unit="%", rebases=[]) is None


@pytest.mark.parametrize(
    ("was", "now", "change", "since"),
    [
        (START, NOW, Change("improving", 1.1), "Up 1.1 since February"),
        (START, NOW, Change("slipping", -0.84), "Down 0.8 since February"),
        (START, NOW, Change("no clear change", 0.02), "Level since February"),
        (
            START,
            NOW,
            Change("improving", 1.1, indicative=True),
            "Up 1.1 since February, indicative",
        ),
        ((date(2025, 2, 27), 6.1), NOW, Change("improving", 1.1), "Up 1.1 since February 2025"),
        (None, NOW, Change("too early to say"), "One survey so far"),
        (START, (NOW[0], None), Change("fewer than 10 replies"), ""),
    ],
)
def test_a_domain_says_how_far_it_moved_and_since_when(was, now, change, since):
    row = domain_row("Teamworking", "Real teams", was, now, change)
    assert (row.since, row.now) == (since, now[1])


@pytest.mark.parametrize(
    ("word", "reading"),
    [
        ("improving", "improvement"),
        ("slipping", "concern"),
        ("no clear change", "common"),
        ("fewer than 10 replies", "common"),
    ],
)
def test_only_a_change_that_the_interval_shows_is_coloured(word, reading):
    assert domain_row("Teamworking", "", START, NOW, Change(word)).reading == reading


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(54.0, "%", "54%"), (1234.5, "£", "£1,234.5"), (9.25, "days", "9.25"), (1e6, "", "1,000,000")],
)
def test_a_figure_carries_a_percent_or_pound_sign_and_no_other_unit(value, unit, text):
    assert in_unit(value, unit) == text


def test_a_unit_that_figures_do_not_carry_is_named_with_the_definition():
    assert counted("Incidents reported.", "per 1,000 bed days") == (
        "Incidents reported, per 1,000 bed days"
    )
    assert counted("Share who agree", "%") == "Share who agree"
