"""Inviting people and accepting, as pages do it."""

from uuid import UUID

from engagements.clients.service import ContactDraft, add_contact
from engagements.portfolio.people import BroughtIn, PersonDraft, Relation, bring_in
from tenancy.database.context import Context
from tenancy.mail.service import Letter, outbox
from tenancy.workspaces.accepting import accept
from tenancy.workspaces.models import Member
from world import Consultancy, EngagementWorld, Person


def system(world: Consultancy) -> Context:
    return Context(surface="job", tenant=world.tenant)


async def contact_at(
    world: Consultancy, work: EngagementWorld, name: str = "Iona Reid", email: str | None = None
) -> UUID:
    email = email or f"{name.split(maxsplit=1)[0].lower()}@{world.slug}.example"
    draft = ContactDraft(name=name, email=email, post="Ward manager")
    async with world.transaction(world.bob) as tx:
        return (await add_contact(tx, work.organisation, draft)).id


async def invited_to(
    world: Consultancy,
    work: EngagementWorld,
    relation: Relation = "participant",
    *,
    by: Person | None = None,
    name: str = "Iona Reid",
    write_now: bool = False,
) -> UUID:
    """A new contact of the client, brought in: their invitation."""
    contact = await contact_at(world, work, name)
    brought = await bring(world, work, contact, relation, by=by, write_now=write_now)
    assert brought.invitation_id is not None
    return brought.invitation_id


async def bring(
    world: Consultancy,
    work: EngagementWorld,
    contact: UUID,
    relation: Relation,
    *,
    by: Person | None = None,
    write_now: bool = False,
) -> BroughtIn:
    draft = PersonDraft(relation=relation, contact_id=contact, write_now=write_now)
    async with world.transaction(by or world.bob) as tx:
        return await bring_in(tx, work.engagement, draft, home=f"/w/{world.slug}")


async def accepted(world: Consultancy, invitation: UUID) -> Member:
    """What proving the mailbox leads to, without the contact."""
    async with world.db.transaction(system(world), writes=True) as tx:
        return (await accept(tx, invitation)).member


async def letters(world: Consultancy, address: str = "") -> list[Letter]:
    """All that was posted, or to one address, the newest first."""
    async with world.db.transaction(system(world)) as tx:
        return [mail for mail in await outbox(tx) if address in ("", mail.to_address)]


async def later(world: Consultancy, invitation: UUID, *, days: int = 0, minutes: int = 0) -> None:
    """As if an invitation had been sent so much earlier."""
    async with world.db.transaction(system(world), writes=True) as tx:
        await tx.connection.execute(
            "UPDATE invitation SET sent_at = sent_at - $1 * interval '1 minute',"
            " expires_at = expires_at - $1 * interval '1 minute'"
            " WHERE tenant_id = $2 AND id = $3",
            days * 1440 + minutes,
            world.tenant,
            invitation,
        )
