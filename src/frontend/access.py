"""Who is asking: cookie -> viewer and context; cross-site requests; the policy of every route."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import cast
from urllib.parse import urlsplit
from uuid import UUID

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send
from msgspec import Struct
from msgspec.structs import replace

from tenancy.database.context import Context, Role, Surface
from tenancy.database.pool import NOBODY, Database
from tenancy.errors import Failure, NotFound
from tenancy.identity import sessions
from tenancy.identity.queries import Left, SignedIn

SESSION_COOKIE = "__Host-cocreate"
REQUEST_COOKIE = "__Host-cocreate-asked"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
SURFACES: dict[str, Surface] = {"w": "workspace", "portal": "portal"}


class NotSignedIn(Failure):
    """Nobody is signed in, and somebody must be."""

    def __init__(self) -> None:
        super().__init__("Sign in to open this page.")


class LeftWorkspace(NotSignedIn):
    """Whose session this was is no member of the workspace any more."""

    def __init__(self, workspace: str) -> None:
        Failure.__init__(self, f"You no longer have access to {workspace}.")


class SecondFactorNeeded(Failure):
    """The workspace opens to nobody of this role who has not proved a second factor."""

    def __init__(self, workspace: str) -> None:
        super().__init__(f"{workspace} asks for a second factor. Set one up, or prove yours.")


class SsoNeeded(Failure):
    """The workspace opens to nobody of this role whom its own provider has not signed in."""

    def __init__(self, viewer: "Viewer") -> None:
        super().__init__(
            f"{viewer.workspace_name} asks you to sign in with your organisation’s own account."
        )
        self.slug = viewer.slug


class NotFresh(Failure):
    """What is asked for needs a factor that was proved in the last minutes."""

    def __init__(self) -> None:
        super().__init__("Confirm first that it is you: this needs a fresh proof.")


class CrossSite(Failure):
    """A change was asked for by another site, or without the session's token."""

    def __init__(self) -> None:
        super().__init__(
            "This page was open too long to be sent safely. Load it again, then repeat."
        )


class Viewer(Struct, frozen=True):
    """The member who looks at a page."""

    session: UUID
    identity: UUID
    member: UUID
    name: str
    email: str
    role: Role
    slug: str
    workspace_name: str
    time_zone: str
    token: str
    context: Context
    factors: list[str]
    """What they have set up, beside codes by mail: of `password`, `totp`, `passkey`."""
    second_factor: str | None
    """What this session has proved besides what it began with."""
    proved_at: datetime
    lacks_second_factor: bool
    """Whether the workspace wants more of them than this session has proved."""
    factor: str
    """What this session began with."""
    lacks_sso: bool
    """Whether the workspace wants its own provider to have signed them in, and it has not."""

    @classmethod
    def of(cls, found: SignedIn, token: str, path: str) -> "Viewer":
        """The viewer on the surface that `path` begins with; on none in another workspace."""
        context = Context(
            surface=_surface(path, found.slug),
            tenant=found.tenant,
            member=found.member,
            role=found.role,
            team=tuple(found.team),
            coached=tuple(found.coached),
            sponsored=tuple(found.sponsored),
            organisations=tuple(found.organisations),
        )
        return cls(
            found.session,
            found.identity,
            found.member,
            found.name,
            found.email,
            found.role,
            found.slug,
            found.workspace,
            found.time_zone,
            token,
            context,
            found.factors,
            found.second_factor,
            found.proved_at,
            _wants_more(found),
            found.factor,
            _wants_sso(found),
        )

    @property
    def fresh(self) -> bool:
        """Whether they proved themselves within the last minutes."""
        return datetime.now(UTC) - self.proved_at < sessions.FRESH

    @property
    def within(self) -> UUID | None:
        """The one workspace that the session counts in; None where it is the person's own proof.

        A workspace's provider says who somebody is there: of other workspaces it opens nothing.
        """
        return self.context.tenant if self.factor == "oidc" else None

    @property
    def base(self) -> str:
        return f"/w/{self.slug}"

    @property
    def root(self) -> str:
        """Where the surface begins on which they are."""
        on_portal = self.context.surface == "portal"
        return f"/portal/{self.slug}" if on_portal else self.base

    @property
    def home(self) -> str:
        """Where signing in leads."""
        return home_of(self.role, self.slug)

    def under(self, token: str) -> "Viewer":
        """The same viewer once their session has another token."""
        return replace(self, token=token)

    @property
    def staff(self) -> bool:
        return self.role in STAFF_ROLES

    @property
    def writes(self) -> bool:
        return self.role in WRITERS.roles

    @property
    def csrf(self) -> str:
        """The session's token against cross-site changes, masked anew for each page."""
        pad = secrets.token_bytes(16)
        masked = bytes(a ^ b for a, b in zip(pad, _csrf_secret(self.token), strict=True))
        return base64.urlsafe_b64encode(pad + masked).decode()


