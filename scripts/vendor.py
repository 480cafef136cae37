"""Make everything in the page that other people wrote: htmx, the two typefaces, the icons.

`make vendor` fetches the npm packages named here, cuts the fonts down to what English and Welsh
need, writes the files below `src/frontend` and records each in `static/vendor/manifest.json` with
its package, version, licence and SHA-256. The product never runs this: its output is committed.
"""

import hashlib
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FRONTEND = Path(__file__).resolve().parents[1] / "src" / "frontend"
VENDOR = FRONTEND / "static" / "vendor"

HTMX = "htmx.org@4.0.1"
NEWSREADER = "@fontsource-variable/newsreader@5.3.0"
FIGTREE = "@fontsource-variable/figtree@5.3.0"
LUCIDE = "lucide-static@1.62.0"

ENGLISH = "U+0020-007E, U+00A0-00FF, U+2010-2015, U+2018-201E, U+2022, U+2026, U+2032-2033, "
ENGLISH += "U+202F, U+2009, U+20AC, U+2122, U+2190-2193, U+2212, U+2260, U+2264-2265"
WELSH = "U+0174-0178, U+1E80-1E85, U+1EF2-1EF3"
"""W and y with circumflex, grave, acute and diaeresis; the other accented letters are Latin-1."""

HYPHEN, NON_BREAKING_HYPHEN = 0x2010, 0x2011

ICONS = [
    "building-2",
    "calendar",
    "calendar-plus",
    "check",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "circle-alert",
    "clock",
    "download",
    "ellipsis",
    "eye",
    "eye-off",
    "file-text",
    "flag",
    "info",
    "key-round",
    "link",
    "lock",
    "log-out",
    "mail",
    "map-pin",
    "menu",
    "message-square-quote",
    "notebook-pen",
    "pencil",
    "plus",
    "printer",
    "search",
    "send",
    "settings",
    "target",
    "trash-2",
    "upload",
    "user",
    "users",
    "video",
    "x",
]


@dataclass(frozen=True)
class Made:
    """A file that was made: its path below `src/frontend`, and the package it came from."""

    path: str
    package: str
    licence: str
    licence_file: str


def main() -> None:
    """Fetch, cut, write, record."""
    with tempfile.TemporaryDirectory() as folder:
        made = [*_htmx(Path(folder)), *_fonts(Path(folder)), *_icons(Path(folder))]
    _record(made)


def _package(spec: str, folder: Path) -> Path:
    """The unpacked npm package, its licence copied beside the vendored files."""
    archive = subprocess.run(
        ["npm", "pack", "--silent", spec], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.split()[-1]
    target = folder / archive.removesuffix(".tgz")
    with tarfile.open(folder / archive) as tar:
        tar.extractall(target, filter="data")
    package = target / "package"
    shutil.copyfile(package / "LICENSE", VENDOR / _licence_file(spec))
    return package


def _licence_file(spec: str) -> str:
    return "LICENCE-" + _name(spec).split("/")[-1].removesuffix("-static").removesuffix(".org")


def _name(spec: str) -> str:
    return spec.rsplit("@", 1)[0]


def _made(path: Path, spec: str, licence: str) -> Made:
    return Made(path.relative_to(FRONTEND).as_posix(), spec, licence, _licence_file(spec))


def _htmx(folder: Path) -> Iterator[Made]:
    target = VENDOR / "htmx.min.js"
    script = (_package(HTMX, folder) / "dist" / "htmx.min.js").read_text()
    target.write_text(re.sub(r"\n?//# sourceMappingURL=\S+", "", script))
    yield _made(target, HTMX, "0BSD")


def _fonts(folder: Path) -> Iterator[Made]:
    newsreader, figtree = _package(NEWSREADER, folder), _package(FIGTREE, folder)
    for part, letters, suffix in (("latin", ENGLISH, ""), ("latin-ext", WELSH, "-welsh")):
        yield _font(
            newsreader / "files" / f"newsreader-{part}-standard-normal.woff2",
            FRONTEND / "static" / "fonts" / f"newsreader{suffix}.woff2",
            {"opsz": 72, "wght": (400, 500)},
            letters,
            NEWSREADER,
        )
        yield _font(
            figtree / "files" / f"figtree-{part}-wght-normal.woff2",
            FRONTEND / "static" / "fonts" / f"figtree{suffix}.woff2",
            {"wght": (400, 700)},
            letters,
            FIGTREE,
        )


def _font(
    source: Path,
    target: Path,
    axes: dict[str, float | tuple[float, float]],
    letters: str,
    spec: str,
) -> Made:
    """One font with `axes` pinned or limited, and only `letters` (CSS unicode ranges)."""
    font = TTFont(source, recalcTimestamp=False)
    _add_non_breaking_hyphen(font)
    options = subset.Options()
    options.layout_features = ["kern", "mark", "liga", "ccmp", "locl", "lnum", "tnum", "pnum"]
    options.hinting = False
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=_code_points(letters))
    subsetter.subset(font)
    font = instancer.instantiateVariableFont(font, axes)
    font.flavor = "woff2"
    target.parent.mkdir(exist_ok=True)
    font.save(target)
    return _made(target, spec, "OFL-1.1")


def _add_non_breaking_hyphen(font: TTFont) -> None:
    """Draw U+2011 as a hyphen: neither family has one, and "Co-Creating" must not be broken."""
    for table in font["cmap"].tables:
        hyphen = table.cmap.get(HYPHEN) or table.cmap.get(ord("-"))
        if hyphen:
            table.cmap[NON_BREAKING_HYPHEN] = hyphen


def _code_points(ranges: str) -> list[int]:
    points: list[int] = []
    for part in ranges.replace("U+", "").split(", "):
        first, _, last = part.partition("-")
        points += range(int(first, 16), int(last or first, 16) + 1)
    return points


def _icons(folder: Path) -> Iterator[Made]:
    """The icons in use as one Jinja macro: a request fewer than a sprite, in any colour."""
    package = _package(LUCIDE, folder)
    cases = "".join(
        f'{{% {"elif" if at else "if"} name == "{name}" %}}{_shapes(package, name)}'
        for at, name in enumerate(ICONS)
    )
    target = FRONTEND / "components" / "icons.html"
    target.write_text(
        f"{{# Made by scripts/vendor.py from {LUCIDE} (ISC): each stands beside a word. #}}\n"
        "{% macro icon(name) -%}\n"
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">'
        f"{cases}{{% else %}}{{{{ no_such_icon[name] }}}}{{% endif %}}</svg>\n"
        "{%- endmacro %}\n"
    )
    yield _made(target, LUCIDE, "ISC")


def _shapes(package: Path, name: str) -> str:
    svg = (package / "icons" / f"{name}.svg").read_text()
    inner = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", svg, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "", inner).replace(" />", "/>")


def _record(made: list[Made]) -> None:
    entries = {
        one.path: {
            "package": _name(one.package),
            "version": one.package.rsplit("@", 1)[1],
            "licence": one.licence,
            "licence_file": one.licence_file,
            "sha256": hashlib.sha256((FRONTEND / one.path).read_bytes()).hexdigest(),
        }
        for one in made
    }
    (VENDOR / "manifest.json").write_text(json.dumps(entries, indent=2) + "\n")


if __name__ == "__main__":
    main()
