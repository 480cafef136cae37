"""Which files are taken: a short list, decided by what is inside and not by what a name says."""

import math
import re
import struct
import unicodedata
from collections.abc import Sequence
from io import BytesIO
from pathlib import PurePath
from zipfile import BadZipFile, ZipFile

from msgspec import Struct

from tenancy.errors import Invalid

LIMIT = 20_000_000
"""The size of one file, in bytes."""
LONGEST_NAME = 120
MOST_PARTS = 10_000


class Upload(Struct, frozen=True):
    """A file as it was sent."""

    name: str
    content: bytes


class Kind(Struct, frozen=True):
    """A kind of file that is taken."""

    name: str
    media_type: str
    endings: tuple[str, ...]


class Recognised(Struct, frozen=True):
    """A file that is taken, under a name without a path."""

    name: str
    kind: Kind
    content: bytes


_OFFICE = "application/vnd.openxmlformats-officedocument"
PDF = Kind("PDF", "application/pdf", ("pdf",))
PNG = Kind("PNG", "image/png", ("png",))
JPEG = Kind("JPEG", "image/jpeg", ("jpg", "jpeg"))
WEBP = Kind("WebP", "image/webp", ("webp",))
HEIC = Kind("HEIC", "image/heic", ("heic", "heif"))
WORD = Kind("Word", f"{_OFFICE}.wordprocessingml.document", ("docx",))
EXCEL = Kind("Excel", f"{_OFFICE}.spreadsheetml.sheet", ("xlsx",))
POWERPOINT = Kind("PowerPoint", f"{_OFFICE}.presentationml.presentation", ("pptx",))
TEXT = Kind("plain text", "text/plain", ("txt",))
CSV = Kind("CSV", "text/csv", ("csv",))
KINDS = (PDF, PNG, JPEG, WEBP, HEIC, WORD, EXCEL, POWERPOINT, TEXT, CSV)
TAKEN = ", ".join(kind.name for kind in KINDS[:-1]) + f" and {KINDS[-1].name}"
ACCEPT = ",".join(
    [*(kind.media_type for kind in KINDS), *(f".{end}" for kind in KINDS for end in kind.endings)]
)
"""For the form: a phone offers its camera roll where kinds of pictures are named."""

_SIGNATURES = ((PDF, b"%PDF-"), (PNG, b"\x89PNG\r\n\x1a\n"), (JPEG, b"\xff\xd8\xff"))
_HEVC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_MAIN_PARTS = (
    (WORD, re.compile(r"word/document\d*\.xml")),
    (EXCEL, re.compile(r"xl/workbook\d*\.xml")),
    (POWERPOINT, re.compile(r"ppt/presentation\d*\.xml")),
)
_MACROS = re.compile(r"vbaproject\.bin$|/macrosheets/")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_MARKUP = re.compile(r"\s*<(?:!doctype|\?xml|html|head|body|svg|script)\b", re.IGNORECASE)


def recognise(uploads: Sequence[Upload]) -> list[Recognised]:
    """What was sent, each under its kind.

    Raises:
        Invalid: a sentence for each that is not taken.
    """
    found: list[Recognised] = []
    refusals: list[str] = []
    for upload in uploads:
        name = cleaned(upload.name)
        try:
            found.append(Recognised(name, _kind(name, upload.content), upload.content))
        except _NotTaken as failure:
            refusals.append(f"“{name}” {failure}")
    if refusals:
        raise Invalid({"files": " ".join(refusals)})
    return found


def name_of(media_type: str) -> str:
    """What a kind is called."""
    return next(kind.name for kind in KINDS if kind.media_type == media_type)


def size_in_words(size: int) -> str:
    """34 KB or 1.2 MB, rounded up: what is larger than a limit also looks larger."""
    if size <= 999_000:
        return f"{math.ceil(size / 1_000)} KB"
    return f"{math.ceil(size / 100_000) / 10:g} MB"


def cleaned(name: str) -> str:
    """A name without a path, control or invisible characters, and not too long for its ending."""
    last = re.split(r"[/\\]", name)[-1]
    visible = "".join(
        " " if letter.isspace() else letter
        for letter in unicodedata.normalize("NFC", last)
        if letter.isspace() or unicodedata.category(letter)[0] != "C"
    )
    line = " ".join(visible.split()).lstrip(". ") or "file"
    if len(line) <= LONGEST_NAME:
        return line
    ending = PurePath(line).suffix[:10]
    return line[: LONGEST_NAME - len(ending)].rstrip() + ending


class _NotTaken(Exception):
    """Completes the sentence that begins with the file's name."""


def _kind(name: str, content: bytes) -> Kind:
    ending = PurePath(name).suffix.lower().lstrip(".")
    named = next((kind for kind in KINDS if ending in kind.endings), None)
    if not content:
        raise _NotTaken("is empty.")
    if len(content) > LIMIT:
        raise _NotTaken(f"is {size_in_words(len(content))}. The limit is {size_in_words(LIMIT)}.")
    inside = _inside(content)
    if named is not None and named in inside:
        return named
    if inside and TEXT not in inside:
        raise _NotTaken(f"is {inside[0].name} inside. Let its name end in .{inside[0].endings[0]}.")
    if named is None:
        raise _NotTaken(f"is of a kind that cannot be attached. You can attach {TAKEN}.")
    raise _NotTaken(f"is not what its name says: there is no {named.name} inside. Save it anew.")


def _inside(content: bytes) -> tuple[Kind, ...]:
    """What the content can be; nothing where it is no kind that is taken."""
    for kind, signature in _SIGNATURES:
        if content.startswith(signature):
            return (kind,)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return (WEBP,)
    if content[4:8] == b"ftyp" and _brands(content) & _HEVC_BRANDS:
        return (HEIC,)
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    return (TEXT, CSV) if _is_text(content) else ()


def _brands(content: bytes) -> set[bytes]:
    """What an ISO media file says it is compatible with, in its first box."""
    end = min(int.from_bytes(content[:4]), 256)
    return {content[at : at + 4] for at in (8, *range(16, end, 4))}


def _office(content: bytes) -> tuple[Kind, ...]:
    parts = _parts(content)
    if any(_MACROS.search(part) for part in parts):
        raise _NotTaken("holds macros. Save it without them.")
    if "[content_types].xml" not in parts:
        return ()
    return tuple(kind for kind, main in _MAIN_PARTS if any(main.fullmatch(part) for part in parts))[
        :1
    ]


def _parts(content: bytes) -> set[str]:
    """The names of the parts of a package, from its directory: nothing of it is unpacked."""
    if content.count(b"PK\x01\x02") > MOST_PARTS:
        return set()
    try:
        with ZipFile(BytesIO(content)) as package:
            return {name.lower() for name in package.namelist()}
    except (BadZipFile, NotImplementedError, ValueError, struct.error):
        return set()


def _is_text(content: bytes) -> bool:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not _CONTROLS.search(text) and not _MARKUP.match(text)
    return False
