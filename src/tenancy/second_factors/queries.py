"""What can be read of second factors. The secrets are not part of it."""

from datetime import datetime
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import DateTime, Table, bindparam, func, select

from tenancy.database.read import Read
from tenancy.database.sealing import Wrapped
from tenancy.second_factors.models import Authenticator, RecoveryCode

app = cast(Table, Authenticator.__table__).c
recovery = cast(Table, RecoveryCode.__table__).c


class AppRow(Struct, frozen=True):
    """One of somebody's authenticator apps, as they know it."""

    id: UUID
    name: str
    confirmed_at: datetime
    last_used_at: datetime | None


class AppBegun(Struct, frozen=True):
    """An app that somebody has begun to set up."""

    name: str
    wrapped: bytes
    master_id: str


class WrappedSecret(Struct, frozen=True):
    """The secret of an app, as it is kept."""

    id: UUID
    identity: UUID
    wrapped: bytes
    master_id: str

    @property
    def as_wrapped(self) -> Wrapped:
        return Wrapped(self.wrapped, self.master_id)


apps_of = Read(
    select(app.id, app.name, app.confirmed_at, app.last_used_at)
    .where(app.identity_id == bindparam("identity"), app.confirmed_at.is_not(None))
    .order_by(app.confirmed_at, app.id),
    AppRow,
)

app_begun = Read(
    select(app.name, app.wrapped, app.master_id).where(
        app.identity_id == bindparam("identity"),
        app.confirmed_at.is_(None),
        app.created_at > bindparam("since", type_=DateTime(timezone=True)),
    ),
    AppBegun,
)

recovery_codes_left = Read(
    select(func.count()).where(
        recovery.identity_id == bindparam("identity"), recovery.used_at.is_(None)
    ),
    int,
)

wrapped_secrets = Read(
    select(app.id, app.identity_id, app.wrapped, app.master_id).order_by(app.id), WrappedSecret
)
