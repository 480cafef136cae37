"""Sending what is in the outbox."""

from collections.abc import Callable
from email.message import EmailMessage
from email.utils import formataddr, make_msgid
from urllib.parse import unquote, urlsplit

import aiosmtplib
import msgspec
from msgspec import Struct

from tenancy.database.context import Context
from tenancy.database.pool import Database
from tenancy.mail import service
from tenancy.mail.service import Delivery, Letter


class Written(Struct, frozen=True):
    """A letter as it is sent."""

    subject: str
    text: str
    html: str


Writer = Callable[[Letter], Written]


class Postman:
    """Delivers mails by SMTP; keeps them in the outbox when there is no server to give them to."""

    def __init__(
        self, database: Database, write: Writer, smtp_url: str | None, mail_from: str
    ) -> None:
        self._database = database
        self._write = write
        self._smtp_url = smtp_url
        self._mail_from = mail_from

    async def deliver(self, payload: bytes) -> None:
        """Send one mail, once: the row is locked until the server has taken it.

        Raises:
            aiosmtplib.SMTPException, OSError: the server did not take it; the queue tries again.
        """
        if self._smtp_url is None:
            return
        delivery = msgspec.json.decode(payload, type=Delivery)
        context = Context(surface="job", tenant=delivery.tenant)
        async with self._database.transaction(context, writes=True) as tx:
            letter = await service.waiting(tx, delivery.mail)
            if letter is not None and await self.send(letter):
                await service.mark_sent(tx, delivery.mail)

    async def send(self, letter: Letter) -> bool:
        """Give a letter to the server, and say so; False when there is none to give it to.

        Raises:
            aiosmtplib.SMTPException, OSError: the server did not take it.
        """
        if self._smtp_url is None:
            return False
        await _send(self._smtp_url, _message(letter, self._write(letter), self._mail_from))
        return True


def _message(letter: Letter, written: Written, mail_from: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = mail_from
    message["To"] = formataddr((_one_line(letter.to_name), letter.to_address))
    message["Subject"] = _one_line(written.subject)
    domain = mail_from.rpartition("@")[2].rstrip(">")
    message["Message-ID"] = make_msgid(str(letter.id), domain=domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(written.text)
    message.add_alternative(written.html, subtype="html")
    return message


def _one_line(text: str) -> str:
    """A header ends with its line, so a line break in a name would begin another one."""
    return " ".join(text.split())


async def _send(url: str, message: EmailMessage) -> None:
    parts = urlsplit(url)
    await aiosmtplib.send(
        message,
        hostname=parts.hostname,
        port=parts.port,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        use_tls=parts.scheme == "smtps",
        start_tls=True if parts.scheme == "smtp+starttls" else None,
        timeout=20,
    )
