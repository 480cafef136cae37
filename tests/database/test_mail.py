"""The outbox, and a real worker that empties it into a real SMTP server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

import asyncpg
import pytest
import pytest_asyncio
from aiosmtpd.smtp import SMTP, Envelope

from conftest import copied
from tenancy.database.context import Context
from tenancy.database.pool import Database
from tenancy.database.prepare import app_url
from tenancy.jobs.worker import Routines, work
from tenancy.mail import service
from tenancy.mail.delivery import Postman, Written
from tenancy.mail.service import DELIVER, Letter
from tenancy.workspaces.keys import Keyring
from world import Consultancy, consultancy

FROM = "Cocreate <no-reply@cocreate.example>"
FACT = "7KQ2-M8XD"


class PostOffice:
    """An SMTP server that keeps what it takes, or refuses it."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.refused = 0
        self.open = True
        self.url = ""

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Envelope) -> str:
        if not self.open:
            self.refused += 1
            return "451 Come back later"
        raw = cast(bytes, envelope.original_content)
        self.taken.append(cast(EmailMessage, message_from_bytes(raw, policy=default)))
        return "250 Taken"


@pytest_asyncio.fixture
async def office() -> AsyncIterator[PostOffice]:
    post_office = PostOffice()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(post_office, enable_SMTPUTF8=True), "127.0.0.1", 0
    )
    post_office.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield post_office
    server.close()
    await server.wait_closed()


@pytest_asyncio.fixture(scope="module")
async def post_url(template_url: str) -> str:
    """A database whose queue is these tests' own."""
    return await copied(template_url, "post")


@pytest_asyncio.fixture
async def house(post_url: str, keyring: Keyring) -> AsyncIterator[Consultancy]:
    database = Database(app_url(post_url, "app-password"), keyring, size=2)
    await database.open()
    await emptied(post_url)
    yield await consultancy(database, keyring)
    await database.close()


async def emptied(post_url: str) -> None:
    connection = await asyncpg.connect(post_url)
    await connection.execute("TRUNCATE pgqueuer, mail")
    await connection.close()


def write(letter: Letter) -> Written:
    """The letter, as the house that has the templates would write it."""
    code = letter.facts["code"]
    return Written(f"Your code: {letter.facts['about']}", f"Code: {code}\n", f"<p>{code}</p>")


async def post(house: Consultancy, *, name: str = "Sam Whitfield", about: str = "sign in") -> None:
    async with house.db.transaction(await house.context(house.bob), writes=True) as tx:
        await service.post(
            tx, "sign_in_code", to_name=name, to_address=house.sam.email, code=FACT, about=about
        )


@asynccontextmanager
async def worker(house: Consultancy, smtp_url: str | None) -> AsyncIterator[None]:
    postman = Postman(house.db, write, smtp_url, FROM)
    stop = asyncio.Event()
    working = asyncio.create_task(
        work(house.db.url, Routines(jobs={DELIVER: postman.deliver}), stop)
    )
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(working, 15)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(15):
        while not await condition():  # noqa: ASYNC110 - PostgreSQL and SMTP set no event here
            await asyncio.sleep(0.02)


async def has_taken(office: PostOffice, count: int = 1) -> bool:
    return len(office.taken) >= count


async def row(post_url: str) -> dict[str, Any]:
    """The one mail there is, as the superuser finds it."""
    connection = await asyncpg.connect(post_url)
    try:
        return dict(await connection.fetchrow("SELECT * FROM mail") or {})
    finally:
        await connection.close()


async def queued(post_url: str) -> list[tuple[str, int]]:
    connection = await asyncpg.connect(post_url)
    try:
        return [
            (job["status"], job["attempts"])
            for job in await connection.fetch("SELECT status::text, attempts FROM pgqueuer")
        ]
    finally:
        await connection.close()


async def test_what_a_mail_says_is_sealed_in_the_outbox(house: Consultancy, post_url: str) -> None:
    await post(house, about="the away-day")

    mail = await row(post_url)
    assert mail["state"] == "waiting"
    assert FACT.encode() not in mail["sealed"]
    assert FACT not in str(mail) and "away-day" not in str(mail)


async def test_the_job_names_the_mail_and_nothing_else(house: Consultancy, post_url: str) -> None:
    await post(house)

    connection = await asyncpg.connect(post_url)
    payload = await connection.fetchval("SELECT payload FROM pgqueuer")
    await connection.close()
    mail = await row(post_url)
    assert payload.decode() == f'{{"tenant":"{house.tenant}","mail":"{mail["id"]}"}}'


