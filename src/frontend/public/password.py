"""Signing in with a password: `POST /sign-in/password`."""

from typing import Annotated, Any

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.handlers import post
from litestar.response.base import ASGIResponse
from msgspec import Meta, Struct

from engagements.inputs import Email
from frontend.access import ANYONE
from frontend.entering import address_of, device_of, entered_with, within
from frontend.inputs import SentPassword
from frontend.representation import AnyRequest
from frontend.routes import page
from tenancy.database.pool import Database
from tenancy.passwords import service as passwords


class Credentials(Struct):
    """An address, and its person's password."""

    email: Annotated[
        Email, Meta(title="your e-mail address", description="Write it like name@example.nhs.uk.")
    ]
    password: SentPassword
    next: Annotated[str, Meta(max_length=300)] = ""
    workspace: Annotated[str, Meta(max_length=40)] = ""


class PasswordSignInPage(Struct):
    next: str


@page("/sign-in/password", template="public/password.html", policy=ANYONE)
async def password(request: Request[Any, Any, State]) -> PasswordSignInPage:
    """Where one types one's address and password."""
    return PasswordSignInPage(within(request.query_params.get("next", "")))


@post(
    "/sign-in/password",
    opt={"policy": ANYONE, "body": Credentials, "again": password},
    status_code=200,
)
async def sign_in_with_password(
    request: AnyRequest, draft: NamedDependency[Credentials], database: NamedDependency[Database]
) -> ASGIResponse:
    """Sign in with a password. The answer never says whether the address is known."""
    entered = await passwords.sign_in(
        database,
        draft.email,
        draft.password,
        address=address_of(request),
        slug=draft.workspace,
        device=device_of(request),
    )
    return await entered_with(
        request, database, entered.how, draft.next, browser_token=entered.browser_token
    )


PASSWORD_SIGN_IN = [password, sign_in_with_password]
