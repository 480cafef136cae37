"""What is logged: each failure, refusal and arrival, with who, when, where and what; no words."""

import asyncio
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
import structlog
from litestar import Litestar, get

from frontend.access import ANYONE, REQUEST_COOKIE, SESSION_COOKIE
from frontend.failures import show_failure
from frontend.logs import log_plainly
from proving import PASSWORD, proved_by_code, shown, with_app, with_password
from served import Visit, Visitor
from signing import code_for, cookie_of
from world import Consultancy

Lines = list[str]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What our log would hold, line by line, with the processors of the running product."""
    written: Lines = []

    class Keeping:
        def msg(self, line: str) -> None:
            written.append(line)

        error = warning = info = msg

    before = structlog.get_config()
    level, handlers = logging.getLogger().level, [*logging.getLogger().handlers]
    log_plainly()
    structlog.configure(logger_factory=lambda *_: Keeping(), cache_logger_on_first_use=False)
    yield written
    structlog.configure(**before)
    logging.getLogger().setLevel(level)
    logging.getLogger().handlers[:] = handlers


def told(lines: Lines, event: str) -> list[dict[str, Any]]:
    """The lines of one kind, each without when it was."""
    found = [json.loads(line) for line in lines]
    for line in found:
        moment = datetime.fromisoformat(line.pop("timestamp"))
        assert moment.utcoffset() == timedelta(0)
    return [line for line in found if line.pop("event") == event]


@pytest.mark.asvs("16.2.1", "16.2.2", "16.3.2")
async def test_a_refusal_is_logged_with_who_asked_when_and_for_what(
    visit: Visit, northlight: Consultancy, lines: Lines
) -> None:
    bob = await visit(northlight, northlight.bob)
    lines.clear()
    await bob.get(f"/w/{northlight.slug}/settings/trail")
    assert told(lines, "request refused") == [
        {
            "level": "info",
            "who": str(northlight.bob.id),
            "method": "GET",
            "route": "/w/{slug}/settings/trail",
            "status": 404,
            "kind": "NotFound",
        }
    ]


@pytest.mark.asvs("16.2.1", "16.3.1")
async def test_each_way_in_is_logged_when_it_fails_and_with_its_factors_when_it_opens(
    visit: Visit, site: str, northlight: Consultancy, lines: Lines
) -> None:
    bob = await visit(northlight, northlight.bob)
    await with_password(bob)
    async with Visitor(base_url=site) as browser:
        asked = await browser.post("/sign-in", json={"email": northlight.pat.email})
        held = cookie_of(asked, REQUEST_COOKIE)
        for code in ("0000-0000", await code_for(northlight, northlight.pat)):
            await browser.post("/sign-in/code", json={"code": code}, headers=held)
        for password in ("a wrong one, I fear", PASSWORD):
            known = {"email": northlight.bob.email, "password": password}
            await browser.post("/sign-in/password", json=known)
        app, _ = await with_app(bob)
        held = await proved_by_code(browser, northlight, northlight.bob)
        for code in ("000000", shown(app, 1)):
            await browser.post("/sign-in/second-step", json={"code": code}, headers=held)

    assert [(line["route"], line["kind"]) for line in told(lines, "request refused")] == [
        ("/sign-in/code", "Invalid"),
        ("/sign-in/password", "Invalid"),
        ("/sign-in/second-step", "Invalid"),
    ]
    people = {str(northlight.pat.id): "Pat", str(northlight.bob.id): "Bob"}
    came = [
        (people[line["who"]], line["factor"], line["second_factor"])
        for line in told(lines, "signed in")
    ]
    assert came == [("Pat", "code", None), ("Bob", "password", None), ("Bob", "code", "totp")]


@pytest.mark.asvs("16.3.2", "16.3.3")
async def test_whatever_tries_to_pass_a_control_is_logged_by_its_kind(
    visit: Visit, site: str, northlight: Consultancy, lines: Lines
) -> None:
    bob = await visit(northlight, northlight.bob)
    notes = f"/w/{northlight.slug}/engagements/{northlight.tenant}/notes"
    await bob.post(notes, json={"body": "zebra"}, headers={"sec-fetch-site": "cross-site"})
    await bob.post(notes, json={"body": "zebra"}, headers={"x-csrf-token": "zebra"})
    await bob.post(notes, json={"body": "zebra", "zebra": True})
    await bob.post(notes, json={"body": "x" * 4_100_000})
    await bob.put("/account/password", json={"password": "zebra"})
    await bob.get(f"/zebra/{northlight.slug}")
    await bob.get("/session", headers={"authorization": "Bearer zebra"})
    async with Visitor(base_url=site) as browser:
        for _ in range(6):
            known = {"email": f"zebra@{northlight.slug}.example", "password": "zebra umbrella"}
            await browser.post("/sign-in/password", json=known)

    found = {
        (line["kind"], line["status"], line["route"]) for line in told(lines, "request refused")
    }
    note_route = "/w/{slug}/engagements/{id}/notes"
    assert found >= {
        ("CrossSite", 403, note_route),
        ("Invalid", 422, note_route),
        ("Invalid", 422, "/account/password"),
        ("TokenUnknown", 401, "/session"),
        ("TooMany", 429, "/sign-in/password"),
    }
    assert {(status, route) for _, status, route in found} >= {(413, note_route), (404, None)}
    assert not [line for line in lines if "zebra" in line]


LIBRARIES = """
import asyncio, logging, structlog, uvicorn
from frontend import logs, operations

