"""Writing and reading notes in tests, as the people of a consultancy do."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import select

from engagements.notes import history as earlier
from engagements.notes import queries, service
from engagements.notes.audience import Audience
from engagements.notes.queries import NoteRow
from engagements.notes.service import NoteDraft
from tenancy.database.context import Context, Surface
from tenancy.errors import NotFound
from tenancy.ids import new_id
from tenancy.workspaces.models import Assignment
from tenancy.workspaces.service import assign, release
from world import Consultancy, EngagementWorld, Person, engagement

SECRET = "The medical director dreads the board away-day."
REVISIONS = (
    "SELECT kind, number FROM note_revision WHERE tenant_id = $1 AND note_id = $2 ORDER BY id"
)


async def a_team(world: Consultancy) -> EngagementWorld:
    """Bob's engagement with Pat, sponsored by Sam; Ann works on it too."""
    opened = await engagement(world)
    await joins(world, world.ann, opened)
    return opened


async def joins(
    world: Consultancy, person: Person, work: EngagementWorld, relation: str = "team"
) -> None:
    async with world.db.transaction(job(world), writes=True) as tx:
        await assign(
            tx,
            member=person.id,
            engagement=work.engagement,
            organisation=work.organisation,
            relation=relation,
        )


async def leaves(world: Consultancy, person: Person, work: EngagementWorld) -> None:
    """Every place of the person on the engagement ends."""
    async with world.db.transaction(job(world), writes=True) as tx:
        places = await tx.session.scalars(
            select(Assignment.id).where(
                Assignment.tenant_id == world.tenant,
                Assignment.member_id == person.id,
                Assignment.engagement_id == work.engagement,
            )
        )
        for place in list(places):
            await release(tx, place)


def job(world: Consultancy) -> Context:
    return Context(surface="job", tenant=world.tenant)


def draft(work: EngagementWorld | None = None, body: str = SECRET, **facts: Any) -> NoteDraft:
    return NoteDraft(body=body, engagement_id=work.engagement if work else None, **facts)


async def write(world: Consultancy, by: Person, id: UUID, text: NoteDraft) -> UUID:
    async with world.db.transaction(await world.context(by), writes=True) as tx:
        await service.write(tx, id, text)
    return id


async def begun(
    world: Consultancy, work: EngagementWorld, by: Person | None = None, **facts: Any
) -> UUID:
    return await write(world, by or world.bob, new_id(), draft(work, **facts))


async def readable(
    world: Consultancy, id: UUID, by: Person, surface: Surface = "workspace"
) -> NoteRow | None:
    try:
        async with world.db.transaction(await world.context(by, surface)) as tx:
            return await queries.note_page(tx, id)
    except NotFound:
        return None


async def read(world: Consultancy, id: UUID, by: Person) -> NoteRow:
    found = await readable(world, id, by)
    assert found is not None
    return found


async def readers(world: Consultancy, id: UUID) -> set[str]:
    cast = (world.alice, world.bob, world.ann, world.pat, world.sam)
    return {person.name.split()[0] for person in cast if await readable(world, id, person)}


async def copies(world: Consultancy, id: UUID, by: Person) -> list[earlier.Copy]:
    async with world.db.transaction(await world.context(by)) as tx:
        return await earlier.copies_of(tx, id)


async def audience_set(
    world: Consultancy, by: Person, id: UUID, audience: Audience, reader_ids: list[UUID]
) -> None:
    """The author sets it, and agrees to everybody who is let in."""
    everybody = {person.id for person in (world.bob, world.ann, world.pat)}
    async with world.db.transaction(await world.context(by), writes=True) as tx:
        await service.change_audience(tx, id, audience, reader_ids, widening_to=everybody)


def raw_note(author: Person, work: EngagementWorld) -> dict[str, Any]:
    return {
        "engagement_id": work.engagement,
        "session_id": None,
        "author_id": author.id,
        "kind": "working",
        "audience": "me",
        "readers": [],
        "sealed": b"sealed",
        "version": 1,
        "written_at": datetime.now(UTC),
        "written_by_id": author.id,
        "drafted": False,
    }


async def rows(owner_url: str, statement: str, *values: Any) -> list[asyncpg.Record]:
    """What the superuser finds, whom no policy stops."""
    connection = await asyncpg.connect(owner_url)
    try:
        return await connection.fetch(statement, *values)
    finally:
        await connection.close()


async def history(owner_url: str, world: Consultancy, id: UUID) -> list[tuple[str, int]]:
    return [tuple(row) for row in await rows(owner_url, REVISIONS, world.tenant, id)]