class Policy(Struct, frozen=True):
    """Who may use a route. `roles` empty: anybody, also without signing in."""

    name: str
    roles: frozenset[str] = frozenset()


STAFF_ROLES = frozenset({"owner", "consultant", "associate"})
ANYONE = Policy("anyone")
NOBODY_AT_ALL = Policy("nobody", frozenset({"nobody"}))
MEMBERS = Policy("members", STAFF_ROLES | {"participant", "sponsor", "delegate"})
STAFF = Policy("staff", STAFF_ROLES)
OWNERS = Policy("owners", frozenset({"owner"}))
CONSULTANTS = Policy("consultants", frozenset({"owner", "consultant"}))
WRITERS = Policy("writers", STAFF_ROLES | {"participant"})
"""Those who write notes: the consultancy and the people it coaches."""
SPONSORS = Policy("sponsors", frozenset({"sponsor", "delegate"}))
"""Those whose only pages are on the portal."""
READERS = Policy("portal readers", STAFF_ROLES | {"sponsor", "delegate"})


def home_of(role: Role, slug: str) -> str:
    """Where a workspace begins for somebody of this role."""
    return f"/portal/{slug}" if role in SPONSORS.roles else f"/w/{slug}"


class SignIn(ASGIMiddleware):
    """Finds the viewer and the context, and refuses changes that another site asked for."""

    scopes = (ScopeType.HTTP,)
    exclude_path_pattern = ("^/static/", "^/health/")

    def __init__(self, database: Database, public_url: str) -> None:
        self._database = database
        self._origin = public_url

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        token = _cookie(scope, SESSION_COOKIE)
        found = await sessions.who_is(self._database, token) if token else None
        viewer = Viewer.of(found, token or "", scope["path"]) if found else None
        scope["state"]["viewer"] = viewer
        if token and not viewer:
            scope["state"]["left"] = await sessions.left_behind(self._database, token)
        scope["state"]["context"] = viewer.context if viewer else NOBODY
        if cast(HTTPScope, scope)["method"] not in SAFE_METHODS:
            self._refuse_cross_site(scope)
        await next_app(scope, receive, send)

    def _refuse_cross_site(self, scope: Scope) -> None:
        """`Sec-Fetch-Site` speaks first, `Origin` where it is lacking; programs send neither."""
        headers = dict(scope["headers"])
        site = headers.get(b"sec-fetch-site", b"").decode()
        origin = headers.get(b"origin", b"").decode()
        if site and site != "same-origin":
            raise CrossSite
        if not site and origin and not self._is_own(origin, headers.get(b"host", b"").decode()):
            raise CrossSite

    def _is_own(self, origin: str, host: str) -> bool:
        return origin == self._origin or urlsplit(origin).netloc == host


def _wants_more(found: SignedIn) -> bool:
    if found.second_factor is not None or found.second_factor_for == "nobody":
        return False
    return found.second_factor_for == "everybody" or found.role in STAFF_ROLES


