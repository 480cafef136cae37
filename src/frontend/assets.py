"""Static files: read once, served compressed under a hash of them all, kept for ever."""

import gzip
import hashlib
import mimetypes
from functools import cache
from pathlib import Path

from msgspec import Struct

FOLDER = Path(__file__).parent / "static"
TEXT = {".css", ".js", ".svg", ".json", ".webmanifest"}
FOREVER = "public, max-age=31536000, immutable"


class File(Struct, frozen=True):
    body: bytes
    compressed: bytes | None
    media_type: str


@cache
def files() -> dict[str, File]:
    """Every file below `static/`, by its name there."""
    return {
        path.relative_to(FOLDER).as_posix(): _file(path)
        for path in sorted(FOLDER.rglob("*"))
        if path.is_file()
    }


@cache
def version() -> str:
    """One hash of all: style sheets refer to fonts relatively, so they share a folder."""
    total = hashlib.sha256()
    for name, file in files().items():
        total.update(name.encode() + b"\0" + file.body)
    return total.hexdigest()[:12]


def static(name: str) -> str:
    """The address of a file below `static/`.

    Raises:
        KeyError: there is no such file.
    """
    if name not in files():
        raise KeyError(f"no static file {name!r}")
    return f"/static/{version()}/{name}"


def _file(path: Path) -> File:
    body = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix == ".js":
        kind = "text/javascript"
    compressed = gzip.compress(body, 9, mtime=0) if path.suffix in TEXT else None
    return File(body, compressed, kind)
