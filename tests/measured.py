"""Worlds with figures: an indicator that improves, and two surveys of the framework's domains."""

from datetime import date
from uuid import UUID

from engagements.commercial import service as agreements
from engagements.commercial.service import AgreementDraft
from engagements.measures.queries import domain_scores
from engagements.measures.service import (
    IndicatorDraft,
    ScoreDraft,
    ScoresDraft,
    add_indicator,
    import_observations,
    record_scores,
)
from engagements.portal.drafting import UpdateDraft
from tenancy.database.context import Surface
from world import Consultancy, Person

FEBRUARY, OCTOBER = date(2026, 2, 27), date(2026, 10, 30)
IMPROVING = [54, 57, 52, 56, 55, 58, 53, 51, 56, 54, 57, 55, 53, 56, 54, 58, 59, 58, 61, 60, 63, 62]
"""Months from January 2025 to October 2026; the last eight lie above the average."""


def speaking_up(**facts) -> IndicatorDraft:
    given = {
        "title": "I feel safe to speak up about anything that concerns me",
        "definition": "Share of pulse replies that agree or strongly agree",
        "unit": "%",
        "direction": "increase",
        "source": "Quarterly pulse, people directorate",
    }
    return IndicatorDraft(**(given | facts))


def months(values, year: int = 2025) -> str:
    """A CSV of one value a month from January on."""
    lines = [f"{year + at // 12}-{at % 12 + 1:02},{value}" for at, value in enumerate(values)]
    return "\n".join(["month,value", *lines])


async def acts(
    world: Consultancy, person: Person, deed, *facts, surface: Surface = "workspace", **named
):
    """One deed of one person, in a transaction of its own."""
    async with world.db.transaction(await world.context(person, surface), writes=True) as tx:
        return await deed(tx, *facts, **named)


async def reads(world: Consultancy, person: Person, query, *facts, surface="workspace", **named):
    async with world.db.transaction(await world.context(person, surface)) as tx:
        return await query(tx, *facts, **named)


async def indicator(world: Consultancy, work: UUID, values=IMPROVING, **facts) -> UUID:
    """An indicator of Bob's engagement, with its figures."""
    added = await acts(world, world.bob, add_indicator, work, speaking_up(**facts))
    if values:
        await acts(world, world.bob, import_observations, added.id, months(values))
    return added.id


async def surveyed(
    world: Consultancy, work: UUID, on: date, *means: float, answers: int = 120, **facts
) -> None:
    """One survey of the four domains; the means in their order."""
    async with world.db.transaction(await world.context(world.bob), writes=True) as tx:
        domains = await tx.all(domain_scores, engagement=work)
        scores = [
            ScoreDraft(domain_id=domain.domain_id, answers=answers, mean=mean, deviation=1.8)
            for domain, mean in zip(domains, means, strict=True)
        ]
        await record_scores(tx, work, ScoresDraft(measured_on=on, scores=scores, **facts))


def finding(**facts) -> UpdateDraft:
    """An update that Bob could publish."""
    given = {
        "headline": "More colleagues feel safe to speak up than at any point in three years",
        "summary": "One of the four domains is improving, and none has slipped.",
        "figures_to": date(2026, 10, 31),
    }
    return UpdateDraft(**(given | facts))


def terms(**facts) -> AgreementDraft:
    """An agreement that Bob could propose; it allows everything unless said otherwise."""
    given = {
        "purpose": "So that people can speak freely, and the sponsor knows what to expect.",
        "themes": True,
        "quotes": True,
        "attendance": True,
    }
    return AgreementDraft(**(given | facts))


async def proposed(world: Consultancy, work: UUID, **facts) -> UUID:
    return (await acts(world, world.bob, agreements.propose, work, terms(**facts))).id


async def accepts(world: Consultancy, person: Person, version: UUID) -> None:
    """Somebody accepts a version where they are: a sponsor, on the portal."""
    surface: Surface = "portal" if person.role in ("sponsor", "delegate") else "workspace"
    await acts(world, person, agreements.answer, version, "accepted", surface=surface)


async def agreed(world: Consultancy, work: UUID, **facts) -> UUID:
    """An agreement in force between Bob, Pat and Sam."""
    version = await proposed(world, work, **facts)
    await accepts(world, world.pat, version)
    await accepts(world, world.sam, version)
    return version
