"""Worlds for tests, built by verbs of the field on a real database.

The cast: Alice owns the consultancy, Bob is a consultant, Ann an associate, Pat a participant
(clinical lead), Sam a sponsor (chief executive). Charlie owns another consultancy.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from msgspec.structs import replace

from engagements.clients.service import (
    ContactDraft,
    OrganisationDraft,
    add_contact,
    add_organisation,
)
from engagements.framework.service import adopt_default
from engagements.portfolio.people import ClientRelation, PersonDraft, add_person
from engagements.portfolio.service import EngagementDraft, open_engagement
from tenancy.database.context import Context, Role, Surface
from tenancy.database.pool import Database, Transaction
from tenancy.identity.codes import new_token, token_hash
from tenancy.ids import new_id
from tenancy.workspaces import service as workspaces
from tenancy.workspaces.keys import Keyring

OPERATOR = "operator@cocreate.example"
"""Who runs the installation, and whom owners can let in."""


@dataclass
class Person:
    """A member, and the e-mail address they sign in with."""

    name: str
    email: str
    id: UUID
    role: Role


@dataclass
class Consultancy:
    """A workspace with its cast. `context(person)` is read anew, so that it has today's reach."""

    db: Database
    keyring: Keyring
    tenant: UUID
    slug: str
    alice: Person
    bob: Person
    ann: Person
    pat: Person
    sam: Person
    framework: UUID

    async def context(self, person: Person, surface: Surface = "workspace") -> Context:
        """The context that a request of this person would have."""
        row = await self._reach(person)
        return Context(
            surface=surface,
            tenant=self.tenant,
            member=person.id,
            role=row["role"],
            team=tuple(row["team"]),
            coached=tuple(row["coached"]),
            sponsored=tuple(row["sponsored"]),
            organisations=tuple(row["organisations"]),
        )

    @asynccontextmanager
    async def transaction(
        self, person: Person, surface: Surface = "workspace"
    ) -> AsyncIterator[Transaction]:
        """What this person does and reads in one go, committed at the end."""
        async with self.db.transaction(await self.context(person, surface), writes=True) as tx:
            yield tx

    async def identity_of(self, person: Person) -> UUID:
        identity: UUID = (await self._reach(person))["identity_id"]
        return identity

    async def _reach(self, person: Person):
        context = Context(surface="job", tenant=self.tenant)
        async with self.db.transaction(context) as tx:
            return await tx.connection.fetchrow(
                "SELECT * FROM reach WHERE tenant_id = $1 AND member_id = $2",
                self.tenant,
                person.id,
            )


async def consultancy(db: Database, keyring: Keyring, name: str = "Northlight") -> Consultancy:
    """Found a consultancy with the whole cast and the default framework."""
    slug = f"{name.lower()}-{new_id().hex[-10:]}"
    owner = await workspaces.found(
        db,
        keyring,
        slug=slug,
        name=name,
        time_zone="Europe/London",
        owner_name="Alice Adeyemi",
        owner_email=f"alice@{slug}.example",
        owner_title="Director",
    )
    assert owner.tenant is not None and owner.member is not None
    people = {"alice": Person("Alice Adeyemi", f"alice@{slug}.example", owner.member, "owner")}
    cast: list[tuple[str, str, Role, str]] = [
        ("bob", "Bob Hartley", "consultant", "Consultant"),
        ("ann", "Ann Lowe", "associate", "Associate"),
        ("pat", "Pat Okafor", "participant", "Clinical director, theatres"),
        ("sam", "Sam Whitfield", "sponsor", "Chief executive"),
    ]
    async with db.transaction(replace(owner, surface="workspace"), writes=True) as tx:
        for key, full_name, role, title in cast:
            email = f"{key}@{slug}.example"
            member = await workspaces.admit(tx, name=full_name, email=email, role=role, title=title)
            people[key] = Person(full_name, email, member.id, role)
        framework = await adopt_default(tx)
    return Consultancy(db, keyring, owner.tenant, slug, framework=framework.id, **people)


@dataclass
class EngagementWorld:
    """An engagement that Bob leads, with the client whose people are on it."""

    organisation: UUID
    engagement: UUID


async def engagement(
    world: Consultancy,
    *,
    title: str = "Working together",
    with_participant: bool = True,
    with_sponsor: bool = True,
) -> EngagementWorld:
    """Bob opens an engagement for this year and next; Pat takes part, Sam sponsors it."""
    people: list[tuple[Person, ClientRelation]] = []
    if with_participant:
        people.append((world.pat, "participant"))
    if with_sponsor:
        people.append((world.sam, "sponsor"))
    context = await world.context(world.bob)
    async with world.db.transaction(context, writes=True) as tx:
        client = await add_organisation(
            tx, OrganisationDraft(name="Ashbourne Trust", kind="acute trust", stage="client")
        )
        opened = await open_engagement(
            tx,
            EngagementDraft(
                organisation_id=client.id,
                title=title,
                purpose="Theatre teams that speak up early.",
                presenting_issue="Nobody seems to know what to do about the culture.",
                state="running",
                starts_on=date(2026, 1, 12),
                ends_on=date(2027, 1, 11),
            ),
        )
        for person, relation in people:
            contact = await add_contact(
                tx, client.id, ContactDraft(name=person.name, email=person.email)
            )
            draft = PersonDraft(contact_id=contact.id, relation=relation)
            await add_person(tx, opened.id, draft, home=f"/w/{world.slug}")
    return EngagementWorld(client.id, opened.id)


async def signed_in_token(world: Consultancy, person: Person) -> str:
    """A session token, as signing in would have left in the person's browser."""
    return await token_of(world.db, world.tenant, person.id)


async def token_of(db: Database, tenant: UUID, member: UUID) -> str:
    """A session's token, which stays a fresh proof while a test goes through every route."""
    token = new_token()
    async with db.transaction(Context(surface="public"), writes=True) as tx:
        await tx.connection.execute(
            "INSERT INTO sign_in_session (id, token_hash, identity_id, tenant_id, factor, device,"
            " last_used_at, expires_at, proved_at) SELECT $1, $2, identity_id, tenant_id, 'code',"
            " 'test', now(), now() + interval '1 day', now() + interval '1 day'"
            " FROM reach WHERE tenant_id = $3 AND member_id = $4",
            new_id(),
            token_hash(token),
            tenant,
            member,
        )
    return token
