"""What can be read of sign-ups: how many there were lately, and whose letters wait."""

from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Interval, Table, bindparam, func, select

from engagements.founding.models import SignUp
from tenancy.database.read import Read

_sign_up = cast(Table, SignUp.__table__).c


class Lately(Struct, frozen=True):
    """Forms sent within some time: for one e-mail address, and from one network address."""

    account: int
    address: int


class Waiting(Struct, frozen=True):
    id: UUID


lately = Read(
    select(
        func.count().filter(_sign_up.account_hash == bindparam("account")),
        func.count().filter(_sign_up.address_hash == bindparam("address")),
    ).where(
        _sign_up.created_at > func.now() - bindparam("within", type_=Interval()),
        (_sign_up.account_hash == bindparam("account"))
        | (_sign_up.address_hash == bindparam("address")),
    ),
    Lately,
)

waiting = Read(
    select(_sign_up.id)
    .where(_sign_up.sealed_code.is_not(None), _sign_up.sealed.is_not(None))
    .order_by(_sign_up.id.desc())
    .limit(20),
    Waiting,
)
"""The newest sign-ups whose code has not been mailed, the newest first."""
