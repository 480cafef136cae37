"""How people sign in to the workspace: of whom it asks a second factor."""

from typing import Annotated

from litestar.di import NamedDependency
from msgspec import Meta, Struct

from frontend.access import OWNERS, Viewer
from frontend.routes import deed, page
from tenancy.database.pool import Transaction
from tenancy.errors import Refused
from tenancy.workspaces import queries
from tenancy.workspaces.models import SecondFactorFor
from tenancy.workspaces.service import require_second_factor


class SignInRules(Struct):
    second_factor_for: SecondFactorFor
    own_factor: str | None
    """What the owner who looks has proved besides what their session began with."""


class SignInDraft(Struct, forbid_unknown_fields=True):
    second_factor_for: Annotated[SecondFactorFor, Meta(title="of whom it is asked")]


@page("/settings/sign-in", template="workspace/settings/sign_in.html", policy=OWNERS, fresh=True)
async def show_sign_in(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer]
) -> SignInRules:
    """How people sign in to the workspace."""
    found = await tx.one(queries.own)
    return SignInRules(found.second_factor_for, viewer.second_factor)


@deed(
    "/settings/sign-in",
    policy=OWNERS,
    body=SignInDraft,
    again=show_sign_in,
    then=lambda _: "/settings/sign-in",
    says="Saved. It holds from the next page that anybody opens.",
    fresh=True,
)
async def change_sign_in(
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    draft: NamedDependency[SignInDraft],
) -> SignInRules:
    """Say of whom a second factor is asked. It holds from their next request on."""
    if draft.second_factor_for != "nobody" and viewer.second_factor is None:
        raise Refused(
            "Prove a second factor yourself first, so that you do not shut yourself out: "
            "set one up in your account, sign out, and sign in with it."
        )
    await require_second_factor(tx, draft.second_factor_for)
    return SignInRules(draft.second_factor_for, viewer.second_factor)


SIGN_IN_RULES = [show_sign_in, change_sign_in]
