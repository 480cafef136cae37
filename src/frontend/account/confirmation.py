"""Confirming that it is still the person: a fresh factor, for what a borrowed browser must not do.

The session gets a new token, and for some minutes opens what needs a fresh proof.
"""

from typing import Annotated, Any

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.handlers import post
from litestar.response.base import ASGIResponse
from msgspec import Meta, Struct

from frontend.access import MEMBERS, REQUEST_COOKIE, Viewer, known_token, request_token
from frontend.entering import address_of, session_cookie, with_next, within
from frontend.inputs import SentPassword
from frontend.representation import AnyRequest, cookie, json_response, see_other, wants_page
from frontend.routes import page
from tenancy.database.pool import Database
from tenancy.errors import Refused
from tenancy.identity import service as identity
from tenancy.identity.requests import CODE_LASTS
from tenancy.identity.service import second_factors
from tenancy.identity.sessions import FRESH, NewSession
from tenancy.passwords import service as passwords
from tenancy.second_factors import service as second_factor


class ConfirmationPage(Struct):
    next: str
    email: str
    factors: list[str]
    """With what they can confirm: second factors where they have any, else a code by mail."""
    asked: bool
    """Whether this browser asked for a code."""
    demo: bool


class Next(Struct, forbid_unknown_fields=True):
    next: Annotated[str, Meta(max_length=300)] = ""


class ConfirmationCode(Struct, forbid_unknown_fields=True):
    """What came by mail."""

    code: Annotated[str, Meta(min_length=1, max_length=40, title="the code from the mail")]
    next: Annotated[str, Meta(max_length=300)] = ""


class ConfirmationPassword(Struct, forbid_unknown_fields=True):
    """One's present password."""

    password: SentPassword
    next: Annotated[str, Meta(max_length=300)] = ""


class Confirmed(Struct):
    """The session's new cookie came with this, and its new token against cross-site changes."""

    minutes: int
    csrf_token: str


@page("/account/confirmation", template="account/confirmation.html", policy=MEMBERS)
async def confirmation(
    request: Request[Any, Any, State], viewer: NamedDependency[Viewer]
) -> ConfirmationPage:
    """How one confirms that it is still oneself."""
    return ConfirmationPage(
        within(request.query_params.get("next", "")),
        viewer.email,
        ways_of(viewer),
        bool(request_token(request)),
        request.app.state.settings.demo,
    )


def ways_of(viewer: Viewer) -> list[str]:
    """With what a person confirms: a second factor is stronger than their password or mailbox."""
    password = ["password"] if "password" in viewer.factors else []
    return second_factors(viewer.factors) or [*password, "code"]


@post(
    "/account/confirmation/code",
    opt={"policy": MEMBERS, "body": Next, "again": confirmation},
    status_code=200,
)
async def ask_to_confirm(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    draft: NamedDependency[Next],
    database: NamedDependency[Database],
) -> ASGIResponse:
    """Mail a code to one's own address."""
    _refuse_weaker(viewer)
    asked = await identity.ask_for_code(
        database,
        viewer.email,
        address=address_of(request),
        slug=viewer.slug,
        known_as=known_token(request),
    )
    lasts = int(CODE_LASTS.total_seconds())
    cookies = [cookie(REQUEST_COOKIE, asked.browser_token, lasts)]
    if wants_page(request):
        return see_other(with_next("/account/confirmation", draft.next), cookies=cookies)
    return json_response({"sent": True, "minutes": lasts // 60}, cookies=cookies)


@post(
    "/account/confirmation",
    opt={"policy": MEMBERS, "body": ConfirmationCode, "again": confirmation},
    status_code=200,
)
async def confirm(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    draft: NamedDependency[ConfirmationCode],
    database: NamedDependency[Database],
) -> ASGIResponse:
    """Confirm with the code from the mail."""
    _refuse_weaker(viewer)
    session = await identity.confirm(
        database,
        request_token(request),
        draft.code,
        identity=viewer.identity,
        session=viewer.session,
    )
    return confirmed_with(request, viewer, session, draft.next)


@post(
    "/account/confirmation/second-factor",
    opt={"policy": MEMBERS, "body": ConfirmationCode, "again": confirmation},
    status_code=200,
)
async def confirm_with_second_factor(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    draft: NamedDependency[ConfirmationCode],
    database: NamedDependency[Database],
) -> ASGIResponse:
    """Confirm with a code of one's authenticator app, or a recovery code."""
    session = await second_factor.confirm(
        database, viewer.context, viewer.identity, viewer.session, draft.code
    )
    return confirmed_with(request, viewer, session, draft.next)


@post(
    "/account/confirmation/password",
    opt={"policy": MEMBERS, "body": ConfirmationPassword, "again": confirmation},
    status_code=200,
)
async def confirm_with_password(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    draft: NamedDependency[ConfirmationPassword],
    database: NamedDependency[Database],
) -> ASGIResponse:
    """Confirm with one's password, where no second factor is set up."""
    _refuse_weaker(viewer)
    session = await passwords.confirm(database, viewer.identity, viewer.session, draft.password)
    return confirmed_with(request, viewer, session, draft.next)


def confirmed_with(
    request: AnyRequest, viewer: Viewer, session: NewSession, wanted: str
) -> ASGIResponse:
    """The answer to a factor that was proved again."""
    cookies = [*session_cookie(session), cookie(REQUEST_COOKIE, "", 0)]
    if wants_page(request):
        return see_other(within(wanted) or "/account", cookies=cookies)
    again = Confirmed(int(FRESH.total_seconds()) // 60, viewer.under(session.token).csrf)
    return json_response(again, cookies=cookies)


def _refuse_weaker(viewer: Viewer) -> None:
    if "code" not in ways_of(viewer):
        raise Refused("You have set up a second factor. Confirm with that instead.")


CONFIRMATION = [
    confirmation,
    ask_to_confirm,
    confirm,
    confirm_with_second_factor,
    confirm_with_password,
]