def _wants_sso(found: SignedIn) -> bool:
    if found.factor == "oidc" or found.sso_for == "nobody":
        return False
    # The way in when the provider fails.
    if found.role == "owner" and found.factor == "passkey":
        return False
    return found.sso_for == "everybody" or found.role in STAFF_ROLES


def _surface(path: str, slug: str) -> Surface:
    first, _, rest = path.lstrip("/").partition("/")
    own = rest.partition("/")[0] == slug
    return SURFACES.get(first, "public") if own else "public"


def _cookie(scope: Scope, name: str) -> str | None:
    """A cookie of ours, which is never quoted."""
    for key, value in scope["headers"]:
        if key == b"cookie":
            for pair in value.decode("latin-1").split(";"):
                found, _, text = pair.strip().partition("=")
                if found == name:
                    return text
    return None


def request_token(connection: ASGIConnection) -> str:  # type: ignore[type-arg]
    """The token of the browser that asked for a code; empty when it asked for none."""
    return connection.cookies.get(REQUEST_COOKIE, "")


async def guard(connection: ASGIConnection, handler: BaseRouteHandler) -> None:  # type: ignore[type-arg]
    """Apply the route's policy. A route without one is refused to everybody.

    Raises:
        NotSignedIn: nobody is signed in.
        LeftWorkspace: whoever was is no member any more.
        NotFound: the member's role, or workspace, has nothing here.
        SsoNeeded: the workspace wants its own provider, which has not signed them in.
        SecondFactorNeeded: the workspace wants one, and this session has not proved it.
        NotFresh: the route wants a factor that was proved just now.
    """
    policy = handler.opt.get("policy")
    if not isinstance(policy, Policy):
        raise NotFound
    viewer: Viewer | None = connection.scope["state"].get("viewer")
    if not policy.roles:
        return
    if viewer is None:
        left: Left | None = connection.scope["state"].get("left")
        raise LeftWorkspace(left.workspace) if left else NotSignedIn
    first = connection.scope["path"].split("/", 2)[1]
    elsewhere = first in SURFACES and viewer.context.surface == "public"
    if elsewhere or viewer.role not in policy.roles:
        raise NotFound
    if viewer.lacks_sso and first in SURFACES:
        raise SsoNeeded(viewer)
    if viewer.lacks_second_factor and first in SURFACES:
        raise SecondFactorNeeded(viewer.workspace_name)
    if handler.opt.get("fresh") and not viewer.fresh:
        raise NotFresh


def refuse_unless_own(viewer: Viewer | None, sent: str) -> None:
    """Compare the token that came with a change to the session's.

    Raises:
        CrossSite: it is missing, or is another session's.
    """
    if viewer is None:
        return
    try:
        raw = base64.urlsafe_b64decode(sent.encode())
    except ValueError:
        raw = b""
    unmasked = bytes(a ^ b for a, b in zip(raw[:16], raw[16:], strict=False))
    if not hmac.compare_digest(unmasked, _csrf_secret(viewer.token)):
        raise CrossSite


def _csrf_secret(token: str) -> bytes:
    return hmac.digest(token.encode(), b"cross-site", hashlib.sha256)[:16]


def check_policies(app: Litestar) -> None:
    """Refuse to start with a route that declares no policy.

    Raises:
        RuntimeError: names the routes.
    """
    without = sorted({path for path, handler in routes_of(app) if "policy" not in handler.opt})
    if without:
        raise RuntimeError("routes without a policy: " + ", ".join(without))


def routes_of(app: Litestar) -> Iterable[tuple[str, BaseRouteHandler]]:
    """Each path with each of its handlers."""
    for route in app.routes:
        handlers = getattr(route, "route_handlers", None) or [route.route_handler]  # type: ignore[union-attr]
        for handler in handlers:
            if getattr(handler, "http_methods", set()) != {"OPTIONS"}:
                yield route.path, handler
