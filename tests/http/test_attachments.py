"""Files of notes over HTTP: the limits of what is sent, and how a file is handed out."""

import asyncio
import re
from base64 import b64encode
from collections.abc import AsyncIterator
from urllib.parse import quote, urlsplit

import httpx
import pytest
import pytest_asyncio
from litestar import Litestar

from frontend.headers import with_headers
from frontend.workspace.notes.attachments import AROUND
from noting import a_team, audience_set, begun, leaves
from served import Visit, Visitor
from tenancy.files.kinds import LIMIT
from tenancy.ids import new_id
from world import Consultancy, EngagementWorld

PDF = b"%PDF-1.7\n"
TEXT = ("agenda.txt", b"Who opens?", "text/plain")
BOUNDARY = "one-file"
ATTACHED = "Attached. Whoever can read this note can open it."


@pytest_asyncio.fixture
async def team(northlight: Consultancy) -> EngagementWorld:
    return await a_team(northlight)


@pytest_asyncio.fixture
async def note(northlight: Consultancy, team: EngagementWorld) -> str:
    """Bob's note for the team."""
    id = await begun(northlight, team, audience="team")
    return f"/w/{northlight.slug}/notes/{id}"


@pytest_asyncio.fixture
async def bob(northlight: Consultancy, visit: Visit) -> Visitor:
    return await visit(northlight, northlight.bob)


@pytest_asyncio.fixture
async def ann(northlight: Consultancy, visit: Visit) -> Visitor:
    return await visit(northlight, northlight.ann)


async def sends(browser: Visitor, note: str, *files: tuple[str, bytes, str], **fields: str):
    """What a browser sends from the form."""
    return await browser.post(
        f"{note}/attachments",
        data=fields,
        files=[("files", file) for file in files],
        headers={"accept": "text/html", "sec-fetch-site": "same-origin"},
        timeout=60,
    )


async def names(browser: Visitor, note: str) -> list[str]:
    return [file["name"] for file in (await browser.json(note))["attachments"]]


async def first_file(browser: Visitor, note: str) -> str:
    """The address of the first file of a note."""
    [id, *_] = [file["id"] for file in (await browser.json(note))["attachments"]]
    return f"{note.rpartition('/notes/')[0]}/attachments/{id}"


async def test_a_form_leads_back_to_the_files_and_says_who_can_open_them(bob, note) -> None:
    answer = await sends(bob, note, TEXT)

    assert (answer.status_code, answer.headers["location"]) == (303, f"{note}#files")
    assert quote(ATTACHED) in answer.headers["set-cookie"]
    page = await bob.page(note)
    assert "agenda.txt" in page.text and "plain text, 1 KB" in page.text


async def test_a_program_sends_json_and_is_answered_with_all_files(bob, note) -> None:
    body = {"files": [{"name": "a.txt", "content": b64encode(b"A").decode()}]}

    answer = await bob.post(f"{note}/attachments", json=body)

    assert answer.status_code == 201
    [file] = answer.json()["attachments"]
    assert (file["name"], file["media_type"], file["size"]) == ("a.txt", "text/plain", 1)
    assert file.keys() == {"id", "name", "media_type", "size", "attached_by", "own"}


@pytest.mark.asvs("3.2.1", "5.3.1", "5.4.1")
async def test_a_file_is_handed_out_to_be_kept_and_never_shown(bob, note) -> None:
    await sends(bob, note, ("Agenda für “Ward 3”.pdf", PDF, "text/html"))

    answer = await bob.get(await first_file(bob, note))

    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="Agenda f_r _Ward 3_.pdf"; '
        f"filename*=UTF-8''{quote('Agenda für “Ward 3”.pdf', safe='')}"
    )
    policy = answer.headers["content-security-policy"]
    assert policy == "sandbox; default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    assert "content-encoding" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.asvs("5.4.1", "5.4.2")
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/agenda.txt", "agenda.txt"),
        (r"C:\Users\bob\agenda.txt", "agenda.txt"),
        ("a\r\nSet-Cookie: x=1.txt", "a Set-Cookie: x=1.txt"),
        ("agenda\u202etxt.exe.txt", "agendatxt.exe.txt"),
        ('"; filename="x.html".txt', '"; filename="x.html".txt'),
        ("<script>alert(1)</script>.txt", "script>.txt"),
    ],
)
async def test_a_name_is_tamed_before_it_is_shown_or_handed_out(bob, note, sent, kept) -> None:
    body = {"files": [{"name": sent, "content": b64encode(b"A").decode()}]}
    assert (await bob.post(f"{note}/attachments", json=body)).status_code == 201

    assert await names(bob, note) == [kept]
    assert "<script>alert" not in (await bob.page(note)).text
    answer = await bob.get(await first_file(bob, note))
    assert "set-cookie" not in answer.headers
    disposition = answer.headers["content-disposition"]
    assert re.fullmatch(r"attachment; filename=\"[^\"]*\"; filename\*=UTF-8''[^\"; ]*", disposition)


