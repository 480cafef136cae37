"""Who may come in: the viewer with their context, and the policy of every route."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import HTTPScope, Scope
from msgspec import Struct
from msgspec.structs import replace

from frontend import cross_site
from frontend.refusals import (
    AccessPaused,
    CrossSite,
    LeftWorkspace,
    NotForTokens,
    NotFresh,
    NotSignedIn,
    SecondFactorNeeded,
    SsoNeeded,
)
from tenancy.database.context import Context, Role, Surface
from tenancy.database.pool import NOBODY
from tenancy.errors import NotFound
from tenancy.identity import sessions, tokens
from tenancy.identity.queries import Left, SignedIn
from tenancy.identity.token_queries import Bearer
from tenancy.support.queries import OpenAccess

SESSION_COOKIE = "__Host-cocreate"
REQUEST_COOKIE = "__Host-cocreate-asked"
KNOWN_COOKIE = "__Host-cocreate-known"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
SURFACES: dict[str, Surface] = {"w": "workspace", "portal": "portal"}


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
    scopes: frozenset[str] | None = None
    """What their token may do, where a program asks for them; None in a browser."""

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

    @classmethod
    def of_token(cls, found: Bearer, path: str) -> "Viewer":
        """The member for whom a program asks, with what its token reaches."""
        context = tokens.context_of(found)
        assert context.role is not None, "a member has a role"
        return cls(
            found.token,
            found.identity,
            found.member,
            found.name,
            found.email,
            context.role,
            found.slug,
            found.workspace,
            found.time_zone,
            "",
            replace(context, surface=_surface(path, found.slug)),
            [],
            None,
            datetime.now(UTC),
            False,
            "token",
            False,
            frozenset(found.scopes),
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
        return cross_site.masked(self.token)


class Operator(Struct, frozen=True):
    """One of those who run the installation, with the workspaces that let them in."""

    session: UUID
    identity: UUID
    email: str
    token: str
    open: list[OpenAccess]

    @property
    def csrf(self) -> str:
        """As a viewer's."""
        return cross_site.masked(self.token)


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
OPERATORS = Policy("operators", frozenset({"operator"}))
"""Those who run the installation, as members of nothing."""
READERS = Policy("portal readers", STAFF_ROLES | {"sponsor", "delegate"})


def home_of(role: Role, slug: str) -> str:
    """Where a workspace begins for somebody of this role."""
    return f"/portal/{slug}" if role in SPONSORS.roles else f"/w/{slug}"


def _wants_more(found: SignedIn) -> bool:
    if found.second_factor is not None or found.second_factor_for == "nobody":
        return False
    return found.second_factor_for == "everybody" or found.role in STAFF_ROLES


def first_of(scope: Scope) -> str:
    """What the path begins with."""
    return f"{scope['path']}/".split("/", 2)[1]


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


def request_token(connection: ASGIConnection) -> str:  # type: ignore[type-arg]
    """The token of the browser that asked for a code; empty when it asked for none."""
    return connection.cookies.get(REQUEST_COOKIE, "")


def known_token(connection: ASGIConnection) -> str:  # type: ignore[type-arg]
    """The token by which a browser is known again; empty where nobody signed in before."""
    return connection.cookies.get(KNOWN_COOKIE, "")


async def guard(connection: ASGIConnection, handler: BaseRouteHandler) -> None:  # type: ignore[type-arg]
    """Apply the route's policy. A route without one is refused to everybody.

    Raises:
        NotSignedIn: nobody is signed in.
        LeftWorkspace: whoever was is no member any more, or their access is paused.
        NotFound: the member's role, or workspace, has nothing here.
        SsoNeeded: the workspace wants its own provider, which has not signed them in.
        SecondFactorNeeded: the workspace wants one, and this session has not proved it.
        NotFresh: the route wants a factor that was proved just now.
        NotForTokens: a program asks, and its token does not open this.
    """
    policy = handler.opt.get("policy")
    if not isinstance(policy, Policy):
        raise NotFound
    viewer: Viewer | None = connection.scope["state"].get("viewer")
    if not policy.roles:
        # There a program is a stranger, however good its token: nothing opens by a scope.
        if viewer is not None and viewer.scopes is not None:
            connection.scope["state"].update(viewer=None, context=NOBODY)
        return
    if policy is OPERATORS and connection.scope["state"].get("operator"):
        return
    if viewer is None:
        left: Left | None = connection.scope["state"].get("left")
        raise _gone_from(left) if left else NotSignedIn
    first = first_of(connection.scope)
    elsewhere = first in SURFACES and viewer.context.surface == "public"
    if elsewhere or viewer.role not in policy.roles:
        raise NotFound
    if viewer.scopes is not None:
        _refuse_beyond_scopes(viewer.scopes, connection.scope, handler)
    if viewer.lacks_sso and first in SURFACES:
        raise SsoNeeded(viewer.workspace_name, viewer.slug)
    if viewer.lacks_second_factor and first in SURFACES:
        raise SecondFactorNeeded(viewer.workspace_name)
    if handler.opt.get("fresh") and not viewer.fresh:
        raise NotFresh


def _refuse_beyond_scopes(scopes: frozenset[str], scope: Scope, handler: BaseRouteHandler) -> None:
    about: str | None = handler.opt.get("scope")
    if about is None:
        raise NotForTokens(None)
    does = "read" if cast(HTTPScope, scope)["method"] in SAFE_METHODS else "write"
    # Who may write may read what is written.
    if scopes.isdisjoint({f"{about}:write", f"{about}:{does}"}):
        raise NotForTokens(f"{about}:{does}")


def _gone_from(left: Left) -> LeftWorkspace:
    return AccessPaused(left.workspace) if left.paused else LeftWorkspace(left.workspace)


def refuse_unless_own(asking: Viewer | Operator | None, sent: str) -> None:
    """Compare the token that came with a change to the session's.

    Raises:
        CrossSite: it is missing, or is another session's.
    """
    if asking is None or (isinstance(asking, Viewer) and asking.scopes is not None):
        return
    if not cross_site.is_of(asking.token, sent):
        raise CrossSite


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
