"""Settings: one Struct, read from the environment once, at the start of a command."""

import os
import re
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

from tenancy.errors import Unavailable
from tenancy.workspaces.master_keys import from_base64

SERVER = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9][a-z0-9.-]*):[0-9]{1,5}")
PROJECT = Path(__file__).resolve().parents[2]


class Settings(Struct, frozen=True, kw_only=True):
    """What an operator may decide; `docs/operations.md` lists the environment variables."""

    data: Path
    """Folder of the embedded database, its secrets and the master key."""
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str
    """Scheme and host that mails and redirects are built from, without a slash at the end."""
    database_url: str | None = None
    """A PostgreSQL 16+ that may be migrated; the embedded one when empty."""
    database_app_url: str | None = None
    """What web and worker connect with; derived from `database_url` when empty."""
    app_password: str | None = None
    """Password of the role `cocreate_app`; made once and kept in `data` when empty."""
    pooled_by_transaction: bool = False
    """True behind PgBouncer in transaction mode: prepared statements are not kept."""
    smtp_url: str | None = None
    mail_from: str = "Cocreate <no-reply@cocreate.example>"
    master_key: bytes | None = None
    """32 bytes that wrap the workspaces' keys; made once and kept in `data` when empty."""
    master_key_file: Path | None = None
    """A file with the same, instead."""
    old_master_keys: tuple[bytes, ...] = ()
    """Earlier ones, for as long as something that they wrapped is to be opened."""
    files: str | None = None
    """Where attached files lie, sealed; the folder `files` in `data` when empty."""
    operators: tuple[str, ...] = ()
    """E-mail addresses of those whom owners can let in to help."""
    outbound_allowed: frozenset[str] = frozenset()
    """Servers inside, as `host:port`, that may be asked although they are; also without TLS."""
    demo: bool = False
    """Whether the demo's outbox may be read at `/demo/outbox`."""

    @property
    def files_address(self) -> str:
        return self.files or (self.data.absolute() / "files").as_uri()

    @property
    def on_own_machine(self) -> bool:
        """Whether nobody else reaches it, its database is its own, and no mail leaves it."""
        reached = (self.host, urlsplit(self.public_url).hostname or "")
        elsewhere = self.database_url or self.database_app_url or self.smtp_url
        return not elsewhere and all(_is_loopback(host) for host in reached)


def read_settings(environment: Mapping[str, str] = os.environ, *, demo: bool = False) -> Settings:
    """Read the settings.

    Raises:
        Unavailable: a variable holds something that cannot be used; the sentence names it.
    """
    host = environment.get("HOST") or "127.0.0.1"
    port = _port(environment.get("PORT") or "8000")
    return Settings(
        data=Path(environment.get("COCREATE_DATA") or _default_data(environment)).absolute(),
        host=host,
        port=port,
        public_url=(environment.get("PUBLIC_URL") or f"http://{_shown(host)}:{port}").rstrip("/"),
        database_url=_postgresql("DATABASE_URL", environment),
        database_app_url=_postgresql("DATABASE_APP_URL", environment),
        app_password=environment.get("COCREATE_APP_PASSWORD") or None,
        pooled_by_transaction=environment.get("DATABASE_POOLER") == "transaction",
        smtp_url=_smtp(environment.get("SMTP_URL")),
        mail_from=environment.get("MAIL_FROM") or "Cocreate <no-reply@cocreate.example>",
        master_key=_master_key(environment.get("COCREATE_MASTER_KEY")),
        master_key_file=_master_key_file(environment),
        old_master_keys=_old_master_keys(environment.get("COCREATE_OLD_MASTER_KEYS")),
        files=_files(environment.get("COCREATE_FILES")),
        operators=_addresses("COCREATE_OPERATORS", environment),
        outbound_allowed=_outbound(environment.get("COCREATE_OUTBOUND_ALLOWED")),
        demo=demo or environment.get("COCREATE_DEMO") == "1",
    )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _default_data(environment: Mapping[str, str]) -> Path:
    if (PROJECT / "pyproject.toml").exists():
        return PROJECT / "data"
    home = environment.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(home) / "cocreate"


