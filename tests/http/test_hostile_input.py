"""Bodies, questions and addresses that mean harm: refused with a sentence, or taken as they are."""

import json
import re
from urllib.parse import quote, urljoin, urlsplit
from uuid import UUID

import pytest

from frontend.entering import within
from hostile import MARKUP, PATHS_ELSEWHERE
from served import Visit, Visitor
from signing import code_for, cookie_of, csrf
from tenancy.ids import new_id
from world import Consultancy, engagement

HERE = "https://cocreate.example"
PROBLEM = "application/problem+json"


@pytest.fixture
async def bob(visit: Visit, northlight: Consultancy) -> Visitor:
    return await visit(northlight, northlight.bob)


@pytest.fixture
async def work(northlight: Consultancy) -> UUID:
    return (await engagement(northlight)).engagement


@pytest.fixture
def notes(northlight: Consultancy, work: UUID) -> str:
    return f"/w/{northlight.slug}/engagements/{work}/notes"


def as_a_browser_reads(address: str) -> str:
    """The host that a browser goes to (the URL standard): no tabs, and a backslash is a slash."""
    plain = re.sub(r"[\t\r\n]", "", address.strip("".join(map(chr, range(33))))).replace("\\", "/")
    return urlsplit(urljoin(HERE, plain)).netloc


@pytest.mark.asvs("3.7.2")
@pytest.mark.parametrize("wanted", PATHS_ELSEWHERE)
def test_no_address_of_another_site_is_one_of_ours(wanted: str) -> None:
    for address in (within(wanted), within(wanted.lstrip()), within("/" + wanted)):
        assert as_a_browser_reads(address) == "cocreate.example", address
        assert address.isascii()
        assert not re.search(r"[\x00-\x20\x7f\\]", address), address


def test_a_path_of_ours_is_kept_with_what_it_asks_for() -> None:
    for path in ("/w/a/search?q=h%20s&kind=notes", "/account", "/w/a/notes/1/edit#f-body"):
        assert within(path) == path
    assert within("/w/a/search?q=größe") == "/w/a/search?q=gr%C3%B6%C3%9Fe"


@pytest.mark.asvs("3.7.2")
@pytest.mark.parametrize("wanted", PATHS_ELSEWHERE[::4])
async def test_signing_in_leads_to_no_other_site(
    site: str, northlight: Consultancy, wanted: str
) -> None:
    browser = {"accept": "text/html", "sec-fetch-site": "same-origin"}
    async with Visitor(base_url=site, headers=browser) as client:
        sent = {"email": northlight.pat.email, "next": wanted}
        asked = await client.post("/sign-in", data=sent)
        cookie = cookie_of(asked, "__Host-cocreate-asked")
        code = await code_for(northlight, northlight.pat)
        entered = await client.post(
            "/sign-in/code", data={"code": code, "next": wanted}, headers=cookie
        )
    for answer in (asked, entered):
        assert answer.status_code == 303
        assert as_a_browser_reads(answer.headers["location"]) == "cocreate.example"


