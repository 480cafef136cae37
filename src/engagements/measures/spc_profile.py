"""The two sets of rules a chart can be drawn by, and the note that says which was used.

Both follow NHS England's "Making Data Count" XmR chart. `nhsr-0.2.2` repeats the R package
NHSRplotthedots 0.2.2 in every verdict; `cocreate-1` differs where that package is plainly wrong.
"""

from typing import Literal

Profile = Literal["cocreate-1", "nhsr-0.2.2"]
Direction = Literal["increase", "decrease", "neutral"]

DEFAULT: Profile = "cocreate-1"
REFERENCE: Profile = "nhsr-0.2.2"
PROFILES: tuple[Profile, ...] = (DEFAULT, REFERENCE)

RULES = (
    "The centre line is the average; the limits are 2.66 average moving ranges either side of it.",
    "A point is special cause, by the first of these that fits: it lies outside the limits; it is "
    "part of a trend of 7 points; it is one of at least two in three close to the same limit; it "
    "is part of a run of 7 points on one side of the average.",
)
DIFFERENCES = (
    "A series that never varies has limits equal to its average, marked as no variation, and its "
    "target is compared with that value; the reference leaves the limits out.",
    "Where screening would remove every moving range that varies, nothing is screened and a "
    "warning says so; the reference lets the limits collapse onto the average.",
    "A missing value breaks every run and trend, and the icons come from the last value present; "
    "the reference stops with an error or shows common cause.",
    "A series without a target has no assurance icon, even beside a series that has a target; the "
    "reference shows hit and miss.",
    "A trend right after another is labelled from the trend itself; the reference can label its "
    "neighbour's last point with the wrong direction.",
    "A date for redrawing the limits that is not in the data is refused; the reference ignores it.",
)


def method_note(
    profile: Profile, *, screen: bool = True, baseline: int | None = None
) -> tuple[str, ...]:
    """The sentences printed under a chart: the rules, the choices made, and what differs."""
    screening = (
        "Moving ranges of 3.267 times their average or more are left out once before the limits."
        if screen
        else "No moving range is left out of the limits."
    )
    points = (
        "The limits use every point between two dates at which they are redrawn."
        if baseline is None
        else f"The limits use the first {baseline} points from each date they are redrawn."
    )
    if profile == REFERENCE:
        return (*RULES, screening, points, "Profile nhsr-0.2.2: as NHSRplotthedots 0.2.2.")
    named = "Profile cocreate-1: as NHSRplotthedots 0.2.2, except in the six cases that follow."
    return (*RULES, screening, points, named, *DIFFERENCES)
