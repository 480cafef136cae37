"""What other people wrote is listed with its licence, and is what was fetched."""

import hashlib
import json
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

import frontend

PAGES = Path(frontend.__file__).parent
VENDOR = PAGES / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text())


@pytest.mark.asvs("15.1.2")
@pytest.mark.parametrize("path", MANIFEST)
def test_a_vendored_file_is_the_one_that_was_recorded(path: str) -> None:
    assert hashlib.sha256((PAGES / path).read_bytes()).hexdigest() == MANIFEST[path]["sha256"]


@pytest.mark.parametrize("path", MANIFEST)
def test_a_vendored_file_names_its_package_and_has_its_licence_beside_it(path: str) -> None:
    entry = MANIFEST[path]
    assert entry["package"]
    assert entry["version"]
    assert entry["licence"] in ("0BSD", "ISC", "OFL-1.1")
    assert len((VENDOR / entry["licence_file"]).read_text()) > 200


def test_nothing_that_others_wrote_is_unlisted() -> None:
    listed = {PAGES / path for path in MANIFEST}
    listed |= {VENDOR / entry["licence_file"] for entry in MANIFEST.values()}
    listed.add(VENDOR / "manifest.json")
    assert set(VENDOR.iterdir()) | set((PAGES / "static" / "fonts").iterdir()) <= listed


def test_every_font_that_the_style_sheet_asks_for_is_there() -> None:
    sheet = (PAGES / "static" / "css" / "app.css").read_text()
    for path in (path for path in MANIFEST if path.endswith(".woff2")):
        assert f"url(../{path.removeprefix('static/')})" in sheet
    assert sheet.count("url(") == sum(path.endswith(".woff2") for path in MANIFEST)


@pytest.mark.parametrize("family", ["newsreader", "figtree"])
def test_english_and_welsh_can_be_written_in_both_families(family: str) -> None:
    fonts = PAGES / "static" / "fonts"
    characters = set(TTFont(fonts / f"{family}.woff2").getBestCmap())
    characters |= set(TTFont(fonts / f"{family}-welsh.woff2").getBestCmap())
    welsh = "âêîôûŵŷáéíóúẃýàèìòùẁỳäëïöüẅÿ"
    wanted = welsh + welsh.upper() + "‘’“”–—…‑\u00a0£€½×·0123456789%"
    assert [letter for letter in wanted if ord(letter) not in characters] == []


def test_no_font_weighs_more_than_forty_kilobytes() -> None:
    assert all(path.stat().st_size < 40_000 for path in (PAGES / "static" / "fonts").iterdir())
