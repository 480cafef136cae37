"""Signing in with a workspace's own provider: there and back.

The provider of a workspace says who somebody is in that workspace and nowhere else. Who it is, is
the pair of issuer and subject; an address never is. They are connected with a person once: when
the operator has confirmed the address's domain to be the workspace's with this provider, which says
that the address is theirs; or from a session in which the person has just proved themselves.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select, update

from tenancy.audit import service as audit
from tenancy.database.context import Context
from tenancy.database.pool import NOBODY, Database, Transaction
from tenancy.errors import NotFound, TooMany
from tenancy.identity import codes, sessions
from tenancy.identity.service import SecondStep, arrive, enter
from tenancy.identity.sessions import Device, NewSession
from tenancy.ids import new_id
from tenancy.mail.service import post
from tenancy.outbound import Outbound
from tenancy.sso import provider
from tenancy.sso.models import ExternalIdentity, SsoFlow
from tenancy.sso.provider import Client, NotVouched, Secrets
from tenancy.sso.queries import (
    Connection,
    Heard,
    Place,
    Vouched,
    begun,
    connection,
    member_of_session,
    member_with_address,
    place_called,
    place_with,
    provider_named,
    route_of,
    vouched_for,
)
from tenancy.sso.service import note_test, secret_of

LASTS = timedelta(minutes=10)
WITHIN = timedelta(hours=1)
UNFINISHED_PER_ADDRESS = 200
TWO_FACTORS = {
    "https://refeds.org/profile/mfa",
    "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
}
"""Values of `acr` that say so; `amr` says it with `mfa` (RFC 8176)."""

SAID = {
    "access_denied": "You were not let in there, or you turned back. Nothing has happened here.",
    "login_required": "You have to sign in there first. Try again.",
    "interaction_required": "You have to sign in there first. Try again.",
    "consent_required": "Your organisation has not allowed this application yet. Ask its IT team.",
    "temporarily_unavailable": "Your organisation’s sign-in is busy just now. Try again soon.",
    "server_error": "Your organisation’s sign-in failed just now. Try again soon.",
}
"""What errors of a provider mean to a person. What it writes beside them is not shown."""
NOT_YOURS = "This sign-in was not begun in this browser, or it is finished or too old. Begin again."


class NotKnown(NotVouched):
    """A provider vouches for somebody whom the workspace does not know by its word."""

    def __init__(self, place: Place) -> None:
        super().__init__(f"{place.name} does not know this sign-in of your organisation yet.")
        self.place = place


class Going(Struct, frozen=True):
    """A browser is on its way: where to, and the token that stays in it."""

    address: str
    host: str
    browser_token: str


class Answered(Struct, frozen=True):
    """What came back with the browser."""

    state: str
    code: str | None = None
    error: str | None = None
    iss: str | None = None


class Tested(Struct, frozen=True):
    """A test is over; the owner reads of it in the settings."""

    slug: str


class Entered(Struct, frozen=True):
    """Somebody was signed in, or goes on with their second factor in a browser of this token."""

    entered: NewSession | SecondStep
    browser_token: str
    wanted: str


class _Way(Struct, frozen=True):
    """What is known of a browser that has come back."""

    place: Place
    issuer: str
    session: UUID | None
    testing: bool
    wanted: str
    address_hash: bytes


async def place_to_sign_in(db: Database, slug: str) -> Place:
    """The workspace of a slug, if people sign in to it with its own provider.

    Raises:
        NotFound: there is none, or it has none that is switched on.
    """
    place = await db.look_up(place_called, slug=slug)
    if place is None or await _switched_on(db, place.tenant) is None:
        raise NotFound
    return place


async def routed(db: Database, email: str) -> str | None:
    """The slug of the workspace whose provider signs in the addresses of this domain, if any."""
    route = await db.look_up(route_of, domain=email.rpartition("@")[2].strip().lower())
    if route is None:
        return None
    found = await _switched_on(db, route.tenant)
    return route.slug if found and found.issuer == route.issuer else None


async def begin(
    db: Database,
    outbound: Outbound,
    place: Place,
    *,
    redirect_uri: str,
    address: str,
    session: UUID | None = None,
    testing: bool = False,
    wanted: str = "",
) -> Going:
    """Send a browser to the provider of a workspace.

    Args:
        redirect_uri: where it comes back to.
        address: the network address that asks.
        session: the session that is to be connected, or that tests.

    Raises:
        TooMany: this network address began too often, and finished none.
        NotFound: there is no provider, or it is not switched on.
        OutOfReach: it does not answer.
        NotVouched: it is not what the owner said.
    """
    source = hashlib.sha256(address.encode()).digest()
    if (await db.look_up(begun, within=WITHIN, address=source) or 0) >= UNFINISHED_PER_ADDRESS:
        raise TooMany("Too many sign-ins were begun from this network. Try again in an hour.")
    found = await _connected(db, place.tenant) if testing else await _switched_on(db, place.tenant)
    if found is None:
        raise NotFound
    metadata = await provider.discover(outbound, found.issuer)
    token = codes.new_token()
    async with db.transaction(NOBODY, writes=True) as tx:
        tx.session.add(
            SsoFlow(
                tenant_id=place.tenant,
                issuer=found.issuer,
                browser_hash=codes.token_hash(token),
                address_hash=source,
                session_id=session,
                testing=testing,
                wanted=wanted,
                expires_at=datetime.now(UTC) + LASTS,
            )
        )
    client = Client(found.issuer, found.client_id, "", redirect_uri)
    way = provider.way_to(metadata, client, Secrets.of(token))
    return Going(way, urlsplit(way).hostname or "", token)


async def come_back(
    db: Database,
    outbound: Outbound,
    answered: Answered,
    *,
    browser_token: str,
    redirect_uri: str,
    owner: Context | None,
    session: UUID | None,
    device: Device,
) -> Entered | Tested:
    """Go on with what a browser brought back from the provider. It counts once.

    Args:
        owner: the context of the owner who is signed in, for a test.
        session: that of the browser, if somebody is signed in.

    Raises:
        NotVouched: it is not this browser's, or the provider does not vouch for anybody.
        NotKnown: it vouches for somebody whom the workspace does not know by its word.
        OutOfReach: the provider does not answer.
    """
    way = await _used(db, browser_token, answered.state)
    secrets = Secrets.of(browser_token)
    async with db.transaction(Context(surface="public", tenant=way.place.tenant)) as tx:
        found = await tx.maybe(connection)
        secret = await secret_of(tx, found) if found else ""
    if found is None or found.issuer != way.issuer:
        raise NotVouched("The provider was changed meanwhile. Begin again.")
    metadata = await provider.discover(outbound, found.issuer)
    provider.refuse_another(metadata, answered.iss)
    if answered.error is not None or not answered.code:
        raise NotVouched(SAID.get(answered.error or "", "Your organisation did not sign you in."))
    client = Client(found.issuer, found.client_id, secret, redirect_uri)
    heard = await provider.exchange(outbound, metadata, client, secrets, answered.code)
    if way.testing:
        return await _tested(db, way, heard, owner, session)
    if found.state != "on":
        raise NotVouched("Single sign-on was switched off meanwhile.")
    return await _signed_in(db, way, found, heard, session=session, device=device)


async def _used(db: Database, browser_token: str, state: str) -> _Way:
    """The way of a browser, which from now on is finished; another's state finishes nothing."""
    expected = Secrets.of(browser_token).state
    async with db.transaction(NOBODY, writes=True) as tx:
        statement = (
            select(SsoFlow)
            .where(SsoFlow.browser_hash == codes.token_hash(browser_token))
            .with_for_update()
        )
        way = (await tx.session.execute(statement)).scalar_one_or_none()
        now = datetime.now(UTC)
        if way is None or way.used_at is not None or way.expires_at <= now:
            raise NotVouched(NOT_YOURS)
        if not codes.same(expected.encode(), state.encode()):
            raise NotVouched(NOT_YOURS)
        way.used_at = now
        place = await tx.one(place_with, workspace=way.tenant_id)
        return _Way(place, way.issuer, way.session_id, way.testing, way.wanted, way.address_hash)


