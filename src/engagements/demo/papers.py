"""Making the files of a story: a page as PDF, and a wall of paper notes as a picture."""

import struct
import zlib
from collections.abc import Sequence

Colour = tuple[int, int, int]
WALL: Colour = (236, 233, 226)
INK: Colour = (71, 68, 83)
WIDE, HIGH, NOTE = 720, 480, 120


def page(title: str, lines: Sequence[str]) -> bytes:
    """One sheet of A4 with a title and lines of text."""
    written = [f"/F1 20 Tf 60 760 Td ({_escaped(title)}) Tj /F1 11 Tf 0 -34 Td"]
    written += [f"({_escaped(line)}) Tj 0 -17 Td" for line in lines]
    text = ("BT " + "\n".join(written) + " ET").encode("cp1252")
    return _document(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R"
            b" /Resources << /Font << /F1 4 0 R >> >> >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        ]
    )


def wall(notes: Sequence[tuple[int, int, Colour]]) -> bytes:
    """A picture of paper notes on a wall, each by its place and colour, with a scribble on it."""
    rows = [bytearray(bytes(WALL) * WIDE) for _ in range(HIGH)]
    for left, top, colour in notes:
        _fill(rows, (left, top), (NOTE, NOTE), colour)
        for line in range(3):
            _fill(rows, (left + 18, top + 30 + 24 * line), (NOTE - 36 - 16 * line, 5), INK)
    pixels = zlib.compress(b"".join(b"\x00" + row for row in rows), 9)
    head = struct.pack(">IIBBBBB", WIDE, HIGH, 8, 2, 0, 0, 0)
    chunks = (_chunk(b"IHDR", head), _chunk(b"IDAT", pixels), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _document(objects: Sequence[bytes]) -> bytes:
    """The objects of a PDF, with the table that says where each begins."""
    made, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    begins, size = len(made), len(objects) + 1
    made += b"xref\n0 %d\n0000000000 65535 f \n" % size
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, begins)
    return bytes(made)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _fill(
    rows: list[bytearray], place: tuple[int, int], size: tuple[int, int], colour: Colour
) -> None:
    (left, top), (width, height) = place, size
    for row in rows[top : top + height]:
        row[left * 3 : (left + width) * 3] = bytes(colour) * width


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
