"""The master key: from the environment or from a file, and what is said when it is neither."""

import base64
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tenancy.errors import Refused, Unavailable
from tenancy.ids import new_id
from tenancy.settings import read_settings
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.master_keys import KeyFile, MasterKey

KEY, EARLIER = bytes(range(32)), bytes(range(32, 64))


def base64_of(key: bytes) -> str:
    return base64.b64encode(key).decode()


def refused(**environment: str) -> str:
    with pytest.raises(Unavailable) as raised:
        read_settings(environment)
    return raised.value.sentence


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    """The key of the embedded database, which is made when it is first needed."""
    return KeyFile(tmp_path / "data" / "master.key", made_when_missing=True)


@pytest.fixture
def named(tmp_path: Path) -> KeyFile:
    """A file that COCREATE_MASTER_KEY_FILE names, with a key in it."""
    path = tmp_path / "named.key"
    path.write_text(base64_of(KEY) + "\n")
    return KeyFile(path, made_when_missing=False)


def test_the_variable_holds_it_in_base64_and_earlier_ones_beside_it() -> None:
    settings = read_settings(
        {
            "COCREATE_MASTER_KEY": base64_of(KEY),
            "COCREATE_OLD_MASTER_KEYS": f"{base64_of(EARLIER)}, {base64_of(EARLIER)},",
        }
    )

    assert (settings.master_key, settings.master_key_file) == (KEY, None)
    assert settings.old_master_keys == (EARLIER, EARLIER)


def test_the_variable_or_the_file_but_not_both() -> None:
    assert refused(COCREATE_MASTER_KEY=base64_of(KEY), COCREATE_MASTER_KEY_FILE="/run/key") == (
        "COCREATE_MASTER_KEY and COCREATE_MASTER_KEY_FILE are both set. Unset one of them."
    )


@pytest.mark.parametrize(
    "text", ["short", "not base64 at all, but 32 letters", base64_of(KEY[:31]), base64_of(KEY) * 2]
)
def test_a_variable_that_holds_no_key_is_named_with_the_remedy_and_not_repeated(text: str) -> None:
    assert refused(COCREATE_MASTER_KEY=text) == (
        "COCREATE_MASTER_KEY must be 32 bytes in base64. Restore the key that this database was "
        "used with; for a new one, `openssl rand -base64 32` makes it."
    )


def test_an_earlier_key_that_is_none_is_told_from_the_present_one() -> None:
    both = f"{base64_of(EARLIER)},short"

    said = refused(COCREATE_MASTER_KEY=base64_of(KEY), COCREATE_OLD_MASTER_KEYS=both)

    assert said == (
        "Each part of COCREATE_OLD_MASTER_KEYS between commas must be 32 bytes in base64. "
        "Restore the key that is not."
    )


@pytest.mark.parametrize("content", [KEY, base64_of(KEY).encode(), base64_of(KEY).encode() + b"\n"])
def test_a_file_holds_it_plain_or_in_base64(named: KeyFile, content: bytes) -> None:
    named.path.write_bytes(content)
    assert named.keys() == [KEY]


def test_a_named_file_that_is_not_there_is_never_made(named: KeyFile) -> None:
    named.path.unlink()

    with pytest.raises(Unavailable) as raised:
        Keyring(file=named).load()

    assert raised.value.sentence == (
        f"COCREATE_MASTER_KEY_FILE names {named.path}, and there is no such file. Put the master "
        "key there, or correct the name."
    )
    assert not named.path.exists()


@pytest.mark.parametrize("content", [b"", b"\n", KEY[:31], KEY + b"\n", b"a password\n"])
def test_a_file_that_holds_no_key_is_named_with_the_remedy(named: KeyFile, content: bytes) -> None:
    named.path.write_bytes(content)

    with pytest.raises(Unavailable) as raised:
        named.keys()

    assert raised.value.sentence == (
        f"{named.path} holds no master key: that is 32 bytes, plain or in base64. Restore the file "
        "from a backup, or correct COCREATE_MASTER_KEY_FILE."
    )


