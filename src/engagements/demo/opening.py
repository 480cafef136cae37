"""Telling how the work begins: the client, its people, the engagement and its plan."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from engagements.clients.service import (
    ContactDraft,
    UnitDraft,
    add_contact,
    add_organisation,
    add_unit,
)
from engagements.demo.scene import Scene
from engagements.demo.script import (
    ClientPart,
    ContactPart,
    MilestonePart,
    ObjectivePart,
    UnitPart,
    Work,
)
from engagements.framework import queries as framework
from engagements.portfolio import plan, queries
from engagements.portfolio.models import PhaseState
from engagements.portfolio.people import PersonDraft, add_person, bring_in
from engagements.portfolio.plan_queries import PhaseRow
from engagements.portfolio.service import (
    EngagementDraft,
    Focus,
    StateChange,
    change_state,
    open_engagement,
    set_focus,
)
from tenancy.database.pool import Transaction

PLANNED_ON = -8
"""When work that has yet to begin was written down."""
INVITED_ON = -4
"""When whoever has not accepted yet was invited."""


async def meet(scene: Scene, by: str, part: ClientPart, on: date) -> UUID:
    """Add a client with its units and contacts."""
    with scene.on(on, "10:05"):
        async with scene.speaking(by) as tx:
            client = (await add_organisation(tx, part.organisation)).id
        await describe(scene, by, client, part)
    return client


async def describe(scene: Scene, by: str, client: UUID, part: ClientPart) -> None:
    """A client's units and contacts; those of the cast are remembered in the scene."""
    async with scene.speaking(by) as tx:
        units: dict[str, UUID] = {}
        await _add_units(tx, client, part.units, None, units)
        for person in part.contacts:
            draft = ContactDraft(
                name=person.name,
                email=person.email or None,
                post=person.post,
                role_in_work=person.role,
                unit_id=units[person.unit],
            )
            contact = await add_contact(tx, client, draft)
            if person.key:
                scene.contacts[person.key] = contact.id


async def _add_units(
    tx: Transaction,
    client: UUID,
    parts: Iterable[UnitPart],
    parent: UUID | None,
    units: dict[str, UUID],
) -> None:
    for part in parts:
        draft = UnitDraft(name=part.name, parent_id=parent, head_count=part.people)
        units[part.name] = (await add_unit(tx, client, draft)).id
        await _add_units(tx, client, part.below, units[part.name], units)


async def begin(scene: Scene, client: UUID, part: ClientPart, work: Work) -> UUID:
    """Open the engagement, bring its people in and write down its plan."""
    draft = EngagementDraft(
        organisation_id=client,
        title=work.title,
        purpose=work.purpose,
        presenting_issue=work.presenting_issue,
        state=work.opened_as,
        starts_on=scene.calendar.months_away(work.starts),
        ends_on=scene.calendar.months_away(work.starts + work.months) - timedelta(days=1),
    )
    with scene.on(min(draft.starts_on, scene.calendar.day(PLANNED_ON))):
        async with scene.speaking(work.lead) as tx:
            engagement = (await open_engagement(tx, draft)).id
            await change_state(tx, engagement, StateChange(state=work.became))
        async with scene.speaking(work.lead) as tx:
            await _bring_in(scene, engagement, part.contacts, work.team)
            await _choose_focus(tx, engagement, work.focus)
            await _add_milestones(scene, engagement, work.milestones)
            await _add_objectives(tx, engagement, work.objectives)
            await _pass_phases(scene, engagement, work.phases_passed)
    return engagement


async def _bring_in(
    scene: Scene, engagement: UUID, contacts: Iterable[ContactPart], team: Iterable[str]
) -> None:
    for key in team:
        draft = PersonDraft(relation="team", member_id=scene.members[key])
        await add_person(scene.tx, engagement, draft, home=scene.home)
    for person in contacts:
        if person.key:
            contact = scene.contacts[person.key]
            draft = PersonDraft(relation=person.relation, contact_id=contact)
            if person.invited:
                with scene.on(scene.calendar.day(INVITED_ON), "14:20"):
                    await bring_in(scene.tx, engagement, draft, home=scene.home)
                continue
            place = await add_person(scene.tx, engagement, draft, home=scene.home)
            scene.members[person.key] = place.member_id


async def _choose_focus(tx: Transaction, engagement: UUID, codes: Sequence[str]) -> None:
    version = await tx.one(framework.newest_version)
    elements = await tx.all(framework.elements, framework_version=version.id)
    ids = {element.code: element.id for element in elements}
    await set_focus(tx, engagement, Focus(elements=[ids[code] for code in codes]))


async def _pass_phases(scene: Scene, engagement: UUID, passed: int) -> None:
    phases = (await scene.tx.one(queries.engagement_page, engagement=engagement)).phases
    for phase in phases[:passed]:
        with scene.on(phase.ends_on, "16:10"):
            await _move(scene.tx, phase, "passed")
            for following in phases[phase.position : phase.position + 1]:
                await _move(scene.tx, following, "running")


async def _move(tx: Transaction, phase: PhaseRow, state: PhaseState) -> None:
    change = plan.PhaseChange(
        starts_on=phase.starts_on,
        ends_on=phase.ends_on,
        gate_question=phase.gate_question,
        state=state,
    )
    await plan.change_phase(tx, phase.id, change)


async def _add_milestones(scene: Scene, engagement: UUID, parts: Iterable[MilestonePart]) -> None:
    tx = scene.tx
    phases = (await tx.one(queries.engagement_page, engagement=engagement)).phases
    ids = {phase.name: phase.id for phase in phases}
    for part in parts:
        draft = plan.MilestoneDraft(
            title=part.title, due_on=scene.calendar.day(part.due), phase_id=ids[part.phase]
        )
        milestone = await plan.add_milestone(tx, engagement, draft)
        if part.done is not None:
            done = scene.calendar.day(part.done)
            with scene.on(done, "15:40"):
                await plan.complete_milestone(tx, milestone.id, done)


async def _add_objectives(
    tx: Transaction, engagement: UUID, parts: Iterable[ObjectivePart]
) -> None:
    version = await tx.one(framework.newest_version)
    domains = await tx.all(framework.domains, framework_version=version.id)
    ids = {domain.code: domain.id for domain in domains}
    for part in parts:
        draft = plan.ObjectiveDraft(text=part.text, domain_id=ids[part.domain])
        await plan.add_objective(tx, engagement, draft)
