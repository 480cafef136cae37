"""Setting up passwords and authenticator apps as people do, and the codes that their apps show."""

from datetime import UTC, datetime, timedelta

import httpx
import pyotp

from frontend.access import REQUEST_COOKIE, SESSION_COOKIE
from served import Visitor
from signing import code_for, cookie_of
from tenancy.database.context import Context
from tenancy.database.pool import NOBODY
from tenancy.identity.codes import token_hash
from tenancy.mail.service import outbox
from world import Consultancy, Person

PASSWORD = "seven quiet lanterns"
BROWSER = {"accept": "text/html", "sec-fetch-site": "same-origin"}


async def with_password(browser: Visitor, password: str = PASSWORD) -> None:
    answer = await browser.put("/account/password", json={"password": password})
    assert answer.status_code == 200, answer.text


async def with_app(browser: Visitor, name: str = "My phone") -> tuple[pyotp.TOTP, list[str]]:
    """Set an app up; what shows its codes, and the recovery codes that came with it.

    The present code is used up by it, so the next one is still to come: `shown(app, 1)`.
    """
    await browser.put("/account/authenticator", json={"name": name})
    begun = (await browser.json("/account/authenticator"))["begun"]
    app = pyotp.TOTP("".join(begun["secret"]))
    answer = await browser.post("/account/authenticator/confirmation", json={"code": shown(app)})
    assert answer.status_code == 200, answer.text
    take(browser, answer)
    return app, answer.json()["recovery_codes"]


def shown(app: pyotp.TOTP, steps: int = 0) -> str:
    """What the app shows, or showed or will show so many half minutes away."""
    return app.generate_otp(int(datetime.now(UTC).timestamp()) // app.interval + steps)


def take(browser: Visitor, answer: httpx.Response) -> None:
    """Go on with the session's new cookie and token."""
    browser.headers.update(cookie_of(answer, SESSION_COOKIE))
    browser.headers["x-csrf-token"] = answer.json()["csrf_token"]


async def proved_by_code(client: httpx.AsyncClient, world: Consultancy, person: Person) -> dict:
    """Type the code from the mail; the cookie with which the second step goes on."""
    asked = await client.post("/sign-in", json={"email": person.email})
    held = cookie_of(asked, REQUEST_COOKIE)
    code = {"code": await code_for(world, person)}
    answer = await client.post("/sign-in/code", json=code, headers=held)
    assert "factors" in answer.json(), answer.text
    return held


async def changes_told(world: Consultancy, person: Person) -> list[str]:
    """What somebody was written of how they sign in, the latest first."""
    async with world.db.transaction(Context(surface="job", tenant=world.tenant)) as tx:
        mails = await outbox(tx)
    to = [mail for mail in mails if mail.to_address == person.email]
    return [mail.facts["change"] for mail in to if mail.letter == "sign_in_changed"]


async def waits_for_long(world: Consultancy) -> None:
    """Whoever waits now waits a quarter of an hour, as they do after more failures."""
    async with world.db.transaction(NOBODY, writes=True) as tx:
        await tx.connection.execute(
            "UPDATE attempt SET next_at = now() + interval '15 minutes' WHERE next_at > last_at"
        )


async def waits_no_longer(world: Consultancy) -> None:
    """Let the time pass that somebody has to wait after failures."""
    async with world.db.transaction(NOBODY, writes=True) as tx:
        await tx.connection.execute("UPDATE attempt SET next_at = now() - interval '1 second'")


async def changed(world: Consultancy, browser: httpx.AsyncClient, **values: object) -> None:
    """Make the browser's session look as it would after other things had happened."""
    token = browser.headers["cookie"].partition("=")[2]
    columns = ", ".join(f"{name} = ${n}" for n, name in enumerate(values, 2))
    async with world.db.transaction(NOBODY, writes=True) as tx:
        await tx.connection.execute(
            f"UPDATE sign_in_session SET {columns} WHERE token_hash = $1",
            token_hash(token),
            *values.values(),
        )


async def left_alone(world: Consultancy, browser: httpx.AsyncClient) -> None:
    """Let it be half an hour since the browser's person proved themselves."""
    await changed(world, browser, proved_at=datetime.now(UTC) - timedelta(minutes=30))


async def confirmed(
    world: Consultancy, browser: Visitor, person: Person, wanted: str = ""
) -> httpx.Response:
    """Confirm with a code from the mail, and go on with the session's new cookie."""
    form = {"csrf_token": browser.headers["x-csrf-token"]}
    asked = await browser.submit("/account/confirmation/code", **form)
    browser.headers["cookie"] += f"; {cookie_of(asked, REQUEST_COOKIE)['cookie']}"
    code = await code_for(world, person)
    answer = await browser.submit("/account/confirmation", code=code, next=wanted, **form)
    assert answer.status_code == 303, answer.text
    browser.headers.update(cookie_of(answer, SESSION_COOKIE))
    browser.headers["x-csrf-token"] = (await browser.json("/session"))["csrf_token"]
    return answer
