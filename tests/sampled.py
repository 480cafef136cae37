"""A workspace that was just founded, with the sample in it."""

from dataclasses import dataclass
from uuid import UUID

from msgspec.structs import replace

from engagements.framework.service import adopt_default
from engagements.sample.queries import sample_of
from engagements.sample.telling import put_in
from tenancy.database.context import Context, Surface
from tenancy.database.pool import Database
from tenancy.files.store import Files
from tenancy.ids import new_id
from tenancy.workspaces import service as workspaces
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.reach import context_of


@dataclass
class Newcomer:
    """A workspace of one, with the sample in it."""

    db: Database
    tenant: UUID
    owner: UUID
    slug: str

    async def context(self, surface: Surface = "workspace") -> Context:
        async with self.db.transaction(Context(surface="job", tenant=self.tenant)) as tx:
            return replace(await context_of(tx, self.owner), surface=surface)

    async def reads(self, query, *facts, surface: Surface = "workspace", **named):
        async with self.db.transaction(await self.context(surface)) as tx:
            if hasattr(query, "sql"):
                return await tx.all(query, **named)
            return await query(tx, *facts, **named)

    async def does(self, deed, *facts, **named):
        async with self.db.transaction(await self.context(), writes=True) as tx:
            return await deed(tx, *facts, **named)

    async def sampled(self) -> UUID:
        """The engagement that was told."""
        sample = await self.reads(sample_of)
        return sample.client.engagements[0]


async def newcomer(
    db: Database, keyring: Keyring, files: Files, *, name: str = "Anna Weiss", slug: str = ""
) -> Newcomer:
    """Found a workspace as signing up does, to look round in."""
    slug, tenant = slug or f"weiss-{new_id().hex[-10:]}", new_id()
    async with db.transaction(Context(surface="job", tenant=tenant), writes=True) as tx:
        owner = await workspaces.found_within(
            tx,
            keyring,
            slug=slug,
            name="Weiss & Daughters",
            time_zone="Europe/Vienna",
            owner_name=name,
            owner_email=f"anna@{slug}.example",
        )
        await adopt_default(tx)
        await put_in(tx, files, owner.member, name)
    return Newcomer(db, tenant, owner.member, slug)
