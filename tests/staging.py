"""Where plays are set: two workspaces with their people, and three engagements between them."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct

from engagements.sessions.service import Register, SessionDraft, hold, plan_session
from noting import job, joins
from oracle import Oracle, Somebody
from tenancy.database.context import Context, Role, Surface
from tenancy.database.pool import Database, Transaction
from tenancy.errors import NotFound
from tenancy.files.store import Files
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.service import admit
from world import Consultancy, Person, consultancy, engagement

YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)
NEWCOMERS: list[tuple[str, Role]] = [
    ("cora", "consultant"),
    ("quinn", "participant"),
    ("sid", "sponsor"),
    ("del", "delegate"),
]
"""People of the first workspace beside the cast of every world."""


class Work(Struct, frozen=True):
    """An engagement, with a session that was held."""

    tenant: UUID
    id: UUID
    organisation: UUID
    session: UUID
    attendees: frozenset[UUID]

    def __repr__(self) -> str:
        return f"Work {self.id}"


class Stage:
    """Two workspaces with three engagements, and the oracle of them."""

    def __init__(self, db: Database, files: Files, superuser: "asyncpg.Connection[Any]") -> None:
        self.db, self.files, self.superuser = db, files, superuser
        self.oracle = Oracle()
        self.houses: dict[UUID, Consultancy] = {}
        self.works: list[Work] = []
        self.over: set[UUID] = set()
        """The engagements that are closed."""

    def slug(self, tenant: UUID) -> str:
        return self.houses[tenant].slug

    def named(self, name: str, house: int = 0) -> Somebody:
        """Somebody by the first name, in the first or the second workspace."""
        tenant = [*self.houses][house]
        [found] = [p for p in self.oracle.people if (p.tenant, p.name.split()[0]) == (tenant, name)]
        return found

    async def context(self, who: Somebody, surface: Surface = "workspace") -> Context:
        """What a request of this person would have by now.

        Raises:
            NotFound: they have left the workspace.
        """
        found = (await self.contexts(surface)).get(who.id)
        if found is None:
            raise NotFound
        return found

    async def contexts(self, surface: Surface) -> dict[UUID, Context]:
        """Everybody's, by member; nobody's who has left the workspace."""
        rows = await self.superuser.fetch(
            "SELECT * FROM reach WHERE tenant_id = ANY($1)", [*self.houses]
        )
        return {
            row["member_id"]: Context(
                surface=surface,
                tenant=row["tenant_id"],
                member=row["member_id"],
                role=row["role"],
                team=tuple(row["team"]),
                coached=tuple(row["coached"]),
                sponsored=tuple(row["sponsored"]),
                organisations=tuple(row["organisations"]),
            )
            for row in rows
        }

    @asynccontextmanager
    async def acting(
        self, who: Somebody, surface: Surface = "workspace"
    ) -> AsyncIterator[Transaction]:
        async with self.db.transaction(await self.context(who, surface), writes=True) as tx:
            yield tx

    @asynccontextmanager
    async def as_the_system(self, tenant: UUID) -> AsyncIterator[Transaction]:
        async with self.db.transaction(job(self.houses[tenant]), writes=True) as tx:
            yield tx

    def person(self, id: UUID) -> Somebody:
        return next(who for who in self.oracle.people if who.id == id)


def marker() -> str:
    return f"cnry{secrets.token_hex(6)}"


async def set_up(stage: Stage, keyring: Keyring) -> None:
    """Two engagements of Northlight's and one elsewhere, each Bob's with Pat, for Sam."""
    north = await consultancy(stage.db, keyring)
    elsewhere = await consultancy(stage.db, keyring, name="Elsewhere")
    for world in (north, elsewhere):
        stage.houses[world.tenant] = world
        for person in (world.alice, world.bob, world.ann, world.pat, world.sam):
            stage.oracle.people.append(_somebody(world, person))
    for key, role in NEWCOMERS:
        await _admitted(stage, north, f"{key.title()} Kemp", f"{key}@{north.slug}.example", role)
    # One human in both workspaces, who is coached in the second.
    await _admitted(stage, elsewhere, "Twin Lowe", north.ann.email, "participant")
    for world in (north, north, elsewhere):
        stage.works.append(await _opened(stage, world))


async def _admitted(stage: Stage, world: Consultancy, name: str, email: str, role: Role) -> None:
    async with world.transaction(world.alice) as tx:
        member = await admit(tx, name=name, email=email, role=role, title="Of something")
    stage.oracle.people.append(_somebody(world, Person(name, email, member.id, role)))


async def _opened(stage: Stage, world: Consultancy) -> Work:
    made = await engagement(world)
    quinn = next((one for one in stage.oracle.people if one.name == "Quinn Kemp"), None)
    expected = [world.pat.id]
    if quinn is not None and quinn.tenant == world.tenant:
        await joins(
            world, Person(quinn.name, quinn.email, quinn.id, quinn.role), made, "participant"
        )
        expected.append(quinn.id)
    draft = SessionDraft(
        kind="coaching", starts_on=YESTERDAY, starts_at="09:30", attendee_ids=expected
    )
    async with world.transaction(world.bob) as tx:
        session = await plan_session(tx, made.engagement, draft)
        await hold(tx, session.id, Register(came_ids=expected))
    stage.oracle.places += [
        (world.bob.id, made.engagement, "team"),
        *((id, made.engagement, "participant") for id in expected),
        (world.sam.id, made.engagement, "sponsor"),
    ]
    stage.oracle.took_part |= {(id, made.engagement) for id in expected}
    return Work(world.tenant, made.engagement, made.organisation, session.id, frozenset(expected))


def _somebody(world: Consultancy, person: Person) -> Somebody:
    return Somebody(person.id, world.tenant, person.name, person.role, person.email)
