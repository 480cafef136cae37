"""Signing in with a workspace's own provider: its page, the way there, and the way back."""

from typing import Annotated, Any

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.handlers import get, post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from msgspec import Meta, Struct
from msgspec.structs import replace

from frontend.access import ANYONE, REQUEST_COOKIE, Viewer
from frontend.entering import address_of, device_of, entered_with, within
from frontend.representation import (
    AnyRequest,
    cookie,
    json_response,
    see_other,
    show,
    wants_page,
)
from frontend.routes import page
from tenancy.database.context import Context
from tenancy.database.pool import Database
from tenancy.identity.requests import CODE_LASTS
from tenancy.outbound import Outbound
from tenancy.sso import signing_in
from tenancy.sso.signing_in import LASTS, Answered, Going, Tested, place_to_sign_in

SSO_COOKIE = "__Host-cocreate-sso"
CALLBACK = "/sign-in/callback"


class SsoPage(Struct):
    slug: str
    workspace: str
    next: str
    connects: bool
    """Whether the person who is signed in here is connected with whom the provider vouches for."""


class Onward(Struct, forbid_unknown_fields=True):
    next: Annotated[str, Meta(max_length=300)] = ""


class Way(Struct):
    """Where the browser goes to be signed in; its cookie came with this."""

    address: str


@page("/sign-in/sso/{slug:str}", template="public/sso.html", policy=ANYONE)
async def sso(request: Request[Any, Any, State], slug: FromPath[str]) -> SsoPage:
    """Where one signs in to a workspace with one's organisation's own account."""
    place = await place_to_sign_in(request.app.state.database, slug)
    viewer: Viewer | None = request.scope["state"]["viewer"]
    wanted = within(request.query_params.get("next", ""))
    return SsoPage(place.slug, place.name, wanted, _connects(viewer, place.slug))


@post(
    "/sign-in/sso/{slug:str}",
    opt={"policy": ANYONE, "body": Onward, "again": sso},
    status_code=200,
)
async def go_to_provider(
    request: AnyRequest,
    slug: FromPath[str],
    draft: NamedDependency[Onward],
    database: NamedDependency[Database],
    outbound: NamedDependency[Outbound],
) -> ASGIResponse:
    """Send the browser to the provider of a workspace."""
    viewer: Viewer | None = request.scope["state"]["viewer"]
    place = await place_to_sign_in(database, slug)
    going = await signing_in.begin(
        database,
        outbound,
        place,
        redirect_uri=redirect_uri(request),
        address=address_of(request),
        session=viewer.session if viewer and _connects(viewer, slug) else None,
        wanted=within(draft.next),
    )
    return sent_to(request, going)


@get(CALLBACK, opt={"policy": ANYONE})
async def come_back(
    request: AnyRequest,
    database: NamedDependency[Database],
    outbound: NamedDependency[Outbound],
) -> ASGIResponse:
    """Where the provider sends the browser back to. It counts once, in the browser that went."""
    viewer: Viewer | None = request.scope["state"]["viewer"]
    query = request.query_params
    came = await signing_in.come_back(
        database,
        outbound,
        Answered(query.get("state", ""), query.get("code"), query.get("error"), query.get("iss")),
        browser_token=request.cookies.get(SSO_COOKIE, ""),
        redirect_uri=redirect_uri(request),
        owner=_as_owner(viewer),
        session=viewer.session if viewer else None,
        device=device_of(request),
    )
    done = cookie(SSO_COOKIE, "", 0)
    if isinstance(came, Tested):
        return see_other(f"/w/{came.slug}/settings/sso", cookies=[done])
    waiting = cookie(REQUEST_COOKIE, came.browser_token, int(CODE_LASTS.total_seconds()))
    return await entered_with(
        request, database, came.entered, came.wanted, before=[done], waiting=[waiting]
    )


def sent_to(request: AnyRequest, going: Going) -> ASGIResponse:
    """A page that goes on to the provider: forms of ours lead nowhere else."""
    cookies = [cookie(SSO_COOKIE, going.browser_token, int(LASTS.total_seconds()))]
    if wants_page(request):
        return show(request, "public/sso_going.html", page=going, cookies=cookies)
    return json_response(Way(going.address), cookies=cookies)


def redirect_uri(request: AnyRequest) -> str:
    """Where a provider sends browsers back to."""
    public_url: str = request.app.state.settings.public_url
    return public_url + CALLBACK


def _connects(viewer: Viewer | None, slug: str) -> bool:
    """Only what the person themselves proved just now can be connected with a provider."""
    return bool(viewer and viewer.slug == slug and viewer.within is None and viewer.fresh)


def _as_owner(viewer: Viewer | None) -> Context | None:
    """The context in which an owner notes a test."""
    if viewer is None or viewer.role != "owner":
        return None
    return replace(viewer.context, surface="workspace")


SSO = [sso, go_to_provider, come_back]