def test_a_file_that_cannot_be_read_is_named_with_the_remedy(named: KeyFile) -> None:
    named.path.unlink()
    named.path.mkdir()

    with pytest.raises(Unavailable) as raised:
        named.keys()

    assert raised.value.sentence == (
        f"The master key {named.path} cannot be read: Is a directory. Let the user who runs "
        "Cocreate read it, or correct COCREATE_MASTER_KEY_FILE."
    )


@pytest.mark.asvs("13.3.2")
def test_with_neither_one_is_made_for_the_embedded_database_and_for_its_user_only(
    file: KeyFile,
) -> None:
    keyring = Keyring(file=file)

    assert keyring.master_ids == []
    assert keyring.master_ids == [] and not file.path.exists()
    made = keyring.present

    [key] = file.keys()
    assert MasterKey(key).id == made.id
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert [path.name for path in file.path.parent.iterdir()] == ["master.key"]


def test_processes_that_start_at_once_have_one_key(file: KeyFile) -> None:
    with ThreadPoolExecutor(8) as threads:
        ids = set(threads.map(lambda _: Keyring(file=file).present.id, range(8)))

    assert len(ids) == 1
    assert [path.name for path in file.path.parent.iterdir()] == ["master.key"]


def test_a_new_key_takes_the_files_place_and_the_earlier_stays_beside_it(named: KeyFile) -> None:
    named.path.chmod(0o600)
    named.renew()

    present, earlier = named.keys()
    assert present != KEY
    assert earlier == KEY
    assert stat.S_IMODE(named.path.stat().st_mode) == 0o600
    assert named.path.stat().st_uid == os.geteuid()


def test_a_key_renewed_again_and_again_keeps_all_earlier_ones_until_they_are_forgotten(
    named: KeyFile,
) -> None:
    keys = {KEY}
    for _ in range(3):
        named.renew()
        keys.add(named.keys()[0])
    assert {*named.keys()} == keys

    assert len(named.forget_earlier()) == 3
    [only] = named.keys()
    assert only in keys - {KEY}


def test_a_renewal_killed_before_the_renaming_leaves_the_present_key_and_can_be_repeated(
    named: KeyFile,
) -> None:
    beside = named.path.with_name(f"{named.path.name}.old-{MasterKey(KEY).id}")
    beside.hardlink_to(named.path)
    assert set(named.keys()) == {KEY}

    named.renew()
    assert named.keys()[1:] == [KEY]


def test_a_file_that_cannot_be_replaced_stays_and_the_other_way_is_named(tmp_path: Path) -> None:
    path = tmp_path / ("k" * 250)
    path.write_bytes(KEY)
    file = KeyFile(path, made_when_missing=False)

    with pytest.raises(Refused) as raised:
        file.renew()

    assert raised.value.sentence == (
        f"A new master key cannot be put into {path}: File name too long. Put one there yourself, "
        "and give the present one in COCREATE_OLD_MASTER_KEYS meanwhile."
    )
    assert file.keys() == [KEY]


def test_what_was_at_hand_stays_so_in_a_process_when_a_new_key_takes_over(named: KeyFile) -> None:
    keyring = Keyring(file=named)
    before = keyring.present
    named.renew()
    named.forget_earlier()

    keyring.load()

    assert keyring.present.id != before.id
    assert keyring.master_ids == [keyring.present.id, before.id]


def test_a_process_that_serves_goes_on_when_an_earlier_file_is_deleted_as_it_looks(
    named: KeyFile,
) -> None:
    (named.path.parent / f"{named.path.name}.old-gone").symlink_to("gone")

    assert named.keys() == [KEY]


def test_a_wrapped_key_unwraps_for_its_own_workspace_only() -> None:
    here, there, master = new_id(), new_id(), MasterKey(KEY)
    wrapped = master.wrap(here, b"x" * 32)

    assert master.unwrap(here, wrapped) == b"x" * 32
    assert master.unwrap(there, wrapped) is None
    assert MasterKey(EARLIER).unwrap(here, wrapped) is None


def test_the_name_of_a_master_key_gives_nothing_of_it_away() -> None:
    assert MasterKey(KEY).id == MasterKey(KEY).id != MasterKey(EARLIER).id
    assert len(MasterKey(KEY).id) == 8
    assert MasterKey(KEY).id not in KEY.hex()
