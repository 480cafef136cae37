"""The outbox, as who keeps it sealed sees it."""

from typing import cast

from sqlalchemy import Table

from tenancy.mail.models import Mail
from tenancy.workspaces.sealed import SealedColumn

_mail = cast(Table, Mail.__table__).c

MAILS = SealedColumn("mail", "mails", _mail.sealed, lambda mail, _: b"mail" + mail.bytes)