async def nothing(scope, receive, send): ...

logs.log_plainly()
operations.web_server(nothing)
structlog.get_logger().error("ours")
logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
try:
    raise ConnectionError("zebra")
except ConnectionError as failure:
    logging.getLogger("pgqueuer").exception("A job failed: %s", failure)

async def forgotten():
    async def fails():
        raise ValueError("zebra")
    task = asyncio.create_task(fails())
    await asyncio.sleep(0)

asyncio.run(forgotten())
known = [logging.getLogger(), *map(logging.getLogger, logging.root.manager.loggerDict)]
kept = [one for each in known for one in each.handlers if type(one) is not logging.NullHandler]
assert {type(one) for one in kept} == {logging.StreamHandler}, kept
assert {one.stream.name for one in kept} == {"<stderr>"}, kept
"""


@pytest.mark.asvs("16.2.3", "16.2.4", "16.2.5", "16.4.1")
async def test_lines_of_libraries_are_like_ours_on_the_standard_streams_and_quote_nothing() -> None:
    ended = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", LIBRARIES], capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    said = [json.loads(line) for line in (ended.stdout + ended.stderr).splitlines()]
    assert [line["event"] for line in said] == [
        "ours",
        "Invalid HTTP request received.",
        "A job failed: %s",
        "Task exception was never retrieved",
    ]
    for line in said:
        assert {"timestamp", "level", "event"} <= line.keys()
        assert datetime.fromisoformat(line["timestamp"]).utcoffset() == timedelta(0)
    assert [line.get("kind") for line in said] == [None, None, "ConnectionError", "ValueError"]
    assert "in fails" in said[3]["why"]
    assert "zebra" not in re.sub(r'raise \w+\("zebra"\)', "", ended.stdout + ended.stderr)


@pytest.mark.asvs("16.2.2", "16.3.4", "16.4.1")
@pytest.mark.parametrize(
    "path",
    ["/a%0d%0a2026-01-01 [info] forged", "/%1b[2J%1b[31mred", "/a%00b", "/%22}%0a{%22level%22:1"],
)
async def test_nobody_forges_a_line_of_the_log(lines: Lines, path: str) -> None:
    @get("/{words:str}", opt={"policy": ANYONE})
    async def broken() -> None:
        raise RuntimeError

    app = Litestar([broken], exception_handlers={Exception: show_failure}, logging_config=None)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://x.example"
    ) as client:
        assert (await client.get(path)).status_code == 500
    [line] = lines
    assert not re.search(r"[\x00-\x1f\x7f]", line)
    logged = json.loads(line)
    assert logged.keys() == {"event", "level", "timestamp", "who", "path", "kind", "why"}
    assert datetime.fromisoformat(logged["timestamp"]).utcoffset() == timedelta(0)


@pytest.mark.asvs("16.2.5")
async def test_no_log_holds_an_address_a_code_or_a_token(
    site: str, northlight: Consultancy, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with structlog.testing.capture_logs() as events:
        async with Visitor(base_url=site) as client:
            asked = await client.post("/sign-in", json={"email": northlight.pat.email})
            code = await code_for(northlight, northlight.pat)
            cookie = cookie_of(asked, REQUEST_COOKIE)
            for typed in ("0000-0000", code):
                answer = await client.post("/sign-in/code", json={"code": typed}, headers=cookie)
            own = cookie_of(answer, SESSION_COOKIE)
            assert (await client.get("/session", headers=own)).status_code == 200
    logging.getLogger("anybody").info("still listening")
    told = str(events) + caplog.text
    assert "still listening" in told
    server = "\n".join(r.getMessage() for r in caplog.records if not r.name.startswith("httpx"))
    for secret in (northlight.pat.email, code, own["cookie"].partition("=")[2]):
        assert secret not in str(events) + server
