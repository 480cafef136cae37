"""How far an engagement has come, in a sponsor's words."""

from datetime import date

import pytest

from engagements.portal.timeline import PlannedPhase, Step, progress, span, steps

FIRST, LAST = date(2026, 3, 2), date(2027, 9, 1)


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2026, 2, 28), "begins in March 2026"),
        (date(2026, 3, 2), "month 1 of 18"),
        (date(2026, 4, 1), "month 1 of 18"),
        (date(2026, 4, 2), "month 2 of 18"),
        (date(2026, 11, 23), "month 9 of 18"),
        (date(2027, 9, 1), "month 18 of 18"),
        (date(2027, 9, 2), "completed in September 2027"),
    ],
)
def test_progress_counts_the_months_begun(today, words):
    assert progress(FIRST, LAST, today) == words


def test_an_engagement_without_an_end_counts_on():
    assert progress(FIRST, None, date(2026, 11, 23)) == "month 9"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 3, 2), date(2026, 3, 30), "March 2026"),
        (date(2026, 3, 2), date(2026, 5, 1), "March to May 2026"),
        (date(2026, 9, 1), date(2027, 1, 31), "September 2026 to January 2027"),
    ],
)
def test_a_span_names_a_month_and_a_year_once(first, last, words):
    assert span(first, last) == words


def test_a_phase_past_its_gate_is_done():
    phases = [
        PlannedPhase("Scope", FIRST, FIRST, "passed"),
        PlannedPhase("Deliver", FIRST, FIRST, "running"),
        PlannedPhase("Sustain", LAST, LAST, "planned"),
        PlannedPhase("Extra", LAST, LAST, "stopped"),
    ]
    assert steps(phases) == [
        Step("Scope", "March 2026", "done"),
        Step("Deliver", "March 2026", "now"),
        Step("Sustain", "September 2027", "next"),
        Step("Extra", "September 2027", "stopped"),
    ]
