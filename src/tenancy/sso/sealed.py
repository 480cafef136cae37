"""The secrets of providers, as who keeps them sealed sees them."""

from typing import cast
from uuid import UUID

from sqlalchemy import Table

from tenancy.sso.models import SsoConnection
from tenancy.workspaces.sealed import SealedColumn

_connection = cast(Table, SsoConnection.__table__).c


def belongs_to(connection: UUID) -> bytes:
    return b"single sign-on" + connection.bytes


SECRETS = SealedColumn(
    "secret of a provider",
    "secrets of providers",
    _connection.sealed_secret,
    lambda connection, _: belongs_to(connection),
)
