"""Master keys: they wrap the workspaces' keys, and never lie in the database."""

import base64
import hashlib
import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from tenancy.errors import Refused, Unavailable

LENGTH = 32
_NONCE = 12
_LABEL = b"cocreate master key"


class MasterKey:
    """One master key. Its `id` tells it from others, and gives nothing of it away."""

    def __init__(self, key: bytes) -> None:
        self.id = hashlib.sha256(_LABEL + key).hexdigest()[:8]
        self._cipher = AESGCM(key)

    def wrap(self, tenant_id: UUID, key: bytes) -> bytes:
        return self.seal(key, belongs_to=tenant_id.bytes)

    def unwrap(self, tenant_id: UUID, wrapped: bytes) -> bytes | None:
        """The workspace's key; None when another master key wrapped it."""
        return self.open(wrapped, belongs_to=tenant_id.bytes)

    def seal(self, text: bytes, *, belongs_to: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, text, belongs_to)

    def open(self, sealed: bytes, *, belongs_to: bytes) -> bytes | None:
        """The text; None when another master key sealed it, or it belongs to something else."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], belongs_to)
        except InvalidTag:
            return None


def from_base64(text: str) -> bytes | None:
    """The key that is written in base64; None when it is none."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        return None
    return key if len(key) == LENGTH else None


class KeyFile(Struct, frozen=True):
    """A file with the master key: 32 bytes, or the same in base64.

    While a new key takes over, the earlier one lies beside it as `NAME.old-FINGERPRINT`. The new
    one replaces it by one renaming, and nothing is taken away before nothing needs it, so that
    whatever is interrupted leaves every key there.
    """

    path: Path
    made_when_missing: bool
    """True in the folder of the embedded database; a file that an operator names must be there."""

    def keys(self) -> list[bytes]:
        """The key, then the earlier ones beside it; none where there is no file yet.

        Raises:
            Unavailable: the file cannot be read, or holds something else.
        """
        if not self.path.exists():
            if self.made_when_missing:
                return []
            raise Unavailable(
                f"COCREATE_MASTER_KEY_FILE names {self.path}, and there is no such file. Put the "
                "master key there, or correct the name."
            )
        # In this order: whoever reads the new key finds the earlier one beside it.
        present = _read(self.path)
        earlier = (_read_if_there(path) for path in self._earlier())
        return [present, *(key for key in earlier if key)]

    def make(self) -> None:
        """Make the first key, unless another process has just done so."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        making = self._written(os.urandom(LENGTH))
        try:
            with suppress(FileExistsError):
                self.path.hardlink_to(making)
        finally:
            making.unlink()
        _sync(self.path.parent)

    def renew(self) -> None:
        """Put a new key in the place of the present one, which stays beside it.

        Raises:
            Refused: the folder cannot be written to.
        """
        present = MasterKey(_read(self.path)).id
        kept = self.path.with_name(f"{self.path.name}.old-{present}")
        try:
            if not kept.exists():
                kept.hardlink_to(self.path)
            self._replace()
        except OSError as failure:
            raise Refused(
                f"A new master key cannot be put into {self.path}: {failure.strerror}. Put one "
                "there yourself, and give the present one in COCREATE_OLD_MASTER_KEYS meanwhile."
            ) from failure

    def forget_earlier(self) -> list[Path]:
        """Delete the earlier keys; which files they were."""
        earlier = self._earlier()
        for path in earlier:
            path.unlink()
        return earlier

    def _replace(self) -> None:
        making = self._written(os.urandom(LENGTH))
        try:
            owner = self.path.stat()
            os.chown(making, owner.st_uid, owner.st_gid)
            _sync(self.path.parent)
            making.replace(self.path)
            _sync(self.path.parent)
        finally:
            making.unlink(missing_ok=True)

    def _earlier(self) -> list[Path]:
        return sorted(self.path.parent.glob(f"{self.path.name}.old-*"))

    def _written(self, key: bytes) -> Path:
        """A file beside it with a key, on the disk and readable by its owner only."""
        descriptor, name = mkstemp(prefix=f"{self.path.name}.new-", dir=self.path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(key) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return Path(name)


def _read(path: Path) -> bytes:
    if (key := _read_if_there(path)) is None:
        raise Unavailable(f"The master key {path} is gone. Restore the file from a backup.")
    return key


def _read_if_there(path: Path) -> bytes | None:
    """The key in a file; None when the file was deleted at this moment."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as failure:
        raise Unavailable(
            f"The master key {path} cannot be read: {failure.strerror}. Let the user who runs "
            "Cocreate read it, or correct COCREATE_MASTER_KEY_FILE."
        ) from failure
    key = content if len(content) == LENGTH else from_base64(content.decode(errors="replace"))
    if key is None:
        raise Unavailable(
            f"{path} holds no master key: that is 32 bytes, plain or in base64. Restore the file "
            "from a backup, or correct COCREATE_MASTER_KEY_FILE."
        )
    return key


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
