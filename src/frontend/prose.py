"""Light Markdown as safe HTML, and what a note's text names: promises, people, elements."""

import re
from collections.abc import Iterator

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

_ALLOWED = {
    *("p", "br", "em", "strong", "s", "ul", "ol", "li", "blockquote", "code", "pre", "hr", "a"),
    *("h1", "h2", "h3", "h4", "h5", "h6"),
}
_cleaner = nh3.Cleaner(
    tags=_ALLOWED, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}
)
_NAMED = re.compile(
    r"(?P<person>(?<!\w)@[^\W\d_][\w'’-]*(?: (?:[^\W\d_a-z][\w'’-]+))*)"
    r"|(?P<element>(?<!\w)#[A-Z]{2}\d{1,2}\b)"
)
_PROMISE = re.compile(r"^\[(?P<done>[ xX]?)\][ \t]*")


def markdown(text: str) -> Markup:
    """Light Markdown: no raw HTML, no images; headings begin below the page's own."""
    return _cleaned(_plain.render(text))


def note_text(text: str, framework: str) -> Markup:
    """A note as it reads: promises with a box, people in bold, elements linked.

    Args:
        framework: the address of the page on which elements are explained.
    """
    return _cleaned(_named.render(text, {"framework": framework}))


def _cleaned(html: str) -> Markup:
    html = re.sub(r"(</?h)([1-6])", lambda m: f"{m[1]}{min(6, int(m[2]) + 2)}", html)
    return Markup(_cleaner.clean(html))  # noqa: S704 - cleaned


def _name_things(state: StateCore) -> None:
    """In text, not in code or links, give what is named its own marks."""
    for block in state.tokens:
        if block.type != "inline" or not block.children:
            continue
        linked = False
        children: list[Token] = []
        first = True
        for token in block.children:
            linked = token.type == "link_open" or (linked and token.type != "link_close")
            if token.type == "text" and not linked:
                children += _parts(token.content, state.env["framework"], begins=first)
            else:
                children.append(token)
            first = token.type in ("softbreak", "hardbreak")
        block.children = children


def _parts(text: str, framework: str, *, begins: bool) -> Iterator[Token]:
    promise = _PROMISE.match(text) if begins else None
    if promise:
        yield _text("☑ " if promise["done"].strip() else "☐ ")
        text = text[promise.end() :]
    at = 0
    for found in _NAMED.finditer(text):
        yield _text(text[at : found.start()])
        if found["person"]:
            yield Token("strong_open", "strong", 1)
            yield _text(found["person"])
            yield Token("strong_close", "strong", -1)
        else:
            address = f"{framework}{found['element']}"
            yield Token("link_open", "a", 1, attrs={"href": address})
            yield _text(found["element"])
            yield Token("link_close", "a", -1)
        at = found.end()
    yield _text(text[at:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _renderer() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("strikethrough")


_plain = _renderer()
_named = _renderer()
_named.core.ruler.push("named_things", _name_things)
