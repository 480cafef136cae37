"""The second step of a sign-in, where its person has set one up: `POST /sign-in/second-step`."""

from typing import Annotated, Any

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.handlers import post
from litestar.response.base import ASGIResponse
from msgspec import Meta, Struct

from frontend.access import ANYONE, request_token
from frontend.entering import device_of, entered_with, within
from frontend.representation import AnyRequest
from frontend.routes import page
from tenancy.database.pool import Database, Transaction
from tenancy.second_factors import service as second_factor


class SecondStepPage(Struct):
    next: str
    factors: list[str]
    """With what the sign-in that waits in this browser goes on; nothing when none waits."""


class SecondCode(Struct):
    """What the app shows, or a recovery code."""

    code: Annotated[str, Meta(min_length=1, max_length=60, title="the code")]
    next: Annotated[str, Meta(max_length=300)] = ""


@page("/sign-in/second-step", template="public/second_step.html", policy=ANYONE)
async def second_step(
    request: Request[Any, Any, State], tx: NamedDependency[Transaction]
) -> SecondStepPage:
    """Where one proves one's second factor."""
    wanted = within(request.query_params.get("next", ""))
    return SecondStepPage(wanted, await second_factor.awaited(tx, request_token(request)))


@post(
    "/sign-in/second-step",
    opt={"policy": ANYONE, "body": SecondCode, "again": second_step},
    status_code=200,
)
async def finish_sign_in(
    request: AnyRequest, draft: NamedDependency[SecondCode], database: NamedDependency[Database]
) -> ASGIResponse:
    """Finish a sign-in with the code of an authenticator app, or with a recovery code."""
    session = await second_factor.finish_sign_in(
        database, request_token(request), draft.code, device=device_of(request)
    )
    return await entered_with(request, database, session, draft.next)


SECOND_STEP = [second_step, finish_sign_in]
