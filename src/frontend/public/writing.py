"""Writing without signal: the service worker, what installs the app, and two pages of nobody."""

import re
from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from engagements.sessions.queries import my_coaching
from frontend.access import ANYONE, WRITERS, Viewer
from frontend.assets import files, static, version
from frontend.representation import AnyRequest, wants_page
from frontend.routes import page
from tenancy.database.context import Surface
from tenancy.database.pool import Database

MODULES = ("device.js", "outbox.js", "server.js")
"""What the service worker shares with the page, in the order in which one needs the other."""
SHARED = re.compile(r"^import .*\n|^export (?=async |class |const |function )", re.MULTILINE)
KEPT = re.compile(r"^(css/(app|components|writing)\.css|js/.*|fonts/.*|icon\.svg)$")
WORKSPACE: Surface = "workspace"
ICONS = (
    {"src": "icons/icon-192.png", "sizes": "192x192", "purpose": "any"},
    {"src": "icons/icon-512.png", "sizes": "512x512", "purpose": "any"},
    {"src": "icons/maskable-512.png", "sizes": "512x512", "purpose": "maskable"},
)


class Shell(Struct):
    """A page that is the same for everybody: a script fills it in from what the device knows."""

    title: str


@page("/write", template="public/write.html", policy=ANYONE)
async def write(
    request: AnyRequest,
    viewer: NamedDependency[Viewer | None],
    database: NamedDependency[Database],
) -> Shell | Redirect:
    """Where the icon on a phone leads: on to the form, or the empty form without a network."""
    if viewer is None or viewer.role not in WRITERS.roles or not wants_page(request):
        return Shell("Write")
    context = replace(viewer.context, surface=WORKSPACE)
    async with database.transaction(context) as tx:
        coaching = await tx.all(my_coaching)
    form = f"engagements/{coaching[0].engagement_id}/reflections/new" if coaching else "writing"
    return Redirect(f"{viewer.base}/{form}", status_code=303)


@page("/waiting", template="public/waiting.html", policy=ANYONE)
async def waiting() -> Shell:
    """What was written on this device and is not sent yet; only the device knows."""
    return Shell("Not sent yet")


@get("/sw.js", opt={"policy": ANYONE}, sync_to_thread=False)
def service_worker() -> Response[bytes]:
    """The service worker as one script: not every browser lets it import modules."""
    kept = [static(name) for name in files() if KEPT.match(name) and name != "js/sw.js"]
    parts = [f"const VERSION = {_json(version())};\nconst FILES = {_json(kept)};"]
    parts += [SHARED.sub("", files()[f"js/{name}"].body.decode()) for name in MODULES]
    parts += [files()["js/sw.js"].body.decode()]
    return Response("\n".join(parts).encode(), media_type="text/javascript")


@get("/manifest.webmanifest", opt={"policy": ANYONE}, sync_to_thread=False)
def manifest() -> Response[bytes]:
    """What a phone needs to put the app beside the others."""
    icons = [{**icon, "src": static(icon["src"]), "type": "image/png"} for icon in ICONS]
    about = {
        "id": "/write",
        "name": "Cocreate",
        "short_name": "Cocreate",
        "description": "Write down what has stayed with you.",
        "lang": "en-GB",
        "start_url": "/write",
        "scope": "/",
        "display": "standalone",
        "background_color": "#F8F7F4",
        "theme_color": "#5B2C5F",
        "icons": icons,
    }
    return Response(msgspec.json.encode(about), media_type="application/manifest+json")


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


WRITING = [write, waiting, service_worker, manifest]