async def _tested(
    db: Database, way: _Way, heard: Heard, owner: Context | None, session: UUID | None
) -> Tested:
    if owner is None or owner.tenant != way.place.tenant or session != way.session:
        raise NotVouched(NOT_YOURS)
    async with db.transaction(owner, writes=True) as tx:
        await note_test(tx, heard)
    return Tested(way.place.slug)


async def _signed_in(
    db: Database,
    way: _Way,
    found: Connection,
    heard: Heard,
    *,
    session: UUID | None,
    device: Device,
) -> Entered:
    tenant = way.place.tenant
    who = await db.look_up(
        vouched_for, workspace=tenant, issuer=heard.issuer, subject=heard.subject
    )
    new = who is None
    if who is None:
        who = await _to_connect(db, way, heard, session)
    if who is None:
        raise NotKnown(way.place)
    context = Context(surface="public", tenant=tenant, member=who.member, role=who.role)
    async with db.transaction(context, writes=True) as tx:
        if new:
            await _connect(tx, way.place, who, heard)
        elif not await _still_connected(tx, heard):
            raise NotKnown(way.place)
        if session is not None and session == way.session:
            await sessions.end(tx, who.identity, session)
        entered, token = await _enter(tx, way, found, heard, who=who, device=device)
    if entered is None:
        raise NotKnown(way.place)
    return Entered(entered, token, way.wanted)


