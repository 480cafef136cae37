"""Answers that a browser keeps as a file and never shows: nothing in them runs on this site."""

import csv
import io
import re
from collections.abc import Sequence
from urllib.parse import quote

from litestar import Response

SANDBOX = "sandbox; default-src 'none'; base-uri 'none'; frame-ancestors 'none'"


def download(content: bytes, *, name: str, media_type: str) -> Response[bytes]:
    """A file under its name (RFC 6266), which older programs are given without its accents."""
    return Response(content, media_type=media_type, headers=as_file(name))


def as_file(name: str) -> dict[str, str]:
    """The headers of a file to keep."""
    plain = re.sub(r"[^\w .()-]", "_", name.encode("ascii", "replace").decode(), flags=re.ASCII)
    return {
        "Content-Disposition": (
            f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
        ),
        "Content-Security-Policy": SANDBOX,
    }


def csv_line(cells: Sequence[object]) -> bytes:
    """A line of a table, of which no cell is a formula to a spreadsheet."""
    line = io.StringIO()
    csv.writer(line).writerow([_no_formula(cell) for cell in cells])
    return line.getvalue().encode()


def _no_formula(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")):
        return f"'{cell}"
    return cell
