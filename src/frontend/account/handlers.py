"""A person's account: where they are signed in, and the workspaces they belong to."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from msgspec import Meta, Struct

from frontend.access import MEMBERS, Viewer, home_of
from frontend.account.authenticator import AUTHENTICATOR
from frontend.account.confirmation import CONFIRMATION
from frontend.account.devices import device_named
from frontend.account.passkeys import PASSKEYS
from frontend.account.password import PASSWORD
from frontend.entering import session_cookie
from frontend.representation import AnyRequest, json_response, see_other, wants_page
from frontend.routes import deed, page
from tenancy.database.pool import Transaction
from tenancy.identity import sessions
from tenancy.identity.queries import WorkspaceOf
from tenancy.second_factors.queries import AppRow, apps_of, recovery_codes_left
from tenancy.sso.queries import OwnConnection, own_connections


class SessionRow(Struct):
    """A browser in which the person is signed in."""

    id: UUID
    here: bool
    """Whether it is the one that asks."""
    device: str
    workspace: str
    factor: str
    second_factor: str | None
    began_at: datetime
    last_used_at: datetime


class Account(Struct):
    name: str
    email: str
    factors: list[str]
    """What was set up beside codes by mail."""
    apps: list[AppRow]
    recovery_codes: int
    """How many are left."""
    connections: list[OwnConnection]
    """The workspaces whose own provider signs them in."""
    sessions: list[SessionRow]
    workspaces: list[WorkspaceOf]


class SecondFactorPage(Struct):
    workspace: str
    wanted: bool
    """Whether the workspace still wants one of this session."""
    factors: list[str]
    apps: list[AppRow]
    recovery_codes: int


class Switch(Struct, forbid_unknown_fields=True):
    """The workspace to go on in."""

    workspace: Annotated[str, Meta(min_length=1, max_length=40, title="the workspace")]


class Ended(Struct):
    ended: bool


@page("/account", template="account/show.html", policy=MEMBERS)
async def account(tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer]) -> Account:
    """One's own account."""
    return Account(
        viewer.name,
        viewer.email,
        viewer.factors,
        await tx.all(apps_of, identity=viewer.identity),
        await tx.one(recovery_codes_left, identity=viewer.identity),
        await tx.all(own_connections, identity=viewer.identity, within=viewer.within),
        [
            SessionRow(
                one.id,
                one.id == viewer.session,
                device_named(one.device),
                one.workspace,
                one.factor,
                one.second_factor,
                one.began_at,
                one.last_used_at,
            )
            for one in await sessions.open_of(tx, viewer.identity, viewer.within)
        ],
        await sessions.workspaces(tx, viewer.identity, viewer.within),
    )


@page("/account/second-factor", template="account/second_factor.html", policy=MEMBERS)
async def second_factor(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer]
) -> SecondFactorPage:
    """What a workspace that wants a second factor asks for, and how to set one up."""
    return SecondFactorPage(
        viewer.workspace_name,
        viewer.lacks_second_factor,
        viewer.factors,
        await tx.all(apps_of, identity=viewer.identity),
        await tx.one(recovery_codes_left, identity=viewer.identity),
    )


def _account(_: Any) -> str:
    return "/account"


@deed(
    "/account/sessions/{id:uuid}/end",
    policy=MEMBERS,
    absolute=True,
    then=_account,
    says="That session has ended.",
    fresh=True,
)
async def end_session(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> Ended:
    """End one session of one's own. One that has ended already stays so."""
    await sessions.end(tx, viewer.identity, id, viewer.within)
    return Ended(True)


@deed(
    "/account/sessions/others/end",
    policy=MEMBERS,
    absolute=True,
    then=_account,
    says="You are signed in here alone.",
    fresh=True,
)
async def end_other_sessions(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer]
) -> Ended:
    """End all sessions but this one, wherever this one counts."""
    await sessions.end_others(tx, viewer.identity, viewer.session, viewer.within)
    return Ended(True)


@post(
    "/account/workspace", opt={"policy": MEMBERS, "body": Switch, "again": account}, status_code=200
)
async def switch_workspace(
    request: AnyRequest,
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    draft: NamedDependency[Switch],
) -> ASGIResponse:
    """Go on in another of one's workspaces, with a new session."""
    session = await sessions.switch(tx, viewer.session, draft.workspace)
    cookies = session_cookie(session)
    places = await sessions.workspaces(tx, viewer.identity)
    [home] = [home_of(one.role, one.slug) for one in places if one.slug == session.slug]
    if wants_page(request):
        return see_other(home, cookies=cookies)
    return json_response({"workspace": session.slug, "home": home}, cookies=cookies)


ACCOUNT = [
    account,
    second_factor,
    end_session,
    end_other_sessions,
    switch_workspace,
    *CONFIRMATION,
    *PASSWORD,
    *AUTHENTICATOR,
    *PASSKEYS,
]