async def _to_connect(
    db: Database, way: _Way, heard: Heard, session: UUID | None
) -> Vouched | None:
    """The member whom a provider that does not know them yet may be connected with."""
    tenant = way.place.tenant
    if heard.email and heard.email_verified:
        route = await db.look_up(route_of, domain=heard.email.rpartition("@")[2])
        if route and (route.tenant, route.issuer) == (tenant, heard.issuer):
            by_address = await db.look_up(
                member_with_address, workspace=tenant, email=heard.email, issuer=heard.issuer
            )
            if by_address is not None:
                return by_address
    if session is None or session != way.session:
        return None
    return await db.look_up(member_of_session, workspace=tenant, session=session)


async def _connect(tx: Transaction, place: Place, who: Vouched, heard: Heard) -> None:
    external = ExternalIdentity(
        id=new_id(),
        tenant_id=place.tenant,
        issuer=heard.issuer,
        subject=heard.subject,
        identity_id=who.identity,
        last_used_at=datetime.now(UTC),
    )
    tx.session.add(external)
    await audit.record_of(tx, "single sign-on connected", "external_identity", external.id)
    await post(
        tx,
        "single_sign_on_connected",
        to_name=who.name,
        to_address=who.email,
        workspace=place.name,
        provider=provider_named(heard.issuer),
        account=heard.email or "",
    )


async def _still_connected(tx: Transaction, heard: Heard) -> bool:
    """Note its use, and hold it: whoever takes it away was first, or ends what begins here."""
    used = (
        update(ExternalIdentity)
        .where(
            ExternalIdentity.tenant_id == tx.context.tenant,
            ExternalIdentity.issuer == heard.issuer,
            ExternalIdentity.subject == heard.subject,
        )
        .values(last_used_at=datetime.now(UTC))
        .returning(ExternalIdentity.id)
    )
    return await tx.session.scalar(used) is not None


async def _enter(
    tx: Transaction,
    way: _Way,
    found: Connection,
    heard: Heard,
    *,
    who: Vouched,
    device: Device,
) -> tuple[NewSession | SecondStep | None, str]:
    """The session; where the provider does not answer for two factors, after the person's own, in
    a browser of that token."""
    if counts_as_two(found, heard):
        session = await sessions.begin(
            tx,
            identity=who.identity,
            tenant=way.place.tenant,
            factor="oidc",
            second_factor="oidc",
            device=device,
        )
        return session, ""
    request, token = await arrive(
        tx,
        identity=who.identity,
        tenant=way.place.tenant,
        email=who.email,
        address_hash=way.address_hash,
    )
    return await enter(tx, request, factor="oidc", device=device), token


def counts_as_two(found: Connection, heard: Heard) -> bool:
    """Whether the provider answers for two factors in this sign-in."""
    if found.second_factor_by == "told":
        return "mfa" in heard.amr or heard.acr in TWO_FACTORS
    return found.second_factor_by == "always"


async def _switched_on(db: Database, tenant: UUID) -> Connection | None:
    found = await _connected(db, tenant)
    return found if found and found.state == "on" else None


async def _connected(db: Database, tenant: UUID) -> Connection | None:
    async with db.transaction(Context(surface="public", tenant=tenant)) as tx:
        return await tx.maybe(connection)
