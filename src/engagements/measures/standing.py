"""Where a domain of the framework stands: its first and its latest comparable survey."""

from datetime import date
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from engagements.measures import domain_change
from engagements.measures.domain_change import Change, Wave


class Score(Struct, frozen=True):
    """One survey's replies about one domain; the mean is from 0 to 10."""

    id: UUID
    measured_on: date
    instrument: str
    answers: int
    mean: float
    deviation: float | None

    @property
    def shown(self) -> float | None:
        """The mean, hidden where fewer than 10 people replied."""
        return self.mean if self.answers >= domain_change.FEWEST_SHOWN else None

    def wave(self) -> Wave:
        return Wave(self.answers, self.mean, self.deviation)


class DomainScores(Struct, frozen=True):
    """A domain of the engagement's framework with every survey of it, oldest first."""

    domain_id: UUID
    code: str
    name: str
    intent: str
    scores: list[Score]

    def until(self, day: date) -> "DomainScores":
        """As it was known on that day."""
        return replace(self, scores=[score for score in self.scores if score.measured_on <= day])


class DomainStanding(Struct, frozen=True):
    """A domain at the start and now, and what the two surveys allow to be said.

    `start` is the first survey by the instrument of the latest, as others do not compare.
    """

    domain_id: UUID
    code: str
    name: str
    intent: str
    start: Score | None
    now: Score | None
    change: Change | None


def standing(scores: DomainScores) -> DomainStanding:
    """A domain's first and latest comparable survey, with the change between them."""
    now = scores.scores[-1] if scores.scores else None
    start = next(
        (score for score in scores.scores if now and score.instrument == now.instrument), None
    )
    change = None
    if start and now:
        later = None if start is now else now.wave()
        change = domain_change.change(start.wave(), later)
    return DomainStanding(
        scores.domain_id, scores.code, scores.name, scores.intent, start, now, change
    )