@pytest.mark.asvs("2.2.1", "15.3.7")
@pytest.mark.parametrize(
    "body",
    [
        '{"body": "a", "body": "b"}',
        '{"body": "a", "audience": "me", "audience": "team"}',
        '{"body": "a", "body": "a"}',
        '{"body": "a", "b\\u006fdy": "b"}',
        '{"body": {"a": 1, "a": 2}}',
    ],
)
async def test_a_name_that_stands_twice_in_json_is_refused(
    bob: Visitor, notes: str, body: str
) -> None:
    answer = await bob.post(notes, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert "twice" in answer.json()["detail"]
    assert (await bob.json(notes))["notes"] == []


@pytest.mark.asvs("15.3.7")
async def test_a_field_that_is_sent_twice_in_a_form_is_refused(bob: Visitor, notes: str) -> None:
    answer = await bob.submit(notes, body="Seen", audience=["me", "team"], **csrf(bob))
    assert answer.status_code == 422
    assert "was sent more than once" in answer.text
    assert (await bob.json(notes))["notes"] == []


@pytest.mark.asvs("15.3.7")
async def test_a_question_that_is_asked_twice_in_an_address_is_refused(
    bob: Visitor, northlight: Consultancy
) -> None:
    for query in ("search=a&search=b", "search=a&search=a", "search=a&se%61rch=b"):
        for answer in (
            await bob.get(f"/w/{northlight.slug}/clients?{query}"),
            await bob.page(f"/w/{northlight.slug}/clients?{query}"),
        ):
            assert answer.status_code == 422, query


@pytest.mark.asvs("1.4.2", "2.2.1")
async def test_a_number_that_is_too_large_for_anything_is_refused(
    bob: Visitor, notes: str, northlight: Consultancy
) -> None:
    note = (await bob.post(notes, json={"body": "Seen"})).json()["id"]
    address = f"/w/{northlight.slug}/notes/{note}"
    for number in (2**31, 2**63, 10**400, -(2**63)):
        answers = [
            await bob.get(f"{address}/versions?number={number}"),
            await bob.put(f"{address}/versions/{number}/restoration", json={"version": 1}),
            await bob.put(address, json={"body": "Seen", "version": number}),
        ]
        assert {answer.status_code // 100 for answer in answers} == {4}, number


@pytest.mark.asvs("1.5.2", "2.2.1", "15.3.5")
@pytest.mark.parametrize(
    "body",
    [
        *('{"body": 1}', '{"body": ["a"]}', '{"body": {"a": "b"}}', '{"body": true}'),
        *('{"body": null}', '{"body": "a", "version": "1"}', '{"body": "a", "version": 1.5}'),
        *('{"body": "a", "version": true}', '{"body": "a", "version": NaN}', "[]", "null", "1"),
        *('{"body": "a", "reader_ids": "all"}', '{"body": "a", "__proto__": {"audience": "team"}}'),
        *('{"body": "a", "constructor": 1}', '{"body": "a"}{"body": "b"}', "{'body': 'a'}"),
        '{"body": "a", "version": 1e999}',
        '{"body": ' + "[" * 5_000 + "]" * 5_000 + "}",
        '{"body": ' + '{"a": ' * 5_000 + "1" + "}" * 5_000 + "}",
    ],
)
async def test_what_is_of_another_type_is_refused_and_nothing_is_kept(
    bob: Visitor, notes: str, body: str
) -> None:
    answer = await bob.post(notes, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == PROBLEM
    assert (await bob.json(notes))["notes"] == []


@pytest.mark.asvs("15.3.3", "8.2.3")
async def test_nobody_gives_a_thing_more_than_its_form_asks(
    bob: Visitor, notes: str, northlight: Consultancy
) -> None:
    for name, value in {
        "tenant_id": str(northlight.tenant),
        "author_id": str(northlight.pat.id),
        "role": "owner",
        "readers": [str(northlight.pat.id)],
        "written_at": "2020-01-01T00:00:00Z",
        "sealed": "x",
    }.items():
        program = await bob.post(notes, json={"body": "Seen", name: value})
        assert program.status_code == 422
        assert name in program.json()["errors"]
        form = await bob.submit(notes, body=name, **{name: value}, **csrf(bob))
        assert form.status_code == 303
    for note in (await bob.json(notes))["notes"]:
        assert note["author"] == "Bob Hartley"
        assert note["written_at"] > "2026"


@pytest.mark.asvs("1.1.1")
async def test_what_was_encoded_twice_is_decoded_once(
    bob: Visitor, northlight: Consultancy, notes: str
) -> None:
    page = await bob.page(f"/w/{northlight.slug}/search?q=%253Cb%253E")
    assert "%3Cb%3E" in page.text
    assert (await bob.get(f"/w/{northlight.slug}%252Fclients")).status_code == 404
    for words in ("&lt;b&gt; %3Cb%3E", "\\u003cb\\u003e", "&amp;amp; +"):
        kept = (await bob.post(notes, json={"body": words})).json()["id"]
        assert (await bob.json(f"/w/{northlight.slug}/notes/{kept}"))["note"]["body"] == words


@pytest.mark.asvs("1.2.9")
async def test_what_is_looked_for_is_never_a_pattern(
    bob: Visitor, northlight: Consultancy, notes: str
) -> None:
    await bob.post(notes, json={"body": "Costs rose by half."})
    search = f"/w/{northlight.slug}/search?q="
    assert "rose by half" in (await bob.get(f"{search}costs")).text
    for wanted in (".*", "c.sts", "[a-z]osts", "(c+)+osts$", "%osts", "_osts", "r?se", "\\w+", "("):
        answer = await bob.get(search + quote(wanted))
        assert answer.status_code in (200, 422)
        assert "rose" not in answer.text, wanted


@pytest.mark.asvs("1.2.4")
@pytest.mark.parametrize(
    "wanted",
    [
        *("' OR '1'='1", "'; DROP TABLE note; --", "\\'; SELECT 1", "$1", ":q", "%s", "{0}"),
        *("') UNION SELECT name FROM member --", "a'||pg_sleep(5)||'", "\\x27", "E'\\\\'"),
    ],
)
async def test_what_looks_like_sql_is_looked_for_and_kept_as_it_is(
    bob: Visitor, northlight: Consultancy, wanted: str
) -> None:
    clients = f"/w/{northlight.slug}/clients"
    added = await bob.post(clients, json={"name": wanted, "kind": "acute trust"})
    assert added.status_code == 201
    other = await bob.post(clients, json={"name": "Another", "kind": "acute trust"})
    assert other.status_code == 201
    found = await bob.json(f"{clients}?search={quote(wanted)}")
    assert [row["name"] for row in found["clients"]] == [wanted]


@pytest.mark.asvs("1.2.1")
async def test_no_name_adds_anything_to_the_pages_that_show_it(
    bob: Visitor, northlight: Consultancy
) -> None:
    clients = f"/w/{northlight.slug}/clients"
    for name in MARKUP:
        draft = {"name": name[:150], "kind": "acute trust"}
        assert (await bob.post(clients, json=draft)).status_code == 201
    page = (await bob.page(f"{clients}?search={quote('__ran')}")).text
    assert "__ran" in page
    assert not re.search(r"<(script|svg|img|iframe|base|object)[^>]*(__ran|evil)", page)
    assert not re.search(r"<[a-z]+ [^>]*\bon\w+=", page)


async def test_json_says_the_same_as_was_sent(bob: Visitor, notes: str) -> None:
    for words in MARKUP[::8]:
        there = (await bob.post(notes, json={"body": words})).headers["location"]
        answer = await bob.get(there, headers={"accept": "application/json"})
        assert json.loads(answer.content)["note"]["body"] == words.strip()


async def test_an_id_that_is_none_is_nowhere(bob: Visitor, northlight: Consultancy) -> None:
    for id in (f"{new_id()}%00", "../../etc/passwd", "1' OR '1'='1", "%2e%2e", "*", "{id}"):
        answer = await bob.get(f"/w/{northlight.slug}/notes/{quote(id)}")
        assert answer.status_code in (400, 404)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        *(("sec-fetch-site", b"\xff"), ("sec-fetch-site", b"same-origin\xc3\x28")),
        *(("origin", b"\xff"), ("origin", b"http://["), ("origin", b"http://[::1]]:x")),
        *(("accept", b"text/html;q=1e999"), ("accept", b"text/html;q=-1e999"), ("accept", b"\xff")),
        *(("accept", b"text/html;q=nan"), ("accept", b";;q=,,/;"), ("content-type", b"\xff")),
        *(("cookie", b"__Host-cocreate=\xff"), ("cookie", b"__Host-cocreate-asked=\xff")),
        *(("authorization", b"\xff"), ("authorization", b"Bearer"), ("x-csrf-token", b"\xff")),
        *(("user-agent", b"\xff"), ("hx-request", b"\xff")),
    ],
)
async def test_a_header_that_means_nothing_is_no_mistake_of_ours(
    site: str, header: str, value: bytes
) -> None:
    async with Visitor(base_url=site) as client:
        headers = [(b"content-type", b"application/json"), (header.encode(), value)]
        answers = [
            await client.get("/sign-in", headers=headers),
            await client.post("/sign-in/code", headers=headers, content=b'{"code": "00000000"}'),
        ]
    assert all(answer.status_code < 500 for answer in answers), [one.text for one in answers]


async def test_an_address_with_a_null_character_is_not_there(
    site: str, bob: Visitor, northlight: Consultancy
) -> None:
    id = new_id()
    paths = ("/w/%00", "/portal/%00", "/support/%00", "/sign-in/sso/%00", f"/join/%00/{id}")
    for path in (*paths, f"/w/{northlight.slug}/clients/%00", "/%00", "/static/%00/app.css"):
        for answer in (await bob.get(path), await bob.page(path)):
            assert (path, answer.status_code) == (path, 404)
    assert (await bob.post(f"/join/%00/{id}/code")).status_code == 404
