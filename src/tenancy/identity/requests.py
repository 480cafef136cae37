"""Sign-ins that have begun in a browser: a code was asked for there, or a first factor proved."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Table, bindparam, insert, select, update

from tenancy.database.pool import Transaction
from tenancy.database.read import Read
from tenancy.database.write import Write, given
from tenancy.identity import codes
from tenancy.identity.models import SignInRequest

CODE_LASTS = timedelta(minutes=10)
TRIES = 5

_table = cast(Table, SignInRequest.__table__)
_request = _table.c


class Request(Struct, frozen=True):
    """A sign-in that has begun, held until the transaction ends."""

    id: UUID
    identity: UUID | None
    """Nobody's, where a code was asked for with an address that is not known."""
    tenant: UUID | None
    account_hash: bytes
    code_hash: bytes
    tries: int
    expires_at: datetime
    used_at: datetime | None
    first_factor: str | None

    @property
    def in_time(self) -> bool:
        return self.expires_at > datetime.now(UTC) and self.tries <= TRIES

    @property
    def alive(self) -> bool:
        """Its code can still be typed."""
        return self.in_time and self.used_at is None


_of_browser = Read(
    select(
        _request.id,
        _request.identity_id,
        _request.tenant_id,
        _request.account_hash,
        _request.code_hash,
        _request.tries,
        _request.expires_at,
        _request.used_at,
        _request.first_factor,
    )
    .where(_request.browser_hash == bindparam("browser"))
    .with_for_update(),
    Request,
)
_WRITTEN = (
    *("id", "identity_id", "tenant_id", "account_hash", "address_hash", "browser_hash"),
    *("code_hash", "known_hash", "tries", "expires_at", "used_at"),
)
_begin = Write(insert(_table).values(given(_table, *_WRITTEN)))
_CHANGED = ("identity_id", "tenant_id", "tries", "used_at", "expires_at", "first_factor")
_change = Write(
    update(_table).where(_request.id == bindparam("request")).values(given(_table, *_CHANGED))
)


async def begin(
    tx: Transaction,
    *,
    id: UUID,
    browser_token: str,
    code: str | None,
    account_hash: bytes,
    address_hash: bytes,
    identity: UUID | None = None,
    tenant: UUID | None = None,
    known_hash: bytes | None = None,
) -> Request:
    """A sign-in that begins in a browser.

    Args:
        code: what opens it; None where it begins with something else than a code. Then it is none
            of those that were asked for and never used.
    """
    now = datetime.now(UTC)
    opened_by = secrets.token_bytes(32) if code is None else codes.code_hash(browser_token, code)
    request = Request(
        id=id,
        identity=identity,
        tenant=tenant,
        account_hash=account_hash,
        code_hash=opened_by,
        tries=0,
        expires_at=now + CODE_LASTS,
        used_at=now if code is None else None,
        first_factor=None,
    )
    await tx.run(
        _begin,
        id=request.id,
        identity_id=request.identity,
        tenant_id=request.tenant,
        account_hash=request.account_hash,
        address_hash=address_hash,
        browser_hash=codes.token_hash(browser_token),
        code_hash=request.code_hash,
        known_hash=known_hash,
        tries=request.tries,
        expires_at=request.expires_at,
        used_at=request.used_at,
    )
    return request


async def of_browser(tx: Transaction, browser_token: str) -> Request | None:
    return await tx.maybe(_of_browser, browser=codes.token_hash(browser_token))


async def change(tx: Transaction, request: Request, **values: Any) -> Request:
    """The request with other values of its fields, written."""
    changed = replace(request, **values)
    await tx.run(
        _change,
        request=request.id,
        identity_id=changed.identity,
        tenant_id=changed.tenant,
        tries=changed.tries,
        used_at=changed.used_at,
        expires_at=changed.expires_at,
        first_factor=changed.first_factor,
    )
    return changed
