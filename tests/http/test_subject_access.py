"""A copy of what is kept about oneself, and of nobody else's words."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from noting import a_team, begun, draft, write
from served import Visit, Visitor
from signing import csrf
from tenancy.database.pool import NOBODY
from world import Consultancy, consultancy

LONG = "A long and quite unusual sentence for a password"


def file_of(world: Consultancy, surface: str = "w") -> str:
    return f"/{surface}/{world.slug}/settings/copy.json"


async def copy_of(world: Consultancy, browser: Visitor, surface: str = "w") -> dict[str, Any]:
    answer = await browser.get(file_of(world, surface))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = json.loads(answer.content)
    return found


async def test_the_copy_has_ones_own_notes_in_every_version(
    visit: Visit, northlight: Consultancy
) -> None:
    work = await a_team(northlight)
    note = await begun(northlight, work, body="It began badly.")
    await write(northlight, northlight.bob, note, draft(work, "It went well.", version=1))
    found = await copy_of(northlight, await visit(northlight, northlight.bob))
    assert [one["text"] for one in found["records"]["note"]] == ["It went well."]
    wordings = {one["wording"] for one in found["records"]["note_revision"]}
    assert wordings == {"It began badly.", "It went well."}


async def test_no_word_that_another_wrote_is_in_the_copy(
    visit: Visit, northlight: Consultancy
) -> None:
    work = await a_team(northlight)
    await begun(northlight, work, northlight.ann, body="Bob was late again.", audience="team")
    await begun(northlight, work, northlight.ann, body="I doubt Bob.")
    text = (await (await visit(northlight, northlight.bob)).get(file_of(northlight))).text
    assert "late again" not in text
    assert "doubt" not in text


async def test_nothing_of_another_workspace_is_in_the_copy(
    visit: Visit, northlight: Consultancy, db: Any, keyring: Any
) -> None:
    there = await consultancy(db, keyring, "Southdown")
    work = await a_team(there)
    await begun(there, work, body="Only said at Southdown.")
    answer = await (await visit(northlight, northlight.bob)).get(file_of(northlight))
    assert "Southdown" not in answer.text
    assert str(there.tenant) not in answer.text


async def test_the_copy_says_who_somebody_is_and_where_they_have_a_part(
    visit: Visit, northlight: Consultancy
) -> None:
    work = await a_team(northlight)
    found = await copy_of(northlight, await visit(northlight, northlight.pat))
    assert found["person"] == northlight.pat.email
    [member] = found["records"]["member"]
    assert member["id"] == str(northlight.pat.id)
    [place] = found["records"]["assignment"]
    assert place["engagement_id"] == str(work.engagement)
    assert found["signing_in"]["identity"][0]["email"] == northlight.pat.email
    assert len(found["signing_in"]["sign_in_session"]) == 1


async def test_a_sponsor_has_a_copy_too(visit: Visit, northlight: Consultancy) -> None:
    await a_team(northlight)
    found = await copy_of(northlight, await visit(northlight, northlight.sam), "portal")
    assert found["signing_in"]["identity"][0]["name"] == northlight.sam.name


@pytest.mark.asvs("14.2.1")
async def test_no_password_or_key_is_in_the_copy(visit: Visit, northlight: Consultancy) -> None:
    browser = await visit(northlight, northlight.bob)
    await browser.submit("/account/password", password=LONG, **csrf(browser))
    browser = await visit(northlight, northlight.bob)
    answer = await browser.get(file_of(northlight))
    [password] = json.loads(answer.content)["signing_in"]["password"]
    assert password.keys() == {"identity_id", "set_at", "id", "created_at"}
    assert "argon2" not in answer.text
    token = browser.headers["cookie"].partition("=")[2]
    assert token not in answer.text
    assert "\\\\x" not in answer.text, "bytes are left out"


async def test_the_copy_is_handed_out_after_a_fresh_proof_alone(
    visit: Visit, northlight: Consultancy
) -> None:
    browser = await visit(northlight, northlight.bob)
    async with northlight.db.transaction(NOBODY, writes=True) as tx:
        await tx.connection.execute(
            "UPDATE sign_in_session SET proved_at = $1 WHERE identity_id = $2",
            datetime.now(UTC) - timedelta(minutes=30),
            await northlight.identity_of(northlight.bob),
        )
    assert (await browser.page(f"/w/{northlight.slug}/settings/copy")).status_code == 200
    answer = await browser.get(file_of(northlight), headers={"accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/account/confirmation")
    assert (await browser.get(file_of(northlight))).status_code == 403


async def test_the_copy_is_a_file_to_keep(visit: Visit, northlight: Consultancy) -> None:
    answer = await (await visit(northlight, northlight.bob)).get(file_of(northlight))
    assert answer.headers["content-disposition"].startswith('attachment; filename="cocreate-')
    assert answer.headers["content-type"].startswith("application/json")
