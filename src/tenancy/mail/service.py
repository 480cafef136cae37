"""Posting a mail: a row in the outbox and a job, in the transaction of the deed.

A mail names its letter and the facts in it. The letter is written when it is sent or shown, by the
house that has the templates.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import select

from tenancy.database.entities import Entities
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, tenant
from tenancy.errors import NotFound
from tenancy.ids import new_id
from tenancy.jobs.queue import enqueue
from tenancy.mail.models import Mail

DELIVER = "deliver mail"
NOWHERE = ".invalid"
"""The end of an address that is nobody's (RFC 2606)."""
_mail = Mail.__table__


class Mails(Entities[Mail]):
    model = Mail


class Delivery(Struct):
    """The job's payload."""

    tenant: UUID
    mail: UUID


class Letter(Struct):
    """A mail as it lies in the outbox: which letter, to whom, and the facts that it states."""

    id: UUID
    letter: str
    to_name: str
    to_address: str
    state: str
    created_at: datetime
    facts: dict[str, Any]


class _Row(Struct):
    id: UUID
    letter: str
    to_name: str
    to_address: str
    state: str
    created_at: datetime
    sealed: bytes | None


_columns = (
    _mail.c.id,
    _mail.c.letter,
    _mail.c.to_name,
    _mail.c.to_address,
    _mail.c.state,
    _mail.c.created_at,
    _mail.c.sealed,
)
_newest = Read(
    select(*_columns).where(_mail.c.tenant_id == tenant).order_by(_mail.c.id.desc()).limit(50),
    _Row,
)


async def post(
    tx: Transaction, letter: str, *, to_name: str, to_address: str, **facts: Any
) -> None:
    """Put a letter into the outbox, unless it is fiction or its address can never be reached."""
    if tx.fiction or to_address.endswith(NOWHERE):
        return
    id = await write(tx, letter, to_name=to_name, to_address=to_address, **facts)
    await have_delivered(tx, id)


async def write(
    tx: Transaction, letter: str, *, to_name: str, to_address: str, **facts: Any
) -> UUID:
    """Write a letter, for `have_delivered` to hand on."""
    id = new_id()
    safe = await tx.safe()
    sealed = safe.seal(msgspec.json.encode(facts), belongs_to=b"mail" + id.bytes)
    await Mails(tx).add(id=id, letter=letter, to_name=to_name, to_address=to_address, sealed=sealed)
    return id


async def have_delivered(tx: Transaction, id: UUID) -> None:
    """Ask for the delivery of a letter. Where it was taken back meanwhile, nothing is delivered."""
    assert tx.context.tenant is not None, "a mail belongs to a workspace"
    await enqueue(tx, DELIVER, Delivery(tenant=tx.context.tenant, mail=id))


async def outbox(tx: Transaction) -> list[Letter]:
    """The 50 newest mails that still have their facts, newest first."""
    rows = await tx.all(_newest)
    return [await _letter(tx, row) for row in rows if row.sealed is not None]


async def waiting(tx: Transaction, id: UUID) -> Letter | None:
    """A mail that has not been sent yet; None once it has, or is not there (any more)."""
    try:
        mail = await Mails(tx).find(id)
    except NotFound:
        return None
    if mail.state != "waiting" or mail.sealed is None:
        return None
    return await _letter(tx, mail)


async def mark_sent(tx: Transaction, id: UUID) -> None:
    """Note the sending, and erase what the mail said."""
    mail = await Mails(tx).find(id)
    mail.state, mail.sent_at, mail.sealed = "sent", datetime.now(UTC), None


async def _letter(tx: Transaction, mail: Mail | _Row) -> Letter:
    assert mail.sealed is not None
    sealed, belongs_to = mail.sealed, b"mail" + mail.id.bytes
    text = await tx.opened(lambda safe: safe.open(sealed, belongs_to=belongs_to))
    return Letter(
        mail.id,
        mail.letter,
        mail.to_name,
        mail.to_address,
        mail.state,
        mail.created_at,
        msgspec.json.decode(text, type=dict[str, Any]),
    )
