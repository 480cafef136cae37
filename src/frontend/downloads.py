"""Answers that a browser keeps as a file and never shows: nothing in them runs on this site."""

import re
from urllib.parse import quote

from litestar import Response

SANDBOX = "sandbox; default-src 'none'; base-uri 'none'; frame-ancestors 'none'"


def download(content: bytes, *, name: str, media_type: str) -> Response[bytes]:
    """A file under its name (RFC 6266), which older programs are given without its accents."""
    plain = re.sub(r"[^\w .()-]", "_", name.encode("ascii", "replace").decode(), flags=re.ASCII)
    return Response(
        content,
        media_type=media_type,
        headers={
            "Content-Disposition": (
                f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
            ),
            "Content-Security-Policy": SANDBOX,
        },
    )
