"""Eight colleagues on one engagement, signed in, in a workspace of their own."""

from datetime import date
from uuid import UUID

from msgspec import Struct

from engagements.clients.service import OrganisationDraft, add_organisation
from engagements.framework.service import adopt_default
from engagements.portfolio.service import EngagementDraft, open_engagement
from tenancy.database.context import Context
from tenancy.database.pool import Database
from tenancy.database.sealing import Safe
from tenancy.identity.codes import new_token, token_hash
from tenancy.ids import new_id
from tenancy.workspaces import service as workspaces
from tenancy.workspaces.keys import Keyring

NAMES = ("Ann", "Bob", "Chidi", "Dora", "Eli", "Fay", "Gus", "Hana")
SIGNED_IN = """
INSERT INTO sign_in_session (id, token_hash, identity_id, tenant_id, factor, device, last_used_at,
                             expires_at)
SELECT $1, $2, identity_id, tenant_id, 'code', 'soak', now(), now() + interval '1 day'
  FROM reach WHERE tenant_id = $3 AND member_id = $4
"""


class Team(Struct):
    """A workspace, the engagement that its writers share, and a session's token for each."""

    tenant: UUID
    slug: str
    engagement: UUID
    safe: Safe
    tokens: dict[str, str]


async def gathered(database: Database, keyring: Keyring, slug: str) -> Team:
    """Found the workspace, open the engagement, admit everybody and sign them in."""
    owner = await workspaces.found(
        database,
        keyring,
        slug=slug,
        name="Northlight",
        time_zone="Europe/London",
        owner_name="Alice Adeyemi",
        owner_email=f"alice@{slug}.example",
    )
    assert owner.tenant is not None
    async with database.transaction(owner, writes=True) as tx:
        await adopt_default(tx)
        client = await add_organisation(
            tx, OrganisationDraft(name="Ashbourne Trust", kind="acute trust", stage="client")
        )
        work = await open_engagement(
            tx,
            EngagementDraft(
                organisation_id=client.id,
                title="Working together",
                purpose="Theatre teams that speak up early.",
                state="running",
                starts_on=date(2026, 1, 12),
                ends_on=date(2027, 1, 11),
            ),
        )
    members = await _admitted(database, owner.tenant, slug, work.id, client.id)
    tokens = {name: await _signed_in(database, owner.tenant, members[name]) for name in NAMES}
    async with database.transaction(owner) as tx:
        safe = await tx.safe()
    return Team(owner.tenant, slug, work.id, safe, tokens)


async def _admitted(
    database: Database, tenant: UUID, slug: str, engagement: UUID, organisation: UUID
) -> dict[str, UUID]:
    members = {}
    async with database.transaction(Context(surface="job", tenant=tenant), writes=True) as tx:
        for name in NAMES:
            email = f"{name.lower()}@{slug}.example"
            member = await workspaces.admit(tx, name=name, email=email, role="consultant")
            members[name] = member.id
            await workspaces.assign(
                tx,
                member=member.id,
                engagement=engagement,
                organisation=organisation,
                relation="team",
            )
    return members


async def _signed_in(database: Database, tenant: UUID, member: UUID) -> str:
    """A session's token, as signing in would have left in a browser."""
    token = new_token()
    async with database.transaction(Context(surface="public"), writes=True) as tx:
        await tx.connection.execute(SIGNED_IN, new_id(), token_hash(token), tenant, member)
    return token