def _shown(host: str) -> str:
    """This machine by its name: a number has no passkeys."""
    return "localhost" if host in {"127.0.0.1", "::1", "0.0.0.0", "::"} else host  # noqa: S104


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise Unavailable(f"PORT is {text!r}. Set it to a number from 1 to 65535.")


def _postgresql(name: str, environment: Mapping[str, str]) -> str | None:
    url = environment.get(name)
    if not url:
        return None
    if not _names_a_server(url):
        raise Unavailable(
            f"{name} must look like postgresql://user:password@host:5432/database, with signs such "
            "as / ? # @ in the password written as %2F %3F %23 %40. "
            "Correct it, or leave it empty to use the embedded database."
        )
    return url


def _names_a_server(url: str) -> bool:
    """Whether the address can be read; a `/`, `?` or `#` in its password would end the server."""
    try:
        parts = urlsplit(url)
        readable = (parts.port or 5432) > 0 and "@" not in parts.path + parts.query + parts.fragment
    except ValueError:
        return False
    return readable and parts.scheme in {"postgresql", "postgres"}


def _smtp(url: str | None) -> str | None:
    if url and urlsplit(url).scheme not in {"smtp", "smtps", "smtp+starttls"}:
        raise Unavailable("SMTP_URL must look like smtp://user:password@host:587. Correct it.")
    return url or None


def _files(url: str | None) -> str | None:
    if url and not _names_a_store(url):
        raise Unavailable(
            "COCREATE_FILES must look like file:///folder or s3://bucket/prefix?region=eu-west-2, "
            "with &endpoint=https://... for a service that is not Amazon's. The key of a bucket "
            "belongs into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Correct it, or leave it "
            "empty to keep files in the data folder."
        )
    return url or None


def _names_a_store(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme == "file":
        return parts.netloc == "" and len(parts.path) > 1 and not parts.query + parts.fragment
    known = {"region", "endpoint"}.issuperset(parse_qs(parts.query))
    return parts.scheme == "s3" and bool(parts.netloc) and "@" not in parts.netloc and known


def _addresses(name: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    parts = (part.strip().lower() for part in environment.get(name, "").split(","))
    addresses = tuple(part for part in parts if part)
    if wrong := [address for address in addresses if "@" not in address]:
        raise Unavailable(
            f"{name} holds {wrong[0]!r}, which is no e-mail address. Correct it; commas stand "
            "between addresses."
        )
    return addresses


def _outbound(text: str | None) -> frozenset[str]:
    servers = [part.strip().lower() for part in (text or "").split(",") if part.strip()]
    if not all(SERVER.fullmatch(server) for server in servers):
        raise Unavailable(
            "COCREATE_OUTBOUND_ALLOWED must look like adfs.trust.example:443, with commas between "
            "several. Correct it."
        )
    return frozenset(servers)


def _master_key(text: str | None) -> bytes | None:
    if not text:
        return None
    if (key := from_base64(text)) is None:
        raise Unavailable(
            "COCREATE_MASTER_KEY must be 32 bytes in base64. Restore the key that this database "
            "was used with; for a new one, `openssl rand -base64 32` makes it."
        )
    return key


def _old_master_keys(text: str | None) -> tuple[bytes, ...]:
    parts = [part.strip() for part in (text or "").split(",")]
    keys = [from_base64(part) for part in parts if part]
    if None in keys:
        raise Unavailable(
            "Each part of COCREATE_OLD_MASTER_KEYS between commas must be 32 bytes in base64. "
            "Restore the key that is not."
        )
    return tuple(key for key in keys if key)


def _master_key_file(environment: Mapping[str, str]) -> Path | None:
    name = environment.get("COCREATE_MASTER_KEY_FILE")
    if name and environment.get("COCREATE_MASTER_KEY"):
        raise Unavailable(
            "COCREATE_MASTER_KEY and COCREATE_MASTER_KEY_FILE are both set. Unset one of them."
        )
    return Path(name).absolute() if name else None