@pytest.mark.parametrize("filename", ['a"b.txt', "a;b.txt", "ä.txt", "a b.txt"])
async def test_a_name_comes_through_a_form_as_it_was(bob, note, filename: str) -> None:
    await sends(bob, note, (filename, b"A", "text/plain"))

    assert await names(bob, note) == [filename]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<!doctype html><script>alert(1)</script>"),
        ("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("setup.exe", b"MZ\x90\0"),
        ("minutes.pdf", b"MZ\x90\0"),
    ],
)
async def test_what_is_not_taken_is_said_beside_the_form(bob, note, name, content) -> None:
    answer = await sends(bob, note, TEXT, (name, content, "application/pdf"))

    assert answer.status_code == 422
    assert f"“{name}” is " in answer.text
    assert 'id="f-files-error"' in answer.text
    assert "The medical director dreads" in answer.text, "the note is still before them"
    assert await names(bob, note) == []
    told = await bob.get(note, headers={"accept": "application/json"})
    assert told.status_code == 200


async def test_nothing_chosen_is_said_beside_the_form(bob, note) -> None:
    answer = await sends(bob, note, ("", b"", "application/octet-stream"))

    assert answer.status_code == 422
    assert "Choose the files." in answer.text


@pytest.mark.asvs("5.2.1")
async def test_a_file_of_exactly_the_limit_is_taken_and_one_byte_more_is_not(bob, note) -> None:
    more = await sends(bob, note, ("more.pdf", PDF.ljust(LIMIT + 1, b" "), "application/pdf"))
    assert more.status_code == 422
    assert "“more.pdf” is 20.1 MB. The limit is 20 MB." in more.text

    just = await sends(bob, note, ("just.pdf", PDF.ljust(LIMIT, b" "), "application/pdf"))
    assert just.status_code == 303
    assert len((await bob.get(await first_file(bob, note))).content) == LIMIT
    assert await names(bob, note) == ["just.pdf"]


@pytest.mark.asvs("5.2.1")
async def test_what_says_that_it_is_too_large_is_refused_before_it_is_sent(
    bob, note, site: str
) -> None:
    reader, writer = await asyncio.open_connection(*urlsplit(site).netloc.split(":"))
    head = [
        f"POST {note}/attachments HTTP/1.1",
        "Host: 127.0.0.1",
        f"Cookie: {bob.headers['cookie']}",
        f"X-CSRF-Token: {bob.headers['x-csrf-token']}",
        "Accept: application/json",
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
        f"Content-Length: {10 * LIMIT}",
    ]
    writer.write("\r\n".join([*head, "", ""]).encode())
    await writer.drain()

    answer = await reader.read(65_536)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"The limit is 20 MB" in answer
    writer.close()


