"""What the code never does, held by reading the code itself: our own Python and our own scripts."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import jinja2
import pytest

from frontend import pages

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src"
MODULES = sorted(SRC.rglob("*.py"))
SCRIPTS = [path for path in SRC.rglob("*.js") if "vendor" not in path.parts]
TEMPLATES = sorted(SRC.rglob("*.html")) + sorted(SRC.rglob("*.txt"))
SQL = re.compile(
    r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER|GRANT|SET LOCAL|SET ROLE)\b"
)
MADE_OF_NAMES = {
    "tenancy/database/catalogue.py",
    "tenancy/database/context.py",
    "tenancy/database/prepare.py",
    "tenancy/database/walls.py",
}
"""Where SQL is put together: of our own roles and tables, or of UUIDs and a closed set of words."""


def shown(path: Path) -> str:
    return path.relative_to(SRC).as_posix()


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text())))


def imported(path: Path) -> Iterator[str]:
    """Every module, and every name of a module, that is imported."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def importing(*names: str) -> dict[str, set[str]]:
    """By module, what it imports of these packages."""
    found = {
        shown(path): {each for each in imported(path) if each.split(".")[0] in names}
        for path in MODULES
    }
    return {path: each for path, each in found.items() if each}


def called(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call, by how the function is written: `os.system`, `eval`."""
    for node in nodes(path):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def calling(pattern: str) -> set[str]:
    return {
        f"{shown(path)}: {name}"
        for path in MODULES
        for name, _ in called(path)
        if re.fullmatch(pattern, name)
    }


@pytest.mark.asvs("1.2.5")
def test_no_command_goes_through_a_shell() -> None:
    assert not calling(r"os\.(system|popen|exec\w*|spawn\w*)|asyncio\.create_subprocess_shell")
    through_a_shell = {
        shown(path)
        for path in MODULES
        for _, call in called(path)
        for word in call.keywords
        if word.arg == "shell"
    }
    assert not through_a_shell


@pytest.mark.asvs("1.3.2")
def test_no_text_is_run_as_code() -> None:
    assert not calling(r"eval|exec|compile|__import__")


@pytest.mark.asvs("1.5.1", "1.5.2")
def test_nothing_is_read_that_could_make_objects_or_fetch_entities() -> None:
    readers = (
        "pickle",
        "marshal",
        "shelve",
        "dill",
        "jsonpickle",
        "yaml",
        "xml",
        "lxml",
        "plistlib",
    )
    assert not importing(*readers)


@pytest.mark.asvs("1.2.4")
def test_sql_is_put_together_only_of_names_of_our_own() -> None:
    made = set()
    for path in MODULES:
        for node in nodes(path):
            text = ast.unparse(node) if isinstance(node, ast.JoinedStr) else ""
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
                text = ast.unparse(node) if "'" in ast.unparse(node) else ""
            if SQL.search(text):
                made.add(shown(path))
    assert made <= MADE_OF_NAMES


@pytest.mark.asvs("1.1.2", "1.3.7")
def test_templates_come_from_our_own_files_and_escape_what_they_are_given() -> None:
    assert not calling(r".*\bfrom_string")
    assert importing("jinja2") == {
        "frontend/pages.py": {
            "jinja2.Environment",
            "jinja2.FileSystemLoader",
            "jinja2.StrictUndefined",
            "jinja2.select_autoescape",
        }
    }
    [environment] = [each for each in vars(pages).values() if isinstance(each, jinja2.Environment)]
    escapes = environment.autoescape
    assert callable(escapes)
    for name in environment.list_templates():
        assert escapes(name) or Path(name).suffix == ".txt", name


@pytest.mark.asvs("1.3.10")
def test_whatever_is_a_pattern_for_words_stands_in_the_code() -> None:
    """A pattern that somebody typed could name attributes of what is put into it."""
    assert not calling(r".*\bformat_map")
    assert not importing("string")
    elsewhere = {
        shown(path)
        for path in MODULES
        for _, call in called(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "format"
        if not isinstance(call.func.value, ast.Constant)
    }
    # Sentences of the module itself: by role, by claim, and by what a line of a chart stands for.
    assert elsewhere == {
        "engagements/members/visibility.py",
        "engagements/members/words.py",
        "frontend/components/xmr_geometry.py",
    }
    for path in MODULES:
        for node in nodes(path):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
                filled = isinstance(node.right, ast.Tuple | ast.Dict)
                assert not filled or isinstance(node.left, ast.Constant), shown(path)
    for path in TEMPLATES:
        patterns = re.findall(r"(\S+)\s*\|\s*format\b", path.read_text())
        assert all(pattern.endswith('"') for pattern in patterns), path


@pytest.mark.asvs("11.2.1")
def test_cryptography_is_done_by_libraries_that_do_nothing_else() -> None:
    assert importing(
        *("cryptography", "argon2", "pwdlib", "pyotp", "joserfc", "webauthn", "ssl"),
        *("Crypto", "nacl", "ecdsa", "rsa", "jose", "jwt"),
    ).keys() == {
        "tenancy/database/sealing.py",
        "tenancy/passkeys/ceremony.py",
        "tenancy/passwords/hashing.py",
        "tenancy/second_factors/authenticators.py",
        "tenancy/sso/provider.py",
        "tenancy/workspaces/keys.py",
        "tenancy/workspaces/master_keys.py",
    }


@pytest.mark.asvs("11.2.1", "11.3.1", "11.3.2")
def test_everything_is_sealed_by_one_cipher_of_one_library() -> None:
    used = set().union(*importing("cryptography", "Crypto", "nacl").values())
    aead = "cryptography.hazmat.primitives.ciphers.aead.AESGCM"
    assert used == {aead, "cryptography.exceptions.InvalidTag"}
    assert importing("cryptography").keys() == {
        "tenancy/database/sealing.py",
        "tenancy/workspaces/keys.py",
        "tenancy/workspaces/master_keys.py",
    }


@pytest.mark.asvs("11.4.3")
def test_everything_is_hashed_by_sha_256() -> None:
    used = {
        ast.unparse(node)
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "hashlib"
    }
    used |= {each for names in importing("hashlib").values() for each in names} - {"hashlib"}
    assert used == {"hashlib.sha256"}
    for path in MODULES:
        for name, call in called(path):
            if name in ("hmac.digest", "hmac.new"):
                assert ast.unparse(call.args[2]) in ("'sha256'", "hashlib.sha256"), shown(path)


@pytest.mark.asvs("6.5.3", "7.2.3", "11.5.1")
def test_what_nobody_may_guess_comes_from_the_systems_own_source() -> None:
    assert not importing("random", "numpy")
    assert not calling(r"(uuid\.)?uuid[14]")
    sources = calling(r"secrets\.\w+|os\.urandom|os\.getrandom")
    assert {each.rpartition(" ")[2] for each in sources} <= {
        "secrets.choice",
        "secrets.token_bytes",
        "secrets.token_hex",
        "secrets.token_urlsafe",
        "os.urandom",
    }
    for path in MODULES:
        for name, call in called(path):
            if name.startswith("secrets.token_"):
                assert call.args, f"{shown(path)} leaves the length to chance"
                assert int(ast.unparse(call.args[0])) >= 16, shown(path)


@pytest.mark.asvs("3.2.2")
def test_our_scripts_write_text_and_no_markup() -> None:
    writing = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment"
        r"|DOMParser|setHTMLUnsafe|srcdoc|\beval\(|new Function|set(Timeout|Interval)\(\s*[\"'`]"
    )
    found = {path.name: writing.findall(path.read_text()) for path in SCRIPTS}
    assert found
    assert not {name for name, each in found.items() if each}


@pytest.mark.asvs("15.3.6")
def test_our_scripts_set_no_property_whose_name_somebody_else_chose() -> None:
    chosen = re.compile(
        r"[\w\])]\[(?!\d+\]|\")[^\]]+\]\s*[-+*/|&?]{0,2}=(?![=>])"
        r"|__proto__|\bprototype\b|setPrototypeOf|Reflect\.|defineProper"
        r"|for \((?:const|let|var) \w+ in "
    )
    named_here = re.compile(r"Object\.assign\(([^;]*?), (?:\{|properties\))")
    for path in SCRIPTS:
        text = path.read_text()
        assert not chosen.findall(text), path.name
        assert text.count("Object.assign(") == len(named_here.findall(text)), path.name


@pytest.mark.asvs("3.7.1")
def test_no_page_asks_for_a_plugin() -> None:
    plugins = re.compile(r"<(?:object|embed|applet|param)\b|application/x-")
    assert not [path.name for path in TEMPLATES if plugins.search(path.read_text())]
    assert not [path.name for path in SCRIPTS if plugins.search(path.read_text())]
