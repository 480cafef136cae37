"""Tokens with which programs ask: one's own, and for owners everybody's."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from msgspec import Meta, Struct

from engagements.portfolio.queries import OwnEngagement, engagements_of_team
from frontend.access import STAFF, Viewer
from frontend.representation import AnyRequest, json_response, show, wants_page
from frontend.routes import deed, page
from tenancy.database.pool import Transaction
from tenancy.errors import Invalid
from tenancy.identity import tokens
from tenancy.identity.token_queries import TokenRow
from tenancy.identity.tokens import NewToken, Scope

DAYS = (7, 30, 90, 180, 365)


class TokenList(Struct):
    """What the page shows, and what its form chooses from."""

    tokens: list[TokenRow]
    engagements: list[OwnEngagement]

    @property
    def choices(self) -> list[tuple[UUID, str, str]]:
        return [(one.id, one.title, one.client) for one in self.engagements]


class TokenDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    """A token to be made."""

    name: Annotated[str, Meta(title="what it is for", min_length=1, max_length=80)]
    scopes: Annotated[list[Scope], Meta(title="what it may do", max_length=4)] = []
    engagement_ids: Annotated[list[UUID], Meta(title="the engagements", max_length=200)] = []
    days: Annotated[int, Meta(title="when it expires", ge=1, le=366)] = 90


@page("/settings/tokens", template="workspace/settings/tokens.html", policy=STAFF, fresh=True)
async def token_list(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer]
) -> TokenList:
    """The tokens that work: one's own; an owner sees everybody's."""
    own = await tx.all(engagements_of_team, team=list(viewer.context.team))
    return TokenList(await tokens.listed(tx, viewer.identity), own)


@post(
    "/settings/tokens",
    opt={"policy": STAFF, "body": TokenDraft, "again": token_list, "fresh": True},
    status_code=201,
)
async def make_token(
    request: AnyRequest,
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    draft: NamedDependency[TokenDraft],
) -> ASGIResponse:
    """Make a token. It is in this answer, and nowhere ever again."""
    own = await tx.all(engagements_of_team, team=list(viewer.context.team))
    clients = {one.id: one.organisation_id for one in own}
    if not clients.keys() >= set(draft.engagement_ids):
        raise Invalid({"engagement_ids": "Choose among the engagements that you work on."})
    made: NewToken = await tokens.make(
        tx,
        identity=viewer.identity,
        name=draft.name,
        scopes=draft.scopes,
        engagements={id: clients[id] for id in draft.engagement_ids},
        lasts=timedelta(days=draft.days),
    )
    if wants_page(request):
        return show(request, "workspace/settings/token.html", status=201, page=made)
    return json_response(made, 201)


@deed(
    "/settings/tokens/{id:uuid}/revocation",
    policy=STAFF,
    fresh=True,
    again=token_list,
    then=lambda _: "/settings/tokens",
    says=lambda token: f"“{token.name}” opens nothing any more.",
)
async def revoke_token(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> TokenRow:
    """End a token at once: one's own, or as an owner anybody's."""
    return await tokens.revoke(tx, viewer.identity, id)


TOKENS = [token_list, make_token, revoke_token]
