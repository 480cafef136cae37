"""What the macros print: one component for one thing, joined up for assistive technology."""

import re
from collections import Counter
from datetime import date, time
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.exceptions import UndefinedError

import frontend
from frontend.components.xmr_geometry import Point, xmr_chart
from frontend.pages import day, day_short, isodate, moment

PAGES = Path(frontend.__file__).parent
environment = Environment(
    loader=FileSystemLoader(PAGES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.filters.update(day=day, day_short=day_short, isodate=isodate, moment=moment)


class Page(HTMLParser):
    """The elements of a piece of HTML, each as its name and its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def ids(self) -> list[str]:
        return [attrs["id"] or "" for _, attrs in self.elements if "id" in attrs]

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.elements if tag in tags]


def macro(file: str, name: str, *args: Any, **named: Any) -> str:
    module: Any = environment.get_template(f"components/{file}.html").module
    return str(getattr(module, name)(*args, **named))


FIELDS: dict[str, tuple[str, dict[str, Any]]] = {
    "text": ("text", {}),
    "email": ("email", {}),
    "password": ("password", {}),
    "code": ("code", {}),
    "number": ("number", {}),
    "date": ("date", {"value": date(2027, 3, 27)}),
    "time": ("time", {"value": time(9, 30)}),
    "file": ("file", {}),
    "textarea": ("textarea", {}),
    "select": ("select", {"options": [("a", "A"), ("b", "B")], "value": "b"}),
}


@pytest.mark.parametrize("kind", FIELDS)
def test_a_field_is_joined_to_its_label_hint_and_error(kind: str) -> None:
    name, more = FIELDS[kind]
    page = Page(macro("fields", name, "due", "Due", hint="When?", error="Say when", **more))
    control = next(a for a in page.all("input", "textarea", "select"))
    assert control["name"] == "due"
    assert page.all("label") == [{"for": control["id"]}]
    assert control["aria-describedby"] == "f-due-hint f-due-error"
    assert control["aria-invalid"] == "true"
    assert {"f-due-hint", "f-due-error"} <= set(page.ids())


@pytest.mark.parametrize("kind", ["radios", "checkboxes"])
def test_choices_stand_in_a_fieldset_that_carries_hint_and_error(kind: str) -> None:
    options = [("room", "In a room", "Which?"), ("call", "On a call")]
    page = Page(macro("fields", kind, "place", "Where?", options, hint="Here", error="Choose one"))
    assert page.all("fieldset")[0]["aria-describedby"] == "f-place-hint f-place-error"
    inputs = page.all("input")
    assert [one["id"] for one in inputs] == ["f-place", "f-place-2"]
    assert [one["for"] for one in page.all("label")] == ["f-place", "f-place-2"]
    assert inputs[0]["aria-describedby"] in page.ids()


def test_an_error_summary_leads_to_the_first_control_of_each_field() -> None:
    errors = {"title": "Say what it is about", "form": "Somebody else changed it."}
    summary = macro("errors", "summary", errors)
    field = Page(macro("fields", "text", "title", "Title", error=errors["title"]))
    links = [a["href"] for a in Page(summary).all("a")]
    assert links == [f"#{field.all('input')[0]['id']}"]
    assert "Somebody else changed it." in summary


def test_no_errors_make_no_summary() -> None:
    assert macro("errors", "summary", {}).strip() == ""


@pytest.mark.asvs("1.2.1")
def test_what_a_person_typed_is_kept_and_cannot_become_markup() -> None:
    typed = '"><script>alert(1)</script>'
    for html in (
        macro("fields", "text", "a", "A", typed),
        macro("fields", "textarea", "a", "A", typed),
        macro("fields", "hidden", "a", typed),
        macro("lists", "row", typed, "#", typed, typed),
        macro("audience", "chip", "named", [typed]),
        macro("fields", "text", "a", "A", attrs={"data-x": typed}),
    ):
        assert "<script>" not in html


def test_a_textarea_keeps_a_first_line_that_is_empty() -> None:
    assert ">\n\nSecond line</textarea>" in macro("fields", "textarea", "a", "A", "\nSecond line")


def test_a_zero_is_a_value() -> None:
    assert Page(macro("fields", "number", "a", "A", 0)).all("input")[0]["value"] == "0"


def test_dates_and_times_are_written_as_the_controls_want_them() -> None:
    on = Page(macro("fields", "date", "on", "On", date(2027, 3, 27))).all("input")[0]
    at = Page(macro("fields", "time", "at", "At", time(9, 30))).all("input")[0]
    assert (on["value"], at["value"]) == ("2027-03-27", "09:30")


def test_the_chosen_option_is_the_one_selected() -> None:
    page = Page(macro("fields", "select", "n", "N", [(1, "One"), (2, "Two")], value=2))
    assert [one.get("value") for one in page.all("option") if "selected" in one] == ["2"]


def test_a_deed_posts_its_token_and_says_on_what_it_acts() -> None:
    html = macro("fields", "deed", "/a/completion", "Done", "tok", about="Ring the ward")
    assert {"type": "hidden", "name": "csrf_token", "value": "tok"} in Page(html).all("input")
    assert "Done" in html
    assert ": Ring the ward" in html


@pytest.mark.parametrize(
    ("audience", "names", "words"),
    [
        ("me", [], "Only you"),
        ("named", ["You", "Ros"], "You and Ros"),
        ("named", ["You", "Ros", "Mo"], "You, Ros and Mo"),
        ("named", ["You", "Ros", "Mo", "Jo"], "You, Ros and 2 others"),
        ("team", ["You", "Ros"], "The team"),
        ("team", [], "The team"),
    ],
)
def test_an_audience_is_said_in_words(audience: str, names: list[str], words: str) -> None:
    html = macro("audience", "chip", audience, names)
    assert words in re.sub(r"<[^>]*>", "", html)
    assert f"audience {audience}" in html


def test_a_long_or_wide_audience_lists_everybody_by_name() -> None:
    html = macro("audience", "chip", "named", ["You", "Ros", "Mo", "Jo"])
    assert len(Page(html).all("li")) == 4
    assert len(Page(macro("audience", "chip", "team", ["You", "Ros"])).all("li")) == 2


def test_the_usual_audience_is_chosen_until_another_is() -> None:
    options = [("named", "You and Ros"), ("me", "Only you")]
    usual = Page(macro("audience", "choice", options)).all("input")
    other = Page(macro("audience", "choice", options, "me")).all("input")
    assert ["checked" in one for one in usual] == [True, False]
    assert ["checked" in one for one in other] == [False, True]


def test_an_icon_that_we_do_not_have_fails() -> None:
    assert 'aria-hidden="true"' in macro("icons", "icon", "lock")
    with pytest.raises(UndefinedError):
        macro("icons", "icon", "unicorn")


def test_a_late_action_says_so_in_words() -> None:
    late = SimpleNamespace(
        text="Ring", owner="Ros", due_on=date(2026, 11, 14), state="open", late=True
    )
    html = macro("actions", "agreed", [late])
    assert re.sub(r"<[^>]*>", "", html).split("Ros")[1].strip() == "Due 14 Nov, late"


def test_a_chart_has_a_title_a_description_and_the_same_figures_as_a_table() -> None:
    points = [Point(date(2026, at, 1), 50.0 + at, 52.0, 48, 56, "common") for at in range(1, 7)]
    html = macro("charts", "xmr", xmr_chart(points, unit="%"), "c1", "Speaking up", "No change.")
    page = Page(html)
    assert html.count("<desc") == html.count("No change.") == 2
    for drawing in (svg for svg in page.all("svg") if svg.get("role") == "img"):
        assert set((drawing["aria-labelledby"] or "").split()) <= set(page.ids())
    assert len(page.all("tr")) == 1 + len(points)
    assert max(Counter(page.ids()).values()) == 1


@pytest.mark.parametrize(
    ("kind", "shape"),
    [("common", "common"), ("concern_high", "concern"), ("neutral_low", "neutral_low")],
)
def test_an_icon_of_variation_stands_beside_its_meaning(kind: str, shape: str) -> None:
    html = macro("spc_icons", "variation", kind)
    assert f'class="spc {shape}"' in html
    assert re.sub(r"<[^>]*>", "", html).strip() != ""


def test_where_one_is_is_marked_in_tabs_and_menus() -> None:
    tabs = Page(
        macro("masthead", "engagement_tabs", "/w/n/engagements/1", "/w/n/engagements/1/notes")
    )
    marked = [a["href"] for a in tabs.all("a") if "aria-current" in a]
    assert marked == ["/w/n/engagements/1/notes"]
    link = Page(macro("masthead", "nav_link", "/w/n/clients", "Clients", "/w/n/clients/7"))
    assert link.all("a")[0]["aria-current"] == "true"
