"""A workspace's provider: what its owner says of it, and what the operator confirms."""

import re
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import delete, select

from tenancy.audit import service as audit
from tenancy.database.context import Context
from tenancy.database.entities import Entities
from tenancy.database.pool import NOBODY, Database, Transaction
from tenancy.errors import Invalid, NotFound, Refused
from tenancy.identity.sessions import end_vouched_for
from tenancy.ids import new_id
from tenancy.outbound import Outbound, OutOfReach
from tenancy.sso.models import SecondFactorBy, SsoConnection, SsoDomain
from tenancy.sso.queries import Connection, Domain, Heard, connection, domains_of, route_of
from tenancy.sso.sealed import belongs_to
from tenancy.workspaces import break_glass
from tenancy.workspaces.models import SsoFor, Workspace
from tenancy.workspaces.queries import Tenant

DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
MOST_DOMAINS = 20
SHARED = {
    *("nhs.net", "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com"),
    *("hotmail.co.uk", "outlook.co.uk", "icloud.com", "yahoo.com", "yahoo.co.uk", "proton.me"),
}
"""Domains in which people of many organisations have their addresses. They route nobody."""
BREAK_GLASS = (
    "Ask this only once an owner has two passkeys: they are the way in when the provider is down."
)


class ConnectionDraft(Struct, frozen=True):
    """What an owner says of the provider."""

    issuer: str
    client_id: str
    client_secret: str
    """Empty where the one that is kept stays."""
    domains: str
    """With commas or white space between several."""
    second_factor_by: SecondFactorBy


class Connections(Entities[SsoConnection]):
    model = SsoConnection


async def keep(tx: Transaction, outbound: Outbound, draft: ConnectionDraft) -> None:
    """Keep what an owner says of the provider. Another provider, or client, has to be tested anew,
    and whom the former one has signed in is in no longer.

    Raises:
        Invalid: the issuer is no address to be asked, a domain is none, or the secret is missing.
    """
    issuer = _issuer(outbound, draft.issuer)
    domains = _domains(draft.domains)
    kept = await _kept(tx)
    if kept is None and not draft.client_secret:
        raise Invalid({"client_secret": "Enter the client secret."})
    id = kept.id if kept else new_id()
    sealed = await _sealed(tx, id, draft.client_secret)
    if kept is None:
        kept = await Connections(tx).add(
            id=id,
            issuer=issuer,
            client_id=draft.client_id,
            sealed_secret=sealed,
            domains=domains,
            second_factor_by=draft.second_factor_by,
        )
    else:
        if (kept.issuer, kept.client_id) != (issuer, draft.client_id):
            kept.state, kept.tested_at, kept.heard = "draft", None, None
            await _count_no_more(tx)
        kept.issuer, kept.client_id, kept.domains = issuer, draft.client_id, domains
        kept.second_factor_by = draft.second_factor_by
        kept.sealed_secret = sealed or kept.sealed_secret
    await _let_go(tx, issuer, domains)
    await audit.record(tx, "single sign-on set up", kept)


async def secret_of(tx: Transaction, found: Connection) -> str:
    """The client secret."""
    return await tx.opened(
        lambda safe: safe.open(found.sealed_secret, belongs_to=belongs_to(found.id)).decode()
    )


async def note_test(tx: Transaction, heard: Heard) -> None:
    """Note what the provider said of the owner who tested it; it can be switched on then."""
    kept = await _there(tx)
    kept.tested_at = datetime.now(UTC)
    kept.heard = msgspec.to_builtins(heard)
    if kept.state == "draft":
        kept.state = "tested"
    await audit.record(tx, "single sign-on tested", kept)


async def switch(tx: Transaction, *, on: bool) -> None:
    """Let people sign in with the provider, or no longer; then nobody is asked to either, and whom
    it has signed in is in no longer.

    Raises:
        NotFound: there is no provider.
        Refused: it has not been tested as it is now.
    """
    kept = await _there(tx)
    if kept.state == "draft":
        if on:
            raise Refused("Test the connection first: it is switched on once a test went well.")
        return
    kept.state = "on" if on else "tested"
    if not on:
        await _count_no_more(tx)
    await audit.record(tx, f"single sign-on switched {'on' if on else 'off'}", kept)


async def ask_of(tx: Transaction, whom: SsoFor) -> None:
    """Say who opens nothing in this workspace unless its provider has signed them in.

    It holds from their next request on. An owner with a passkey is let in all the same, so that a
    provider that fails shuts nobody out for good.

    Raises:
        NotFound: there is no provider, or who asks is no owner.
        Refused: it is not switched on, or no owner has two passkeys.
    """
    kept = await _there(tx)
    if whom != "nobody" and kept.state != "on":
        raise Refused("Switch single sign-on on first.")
    [place] = await break_glass.held(tx, [kept.tenant_id])
    if whom != "nobody" and not await break_glass.has_break_glass_owner(tx, place.id):
        raise Refused(BREAK_GLASS)
    place.sso_for = whom
    await audit.record(tx, f"single sign-on asked of {whom}", kept)


