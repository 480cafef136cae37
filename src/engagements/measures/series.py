"""One indicator with all that its chart is drawn from."""

from datetime import date
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from engagements.measures.periods import Frequency
from engagements.measures.spc import Chart, chart
from engagements.measures.spc_profile import Direction, Profile


class KeptFigure(Struct, frozen=True):
    """A period's value in the indicator's unit, None when nobody counted."""

    period: date
    value: float | None


class GivenRebase(Struct, frozen=True):
    """New limits from a period on, why, and who gave the reason."""

    id: UUID
    period: date
    reason: str
    given_by: str


class Series(Struct, frozen=True):
    """An indicator with all that its chart is drawn from."""

    id: UUID
    engagement_id: UUID
    engagement: str
    title: str
    definition: str
    unit: str
    direction: Direction
    frequency: Frequency
    source: str
    profile: Profile
    baseline: int | None
    target: float | None
    figures: list[KeptFigure]
    rebases: list[GivenRebase]

    def until(self, day: date) -> "Series":
        """As it was known on that day: without later periods, and limits redrawn in them."""
        return replace(
            self,
            figures=[figure for figure in self.figures if figure.period <= day],
            rebases=[rebase for rebase in self.rebases if rebase.period <= day],
        )

    def chart(self) -> Chart:
        """The series as its rules judge it."""
        return chart(
            [(figure.period, figure.value) for figure in self.figures],
            direction=self.direction,
            target=self.target,
            rebases=[rebase.period for rebase in self.rebases],
            baseline=self.baseline,
            profile=self.profile,
        )
