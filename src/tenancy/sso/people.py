"""Whom a workspace's provider signs in, and taking that from somebody again."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, update

from tenancy.audit import service as audit
from tenancy.database.pool import Transaction
from tenancy.errors import NotFound
from tenancy.identity.models import SignInRequest
from tenancy.identity.sessions import end_vouched_for
from tenancy.mail.service import post
from tenancy.sso.models import ExternalIdentity
from tenancy.sso.queries import connected_as


async def disconnect(tx: Transaction, id: UUID, *, sender: str, workspace: str) -> None:
    """Let a provider's account sign its member in no more. They are written to.

    The sessions that began with the provider end here, and sign-ins that wait for a second factor
    after it come to nothing. They can be connected again, as at first.

    Args:
        sender: the name of the owner who does it.
        workspace: the workspace's name.

    Raises:
        NotFound: no member of this workspace is connected so, or who asks is no owner.
    """
    if tx.context.role != "owner":
        raise NotFound
    person = await tx.one(connected_as, id=id)
    gone = delete(ExternalIdentity).where(
        ExternalIdentity.tenant_id == tx.context.tenant, ExternalIdentity.id == id
    )
    # Whoever is being signed in by it at this moment holds the row: what they began is ended below.
    identity = await tx.session.scalar(gone.returning(ExternalIdentity.identity_id))
    if identity is None:
        raise NotFound
    await end_vouched_for(tx, identity)
    await _end_waiting(tx, identity)
    await audit.record_of(tx, "single sign-on disconnected", "external_identity", id)
    await post(
        tx,
        "single_sign_on_disconnected",
        to_name=person.name,
        to_address=person.email,
        workspace=workspace,
        provider=person.provider,
        sender=sender,
        path="/sign-in",
    )


async def _end_waiting(tx: Transaction, identity: UUID) -> None:
    """End the sign-ins that began at the provider and wait for a second factor."""
    now = datetime.now(UTC)
    waits = update(SignInRequest).where(
        SignInRequest.identity_id == identity,
        SignInRequest.tenant_id == tx.context.tenant,
        SignInRequest.first_factor == "oidc",
        SignInRequest.expires_at > now,
    )
    await tx.session.execute(waits.values(expires_at=now))
