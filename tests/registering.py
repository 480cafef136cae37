"""Adding a passkey as a browser does: options, the authenticator's answer, a name."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from authenticator import Authenticator
from frontend.access import SESSION_COOKIE
from served import Visit, Visitor
from signing import cookie_of
from world import Consultancy, Person

LIST = "/account/passkeys"
OPTIONS = f"{LIST}/options"

Came = Callable[[Person], Awaitable[Visitor]]


@pytest.fixture
def came(visit_named: Visit, northlight: Consultancy) -> Came:
    """Somebody of Northlight, signed in with a code where passkeys work."""
    return lambda person: visit_named(northlight, person)


@pytest.fixture
def phone(named_site: str) -> Authenticator:
    return Authenticator(named_site)


async def options(browser: Visitor) -> dict[str, Any]:
    answer = await browser.post(OPTIONS)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def add(browser: Visitor, device: Authenticator, name: str = "Phone") -> httpx.Response:
    return await sent(browser, device.make(await options(browser)), name)


async def sent(browser: Visitor, credential: str, name: str = "Phone") -> httpx.Response:
    """The answer to a new passkey; the browser goes on under the session's new token."""
    answer = await browser.post(LIST, json={"credential": credential, "name": name})
    if answer.status_code == 201:
        browser.headers.update(cookie_of(answer, SESSION_COOKIE))
        browser.headers["x-csrf-token"] = answer.json()["csrf_token"]
    return answer
