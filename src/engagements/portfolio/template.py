"""The default shape of an engagement: five phases, each closed by a question at its gate."""

from datetime import date, timedelta

from msgspec import Struct

SHORTEST = 7
"""Days. Below this a phase could be empty."""


class PhaseTemplate(Struct, frozen=True):
    name: str
    gate_question: str
    """What has to be answered before the next phase starts."""
    share: int
    """Of the engagement's days, in per cent."""


class PlannedPhase(Struct, frozen=True):
    """A phase with its days, both included."""

    position: int
    name: str
    gate_question: str
    starts_on: date
    ends_on: date


DEFAULT = (
    PhaseTemplate(
        "Scope",
        "Have we agreed what we are here to change, with whom, and how we will know?",
        10,
    ),
    PhaseTemplate(
        "Discover",
        "Do the people who spoke to us recognise what we heard?",
        20,
    ),
    PhaseTemplate(
        "Design",
        "Have the teams chosen what they will try, and who will notice a difference?",
        15,
    ),
    PhaseTemplate(
        "Deliver",
        "What has changed in the daily work, and what is still in its way?",
        40,
    ),
    PhaseTemplate(
        "Sustain",
        "Who carries this on without us, and what will they look at to keep it going?",
        15,
    ),
)


def phases_for(starts_on: date, ends_on: date) -> list[PlannedPhase]:
    """Divide an engagement's days among the phases of the default template, without a gap.

    Args:
        ends_on: the last day, at least `SHORTEST` - 1 days after `starts_on`.
    """
    days = (ends_on - starts_on).days + 1
    assert days >= SHORTEST, "too short for five phases"
    phases = []
    passed = 0
    for position, phase in enumerate(DEFAULT, start=1):
        first = round(days * passed / 100)
        passed += phase.share
        last = round(days * passed / 100) - 1
        phases.append(
            PlannedPhase(
                position,
                phase.name,
                phase.gate_question,
                starts_on + timedelta(days=first),
                starts_on + timedelta(days=last),
            )
        )
    return phases
