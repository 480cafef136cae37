"""What a publication holds: copies that no later edit reaches.

The portal reads these and never the tables of measures, which answer it no rows.
"""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from engagements.measures.domain_change import Change
from engagements.measures.periods import Frequency
from engagements.measures.series import Series
from engagements.measures.spc import Chart
from engagements.measures.spc_profile import method_note
from engagements.measures.spc_sentence import assurance_sentence, sentence
from engagements.measures.standing import DomainScores, Score, standing

LIMITS = "Observed alongside the work; not proof of cause."
NOT_VALIDATED = (
    "Developed for conversation; not a validated scale, and not comparable with NHS Staff Survey "
    "scores."
)


class FrozenUpdate(Struct, frozen=True):
    """The finding and what it means, with the sentence that keeps it honest."""

    headline: str
    summary: str
    limits: str = LIMITS


class FrozenScore(Struct, frozen=True):
    """A mean from 0 to 10; None, and no count, where fewer than 10 people replied."""

    measured_on: date
    mean: float | None
    answers: int | None


class FrozenDomain(Struct, frozen=True):
    """`start` is None where there has been one survey only, or none that compares."""

    code: str
    name: str
    intent: str
    start: FrozenScore | None
    now: FrozenScore
    change: Change


class FrozenDomains(Struct, frozen=True):
    instrument: str
    domains: list[FrozenDomain]
    limits: str = NOT_VALIDATED


class FrozenRebase(Struct, frozen=True):
    period: date
    reason: str
    given_by: str


class FrozenMeasure(Struct, frozen=True):
    """A chart with its figures, how it was drawn, and the sentences that its rules allowed."""

    title: str
    definition: str
    unit: str
    frequency: Frequency
    source: str
    chart: Chart
    rebases: list[FrozenRebase]
    sentence: str
    assurance_sentence: str
    method: list[str]


class FrozenQuote(Struct, frozen=True):
    """Somebody's words, who said them by role, and that they agreed to their being shown."""

    text: str
    said_by: str


class FrozenThemes(Struct, frozen=True):
    """What the team is hearing, in its own sentences and without names."""

    sentences: list[str]


class FrozenTurnout(Struct, frozen=True):
    """The sessions of one kind, and how many people came to those held. Counts alone."""

    kind: str
    held: int
    cancelled: int
    expected: int
    came: int


class FrozenAttendance(Struct, frozen=True):
    sessions: list[FrozenTurnout]


Frozen = (
    FrozenUpdate | FrozenDomains | FrozenMeasure | FrozenQuote | FrozenThemes | FrozenAttendance
)


def frozen_measure(series: Series, figures_to: date) -> FrozenMeasure | None:
    """An indicator as it was known on a day; None where it had no figure yet."""
    known = series.until(figures_to)
    if not any(figure.value is not None for figure in known.figures):
        return None
    judged = known.chart()
    return FrozenMeasure(
        title=known.title,
        definition=known.definition,
        unit=known.unit,
        frequency=known.frequency,
        source=known.source,
        chart=judged,
        rebases=[
            FrozenRebase(rebase.period, rebase.reason, rebase.given_by) for rebase in known.rebases
        ],
        sentence=sentence(judged, known.frequency),
        assurance_sentence=assurance_sentence(judged),
        method=list(method_note(known.profile, baseline=known.baseline)),
    )


def frozen_domains(domains: Sequence[DomainScores], figures_to: date) -> FrozenDomains | None:
    """The domains that were surveyed by a day; None where none was."""
    standings = [standing(domain.until(figures_to)) for domain in domains]
    frozen: list[FrozenDomain] = []
    instruments: dict[str, None] = {}
    for each in standings:
        if each.now is None or each.change is None:
            continue
        start = None if each.start == each.now or each.start is None else _shown(each.start)
        instruments[each.now.instrument] = None
        frozen.append(
            FrozenDomain(each.code, each.name, each.intent, start, _shown(each.now), each.change)
        )
    return FrozenDomains(", ".join(instruments), frozen) if frozen else None


def _shown(score: Score) -> FrozenScore:
    mean = score.shown
    return FrozenScore(score.measured_on, mean, None if mean is None else score.answers)
