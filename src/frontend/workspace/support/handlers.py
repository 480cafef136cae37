"""Letting support in, for owners: whom, for how long and why, and what they looked at."""

from typing import Any
from uuid import UUID

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from engagements.support import queries
from engagements.support.queries import Consent, Look
from frontend.access import OWNERS
from frontend.routes import deed, page
from tenancy.database.pool import Transaction
from tenancy.support import service
from tenancy.support.service import HOURS, SupportDraft

WHERE = "/settings/support"


class SupportPage(Struct):
    consents: list[Consent]
    """The newest first."""
    looks: list[Look]
    """What was opened, oldest first."""
    operators: list[str]
    """Who can be let in."""

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(each, each) for each in self.operators]

    @property
    def hours(self) -> list[tuple[int, str]]:
        return [(hours, "1 hour" if hours == 1 else f"{hours} hours") for hours in HOURS]


class Consents(Struct):
    consents: list[Consent]


@page(WHERE, template="workspace/support/show.html", policy=OWNERS, fresh=True)
async def show_support(
    request: Request[Any, Any, State], tx: NamedDependency[Transaction]
) -> SupportPage:
    """Who was let in, and what they looked at."""
    operators: tuple[str, ...] = request.app.state.settings.operators
    return SupportPage(await tx.all(queries.consents), await tx.all(queries.looks), list(operators))


@deed(
    WHERE,
    policy=OWNERS,
    body=SupportDraft,
    again=show_support,
    creates=True,
    then=lambda _: WHERE,
    says="They can look in now. All owners were written to.",
    fresh=True,
)
async def let_support_in(
    request: Request[Any, Any, State],
    tx: NamedDependency[Transaction],
    draft: NamedDependency[SupportDraft],
) -> Consents:
    """Let one of those who run the installation look into the workspace for a time."""
    await service.let_in(tx, draft, request.app.state.settings.operators)
    return Consents(await tx.all(queries.consents))


@deed(
    f"{WHERE}/{{id:uuid}}/ending",
    policy=OWNERS,
    again=show_support,
    then=lambda _: WHERE,
    says="It has ended. What they ask for from now on is not there.",
)
async def end_support(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> Consents:
    """End it before its time."""
    await service.end(tx, id)
    return Consents(await tx.all(queries.consents))


SUPPORT_ACCESS = [show_support, let_support_in, end_support]
