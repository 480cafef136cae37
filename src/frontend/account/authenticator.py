"""Authenticator apps: setting one up, and removing it."""

from typing import Annotated, Any
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from msgspec import Meta, Struct

from frontend.access import MEMBERS, Viewer
from frontend.account.password import Done, Removal, then_account
from frontend.account.qr import QrCode, qr_of
from frontend.account.recovery_codes import new_recovery_codes, recovery_codes_shown
from frontend.entering import session_cookie
from frontend.representation import AnyRequest, see_other, wants_page
from frontend.routes import deed, page
from tenancy.database.pool import Transaction
from tenancy.identity import sessions
from tenancy.second_factors import authenticators
from tenancy.second_factors.queries import AppRow, apps_of, recovery_codes_left


class Begun(Struct):
    """An app that is being set up."""

    name: str
    secret: list[str]
    """In groups of four, for whoever cannot scan."""
    qr: QrCode


class AuthenticatorPage(Struct):
    apps: list[AppRow]
    begun: Begun | None
    recovery_codes: int
    """How many are left."""


class NewApp(Struct, forbid_unknown_fields=True):
    """What one calls the app, to know it by."""

    name: Annotated[str, Meta(min_length=1, max_length=60, title="a name for it")]


class FirstCode(Struct, forbid_unknown_fields=True):
    """What the app shows."""

    code: Annotated[str, Meta(min_length=1, max_length=40, title="the code that the app shows")]
    end_others: bool = False
    """Whether all other sessions end."""


@page("/account/authenticator", template="account/authenticator.html", policy=MEMBERS, fresh=True)
async def authenticator(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer]
) -> AuthenticatorPage:
    """One's authenticator apps, and the one that is being set up."""
    begun = await authenticators.begun(tx, viewer.identity, viewer.email)
    return AuthenticatorPage(
        await tx.all(apps_of, identity=viewer.identity),
        _shown(begun) if begun else None,
        await tx.one(recovery_codes_left, identity=viewer.identity),
    )


def _shown(begun: authenticators.Enrolment) -> Begun:
    groups = [begun.secret[at : at + 4] for at in range(0, len(begun.secret), 4)]
    return Begun(begun.name, groups, qr_of(begun.address))


def _authenticator(_: Any) -> str:
    return "/account/authenticator"


@deed(
    "/account/authenticator",
    policy=MEMBERS,
    body=NewApp,
    again=authenticator,
    absolute=True,
    then=_authenticator,
    fresh=True,
)
async def begin_app(
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    draft: NamedDependency[NewApp],
) -> Done:
    """Begin to set an app up: the page shows then what it scans."""
    await authenticators.begin(tx, viewer.identity, draft.name)
    return Done(True)


@post(
    "/account/authenticator/confirmation",
    opt={"policy": MEMBERS, "body": FirstCode, "again": authenticator, "fresh": True},
    status_code=200,
)
async def confirm_app(
    request: AnyRequest,
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    draft: NamedDependency[FirstCode],
) -> ASGIResponse:
    """Finish setting an app up with its first code; the session goes on under a new token."""
    enrolled = await authenticators.confirm(tx, viewer.identity, viewer.session, draft.code)
    if draft.end_others:
        await sessions.end_others(tx, viewer.identity, viewer.session)
    cookies = session_cookie(enrolled.session)
    if wants_page(request) and not enrolled.recovery_codes:
        return see_other("/account", cookies=cookies)
    renewed = viewer.under(enrolled.session.token)
    return recovery_codes_shown(request, renewed, enrolled.recovery_codes, cookies)


@deed(
    "/account/authenticators/{id:uuid}/removal",
    policy=MEMBERS,
    body=Removal,
    again=authenticator,
    absolute=True,
    then=then_account,
    says="The app is removed: its codes are not taken any more.",
    fresh=True,
)
async def remove_app(
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    draft: NamedDependency[Removal],
    id: FromPath[UUID],
) -> Done:
    """Remove one of one's apps."""
    await authenticators.remove(tx, viewer.identity, id)
    if draft.end_others:
        await sessions.end_others(tx, viewer.identity, viewer.session)
    return Done(True)


AUTHENTICATOR = [authenticator, begin_app, confirm_app, remove_app, new_recovery_codes]
