"""One's password: setting the first one, changing it, removing it."""

from datetime import datetime
from typing import Annotated, Any

from litestar.di import NamedDependency
from msgspec import Meta, Struct

from frontend.access import MEMBERS, Viewer
from frontend.inputs import SentPassword
from frontend.routes import deed, page
from tenancy.database.pool import Database, Transaction
from tenancy.identity import sessions
from tenancy.passwords import service as passwords
from tenancy.passwords.queries import owner
from tenancy.passwords.strength import SHORTEST


class PasswordPage(Struct):
    set_at: datetime | None
    """None where there is no password."""
    shortest: int
    """Characters."""


class NewPassword(Struct, forbid_unknown_fields=True):
    """A password to be set, and the present one where there is one."""

    password: Annotated[SentPassword, Meta(title="your new password")]
    current_password: Annotated[str, Meta(max_length=256, extra={"blanks": "kept"})] = ""
    end_others: bool = False
    """Whether all other sessions end."""


class Removal(Struct, forbid_unknown_fields=True):
    """Something that one proves oneself with is to be taken away."""

    end_others: bool = False
    """Whether all other sessions end."""


class Done(Struct):
    done: bool


def then_account(_: Any) -> str:
    return "/account"


@page("/account/password", template="account/password.html", policy=MEMBERS, fresh=True)
async def password_page(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer]
) -> PasswordPage:
    """One's password: whether there is one, and how to set it."""
    whose = await tx.one(owner, identity=viewer.identity)
    return PasswordPage(whose.set_at, SHORTEST)


@deed(
    "/account/password",
    policy=MEMBERS,
    body=NewPassword,
    again=password_page,
    absolute=True,
    then=then_account,
    says="Your password is set.",
    fresh=True,
)
async def set_password(
    database: NamedDependency[Database],
    viewer: NamedDependency[Viewer],
    draft: NamedDependency[NewPassword],
) -> Done:
    """Set one's password, or change it."""
    await passwords.set_password(
        database,
        viewer.context,
        viewer.identity,
        new=draft.password,
        current=draft.current_password,
        kept=viewer.session if draft.end_others else None,
    )
    return Done(True)


@deed(
    "/account/password/removal",
    policy=MEMBERS,
    body=Removal,
    again=password_page,
    absolute=True,
    then=then_account,
    says="Your password is removed.",
    fresh=True,
)
async def remove_password(
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    draft: NamedDependency[Removal],
) -> Done:
    """Take one's password away."""
    await passwords.remove_password(tx, viewer.identity)
    if draft.end_others:
        await sessions.end_others(tx, viewer.identity, viewer.session)
    return Done(True)


PASSWORD = [password_page, set_password, remove_password]