@pytest.mark.asvs("2.3.3")
async def test_no_mail_and_no_job_stay_of_a_deed_that_failed(
    house: Consultancy, post_url: str
) -> None:
    with pytest.raises(LookupError):
        async with house.db.transaction(await house.context(house.bob), writes=True) as tx:
            await service.post(tx, "sign_in_code", to_name="Sam", to_address="sam@x.example")
            raise LookupError

    assert await row(post_url) == {}
    assert await queued(post_url) == []


async def test_a_mail_is_delivered_within_seconds_and_then_erased(
    house: Consultancy, office: PostOffice, post_url: str
) -> None:
    async with worker(house, office.url):
        await post(house)
        await until(lambda: has_taken(office))
        await until(lambda: is_done(post_url))

    message = office.taken[0]
    assert (message["to"], message["from"]) == (f"Sam Whitfield <{house.sam.email}>", FROM)
    assert message["subject"] == "Your code: sign in"
    assert message["auto-submitted"] == "auto-generated"
    plain = message.get_body(("plain",))
    assert plain is not None and plain.get_content().strip() == f"Code: {FACT}"
    mail = await row(post_url)
    assert (mail["state"], mail["sealed"]) == ("sent", None)
    assert mail["sent_at"] is not None


async def test_a_job_that_runs_twice_sends_one_mail(
    house: Consultancy, office: PostOffice, post_url: str
) -> None:
    await post(house)
    mail = await row(post_url)
    postman = Postman(house.db, write, office.url, FROM)
    payload = f'{{"tenant":"{house.tenant}","mail":"{mail["id"]}"}}'.encode()

    await asyncio.gather(postman.deliver(payload), postman.deliver(payload))

    assert len(office.taken) == 1


@pytest.mark.asvs("16.5.2")
async def test_a_server_that_refuses_is_asked_again(
    house: Consultancy, office: PostOffice, post_url: str
) -> None:
    office.open = False
    async with worker(house, office.url):
        await post(house)
        await until(lambda: was_refused(office))
        await until(lambda: is_waiting_again(post_url))
        assert (await row(post_url))["state"] == "waiting"
        office.open = True
        await until(lambda: has_taken(office))

    assert office.refused >= 1


async def was_refused(office: PostOffice) -> bool:
    return office.refused > 0


async def is_waiting_again(post_url: str) -> bool:
    return [(status, attempts > 0) for status, attempts in await queued(post_url)] == [
        ("queued", True)
    ]


@pytest.mark.asvs("16.5.2")
async def test_without_a_server_nothing_is_sent_and_the_mail_is_kept(
    house: Consultancy, post_url: str
) -> None:
    async with worker(house, None):
        await post(house)
        await until(lambda: is_done(post_url))

    assert (await row(post_url))["state"] == "waiting"
    async with house.db.transaction(Context(surface="job", tenant=house.tenant)) as tx:
        letters = await service.outbox(tx)
    assert [letter.facts["code"] for letter in letters] == [FACT]


async def is_done(post_url: str) -> bool:
    return await queued(post_url) == []


async def test_the_outbox_is_read_by_jobs_alone(house: Consultancy) -> None:
    await post(house)

    for surface in ("workspace", "portal", "public"):
        async with house.db.transaction(await house.context(house.alice, surface)) as tx:
            assert await service.outbox(tx) == []


@pytest.mark.asvs("1.3.11")
async def test_a_line_break_in_a_name_or_a_subject_begins_no_header(
    house: Consultancy, office: PostOffice
) -> None:
    broken = ["Sam\r\nBcc: everybody@example.org", "Sam\nX-Evil: 1"]
    async with worker(house, office.url):
        for text in broken:
            await post(house, name=text, about=text)
        await until(lambda: has_taken(office, len(broken)))

    for message in office.taken:
        assert message["bcc"] is None and message["x-evil"] is None
        assert message["subject"].startswith("Your code: Sam ")
        assert len(message["to"].addresses) == 1


async def test_a_name_is_shown_as_it_is_written(house: Consultancy, office: PostOffice) -> None:
    names = {"Łukasz Żółć", 'Whitfield, "Sam" <sam>', "", "名前"}
    async with worker(house, office.url):
        for name in names:
            await post(house, name=name)
        await until(lambda: has_taken(office, len(names)))

    addresses = [address for message in office.taken for address in message["to"].addresses]
    assert {address.display_name for address in addresses} == names
    assert {address.addr_spec for address in addresses} == {house.sam.email}
