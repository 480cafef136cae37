"""The workspace's own provider: what an owner says of it, tests, and asks of whom."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.handlers import post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from msgspec import Meta, Struct

from frontend.access import OWNERS, Viewer
from frontend.entering import address_of
from frontend.public.sso import redirect_uri, sent_to
from frontend.representation import AnyRequest
from frontend.routes import deed, page
from tenancy.database.pool import Database, Transaction
from tenancy.errors import Refused
from tenancy.outbound import Outbound
from tenancy.sso import people, service, signing_in
from tenancy.sso.models import SecondFactorBy
from tenancy.sso.models import State as ConnectionState
from tenancy.sso.queries import Connected, Heard, connected_people, connection, place_called
from tenancy.sso.service import ConnectionDraft
from tenancy.workspaces.break_glass import has_break_glass_owner
from tenancy.workspaces.models import SsoFor
from tenancy.workspaces.queries import own


class DomainRow(Struct):
    domain: str
    confirmed: bool
    """Whether its addresses are led to the provider."""


class SsoSettings(Struct):
    """What is said of the provider; never its secret."""

    redirect_uri: str
    """What the provider has to be told."""
    start: str
    """Where people begin, whatever their address."""
    issuer: str
    client_id: str
    has_secret: bool
    domains: list[DomainRow]
    second_factor_by: SecondFactorBy
    state: ConnectionState | None
    """None where there is no provider yet."""
    tested_at: datetime | None
    heard: Heard | None
    sso_for: SsoFor
    has_break_glass: bool
    """Whether an owner could come in without the provider."""
    people: list[Connected]
    """Whom it signs in, with it as it is now or as it was."""


class SsoDraft(Struct, forbid_unknown_fields=True):
    issuer: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=300,
            title="the issuer",
            description="Write it like https://login.microsoftonline.com/…/v2.0.",
        ),
    ]
    client_id: Annotated[str, Meta(min_length=1, max_length=200, title="the client ID")]
    client_secret: Annotated[str, Meta(max_length=500, title="the client secret")] = ""
    domains: Annotated[str, Meta(max_length=1000, title="the domains")] = ""
    second_factor_by: Annotated[SecondFactorBy, Meta(title="who answers for a second factor")] = (
        "person"
    )


class Switched(Struct, forbid_unknown_fields=True):
    on: Annotated[bool, Meta(title="whether people may sign in with it")]


class Requirement(Struct, forbid_unknown_fields=True):
    sso_for: Annotated[SsoFor, Meta(title="of whom it is asked")]


@page("/settings/sso", template="workspace/settings/sso.html", policy=OWNERS, fresh=True)
async def show_sso(
    request: Request[Any, Any, State],
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
) -> SsoSettings:
    """The workspace's own provider."""
    found = await tx.maybe(connection)
    confirmed = await service.confirmed_domains(tx)
    start = f"{request.app.state.settings.public_url}/sign-in/sso/{viewer.slug}"
    return SsoSettings(
        redirect_uri(request),
        start,
        found.issuer if found else "",
        found.client_id if found else "",
        found is not None,
        [DomainRow(one, one in confirmed) for one in (found.domains if found else [])],
        found.second_factor_by if found else "person",
        found.state if found else None,
        found.tested_at if found else None,
        found.heard if found else None,
        (await tx.one(own)).sso_for,
        await has_break_glass_owner(tx, viewer.context.tenant),
        await tx.all(connected_people),
    )


def _here(_: Any) -> str:
    return "/settings/sso"


@deed(
    "/settings/sso",
    policy=OWNERS,
    body=SsoDraft,
    again=show_sso,
    then=_here,
    says="Saved.",
    fresh=True,
)
async def keep_sso(
    request: Request[Any, Any, State],
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    draft: NamedDependency[SsoDraft],
    outbound: NamedDependency[Outbound],
) -> SsoSettings:
    """Say which provider it is. Another one than before has to be tested before it is used."""
    said = ConnectionDraft(
        draft.issuer, draft.client_id, draft.client_secret, draft.domains, draft.second_factor_by
    )
    await service.keep(tx, outbound, said)
    return await show_sso.fn(request, tx, viewer)  # type: ignore[no-any-return]


@post(
    "/settings/sso/test",
    opt={"policy": OWNERS, "again": show_sso, "fresh": True},
    status_code=200,
)
async def try_sso(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    database: NamedDependency[Database],
    outbound: NamedDependency[Outbound],
) -> ASGIResponse:
    """Go to the provider and back as whoever signs in would; what it said is shown here then."""
    place = await database.look_up(place_called, slug=viewer.slug)
    assert place is not None, "whoever is signed in is in a workspace"
    going = await signing_in.begin(
        database,
        outbound,
        place,
        redirect_uri=redirect_uri(request),
        address=address_of(request),
        session=viewer.session,
        testing=True,
    )
    return sent_to(request, going)


@deed(
    "/settings/sso/state",
    policy=OWNERS,
    body=Switched,
    again=show_sso,
    then=_here,
    says=lambda found: "Single sign-on is on." if found.state == "on" else "Single sign-on is off.",
    fresh=True,
)
async def switch_sso(
    request: Request[Any, Any, State],
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    draft: NamedDependency[Switched],
) -> SsoSettings:
    """Let people sign in with the provider, or no longer."""
    await service.switch(tx, on=draft.on)
    return await show_sso.fn(request, tx, viewer)  # type: ignore[no-any-return]


@deed(
    "/settings/sso/requirement",
    policy=OWNERS,
    body=Requirement,
    again=show_sso,
    then=_here,
    says="Saved. It holds from the next page that anybody opens.",
    fresh=True,
)
async def require_sso(
    request: Request[Any, Any, State],
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    draft: NamedDependency[Requirement],
) -> SsoSettings:
    """Say who opens nothing here unless the provider has signed them in."""
    if draft.sso_for != "nobody" and viewer.factor not in ("oidc", "passkey"):
        raise Refused(
            "Sign in with the provider yourself first, or with a passkey, so that you do not shut "
            "yourself out."
        )
    await service.ask_of(tx, draft.sso_for)
    return await show_sso.fn(request, tx, viewer)  # type: ignore[no-any-return]


@deed(
    "/settings/sso/people/{id:uuid}/disconnection",
    policy=OWNERS,
    again=show_sso,
    then=_here,
    says="It signs them in no more. They were written to.",
    fresh=True,
)
async def disconnect_person(
    request: Request[Any, Any, State],
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    id: FromPath[UUID],
) -> SsoSettings:
    """Let an account at the provider sign its member in no more. They can be connected again."""
    await people.disconnect(tx, id, sender=viewer.name, workspace=viewer.workspace_name)
    return await show_sso.fn(request, tx, viewer)  # type: ignore[no-any-return]


SSO_SETTINGS = [show_sso, keep_sso, try_sso, switch_sso, require_sso, disconnect_person]
