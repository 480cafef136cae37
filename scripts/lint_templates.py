"""Refuse in the pages' templates what the content security policy or good sense forbids.

    python scripts/lint_templates.py [folder]

Prints `file:line: message` for each finding and exits with 1 if there is any. Letters are left out:
mail has no content security policy and needs its styles inline.
"""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

PAGES = Path(__file__).resolve().parents[1] / "src" / "frontend"
LETTERS = ("letters/", "layouts/letter")

EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
TAG = re.compile(r"<([a-zA-Z][\w-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
SAFE = re.compile(r"\|\s*safe\b")

Finding = tuple[int, str]


def main() -> int:
    """Look at every page below the folder; the number of the process's exit."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PAGES
    found = 0
    for path in sorted(folder.rglob("*.html")):
        if path.relative_to(folder).as_posix().startswith(LETTERS):
            continue
        for line, message in findings(path.read_text()):
            print(f"{path}:{line}: {message}")
            found += 1
    return 1 if found else 0


def findings(template: str) -> list[Finding]:
    """What is forbidden in a template: the line it stands on, and a sentence."""
    text = COMMENT.sub(_blank, template)
    markup = EXPRESSION.sub(_blank, text)
    found = [*_in_tags(markup), *_in_forms(text, markup)]
    found += [
        (_line(text, match.start()), "Only the markdown filter makes safe HTML: drop |safe.")
        for match in EXPRESSION.finditer(text)
        if SAFE.search(match[0])
    ]
    return sorted(found)


def _in_tags(markup: str) -> Iterator[Finding]:
    for tag in TAG.finditer(markup):
        name, attributes = tag[1].lower(), tag[2]
        for forbidden, message in RULES:
            if forbidden(name, attributes):
                yield _line(markup, tag.start()), message


def _in_forms(text: str, markup: str) -> Iterator[Finding]:
    for form in FORM.finditer(markup):
        tag = markup[form.start() : markup.index(">", form.start())]
        inside = text[form.start() : form.end()]
        if not re.search(r"\bmethod=[\"']?post\b", tag, re.IGNORECASE):
            continue
        if "data-before-session" not in tag and not re.search(r"\bcsrf\(", inside):
            yield (
                _line(markup, form.start()),
                "A form that posts has the csrf field, or data-before-session before signing in.",
            )


def _blank(match: re.Match[str]) -> str:
    """As many blanks as there were characters, so that places stay where they were."""
    return re.sub(r"[^\n]", " ", match[0])


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _has(pattern: str) -> Callable[[str, str], bool]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda _name, attributes: bool(compiled.search(attributes))


def _is(name: str, *, without: str = "") -> Callable[[str, str], bool]:
    present = _has(without)
    return lambda tag, attributes: tag == name and not (without and present(tag, attributes))


def _loads_from_elsewhere(name: str, attributes: str) -> bool:
    attribute = "href" if name in ("link", "use", "image") else "src(?:set)?"
    return bool(re.search(rf"\b{attribute}\s*=\s*[\"']?\s*(?:https?:)?//", attributes))


RULES: list[tuple[Callable[[str, str], bool], str]] = [
    (_has(r"\s(?:data-)?hx-on\b"), "hx-on is inline script: listen in a module."),
    (_has(r"\shx-[\w:-]+\s*=\s*[\"']\s*js:"), "js: values need eval."),
    (_has(r"\shx-trigger\s*=\s*(?:\"[^\"]*\[|'[^']*\[)"), "A trigger filter needs eval."),
    (_has(r"\sstyle\s*="), "A style attribute is refused by the policy: use a class."),
    (_has(r"\son[a-z]+\s*="), "A handler in an attribute is inline script: listen in a module."),
    (_has(r"[\"'=]\s*javascript:"), "javascript: is inline script."),
    (_is("style"), "A style element is refused by the policy: write it in static/css."),
    (_is("script", without=r"\ssrc\s*="), "A script without src is refused by the policy."),
    (_is("img", without=r"\salt\b"), "An image says what it shows, or that it is silent: alt."),
    (_loads_from_elsewhere, "Nothing is loaded from another host: vendor it."),
]


if __name__ == "__main__":
    sys.exit(main())