@pytest.mark.asvs("5.2.1", "15.2.2")
async def test_what_does_not_say_how_large_it_is_is_read_up_to_the_limit_and_no_further(
    bob, note, app: Litestar
) -> None:
    """Asked without a network between, so that it is counted what the product takes."""
    taken = 0

    async def without_end() -> AsyncIterator[bytes]:
        nonlocal taken
        head = 'Content-Disposition: form-data; name="files"; filename="x.pdf"'
        yield f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode()
        while taken < 10 * LIMIT:
            yield b" " * AROUND
            taken += AROUND

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(with_headers(app)),
        base_url="http://127.0.0.1",
        headers={name: bob.headers[name] for name in ("cookie", "x-csrf-token")},
    ) as client:
        answer = await client.post(
            f"{note}/attachments",
            content=without_end(),
            headers={"content-type": f"multipart/form-data; boundary={BOUNDARY}"},
        )

    assert answer.status_code == 413
    assert LIMIT <= taken <= LIMIT + 2 * AROUND
    assert await names(bob, note) == []


@pytest.mark.asvs("5.2.1")
async def test_other_routes_take_no_such_amount(bob, northlight, team) -> None:
    address = f"/w/{northlight.slug}/notes/{new_id()}"
    answer = await bob.put(address, json={"body": "x" * 4_100_000})

    assert answer.status_code == 413


async def test_the_same_form_sent_twice_attaches_once(bob, note) -> None:
    page = await bob.page(note)
    [form] = re.findall(r'name="mutation_id" value="([^"]+)"', page.text)

    answers = await asyncio.gather(*(sends(bob, note, TEXT, mutation_id=form) for _ in range(2)))

    assert [answer.status_code for answer in answers] == [303, 303]
    assert await names(bob, note) == ["agenda.txt"]
    [fresh] = re.findall(r'name="mutation_id" value="([^"]+)"', (await bob.page(note)).text)
    assert fresh != form


async def test_whoever_cannot_read_the_note_any_more_finds_no_file(
    bob, ann, note, northlight, team, visit
) -> None:
    await sends(bob, note, TEXT)
    file = await first_file(bob, note)
    assert (await ann.get(file)).content == TEXT[1]
    pat, alice = await visit(northlight, northlight.pat), await visit(northlight, northlight.alice)
    for stranger in (pat, alice):
        assert (await stranger.get(file)).status_code == 404

    await audience_set(northlight, northlight.bob, _id(note), "me", [])
    assert (await ann.get(file)).status_code == 404
    await audience_set(northlight, northlight.bob, _id(note), "team", [])
    assert (await ann.get(file)).status_code == 200
    await leaves(northlight, northlight.ann, team)
    assert (await ann.get(file)).status_code == 404
    assert (await bob.get(file)).status_code == 200


def _id(note: str):
    return note.rpartition("/")[2]


async def test_nobody_who_is_not_signed_in_is_handed_a_file(bob, note, site: str) -> None:
    await sends(bob, note, TEXT)

    async with Visitor(base_url=site) as stranger:
        answer = await stranger.get(await first_file(bob, note))
    assert answer.status_code == 401
    assert TEXT[1] not in answer.content


async def test_a_file_is_removed_by_a_form_and_its_address_is_gone(bob, ann, note) -> None:
    await sends(bob, note, TEXT)
    file = await first_file(bob, note)
    assert "Remove for good" not in (await ann.page(note)).text
    assert (await ann.submit(f"{file}/removal")).status_code == 404

    answer = await bob.submit(f"{file}/removal")

    assert (answer.status_code, answer.headers["location"]) == (303, note)
    assert quote("The file was removed.") in answer.headers["set-cookie"]
    assert (await bob.get(file)).status_code == 404
    assert await names(bob, note) == []


async def test_without_the_token_of_the_session_nothing_is_attached(bob, note) -> None:
    bob.headers.pop("x-csrf-token")

    assert (await sends(bob, note, TEXT)).status_code == 403
    assert await names(bob, note) == []


async def test_a_store_that_fails_is_said_without_its_address(
    bob, note, northlight, files_folder
) -> None:
    in_the_way = files_folder / str(northlight.tenant)
    await asyncio.to_thread(in_the_way.touch)

    answer = await sends(bob, note, TEXT)

    assert answer.status_code == 503
    assert "Nothing was changed. Try again in a minute." in answer.text
    assert str(files_folder) not in answer.text
    assert await names(bob, note) == []
    await asyncio.to_thread(in_the_way.unlink)
    assert (await sends(bob, note, TEXT)).status_code == 303
