"""Text that means harm, as the page would have it: no element, attribute or address of its own."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from frontend.pages import render
from frontend.prose import markdown, note_text
from hostile import ELSEWHERE, MARKUP, NAMES
from tenancy.files.kinds import cleaned

TEXT_ONLY = {
    *("p", "br", "em", "strong", "s", "ul", "ol", "li", "blockquote", "code", "pre", "hr", "a"),
    *("h3", "h4", "h5", "h6"),
}
ATTRIBUTES = {"a": {"href", "rel", "title"}}
SCHEMES = {"", "http", "https", "mailto"}


class Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.asvs("1.3.1", "1.3.5", "1.2.2")
@pytest.mark.parametrize("text", MARKUP)
def test_markdown_becomes_elements_of_prose_and_addresses_that_can_be_followed(text: str) -> None:
    for html in (markdown(text), note_text(text, "/framework#")):
        for tag, attributes in Elements(html).found:
            assert tag in TEXT_ONLY, html
            assert attributes.keys() <= ATTRIBUTES.get(tag, set()), html
            address = re.sub(r"[\x00-\x20]", "", attributes.get("href") or "")
            assert urlsplit(address).scheme.lower() in SCHEMES, html


@pytest.mark.asvs("1.2.1", "1.3.7")
@pytest.mark.parametrize("text", MARKUP)
def test_what_a_template_is_given_adds_nothing_to_its_page(text: str) -> None:
    def page(title: str) -> str:
        problem = {"title": title, "detail": title, "status": 404, "errors": {}}
        facts = {"viewer": None, "base": "", "path": title, "query": {}, "flash": title}
        return render(
            "public/failure.html", problem=problem, errors={}, typed={}, let_in=[], **facts
        )

    shown, plain = Elements(page(text)), Elements(page("x"))
    assert [tag for tag, _ in shown.found] == [tag for tag, _ in plain.found]
    assert [{*a} for _, a in shown.found] == [{*a} for _, a in plain.found]
    assert "49" not in page("{{7*7}}")


@pytest.mark.asvs("1.3.3", "5.4.1")
@pytest.mark.parametrize("name", NAMES)
def test_a_name_becomes_one_line_of_characters_that_can_be_seen(name: str) -> None:
    tamed = cleaned(name)
    assert not re.search(r"[/\\\x00-\x1f\x7f\u200b\u202a-\u202e\ufeff]", tamed)
    assert 0 < len(tamed) <= 120
    assert not tamed.startswith(".")


def test_the_cases_name_another_site_and_run_something() -> None:
    assert sum(ELSEWHERE in text for text in MARKUP) > 10
    assert sum("__ran" in text for text in MARKUP) > 40
