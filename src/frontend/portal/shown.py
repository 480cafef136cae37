"""The sponsor's page with what only its drawing needs; the team's preview draws the same."""

from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from engagements.portal.freeze import FrozenDomain, FrozenDomains
from engagements.portal.page import AgreedAction, PortalPage
from engagements.portal.timeline import MilestoneShown
from frontend.components.drawings import DomainRow, counted, domain_row, drawn
from frontend.components.xmr_geometry import XmrChart


class ActionShown(Struct, frozen=True):
    """An action as the macro `agreed` prints it: its owner by post, or by name without one."""

    text: str
    owner: str
    due_on: date | None
    state: str
    late: bool


class QuoteShown(Struct, frozen=True):
    text: str
    attribution: str


class SponsorPage(PortalPage, frozen=True):
    """The sponsor's page."""

    @classmethod
    def of(cls, page: PortalPage, **more: Any) -> "SponsorPage":
        return cls(**asdict(page), **more)

    @property
    def drawing(self) -> XmrChart | None:
        """The chart behind the headline."""
        if self.measure is None:
            return None
        measure = self.measure.content
        rebases = [(rebase.period, rebase.reason) for rebase in measure.rebases]
        return drawn(measure.chart, unit=measure.unit, rebases=rebases)

    @property
    def about_measure(self) -> str:
        """What the chart says, what it counts, and what its band is."""
        if self.measure is None:
            return ""
        measure = self.measure.content
        band = "The shaded band is the range expected by chance"
        said = [measure.sentence, counted(measure.definition, measure.unit), band]
        return " ".join(f"{sentence.rstrip('.')}." for sentence in said if sentence)

    @property
    def domain_rows(self) -> list[DomainRow]:
        return [_row(domain) for domain in self.domains.content.domains] if self.domains else []

    @property
    def surveys(self) -> str:
        """When the domains were surveyed: "February 2026 and October 2026"."""
        return surveys(self.domains.content) if self.domains else ""

    @property
    def voices(self) -> list[QuoteShown]:
        return [QuoteShown(quote.text, quote.said_by) for quote in self.quotes]

    @property
    def milestones_near(self) -> list[MilestoneShown]:
        """The milestone reached last, and the next two."""
        reached = [one for one in self.milestones if one.done]
        return reached[-1:] + [one for one in self.milestones if not one.done][:2]

    @property
    def agreed(self) -> list[ActionShown]:
        return [_action(action) for action in self.actions]


def surveys(domains: FrozenDomains) -> str:
    """What the two circles of the domains' rows are."""
    now = max(domain.now.measured_on for domain in domains.domains)
    starts = [domain.start.measured_on for domain in domains.domains if domain.start]
    if not starts:
        return f"The solid mark is {now:%B %Y}, the first survey."
    return f"The open circle is {min(starts):%B %Y}, the solid mark {now:%B %Y}."


def _row(domain: FrozenDomain) -> DomainRow:
    was = (domain.start.measured_on, domain.start.mean) if domain.start else None
    now = (domain.now.measured_on, domain.now.mean)
    return domain_row(domain.name, domain.intent, was, now, domain.change)


def _action(action: AgreedAction) -> ActionShown:
    return ActionShown(
        action.text,
        action.owner_title or action.owner,
        action.due_on,
        action.state,
        action.late,
    )
