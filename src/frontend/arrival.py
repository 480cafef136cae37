"""Who asks: found from the cookie or the token of a request, before anything else is done."""

from collections.abc import Collection
from typing import cast

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from frontend.access import SAFE_METHODS, SESSION_COOKIE, Operator, Viewer, first_of
from frontend.refusals import CrossSite, TokenUnknown
from tenancy.database.pool import NOBODY, Database
from tenancy.errors import NotFound
from tenancy.identity import sessions, tokens
from tenancy.identity.codes import token_hash
from tenancy.support import queries as support


class SignIn(ASGIMiddleware):
    """Finds the viewer and the context, and refuses changes that another site asked for."""

    scopes = (ScopeType.HTTP,)
    exclude_path_pattern = ("^/static/", "^/health/")

    def __init__(self, database: Database, public_url: str, operators: Collection[str]) -> None:
        self._database = database
        self._origin = public_url
        self._operators = operators

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        # PostgreSQL keeps no such text, so nothing of ours is called like that.
        if "\x00" in scope["path"]:
            raise NotFound
        bearer = _bearer(scope)
        if bearer is None:
            viewer = await self._of_browser(scope)
        else:
            viewer = await self._of_program(bearer, scope["path"])
        scope["state"]["viewer"] = viewer
        token = _cookie(scope, SESSION_COOKIE)
        if token and bearer is None and first_of(scope) == "support":
            scope["state"]["operator"] = await self._operator(token)
        scope["state"]["context"] = viewer.context if viewer else NOBODY
        if cast(HTTPScope, scope)["method"] not in SAFE_METHODS:
            self._refuse_cross_site(scope)
        await next_app(scope, receive, send)

    async def _of_browser(self, scope: Scope) -> Viewer | None:
        token = _cookie(scope, SESSION_COOKIE)
        if token is None:
            return None
        found = await sessions.who_is(self._database, token)
        if found is None:
            scope["state"]["left"] = await sessions.left_behind(self._database, token)
            return None
        return Viewer.of(found, token, scope["path"])

    async def _of_program(self, bearer: str, path: str) -> Viewer:
        found = await tokens.whose(self._database, bearer)
        if found is None:
            raise TokenUnknown
        return Viewer.of_token(found, path)

    async def _operator(self, token: str) -> Operator | None:
        found = await self._database.look_up(
            support.operator_signed_in, token_hash=token_hash(token), idle=sessions.IDLE
        )
        if found is None or found.email not in self._operators:
            return None
        async with self._database.transaction(NOBODY) as tx:
            places = await tx.all(support.open_to, identity=found.identity)
        return Operator(found.session, found.identity, found.email, token, places)

    def _refuse_cross_site(self, scope: Scope) -> None:
        """`Sec-Fetch-Site` speaks first, `Origin` where it is lacking; programs send neither."""
        headers = dict(scope["headers"])
        site = headers.get(b"sec-fetch-site", b"").decode("latin-1")
        origin = headers.get(b"origin", b"").decode("latin-1")
        if site and site != "same-origin":
            raise CrossSite
        if (
            not site
            and origin
            and not self._is_own(origin, headers.get(b"host", b"").decode("latin-1"))
        ):
            raise CrossSite

    def _is_own(self, origin: str, host: str) -> bool:
        return origin in (self._origin, f"https://{host}", f"http://{host}")


def _cookie(scope: Scope, name: str) -> str | None:
    """A cookie of ours, which is never quoted."""
    for key, value in scope["headers"]:
        if key == b"cookie":
            for pair in value.decode("latin-1").split(";"):
                found, _, text = pair.strip().partition("=")
                if found == name:
                    return text
    return None


def _bearer(scope: Scope) -> str | None:
    """The token that a program sent; the cookies beside it do not count then."""
    for key, value in scope["headers"]:
        if key == b"authorization":
            scheme, _, token = value.decode("latin-1").partition(" ")
            return token.strip() if scheme.lower() == "bearer" else ""
    return None
