"""Recovery codes: shown once, when they are made."""

from collections.abc import Iterable

from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.response.base import ASGIResponse
from msgspec import Struct

from frontend.access import MEMBERS, Viewer
from frontend.representation import AnyRequest, json_response, show, wants_page
from frontend.routes import look
from tenancy.database.pool import Transaction
from tenancy.second_factors import service as second_factors

SHOWN = "account/recovery_codes.html"


class RecoveryCodesPage(Struct):
    recovery_codes: list[str]
    csrf_token: str
    """Of the session, whose token may be a new one."""


@look("/account/recovery-codes", template=SHOWN, policy=MEMBERS, body=Struct, fresh=True)
async def new_recovery_codes(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer]
) -> RecoveryCodesPage:
    """Make new recovery codes; the earlier ones end."""
    issued = await second_factors.renew_recovery_codes(tx, viewer.identity)
    return RecoveryCodesPage(issued, viewer.csrf)


def recovery_codes_shown(
    request: AnyRequest, viewer: Viewer, issued: list[str], cookies: Iterable[Cookie] = ()
) -> ASGIResponse:
    """The answer to what brought somebody their first recovery codes."""
    page = RecoveryCodesPage(issued, viewer.csrf)
    if wants_page(request):
        return show(request, SHOWN, page=page, cookies=cookies)
    return json_response(page, cookies=list(cookies))
