"""Which files can be attached: decided by what is inside, under a name that can do no harm."""

import io
import struct
import tracemalloc
import unicodedata
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontend.downloads import download
from tenancy.errors import Invalid
from tenancy.files.kinds import (
    KINDS,
    LIMIT,
    LONGEST_NAME,
    MOST_PARTS,
    TAKEN,
    Upload,
    cleaned,
    recognise,
    size_in_words,
)


def package(*parts: str) -> bytes:
    """An Office document, as far as its directory says."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for part in parts:
            archive.writestr(part, "<x/>")
    return made.getvalue()


def media(brand: bytes, *compatible: bytes) -> bytes:
    """The first box of an ISO media file."""
    brands = brand + b"\0\0\0\0" + b"".join(compatible)
    return struct.pack(">I4s", 8 + len(brands), b"ftyp") + brands + b"\0" * 64


TYPES = "[Content_Types].xml"
INSIDE = {
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "jpg": b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    "jpeg": b"\xff\xd8\xff\xe1\0\x10Exif\0",
    "webp": b"RIFF\x24\0\0\0WEBPVP8 ",
    "heic": media(b"heic", b"mif1", b"heic"),
    "heif": media(b"mif1", b"mif1", b"heix"),
    "docx": package(TYPES, "word/document.xml"),
    "xlsx": package(TYPES, "xl/workbook.xml", "xl/worksheets/sheet1.xml"),
    "pptx": package(TYPES, "ppt/presentation.xml"),
    "txt": "Who opens? Wer öffnet?\n".encode(),
    "csv": b"month,share\r\n2026-01,54\r\n",
}


def refused(name: str, content: bytes) -> str:
    with pytest.raises(Invalid) as raised:
        recognise([Upload(name, content)])
    return raised.value.fields["files"]


def test_every_ending_that_is_taken_has_an_example_here() -> None:
    assert INSIDE.keys() == {ending for kind in KINDS for ending in kind.endings}


@pytest.mark.asvs("5.2.2")
@pytest.mark.parametrize("ending", INSIDE)
def test_each_kind_is_known_by_what_is_inside(ending: str) -> None:
    [found] = recognise([Upload(f"Huddle.{ending.upper()}", INSIDE[ending])])

    assert ending in found.kind.endings
    assert found.name == f"Huddle.{ending.upper()}"


@pytest.mark.asvs("5.2.2")
@pytest.mark.parametrize(
    ("ending", "pretended"),
    [
        (ending, pretended)
        for ending in INSIDE
        for pretended in ("pdf", "txt", "html", "exe", "docx")
        if ending not in ("txt", "csv", pretended)
    ],
)
def test_a_name_that_lies_is_answered_with_what_is_inside(ending: str, pretended: str) -> None:
    [kind] = [kind for kind in KINDS if ending in kind.endings]
    assert refused(f"Wall.{pretended}", INSIDE[ending]) == (
        f"“Wall.{pretended}” is {kind.name} inside. Let its name end in .{kind.endings[0]}."
    )


@pytest.mark.parametrize("ending", [end for end in INSIDE if end not in ("txt", "csv")])
def test_text_does_not_pass_as_another_kind(ending: str) -> None:
    [kind] = [kind for kind in KINDS if ending in kind.endings]
    assert refused(f"x.{ending}", b"Only words.") == (
        f"“x.{ending}” is not what its name says: there is no {kind.name} inside. Save it anew."
    )


NOT_TAKEN = {
    "page.html": b"<!DOCTYPE html><script>alert(1)</script>",
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "setup.exe": b"MZ\x90\0\x03\0\0\0",
    "run.sh": b"#!/bin/sh\nrm -rf ~\n",
    "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "all.zip": package("a.txt"),
    "film.mp4": media(b"isom", b"mp42"),
    "picture.gif": b"GIF89a\x01\0\x01\0",
    "noending": b"Only words.",
}


@pytest.mark.asvs("1.3.4", "5.2.2")
@pytest.mark.parametrize("name", NOT_TAKEN)
def test_other_kinds_are_refused_with_those_that_can_be_attached(name: str) -> None:
    assert refused(name, NOT_TAKEN[name]) == (
        f"“{name}” is of a kind that cannot be attached. You can attach {TAKEN}."
    )
    assert TAKEN.startswith("PDF, PNG, ") and TAKEN.endswith(" and CSV")


@pytest.mark.asvs("5.2.2")
@pytest.mark.parametrize("name", [name for name in NOT_TAKEN if name not in ("noending", "run.sh")])
@pytest.mark.parametrize("ending", ["txt", "pdf", "png", "docx"])
def test_they_are_refused_under_the_name_of_a_kind_that_is_taken_too(
    name: str, ending: str
) -> None:
    assert "there is no" in refused(f"minutes.{ending}", NOT_TAKEN[name])


@pytest.mark.asvs("3.2.1", "5.2.2")
@pytest.mark.parametrize(
    "before",
    [b"", b" \n\t", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n"],
    ids=["", "space", "BOM", "both"],
)
@pytest.mark.parametrize(
    "markup", [b"<html>", b"<!doctype html>", b"<SVG x>", b"<?xml?>", b"<script>", b"<body\n>"]
)
def test_markup_is_no_plain_text(before: bytes, markup: bytes) -> None:
    assert "there is no plain text inside" in refused("x.txt", before + markup)


@pytest.mark.asvs("5.2.3")
def test_a_document_that_would_swell_is_looked_at_without_being_unpacked() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(TYPES, "<x/>")
        archive.writestr("word/document.xml", bytes(50_000_000))
    tracemalloc.start()
    recognise([Upload("plan.docx", made.getvalue())])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2_000_000


@pytest.mark.asvs("5.2.3")
def test_a_document_of_too_many_parts_is_refused() -> None:
    parts = (f"word/{n}.xml" for n in range(MOST_PARTS))
    assert "there is no Word inside" in refused(
        "plan.docx", package(TYPES, "word/document.xml", *parts)
    )


@pytest.mark.asvs("5.2.2")
@pytest.mark.parametrize("ending", ["txt", "csv", "docx"])
def test_a_picture_that_is_a_page_as_well_is_known_as_the_picture(ending: str) -> None:
    both = INSIDE["png"] + b"<html><script>alert(1)</script>" + INSIDE["docx"]
    assert "is PNG inside" in refused(f"minutes.{ending}", both)


def test_a_document_with_macros_is_refused() -> None:
    content = package(TYPES, "word/document.xml", "word/vbaProject.bin")
    said = "“plan.docx” holds macros. Save it without them."

    assert refused("plan.docx", content) == said


def test_a_package_whose_directory_is_broken_is_no_document() -> None:
    whole = INSIDE["docx"]
    for broken in (whole[:40], whole[:-30], b"PK\x03\x04" + b"\xff" * 200):
        assert "there is no Word inside" in refused("plan.docx", broken)


def test_an_empty_file_is_refused() -> None:
    assert refused("x.txt", b"") == "“x.txt” is empty."


@pytest.mark.asvs("5.2.1")
def test_a_file_of_exactly_the_limit_is_taken_and_one_byte_more_is_not() -> None:
    [found] = recognise([Upload("x.pdf", INSIDE["pdf"].ljust(LIMIT, b" "))])
    assert len(found.content) == LIMIT == 20_000_000

    said = refused("x.pdf", INSIDE["pdf"].ljust(LIMIT + 1, b" "))
    assert said == "“x.pdf” is 20.1 MB. The limit is 20 MB."


def test_every_file_that_is_refused_has_its_sentence() -> None:
    with pytest.raises(Invalid) as raised:
        recognise([Upload("a.exe", b"MZ\0"), Upload("b.txt", b"Fine."), Upload("c.txt", b"")])

    said = raised.value.fields["files"]
    assert said.startswith("“a.exe” is of a kind")
    assert said.endswith("“c.txt” is empty.")
    assert "b.txt" not in said


@pytest.mark.parametrize(
    ("size", "words"),
    [(1, "1 KB"), (1_001, "2 KB"), (999_000, "999 KB"), (999_001, "1 MB"), (20_000_001, "20.1 MB")],
)
def test_a_size_is_rounded_up(size: int, words: str) -> None:
    assert size_in_words(size) == words


@pytest.mark.asvs("5.4.1")
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("/etc/passwd.txt", "passwd.txt"),
        (r"C:\Users\pat\Desktop\wall.pdf", "wall.pdf"),
        ("../../up.txt", "up.txt"),
        ("a\r\nSet-Cookie: x.txt", "a Set-Cookie: x.txt"),
        ("a\x00b\x1b[31m.txt", "ab[31m.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u2066hidden\u2069\u200b.txt", "hidden.txt"),
        ('say "aah".txt', 'say "aah".txt'),
        ("  two   spaces .txt ", "two spaces .txt"),
        (".hidden.txt", "hidden.txt"),
        (". .. hidden.txt", "hidden.txt"),
        ("..", "file"),
        ("", "file"),
        ("Cafe\u0301.txt", "Café.txt"),
    ],
)
def test_a_name_is_tamed(sent: str, kept: str) -> None:
    assert cleaned(sent) == kept


def test_a_long_name_keeps_its_ending() -> None:
    name = cleaned("x" * 300 + ".docx")
    assert len(name) == LONGEST_NAME
    assert name.endswith("x.docx")


@pytest.mark.asvs("5.4.1")
@given(st.text(max_size=300))
def test_whatever_is_sent_as_a_name_becomes_one_visible_line_without_a_path(sent: str) -> None:
    name = cleaned(sent)

    assert 0 < len(name) <= LONGEST_NAME
    assert not {"/", "\\"} & set(name)
    assert not any(unicodedata.category(letter)[0] == "C" for letter in name)
    assert len(name.splitlines()) == 1
    assert cleaned(name) == name


@pytest.mark.asvs("5.4.2")
@given(st.text(max_size=300))
def test_whatever_it_is_called_a_download_stays_an_attachment_in_one_header(sent: str) -> None:
    answer = download(b"", name=cleaned(sent), media_type="text/plain")

    header = answer.headers["Content-Disposition"]
    plain, _, encoded = header.removeprefix('attachment; filename="').partition('"; ')
    assert header.startswith('attachment; filename="')
    assert header.isascii() and header.isprintable()
    assert '"' not in plain + encoded
    assert encoded.startswith("filename*=UTF-8''")
