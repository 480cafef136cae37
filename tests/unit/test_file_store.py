"""Where sealed files lie: the same in a folder and in a bucket of an S3 service."""

import asyncio
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from moto.server import ThreadedMotoServer

from tenancy.errors import Unavailable
from tenancy.files.store import Files, new_name
from tenancy.ids import new_id
from tenancy.settings import read_settings

HERE, THERE = new_id(), new_id()


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """The address of an S3 service, in this process."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


@pytest_asyncio.fixture(params=["folder", "bucket", "folder in a bucket"])
async def files(request: pytest.FixtureRequest, service: str, tmp_path: Path) -> Files:
    if request.param == "folder":
        return Files((tmp_path / "with a space" / "files").as_uri())
    bucket = f"files-{new_id()}"
    async with httpx.AsyncClient() as client:
        await client.put(f"{service}/{bucket}")
    prefix = "/sealed/here" if request.param == "folder in a bucket" else ""
    return Files(f"s3://{bucket}{prefix}?region=eu-west-2&endpoint={service}")


async def kept(files: Files, tenant: UUID, *, before: datetime | None = None) -> set[str]:
    moment = before or datetime.now(UTC) + timedelta(hours=1)
    return {name async for names in files.kept_for(tenant, before=moment) for name in names}


async def test_what_is_put_is_what_is_got(files: Files) -> None:
    files.prepare()
    content = bytes(range(256)) * 80_000
    name = new_name(HERE)

    await files.put(name, content)
    await files.put(new_name(HERE), b"other")

    assert await files.get(name) == content


@pytest.mark.asvs("5.3.2")
async def test_each_workspace_has_a_folder_and_names_say_nothing_else(files: Files) -> None:
    names = [new_name(HERE), new_name(HERE), new_name(THERE)]
    for name in names:
        await files.put(name, b"sealed")

    assert await kept(files, HERE) == {*names[:2]}
    assert await kept(files, THERE) == {names[2]}
    assert await kept(files, new_id()) == set()
    assert all(len(name.removeprefix(f"{HERE}/")) == 32 for name in names[:2])


async def test_what_came_after_a_moment_is_not_listed(files: Files) -> None:
    await files.put(new_name(HERE), b"sealed")

    assert await kept(files, HERE, before=datetime.now(UTC) - timedelta(minutes=1)) == set()


async def test_what_is_destroyed_is_gone_and_destroying_it_again_is_no_failure(
    files: Files,
) -> None:
    name, other = new_name(HERE), new_name(HERE)
    for each in (name, other):
        await files.put(each, b"sealed")

    for _ in range(2):
        await files.destroy([name, new_name(HERE)])

    assert await kept(files, HERE) == {other}
    with pytest.raises(Unavailable, match="Check COCREATE_FILES"):
        await files.get(name)


async def test_a_folder_is_for_its_user_only_and_is_made_at_the_start(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "files"

    Files(folder.as_uri()).prepare()

    assert stat.S_IMODE((await asyncio.to_thread(folder.stat)).st_mode) == 0o700


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    address = (tmp_path / "taken" / "files").as_uri()

    with pytest.raises(Unavailable) as raised:
        Files(address).prepare()

    assert raised.value.sentence.startswith(f"Files at {address} cannot be used: ")
    assert raised.value.sentence.endswith("Check COCREATE_FILES.")


async def test_a_bucket_that_is_not_there_is_named_without_its_key(service: str) -> None:
    address = f"s3://nowhere?region=eu-west-2&endpoint={service}"

    with pytest.raises(Unavailable) as raised:
        await Files(address).put(new_name(HERE), b"sealed")

    said = raised.value.sentence
    assert said.startswith(f"Files at {address} cannot be used: ")
    assert "secret" not in said and "\n" not in said


@pytest.mark.parametrize(
    "address",
    [
        "file:///var/lib/cocreate/files",
        "s3://bucket",
        "s3://bucket/prefix?region=eu-west-2&endpoint=https://s3.example",
    ],
)
def test_an_address_that_can_be_used_is_read(address: str) -> None:
    assert read_settings({"COCREATE_FILES": address}).files_address == address


@pytest.mark.parametrize(
    "address",
    [
        "/var/lib/cocreate/files",
        "files",
        "file://",
        "file:///",
        "file://host/folder",
        "https://bucket.s3.example",
        "s3://",
        "s3://key:s3cret@bucket",
        "s3://bucket?access_key_id=s3cret",
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(Unavailable, match="COCREATE_FILES must look like file:///folder") as raised:
        read_settings({"COCREATE_FILES": address})

    assert "s3cret" not in raised.value.sentence


def test_without_an_address_they_lie_in_the_data_folder() -> None:
    settings = read_settings({"COCREATE_DATA": "/var/lib/co create"})

    assert settings.files_address == "file:///var/lib/co%20create/files"
