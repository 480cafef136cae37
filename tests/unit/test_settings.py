"""Settings: read from the environment once, each wrong one named in a sentence."""

import base64
from pathlib import Path

import pytest

from tenancy.errors import Unavailable
from tenancy.settings import Settings, read_settings

SECRET = "s3cret"


def refused(**environment: str) -> str:
    with pytest.raises(Unavailable) as raised:
        read_settings(environment)
    return raised.value.sentence


def test_an_empty_environment_is_the_embedded_database_on_this_machine() -> None:
    settings = read_settings({})

    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.public_url == "http://localhost:8000"
    assert settings.data.is_absolute()
    assert settings.database_url is None
    assert settings.smtp_url is None
    assert settings.master_key is None
    assert settings.demo is False


def test_an_empty_variable_counts_as_left_out() -> None:
    names = ("HOST", "PORT", "PUBLIC_URL", "DATABASE_URL", "DATABASE_APP_URL", "SMTP_URL")
    others = ("MAIL_FROM", "COCREATE_DATA", "COCREATE_MASTER_KEY", "COCREATE_APP_PASSWORD")

    assert read_settings(dict.fromkeys((*names, *others), "")) == read_settings({})


def test_every_variable_is_read() -> None:
    key = bytes(range(32))
    settings = read_settings(
        {
            "COCREATE_DATA": "/var/lib/cocreate",
            "HOST": "0.0.0.0",
            "PORT": "8080",
            "PUBLIC_URL": "https://work.example/",
            "DATABASE_URL": "postgresql://owner:pw@db.example/cocreate",
            "DATABASE_APP_URL": "postgres://app:pw@db.example:6432/cocreate?sslmode=require",
            "COCREATE_APP_PASSWORD": "app",
            "DATABASE_POOLER": "transaction",
            "SMTP_URL": "smtp+starttls://user:pw@mail.example:587",
            "MAIL_FROM": "Northlight <post@northlight.example>",
            "COCREATE_MASTER_KEY": base64.b64encode(key).decode(),
            "COCREATE_DEMO": "1",
        }
    )

    assert settings == Settings(
        data=Path("/var/lib/cocreate"),
        host="0.0.0.0",
        port=8080,
        public_url="https://work.example",
        database_url="postgresql://owner:pw@db.example/cocreate",
        database_app_url="postgres://app:pw@db.example:6432/cocreate?sslmode=require",
        app_password="app",
        pooled_by_transaction=True,
        smtp_url="smtp+starttls://user:pw@mail.example:587",
        mail_from="Northlight <post@northlight.example>",
        master_key=key,
        demo=True,
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "0.0.0.0", "::"])
def test_this_machine_is_called_by_its_name_wherever_it_listens(host: str) -> None:
    assert read_settings({"HOST": host}).public_url == "http://localhost:8000"


def test_another_host_is_called_what_it_is_called() -> None:
    assert read_settings({"HOST": "192.0.2.7"}).public_url == "http://192.0.2.7:8000"


def test_a_command_can_ask_for_the_demo() -> None:
    assert read_settings({}, demo=True).demo is True


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "80.5", "²"])
def test_a_port_that_is_none_is_named(port: str) -> None:
    assert "Set it to a number from 1 to 65535" in refused(PORT=port)


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_APP_URL"])
@pytest.mark.parametrize(
    "url",
    [
        f"mysql://root:{SECRET}@db.example/cocreate",
        f"owner:{SECRET}@db.example/cocreate",
        f"postgresql://owner:{SECRET}/@db.example/cocreate",
        f"postgresql://owner:12/{SECRET}@db.example/cocreate",
        f"postgresql://owner:{SECRET}#1@db.example/cocreate",
        f"postgresql://owner:{SECRET}?1@db.example/cocreate",
        f"postgresql://owner:{SECRET}@db.example:port/cocreate",
        f"postgresql://owner:12#{SECRET}@db.example/cocreate",
        f"postgresql://owner:{SECRET}@[::1/cocreate",
    ],
)
def test_a_database_address_that_cannot_be_read_is_named_without_its_password(
    name: str, url: str
) -> None:
    said = refused(**{name: url})

    assert f"{name} must look like postgresql://user:password@host:5432/database" in said
    assert SECRET not in said


@pytest.mark.parametrize("url", ["mail.example", f"http://user:{SECRET}@mail.example"])
def test_a_mail_server_that_is_none_is_named_without_its_password(url: str) -> None:
    said = refused(SMTP_URL=url)

    assert "SMTP_URL must look like smtp://user:password@host:587" in said
    assert SECRET not in said


@pytest.mark.parametrize(
    "key", ["short", base64.b64encode(b"x" * 31).decode(), base64.b64encode(b"x" * 33).decode()]
)
def test_a_master_key_of_another_length_is_refused_and_not_repeated(key: str) -> None:
    said = refused(COCREATE_MASTER_KEY=key)

    assert "COCREATE_MASTER_KEY must be 32 bytes in base64" in said
    assert key not in said


def test_operators_are_addresses_with_commas_between() -> None:
    settings = read_settings({"COCREATE_OPERATORS": " Ops@cocreate.example, second@x.example ,"})

    assert settings.operators == ("ops@cocreate.example", "second@x.example")
    assert "COCREATE_OPERATORS holds 'nobody'" in refused(COCREATE_OPERATORS="a@b.example, nobody")


def test_servers_inside_that_may_be_asked_are_named_by_host_and_port() -> None:
    found = read_settings({"COCREATE_OUTBOUND_ALLOWED": "ADFS.trust.example:443, [::1]:8443"})

    assert found.outbound_allowed == {"adfs.trust.example:443", "[::1]:8443"}
    assert read_settings({}).outbound_allowed == frozenset()


@pytest.mark.parametrize("text", ["adfs.trust.example", "https://adfs:443", "*:443", "a:b"])
def test_a_server_inside_without_a_port_is_refused(text: str) -> None:
    assert "must look like adfs.trust.example:443" in refused(COCREATE_OUTBOUND_ALLOWED=text)
