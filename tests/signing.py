"""Signing in as a browser does: the code from the mail, cookies, and the token of its forms."""

import httpx

from served import Visitor
from tenancy.database.context import Context
from tenancy.mail.service import outbox
from world import Consultancy, Person


async def code_for(world: Consultancy, person: Person) -> str:
    async with world.db.transaction(Context(surface="job", tenant=world.tenant)) as tx:
        mails = [mail for mail in await outbox(tx) if mail.to_address == person.email]
    return mails[0].facts["code"]


def cookie_of(answer: httpx.Response, name: str) -> dict[str, str]:
    """The cookie that the answer set, as a program would send it back."""
    values = [line for line in answer.headers.get_list("set-cookie") if line.startswith(name + "=")]
    assert values, f"no cookie {name}"
    return {"cookie": values[0].split(";")[0]}


def csrf(browser: Visitor) -> dict[str, str]:
    return {"csrf_token": browser.headers["x-csrf-token"]}
