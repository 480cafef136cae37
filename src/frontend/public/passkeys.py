"""Signing in with a passkey: at once, or as the second step after another factor."""

from litestar.di import NamedDependency
from litestar.handlers import post
from litestar.response.base import ASGIResponse

from frontend.access import ANYONE, REQUEST_COOKIE, request_token
from frontend.entering import address_of, device_of, entered_with
from frontend.passkeys import Signature, site_of
from frontend.public.second_step import second_step
from frontend.public.sign_in import sign_in
from frontend.representation import AnyRequest, cookie, json_response
from tenancy.database.pool import Database
from tenancy.identity.codes import new_token
from tenancy.passkeys import proving
from tenancy.passkeys.challenges import LASTS


@post("/sign-in/passkey/options", opt={"policy": ANYONE}, status_code=200)
async def options_to_sign_in(
    request: AnyRequest, database: NamedDependency[Database]
) -> ASGIResponse:
    """What the browser asks its passkeys with. Its answer works in this browser alone, once."""
    token, cookies = request_token(request), []
    if not token:
        token = new_token()
        cookies = [cookie(REQUEST_COOKIE, token, int(LASTS.total_seconds()))]
    options = await proving.options_to_sign_in(database, site_of(request), token)
    return json_response(options, cookies=cookies)


@post(
    "/sign-in/passkey",
    opt={"policy": ANYONE, "body": Signature, "again": sign_in},
    status_code=200,
)
async def sign_in_with_passkey(
    request: AnyRequest, draft: NamedDependency[Signature], database: NamedDependency[Database]
) -> ASGIResponse:
    """Exchange what a passkey signed for a session."""
    entered = await proving.sign_in(
        database,
        site_of(request),
        draft.credential,
        browser_token=request_token(request),
        address=address_of(request),
        device=device_of(request),
    )
    return await entered_with(request, database, entered, draft.next)


@post("/sign-in/second-step/passkey/options", opt={"policy": ANYONE}, status_code=200)
async def options_for_second_step(
    request: AnyRequest, database: NamedDependency[Database]
) -> ASGIResponse:
    """What the browser asks the person's passkeys with, once their first factor is proved."""
    return json_response(
        await proving.options_for_second_step(database, site_of(request), request_token(request))
    )


@post(
    "/sign-in/second-step/passkey",
    opt={"policy": ANYONE, "body": Signature, "again": second_step},
    status_code=200,
)
async def finish_with_passkey(
    request: AnyRequest, draft: NamedDependency[Signature], database: NamedDependency[Database]
) -> ASGIResponse:
    """The session of a sign-in that waits for its second factor in this browser."""
    entered = await proving.finish_sign_in(
        database,
        site_of(request),
        draft.credential,
        browser_token=request_token(request),
        address=address_of(request),
        device=device_of(request),
    )
    return await entered_with(request, database, entered, draft.next)


PASSKEY_SIGN_IN = [
    options_to_sign_in,
    sign_in_with_passkey,
    options_for_second_step,
    finish_with_passkey,
]
