"""A QR code as the path of a drawing."""

from collections.abc import Iterable

import segno
from msgspec import Struct


class QrCode(Struct, frozen=True):
    """Its modules are squares of one unit."""

    size: int
    """Units, its quiet zone among them."""
    path: str
    """The `d` of an SVG path: the dark modules, a run of them at a time."""


def qr_of(text: str) -> QrCode:
    code = segno.make_qr(text, error="m")
    rows = list(code.matrix_iter(border=4))
    runs = [
        f"M{start} {y}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for start, length in _runs(row)
    ]
    return QrCode(len(rows), "".join(runs))


def _runs(row: Iterable[int]) -> list[tuple[int, int]]:
    """Where dark modules begin in a row, and how many there are."""
    found: list[tuple[int, int]] = []
    for at, dark in enumerate(row):
        if not dark:
            continue
        if found and sum(found[-1]) == at:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((at, 1))
    return found