async def waiting_domains(db: Database, places: list[Tenant]) -> list[str]:
    """A line on each domain that an owner has named: whose, with which provider, and whether it
    was confirmed."""
    lines = []
    for place in places:
        async with db.transaction(Context(surface="job", tenant=place.id)) as tx:
            named = await tx.maybe(connection)
            confirmed = await confirmed_domains(tx)
        for domain in named.domains if named else ():
            state = "confirmed" if domain in confirmed else "not confirmed"
            lines.append(f"{place.slug}: {domain}, {state}, with {named.issuer}" if named else "")
    return lines


async def confirmed_domains(tx: Transaction) -> list[str]:
    """The domains of the workspace that count, with the provider that it has now."""
    named = await tx.maybe(connection)
    found = await tx.all(domains_of, workspace=tx.context.tenant)
    return [one.domain for one in found if named and one.issuer == named.issuer]


async def confirm_domain(db: Database, place: Tenant, domain: str) -> Domain:
    """Note that the operator knows a domain to be a workspace's. Its addresses are signed in there.

    Raises:
        Refused: people of many organisations have it, the owner has not named it, or it is another
            workspace's.
    """
    domain = domain.strip().lower()
    if domain in SHARED:
        raise Refused(f"{domain} belongs to people of many organisations, so it can route nobody.")
    async with db.transaction(Context(surface="job", tenant=place.id), writes=True) as tx:
        named = await tx.maybe(connection)
        if named is None or domain not in named.domains:
            raise Refused(f"The owner of {place.slug} has not named {domain} in its settings.")
        there = await tx.maybe(route_of, domain=domain)
        if there is not None and there.tenant != place.id:
            raise Refused(f"{domain} is confirmed for {there.slug}. Release it there first.")
        await _release(tx, domain)
        tx.session.add(SsoDomain(domain=domain, tenant_id=place.id, issuer=named.issuer))
        await audit.record_of(tx, "single sign-on domain confirmed", "sso_connection", named.id)
    return Domain(domain, place.id, named.issuer)


async def release_domain(db: Database, place: Tenant, domain: str) -> None:
    """Take a domain from a workspace. Who is connected already stays so.

    Raises:
        NotFound: it is not confirmed for that workspace.
    """
    domain = domain.strip().lower()
    there = await db.look_up(route_of, domain=domain)
    if there is None or there.tenant != place.id:
        raise NotFound(f"{domain} is not confirmed for {place.slug}.")
    async with db.transaction(NOBODY, writes=True) as tx:
        await _release(tx, domain)


async def _release(tx: Transaction, domain: str) -> None:
    await tx.session.execute(delete(SsoDomain).where(SsoDomain.domain == domain))


async def _let_go(tx: Transaction, issuer: str, domains: list[str]) -> None:
    """What was confirmed counts for that provider and those domains only, never for the next."""
    await tx.session.execute(
        delete(SsoDomain).where(
            SsoDomain.tenant_id == tx.context.tenant,
            (SsoDomain.issuer != issuer) | SsoDomain.domain.not_in(domains),
        )
    )


async def _count_no_more(tx: Transaction) -> None:
    """Nobody is asked to sign in with the provider, and whom it has signed in is in no longer."""
    await end_vouched_for(tx)
    place = await tx.session.get_one(Workspace, tx.context.tenant)
    place.sso_for = "nobody"


async def _there(tx: Transaction) -> SsoConnection:
    kept = await _kept(tx)
    if kept is None:
        raise NotFound
    return kept


async def _kept(tx: Transaction) -> SsoConnection | None:
    """The workspace's connection, held.

    Raises:
        NotFound: who asks is no owner.
    """
    if tx.context.role != "owner":
        raise NotFound
    statement = (
        select(SsoConnection)
        .where(SsoConnection.tenant_id == tx.context.tenant)
        .with_for_update(key_share=True)
    )
    return (await tx.session.execute(statement)).scalar_one_or_none()


async def _sealed(tx: Transaction, id: UUID, secret: str) -> bytes:
    if not secret:
        return b""
    return (await tx.safe()).seal(secret.encode(), belongs_to=belongs_to(id))


def _issuer(outbound: Outbound, text: str) -> str:
    if "?" in text or not text.isascii():
        raise Invalid({"issuer": "Write the issuer as the provider does, without a ? in it."})
    try:
        outbound.refuse_unless_fit(text)
    except OutOfReach as failure:
        raise Invalid({"issuer": failure.sentence}) from failure
    return text


def _domains(text: str) -> list[str]:
    found = sorted({part.lower().lstrip("@") for part in re.split(r"[\s,;]+", text) if part})
    if len(found) > MOST_DOMAINS or not all(DOMAIN.fullmatch(domain) for domain in found):
        raise Invalid({"domains": "Write domains like trust.nhs.uk, at most 20 of them."})
    return found
