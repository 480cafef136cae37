"""One resource, two representations; and what becomes of input that does not fit."""

import gzip
import json
from html.parser import HTMLParser
from uuid import UUID

import httpx
import pytest
import structlog
from litestar import Litestar, get
from litestar.datastructures import State
from litestar.params import FromPath

from crowding import Crowd
from estate import Estate
from frontend.access import ANYONE
from frontend.failures import show_failure
from matrix import Answer, Route, asks
from served import Visit, Visitor
from tenancy.database.context import Context
from tenancy.ids import new_id
from tenancy.passkeys.ceremony import Site
from world import Consultancy, engagement

PROBLEM = "application/problem+json"
LOADS = {"script": "src", "img": "src", "iframe": "src", "link": "href", "source": "src"}
SENDS = {"form": "action", "button": "formaction", "input": "formaction"}


class Page(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.title = ""
        self._inside = ""
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "title" and "svg" not in dict(self.elements):
            self.title += data
        if self._inside in ("script", "style") and data.strip():
            self.inline.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def faults(page: Page) -> list[str]:
    """What a page must have and has not, or has and must not have."""
    found = [f"inline {text[:40]!r}" for text in page.inline]
    if not page.title.strip():
        found.append("no title")
    if [main.get("id") for main in page.all("main")] != ["main"]:
        found.append("not one main")
    if page.all("html")[0].get("lang") != "en-GB":
        found.append("no language")
    if len(page.all("h1")) != 1:
        found.append(f"{len(page.all('h1'))} headings of the first level")
    for tag, attributes in page.elements:
        found += [f"{tag} {name}" for name in attributes if name.startswith(("on", "hx-on"))]
        found += [f"{tag} style" for name in attributes if name == "style"]
        for places in (LOADS, SENDS):
            address = attributes.get(places.get(tag, ""))
            if address is not None and (not address.startswith("/") or address.startswith("//")):
                found.append(f"{tag} leads to {address}")
        if (attributes.get("href") or "").lower().startswith(("javascript:", "data:")):
            found.append(f"{tag} runs {attributes['href']}")
    return found


@pytest.fixture(scope="module")
async def pages(crowd: Crowd, estate: Estate, every_route: list[Route]) -> list[Answer]:
    """Every page, as each of those who may read it sees it."""
    wanted = [
        ask
        for route in every_route
        if not route.deed and route.is_page
        for ask in asks(estate, route)
        if ask.within and ask.as_page
    ]
    return [answer for answer in await crowd.send_all(wanted) if answer.status == 200]


@pytest.fixture
async def browser(site: str):
    async with Visitor(base_url=site) as visitor:
        yield visitor


@pytest.fixture
async def work(northlight: Consultancy) -> UUID:
    return (await engagement(northlight)).engagement


@pytest.fixture
async def bob(visit: Visit, northlight: Consultancy) -> Visitor:
    return await visit(northlight, northlight.bob)


@pytest.fixture
def notes(northlight: Consultancy, work: UUID) -> str:
    return f"/w/{northlight.slug}/engagements/{work}/notes"


def test_every_page_is_whole_and_nothing_in_it_is_inline(
    pages: list[Answer], every_route: list[Route]
) -> None:
    seen = {answer.ask.route.name for answer in pages}
    # Nobody of the cast is an operator: `test_support` opens their pages.
    wanted = [route for route in every_route if route.policy.name != "operators"]
    assert seen == {route.name for route in wanted if not route.deed and route.is_page}
    wrong = {
        f"{answer.ask.route.name}: {fault}"
        for answer in pages
        for fault in faults(Page(answer.body))
    }
    assert not wrong, "\n".join(sorted(wrong))


@pytest.mark.asvs("4.1.1")
def test_every_page_says_what_it_is_and_that_it_depends_on_what_is_asked_for(
    pages: list[Answer],
) -> None:
    for answer in pages:
        assert answer.headers["content-type"] == "text/html; charset=utf-8", answer.ask
        assert {"accept", "hx-request", "accept-encoding"} <= {
            name.strip().lower() for name in answer.headers["vary"].split(",")
        }, answer.ask


async def test_the_same_address_is_json_for_programs(
    crowd: Crowd, pages: list[Answer], estate: Estate
) -> None:
    first = {answer.ask.route.name: answer.ask for answer in pages}
    for ask in first.values():
        for accept in ("application/json", "*/*"):
            answer = await crowd.fetch(ask, accept)
            assert answer.status_code == 200, ask
            assert answer.headers["content-type"] == "application/json", ask
            assert isinstance(answer.json(), dict), ask
            assert "accept" in answer.headers["vary"].lower(), ask


async def test_a_long_answer_is_compressed_for_those_who_can_read_it(bob: Visitor) -> None:
    async with bob.stream("GET", "/api", headers={"accept-encoding": "gzip"}) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(raw)
    plain = await bob.get("/api", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(raw) == plain.content
    assert len(raw) < len(plain.content) / 3


async def test_head_is_answered_like_get_without_a_body(
    bob: Visitor, browser: Visitor, northlight: Consultancy
) -> None:
    for visitor, path in ((browser, "/"), (bob, f"/w/{northlight.slug}"), (browser, "/nowhere")):
        got = await visitor.get(path, headers={"accept": "text/html"})
        head = await visitor.head(path, headers={"accept": "text/html"})
        assert head.status_code == got.status_code
        assert head.content == b""
        assert head.headers["content-type"] == got.headers["content-type"]
        assert "content-length" in head.headers


async def test_what_is_not_there_is_404_as_a_page_and_as_json(
    bob: Visitor, browser: Visitor, northlight: Consultancy
) -> None:
    below = f"/w/{northlight.slug}"
    for path in ("/nowhere", f"{below}/nowhere", f"{below}/notes/not-an-id", f"{below}/notes/1"):
        page, program = await bob.page(path), await bob.get(path)
        assert (page.status_code, program.status_code) == (404, 404), path
        assert "There is nothing here that you can open." in page.text
        assert program.headers["content-type"] == PROBLEM
        assert program.json()["status"] == 404
    assert (await browser.get("/nowhere")).status_code == 404


async def test_a_method_that_a_route_does_not_know_is_405_and_says_which_it_does(
    bob: Visitor, northlight: Consultancy
) -> None:
    answer = await bob.delete(f"/w/{northlight.slug}/notes/{new_id()}")
    assert answer.status_code == 405
    assert answer.headers["content-type"] == PROBLEM
    assert {"GET", "POST", "PUT"} <= {*answer.headers["allow"].split(", ")}


@pytest.mark.asvs("2.2.2", "15.3.3")
async def test_wrong_json_is_refused_field_by_field(bob: Visitor, notes: str) -> None:
    sent = {"body": "", "audience": "everybody", "reader_ids": ["me"], "colour": "red"}
    answer = await bob.post(notes, json=sent)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == PROBLEM
    errors = answer.json()["errors"]
    assert errors.keys() == sent.keys()
    assert errors["body"] == "Enter what you want to keep."
    assert errors["audience"] == "Choose who can see this: me, named, team."
    assert errors["colour"] == "There is no field 'colour' here. Leave it out."


async def test_what_is_no_json_object_is_refused_with_a_sentence(bob: Visitor, notes: str) -> None:
    for body in (b"{", b"[1]", b'"text"', b"\xff\xfe", b"[" * 100_000):
        answer = await bob.post(notes, content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 422, body[:10]
        assert answer.json()["errors"][""].startswith("Send a JSON object"), body[:10]


async def test_a_body_of_a_kind_that_nobody_reads_is_refused(bob: Visitor, notes: str) -> None:
    answer = await bob.post(notes, content=b"<note/>", headers={"content-type": "text/xml"})
    assert answer.status_code in (415, 422)
    assert answer.headers["content-type"] == PROBLEM


async def test_a_body_that_is_too_large_is_refused_without_being_read(
    bob: Visitor, notes: str
) -> None:
    text = "x" * 4_100_000
    for answer in (
        await bob.post(notes, json={"body": text}),
        await bob.submit(notes, body=text, csrf_token=bob.headers["x-csrf-token"]),
    ):
        assert answer.status_code == 413
    program = await bob.post(notes, json={"body": text})
    assert program.headers["content-type"] == PROBLEM
    assert program.json()["status"] == 413


@pytest.mark.asvs("1.2.1", "2.2.3")
async def test_a_form_that_does_not_fit_is_shown_again_with_what_was_typed(
    bob: Visitor, notes: str
) -> None:
    typed = {"body": "Handover <felt> different", "audience": "named"}
    answer = await bob.submit(notes, csrf_token=bob.headers["x-csrf-token"], **typed)
    assert answer.status_code == 422
    assert "Handover &lt;felt&gt; different" in answer.text
    assert "Choose who this is for, or keep it to yourself." in answer.text
    page = Page(answer.text)
    assert not faults(page)
    chosen = [choice["value"] for choice in page.all("input") if "checked" in choice]
    assert chosen == ["named"]


async def test_a_form_that_fits_leads_on_to_a_page_that_says_so(
    bob: Visitor, northlight: Consultancy
) -> None:
    answer = await bob.submit(
        f"/w/{northlight.slug}/clients",
        csrf_token=bob.headers["x-csrf-token"],
        name="Ashbourne Trust",
        kind="acute trust",
    )
    assert answer.status_code == 303
    notice = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("__Host-notice"))
    cookies = f"{bob.headers['cookie']}; {notice.split(';')[0]}"
    headers = {"accept": "text/html", "cookie": cookies}
    landed = await bob.get(answer.headers["location"], headers=headers)
    assert "The client was added." in landed.text
    assert "Max-Age=0" in landed.headers["set-cookie"]


async def test_what_a_program_creates_is_answered_with_201_and_its_address(
    bob: Visitor, notes: str
) -> None:
    answer = await bob.post(notes, json={"body": "Handover felt different."})
    assert answer.status_code == 201
    there = await bob.json(answer.headers["location"])
    assert there["note"]["body"] == "Handover felt different."


@pytest.mark.asvs("3.5.1")
async def test_a_change_without_the_sessions_token_is_403_as_a_page_and_as_json(
    bob: Visitor, notes: str
) -> None:
    mine = bob.headers.pop("x-csrf-token")
    draft = {"body": "Handover felt different."}
    for wrong in ("", "x", mine[:-4], "é" * 8, json.dumps(draft)):
        page = await bob.submit(notes, csrf_token=wrong, **draft)
        assert page.status_code == 403, wrong
        assert "Your text is not saved yet" in page.text
        assert "Handover felt different." in page.text
        program = await bob.post(notes, json=draft | {"csrf_token": wrong})
        assert program.status_code == 403, wrong
        assert program.headers["content-type"] == PROBLEM
    assert (await bob.json(notes))["notes"] == []


@pytest.mark.asvs("7.4.1")
async def test_an_ended_session_leads_to_signing_in_and_back(
    bob: Visitor, northlight: Consultancy, notes: str
) -> None:
    async with northlight.db.transaction(Context(surface="public"), writes=True) as tx:
        await tx.connection.execute(
            "UPDATE sign_in_session SET expires_at = now() - interval '1 second'"
            " WHERE tenant_id = $1",
            northlight.tenant,
        )
    page = await bob.page(notes)
    assert (page.status_code, page.headers["location"]) == (303, f"/sign-in?next={notes}")
    program = await bob.get(notes)
    assert program.status_code == 401
    assert program.json()["detail"] == "Sign in to open this page."
    late = await bob.submit(notes, body="Too late", csrf_token=bob.headers["x-csrf-token"])
    assert late.status_code == 401
    assert "Too late" in late.text
    assert "Sign in, then send your text" in late.text
    wordless = await bob.submit(notes, csrf_token=bob.headers["x-csrf-token"])
    assert (wordless.status_code, wordless.headers["location"]) == (303, "/sign-in?next=/")


@pytest.mark.asvs("2.2.1")
async def test_what_is_asked_in_the_address_in_the_wrong_form_is_a_problem_not_a_fault(
    bob: Visitor, northlight: Consultancy, notes: str
) -> None:
    for path in (f"{notes}?before=yesterday", f"/w/{northlight.slug}/clients?after_id=x"):
        for answer in (await bob.get(path), await bob.page(path)):
            assert 400 <= answer.status_code < 500, path


async def test_writing_under_the_id_of_a_hidden_note_finds_nothing_and_leaves_it_as_it_was(
    bob: Visitor, visit: Visit, northlight: Consultancy, work: UUID, notes: str
) -> None:
    pat = await visit(northlight, northlight.pat)
    private = {"body": "-", "audience": "me"}
    mine = await pat.post(notes.replace("notes", "reflections"), json=private)
    address = f"/w/{northlight.slug}/notes/{mine.json()['id']}"
    taken = await bob.put(address, json={"body": "Mine", "engagement_id": str(work)})
    assert taken.status_code == 404
    assert (await pat.json(address))["note"]["body"] == "-"


@pytest.mark.asvs("13.4.2", "16.5.1")
async def test_our_own_mistake_is_500_and_neither_answer_nor_log_holds_what_was_written() -> None:
    @get("/{written:str}", opt={"policy": ANYONE})
    async def broken(written: FromPath[str]) -> None:
        raise ValueError(written)

    app = Litestar(
        [broken],
        exception_handlers={Exception: show_failure},
        logging_config=None,
        state=State({"site": Site.at("http://x.example")}),
    )
    transport = httpx.ASGITransport(app)
    with structlog.testing.capture_logs() as lines:
        async with httpx.AsyncClient(transport=transport, base_url="http://x.example") as client:
            for accept in ("text/html", "application/json"):
                answer = await client.get("/confidence", headers={"accept": accept})
                assert answer.status_code == 500
                assert "Nothing was changed." in answer.text
                assert "confidence" not in answer.text
    assert [line["kind"] for line in lines] == ["ValueError", "ValueError"]
    assert all("in broken" in line["why"] and "confidence" not in line["why"] for line in lines)


async def test_characters_that_are_none_are_refused_and_not_a_fault(
    bob: Visitor, northlight: Consultancy, notes: str
) -> None:
    answers: list[httpx.Response] = [
        await bob.post(notes, json={"body": "a\0b"}),
        await bob.post(notes, content=b'{"body": "\\ud800"}'),
        await bob.post(f"/w/{northlight.slug}/clients", json={"name": "a\0", "kind": "other"}),
        await bob.get(f"/w/{northlight.slug}/clients?search=%00"),
    ]
    assert all(answer.status_code < 500 for answer in answers)
