"""TLS to other servers: nothing is said to one whose certificate nobody vouches for."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

import aiosmtplib
import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tenancy.database.pool import Database
from tenancy.errors import Unavailable
from tenancy.ids import new_id
from tenancy.mail.delivery import Postman, Written
from tenancy.mail.service import Letter
from tenancy.outbound import Outbound, OutOfReach

NOW = datetime.now(UTC)
NOTHING = cast(Any, None)


class Stranger:
    """A server at 127.0.0.1 with a certificate that it made for itself, for this very address."""

    def __init__(self, folder: Path) -> None:
        self.heard = b""
        self.greeting = b""
        self.port = 0
        self.certificate = folder / "own.pem"
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=1))
            .not_valid_after(NOW + timedelta(days=1))
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
                critical=False,
            )
            .sign(key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        self.certificate.write_bytes(
            certificate.public_bytes(pem)
            + key.private_bytes(
                pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate)

    async def answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Keep what is said once TLS has begun."""
        writer.write(self.greeting)
        self.heard += await reader.read(1000)
        writer.close()

    async def agrees_to_tls(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """As PostgreSQL does, which is asked first whether it has TLS."""
        assert await reader.readexactly(8)
        writer.write(b"S")
        try:
            await writer.start_tls(self.context)
            self.heard += await reader.read(1000)
        except (ssl.SSLError, OSError):
            pass
        writer.close()


@pytest_asyncio.fixture
async def stranger(tmp_path: Path) -> AsyncIterator[Stranger]:
    made = Stranger(tmp_path)
    server = await asyncio.start_server(made.answers, "127.0.0.1", 0, ssl=made.context)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()


async def test_a_provider_of_an_unknown_certificate_is_asked_nothing(stranger: Stranger) -> None:
    outbound = Outbound(frozenset({f"127.0.0.1:{stranger.port}"}))
    with pytest.raises(OutOfReach, match="does not answer"):
        await outbound.post(f"https://127.0.0.1:{stranger.port}/token", {"code": "secret"})
    assert stranger.heard == b""


async def test_a_mail_server_of_an_unknown_certificate_is_given_nothing(
    stranger: Stranger,
) -> None:
    stranger.greeting = b"220 stranger\r\n"
    letter = Letter(new_id(), "sign_in_code", "Sam", "sam@x.example", "waiting", NOW, {})
    postman = Postman(
        NOTHING,
        lambda _: Written("Your code", "7KQ2-M8XD", "<p>7KQ2-M8XD</p>"),
        f"smtps://user:password@127.0.0.1:{stranger.port}",
        "Cocreate <no-reply@cocreate.example>",
    )
    with pytest.raises((aiosmtplib.SMTPException, OSError)):
        await postman.send(letter)
    assert stranger.heard == b""


async def test_a_database_of_an_unknown_certificate_is_told_nothing_where_it_is_to_be_verified(
    stranger: Stranger, tmp_path: Path
) -> None:
    (tmp_path / "another").mkdir()
    trusted = Stranger(tmp_path / "another").certificate
    server = await asyncio.start_server(stranger.agrees_to_tls, "127.0.0.1", 0)
    place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    url = f"postgresql://cocreate_app:secret@{place}/cocreate"
    for certificate, hears in ((trusted, False), (stranger.certificate, True)):
        with pytest.raises(Unavailable):
            await Database(f"{url}?sslmode=verify-full&sslrootcert={certificate}", NOTHING).open()
        assert (b"cocreate_app" in stranger.heard) is hears
    server.close()
