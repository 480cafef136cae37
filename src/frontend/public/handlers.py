"""Health, static files, the product's first page, the API document and the demo's outbox."""

from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from msgspec import Struct

from frontend.access import ANYONE
from frontend.assets import FOREVER, files, version
from frontend.openapi import document
from frontend.public.about import ABOUT
from frontend.public.joining import JOINING
from frontend.public.outbox import DemoMail, mails_of_the_demo
from frontend.public.passkeys import PASSKEY_SIGN_IN
from frontend.public.password import PASSWORD_SIGN_IN
from frontend.public.second_step import SECOND_STEP
from frontend.public.sign_in import SIGN_IN
from frontend.public.sign_up import SIGN_UP
from frontend.public.sso import SSO
from frontend.public.writing import WRITING
from frontend.representation import AnyRequest
from frontend.routes import page
from tenancy.database.pool import NOBODY, Database
from tenancy.errors import NotFound
from tenancy.workspaces.keys import Keyring


class Health(Struct):
    status: str


class Product(Struct):
    """What this server is."""

    name: str
    sign_in: str
    sign_up: str
    api: str
    demo: bool


class Outbox(Struct):
    """The mails of the demo, newest first."""

    mails: list[DemoMail]


@get("/health/live", opt={"policy": ANYONE})
async def live() -> Health:
    """The process answers."""
    return Health("live")


@get("/health/ready", opt={"policy": ANYONE})
async def ready(database: NamedDependency[Database]) -> Health:
    """The database answers too.

    Raises:
        Unavailable: it does not.
    """
    async with database.transaction(NOBODY) as tx:
        await tx.connection.fetchval("SELECT 1")
    return Health("ready")


@get("/static/{stamp:str}/{name:path}", opt={"policy": ANYONE}, sync_to_thread=False)
def static_file(request: AnyRequest, stamp: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """A file of this version; its address changes when any of them does."""
    file = files().get(name.lstrip("/"))
    if file is None or stamp != version():
        raise NotFound
    headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
    zipped = file.compressed is not None and "gzip" in request.headers.get("accept-encoding", "")
    if zipped:
        headers["Content-Encoding"] = "gzip"
    body = file.compressed if zipped and file.compressed else file.body
    return Response(body, media_type=file.media_type, headers=headers)


@get("/favicon.ico", opt={"policy": ANYONE}, sync_to_thread=False)
def favicon() -> Response[bytes]:
    """The icon, for browsers that ask for it by this name."""
    file = files()["icon.svg"]
    return Response(
        file.body, media_type=file.media_type, headers={"Cache-Control": "max-age=86400"}
    )


@page("/", template="public/product.html", policy=ANYONE)
async def product(request: Request[Any, Any, State]) -> Product:
    """What Cocreate is, and the way in."""
    return Product("Cocreate", "/sign-in", "/sign-up", "/api", request.app.state.settings.demo)


@get("/api", opt={"policy": ANYONE}, sync_to_thread=False)
def api(request: AnyRequest) -> ASGIResponse:
    """The OpenAPI document, as JSON or as a page that loads nothing from elsewhere."""
    return document(request)


@page("/demo/outbox", template="public/outbox.html", policy=ANYONE)
async def demo_outbox(
    request: Request[Any, Any, State],
    database: NamedDependency[Database],
    keyring: NamedDependency[Keyring],
) -> Outbox:
    """The mails of the demo's workspaces and of sign-ups, so that a newcomer can try it all."""
    state = request.app.state
    on_own_machine = state.settings.on_own_machine
    return Outbox(
        await mails_of_the_demo(database, keyring, state.write, on_own_machine=on_own_machine)
    )


PUBLIC = [
    *(live, ready, static_file, favicon, product, api),
    *SIGN_IN,
    *PASSWORD_SIGN_IN,
    *PASSKEY_SIGN_IN,
    *SECOND_STEP,
    *SSO,
    *SIGN_UP,
    *JOINING,
    *WRITING,
    *ABOUT,
]
DEMO = [demo_outbox]
