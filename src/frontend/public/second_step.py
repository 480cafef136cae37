"""The second step of a sign-in, where its person has set one up."""

from msgspec import Struct

from frontend.access import ANYONE, request_token
from frontend.entering import within
from frontend.representation import AnyRequest
from frontend.routes import page
from tenancy.passkeys import proving


class SecondStepPage(Struct):
    next: str
    factors: list[str]
    """With what the sign-in that waits in this browser goes on; nothing when none waits."""


@page("/sign-in/second-step", template="public/second_step.html", policy=ANYONE)
async def second_step(request: AnyRequest) -> SecondStepPage:
    """Where one proves one's second factor."""
    return SecondStepPage(
        within(request.query_params.get("next", "")),
        await proving.ways_on(request.app.state.database, request_token(request)),
    )


SECOND_STEP = [second_step]
