"""The composition root: routes, middleware, settings. Nothing is decided elsewhere."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import ASGIApp

from engagements.tables import metadata
from frontend.access import NOBODY_AT_ALL, check_policies, guard
from frontend.account.handlers import ACCOUNT
from frontend.arrival import SignIn
from frontend.dependencies import DEPENDENCIES, check_request
from frontend.failures import show_failure
from frontend.headers import with_headers
from frontend.letters.writing import writer
from frontend.portal.handlers import PORTAL
from frontend.public.handlers import DEMO, PUBLIC
from frontend.support.handlers import SUPPORT
from frontend.workspace.routes import WORKSPACE
from tenancy.database.catalogue import refuse_unless_walled
from tenancy.database.pool import NOBODY, Database
from tenancy.files.store import Files
from tenancy.outbound import Outbound
from tenancy.passkeys.ceremony import Site
from tenancy.settings import Settings
from tenancy.workspaces.keys import Keyring


def build(settings: Settings, database: Database, keyring: Keyring) -> ASGIApp:
    """The whole product as one ASGI app. The database is opened and closed with it.

    Raises:
        RuntimeError: a route declares no policy.
    """
    return with_headers(routed(settings, database, keyring))


def routed(settings: Settings, database: Database, keyring: Keyring) -> Litestar:
    """The app without the headers around it: what knows its routes.

    Raises:
        RuntimeError: a route declares no policy.
    """
    files = Files(settings.files_address)
    app = Litestar(
        route_handlers=[
            *PUBLIC,
            *ACCOUNT,
            *SUPPORT,
            *(DEMO if settings.demo else ()),
            Router("/w/{slug:str}", route_handlers=WORKSPACE),
            Router("/portal/{slug:str}", route_handlers=PORTAL),
        ],
        dependencies=DEPENDENCIES,
        guards=[guard],
        middleware=[SignIn(database, settings.public_url, settings.operators)],
        before_request=check_request,
        exception_handlers={Exception: show_failure},
        lifespan=[_serving(database, files)],
        state=State(
            {
                "database": database,
                "files": files,
                "keyring": keyring,
                "outbound": Outbound(settings.outbound_allowed),
                "settings": settings,
                "site": Site.at(settings.public_url),
                "write": writer(settings.public_url),
            }
        ),
        openapi_config=_openapi(),
        request_max_body_size=4_000_000,
        logging_config=None,
    )
    check_policies(app)
    return app


def _openapi() -> OpenAPIConfig:
    """The document is served at `/api`; Litestar's own address for it is closed to everybody."""
    closed = Router(
        "/schema", route_handlers=[], opt={"policy": NOBODY_AT_ALL}, include_in_schema=False
    )
    return OpenAPIConfig(
        title="Cocreate",
        version="1",
        use_handler_docstrings=True,
        openapi_router=closed,
        render_plugins=[JsonRenderPlugin()],
    )


def _serving(
    database: Database, files: Files
) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        files.prepare()
        await database.open()
        try:
            async with database.transaction(NOBODY) as tx:
                await refuse_unless_walled(tx, metadata)
            yield
        finally:
            await database.close()

    return lifespan
