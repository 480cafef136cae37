"""What a page may not contain, so that it works under a strict content security policy."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "lint_templates.py"


def _lint() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lint_templates", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


lint = _lint()


def messages(template: str) -> list[str]:
    return [message for _, message in lint.findings(template)]


@pytest.mark.parametrize(
    ("template", "part_of_the_message"),
    [
        ('<button hx-on:click="go()">Go</button>', "hx-on"),
        ('<button data-hx-on:click="go()">Go</button>', "hx-on"),
        ("<div hx-vals='js:{now: Date.now()}'></div>", "js: values"),
        ('<div hx-headers="javascript:{}"></div>', "javascript:"),
        ('<input hx-trigger="keyup[ctrlKey]">', "trigger filter"),
        ('<p style="color: red">Late</p>', "style attribute"),
        ("<style>p { color: red }</style>", "style element"),
        ("<script>go()</script>", "script without src"),
        ('<button onclick="go()">Go</button>', "handler in an attribute"),
        ('<a href="javascript:go()">Go</a>', "javascript:"),
        ('<script src="https://cdn.example/x.js"></script>', "another host"),
        ('<link rel="stylesheet" href="//cdn.example/x.css">', "another host"),
        ('<img alt="" src="http://img.example/x.png">', "another host"),
        ("<p>{{ note.body|safe }}</p>", "|safe"),
        ("{% set body = note.body | safe %}", "|safe"),
        ('<form method="post" action="/notes"><button>Save</button></form>', "csrf"),
        ("<form action='/notes' METHOD='POST'><button>Save</button></form>", "csrf"),
        ('<img src="{{ static("x.png") }}">', "alt"),
    ],
)
def test_what_the_policy_forbids_is_found(template: str, part_of_the_message: str) -> None:
    found = messages(template)
    assert len(found) == 1
    assert part_of_the_message in found[0]


@pytest.mark.parametrize(
    "template",
    [
        '<button hx-get="/notes" hx-trigger="click delay:1s" hx-vals=\'{"page": 2}\'>More</button>',
        '<script src="{{ static("js/app.js") }}" type="module"></script>',
        '<a href="https://www.england.nhs.uk/">NHS England</a>',
        "<div>{{ note.body|markdown }}</div>",
        '<form method="get" action="/notes"><button>Search</button></form>',
        '<form method="post" action="/notes">{{ csrf(viewer.csrf) }}<button>Save</button></form>',
        '<form method="post" action="/sign-in" data-before-session><button>Go</button></form>',
        '<img src="{{ static("x.png") }}" alt="">',
        '{# <style> and onclick="x" are only spoken of here, and {{ body|safe }} #}',
        '<p{% if a|length > 2 %} class="long"{% endif %}>On Monday = late</p>',
        '<svg viewBox="0 0 2 2"><path fill="none" stroke-width="2" d="M0 0"/></svg>',
    ],
)
def test_what_is_allowed_is_let_through(template: str) -> None:
    assert messages(template) == []


def test_a_finding_names_its_line() -> None:
    template = "{# a comment\nof two lines #}\n{{ a }}\n<p\n  style='x'>{{ b|safe }}</p>"
    assert [line for line, _ in lint.findings(template)] == [4, 5]


def test_the_command_prints_each_finding_and_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mail.html").write_text("<style></style>")
    (tmp_path / "page.html").write_text("<p>\n<style></style>")
    monkeypatch.setattr("sys.argv", ["lint_templates.py", str(tmp_path)])
    assert lint.main() == 1
    assert capsys.readouterr().out.startswith(f"{tmp_path / 'page.html'}:2: A style element")


@pytest.mark.asvs("1.1.2", "1.2.3")
def test_our_own_templates_are_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["lint_templates.py"])
    assert lint.main() == 0
