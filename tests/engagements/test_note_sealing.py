"""Notes: their text is sealed, and opens nowhere but in its own note and workspace."""

import os

import pytest

from engagements.notes import queries
from noting import (
    SECRET,
    a_team,
    begun,
    draft,
    readable,
    rows,
    write,
)
from tenancy.database.pool import Database
from tenancy.database.prepare import app_url
from tenancy.database.sealing import OpenSafe
from tenancy.errors import Unavailable
from tenancy.ids import new_id
from tenancy.workspaces.keys import Keyring
from world import Consultancy, EngagementWorld, engagement


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await a_team(northlight)


@pytest.mark.asvs("14.2.4")
async def test_the_text_of_a_note_is_nowhere_in_the_database(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    id = await begun(northlight, work, audience="team")
    await write(northlight, northlight.bob, id, draft(body=SECRET + "!", version=1))

    for table in ("note", "note_revision", "audit_entry", "mail", "pgqueuer"):
        found = await rows(owner_url, f"SELECT * FROM {table}")
        assert SECRET.encode() not in b"".join(
            value if isinstance(value, bytes) else str(value).encode()
            for row in found
            for value in row.values()
        )


async def test_two_equal_texts_are_not_sealed_alike(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    for _ in range(2):
        await begun(northlight, work)

    sealed = await rows(
        owner_url, "SELECT sealed FROM note WHERE tenant_id = $1", northlight.tenant
    )
    assert len({row["sealed"][16:] for row in sealed}) == 2


@pytest.mark.asvs("11.3.3")
async def test_a_sealed_text_moved_to_another_note_does_not_open(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    first, second = await begun(northlight, work), await begun(northlight, work, body="Other")
    await rows(
        owner_url,
        "UPDATE note SET sealed = (SELECT sealed FROM note WHERE id = $1) WHERE id = $2",
        first,
        second,
    )

    with pytest.raises(Unavailable):
        await readable(northlight, second, northlight.bob)


async def test_a_sealed_text_moved_to_another_workspace_does_not_open(
    northlight: Consultancy, elsewhere: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    there = await engagement(elsewhere)
    id = await begun(northlight, work)
    await rows(
        owner_url,
        "INSERT INTO note (tenant_id, id, engagement_id, author_id, kind, audience, readers,"
        " sealed, version, written_at, written_by_id) SELECT $2, id, $3, $4, kind, audience,"
        " readers, sealed, version, written_at, $4 FROM note WHERE id = $1",
        id,
        elsewhere.tenant,
        there.engagement,
        elsewhere.bob.id,
    )

    with pytest.raises(Unavailable):
        await readable(elsewhere, id, elsewhere.bob)


async def test_even_the_same_key_does_not_open_what_another_workspace_sealed() -> None:
    key, note = os.urandom(32), new_id().bytes
    sealed = OpenSafe(new_id(), {1: key}).seal(b"text", belongs_to=note)

    with pytest.raises(Unavailable):
        OpenSafe(new_id(), {1: key}).open(sealed, belongs_to=note)


@pytest.mark.asvs("11.3.3")
async def test_a_changed_byte_does_not_open() -> None:
    safe = OpenSafe(new_id(), {1: os.urandom(32)})
    sealed = bytearray(safe.seal(b"text", belongs_to=b"note"))
    sealed[-1] ^= 1

    with pytest.raises(Unavailable):
        safe.open(bytes(sealed), belongs_to=b"note")


async def test_another_master_key_is_named_as_what_is_wrong(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    id = await begun(northlight, work)
    other = Database(app_url(owner_url, "app-password"), Keyring(os.urandom(32)), size=1)
    await other.open()
    try:
        with pytest.raises(Unavailable, match="is not at hand"):
            async with other.transaction(await northlight.context(northlight.bob)) as tx:
                await queries.note_page(tx, id)
    finally:
        await other.close()
