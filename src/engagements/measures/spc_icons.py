"""How a rule reads for a direction of improvement, and the two icons of "Making Data Count"."""

from typing import Literal

from engagements.measures.spc_profile import Direction
from engagements.measures.spc_rules import HIGH, Rule

Reading = Literal["improvement", "concern", "neutral_high", "neutral_low", "common"]
Variation = Literal[
    "common_cause",
    "improvement_high",
    "improvement_low",
    "concern_high",
    "concern_low",
    "neutral_high",
    "neutral_low",
]
Assurance = Literal["pass", "fail", "inconsistent"]

HIGH_READS: dict[Direction, Reading] = {
    "increase": "improvement",
    "decrease": "concern",
    "neutral": "neutral_high",
}
LOW_READS: dict[Direction, Reading] = {
    "increase": "concern",
    "decrease": "improvement",
    "neutral": "neutral_low",
}


def reading_of(rule: Rule, direction: Direction) -> Reading:
    """What a rule says of a point: better, worse, high or low, or nothing."""
    if rule == "Common Cause":
        return "common"
    return (HIGH_READS if rule in HIGH else LOW_READS)[direction]


def variation_icon(rule: Rule, direction: Direction) -> Variation:
    """The icon of the latest point: what has changed, and which way."""
    match reading_of(rule, direction):
        case "common":
            return "common_cause"
        case "improvement":
            return "improvement_high" if rule in HIGH else "improvement_low"
        case "concern":
            return "concern_high" if rule in HIGH else "concern_low"
        case neutral:
            return neutral


def assurance_icon(
    lower: float | None, upper: float | None, target: float | None, direction: Direction
) -> Assurance | None:
    """Whether the latest limits lie wholly on one side of the target.

    Unknown limits cannot: they are `inconsistent` as in the reference.
    """
    if target is None or direction == "neutral":
        return None
    if lower is None or upper is None or lower <= target <= upper:
        return "inconsistent"
    return "fail" if (target > upper) == (direction == "increase") else "pass"
