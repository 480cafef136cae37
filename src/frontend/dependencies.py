"""What handlers are given: the viewer, the decoded body, and the transaction.

They are made one after another, each after the one that it names: Litestar makes a task of each
that does not wait, and a body that does not fit would leave a transaction behind.
"""

from collections.abc import AsyncIterator
from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from msgspec import Struct

from frontend.access import SAFE_METHODS, Viewer, refuse_unless_own
from frontend.inputs import CSRF_FIELD, decode, refuse_repeats, typed_into
from tenancy.database.pool import Database, Transaction
from tenancy.files.store import Files
from tenancy.outbound import Outbound
from tenancy.workspaces.keys import Keyring


async def provide_tx(
    request: Request[Any, Any, State], draft: NamedDependency[Any]
) -> AsyncIterator[Transaction]:
    """The request's transaction. The page is rendered while it is open; then it commits."""
    database: Database = request.app.state.database
    writes = request.method not in SAFE_METHODS
    context = request.scope["state"]["context"]
    async with database.transaction(context, writes=writes) as tx:
        yield tx


async def provide_database(request: Request[Any, Any, State]) -> Database:
    database: Database = request.app.state.database
    return database


async def provide_files(request: Request[Any, Any, State]) -> Files:
    files: Files = request.app.state.files
    return files


async def provide_keyring(request: Request[Any, Any, State]) -> Keyring:
    keyring: Keyring = request.app.state.keyring
    return keyring


async def provide_outbound(request: Request[Any, Any, State]) -> Outbound:
    outbound: Outbound = request.app.state.outbound
    return outbound


async def provide_viewer(request: Request[Any, Any, Any]) -> Viewer | None:
    """The member who asks. Nobody is signed in only where a route's policy is for anyone."""
    viewer: Viewer | None = request.scope["state"]["viewer"]
    return viewer


async def provide_draft(
    request: Request[Any, Any, Any], viewer: NamedDependency[Any]
) -> Struct | None:
    """The body as the Struct that the route names. What was typed is kept for showing it again."""
    body: type[Struct] | None = request.route_handler.opt.get("body")
    if body is None:
        return None
    typed: dict[str, Any] = request.scope["state"]["typed"]
    is_form = request.content_type[0] not in ("application/json", "")
    return decode(typed, body, from_form=is_form)


async def check_request(request: Request[Any, Any, Any]) -> None:
    """Before anything is done. A change's body is read once, and its token must be the session's.

    Raises:
        Invalid: the address asks twice for one thing.
        CrossSite: the token is missing or another session's.
    """
    refuse_repeats(request)
    if request.method in SAFE_METHODS:
        return
    body: type[Struct] = request.route_handler.opt.get("body") or Struct
    typed = await typed_into(request, body)
    sent = request.headers.get("x-csrf-token") or typed.pop(CSRF_FIELD, "")
    request.scope["state"]["typed"] = typed
    state = request.scope["state"]
    refuse_unless_own(state.get("operator") or state["viewer"], str(sent))


DEPENDENCIES = {
    "tx": Provide(provide_tx),
    "database": Provide(provide_database),
    "files": Provide(provide_files),
    "keyring": Provide(provide_keyring),
    "outbound": Provide(provide_outbound),
    "viewer": Provide(provide_viewer),
    "draft": Provide(provide_draft),
}
