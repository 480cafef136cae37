"""The trail's pages: owners read who did what, follow it, and keep it elsewhere."""

import csv
import hashlib
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commanding import Installation, free_port
from conftest import copied
from noting import begun, job, rows
from proving import PASSWORD, confirmed, with_app, with_password
from served import Visit, Visitor
from signing import code_for, cookie_of
from tenancy.audit.service import record_of
from tenancy.audit.verification import verify
from tenancy.ids import new_id
from tenancy.workspaces.service import Members, admit
from vouching import has_passkeys
from world import Consultancy, EngagementWorld, Person, consultancy, engagement

CURRENT = {"current_password": PASSWORD}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def where(world: Consultancy) -> str:
    return f"/w/{world.slug}/settings/trail"


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await engagement(northlight, title="Speaking up in theatres")


async def test_an_owner_reads_who_did_what_newest_first(
    northlight: Consultancy, work: EngagementWorld, visit: Visit
) -> None:
    await begun(northlight, work)
    alice = await visit(northlight, northlight.alice)

    page = await alice.json(where(northlight))
    newest = page["entries"][0]
    numbers = [entry["number"] for entry in page["entries"]]
    assert (newest["verb"], newest["who"], newest["object_kind"]) == (
        "note begun",
        "Bob Hartley",
        "note",
    )
    assert numbers == sorted(numbers, reverse=True)

    shown = (await alice.page(where(northlight))).text
    assert "Note begun" in shown
    assert "Bob Hartley" in shown
    assert "never holds a word that somebody wrote" in shown
    assert "Speaking up in theatres" not in shown
    assert "Ashbourne Trust" not in shown


async def test_what_the_owner_may_open_is_a_link_and_a_private_note_is_not(
    northlight: Consultancy, work: EngagementWorld, visit: Visit
) -> None:
    note = await begun(northlight, work)
    alice = await visit(northlight, northlight.alice)

    shown = (await alice.page(where(northlight))).text

    assert f'href="/w/{northlight.slug}/engagements/{work.engagement}"' in shown
    assert str(note) not in shown


async def test_the_trail_of_one_person_or_of_one_day(
    northlight: Consultancy, work: EngagementWorld, owner_url: str, visit: Visit
) -> None:
    await rows(
        owner_url,
        "UPDATE audit_entry SET created_at = '2026-03-29T22:59:59Z' WHERE tenant_id = $1"
        " AND number = 1",
        northlight.tenant,
    )
    alice = await visit(northlight, northlight.alice)

    of_bob = await alice.json(f"{where(northlight)}?person={northlight.bob.id}&on=")
    assert {entry["who"] for entry in of_bob["entries"]} == {"Bob Hartley"}
    # In London it was summer time by then: half past eleven at night is the next day's.
    on_the_day = await alice.json(f"{where(northlight)}?on=2026-03-29")
    assert [entry["number"] for entry in on_the_day["entries"]] == [1]
    assert (await alice.json(f"{where(northlight)}?on=2026-03-30"))["entries"] == []


async def test_a_day_that_is_none_is_said_to_be_none(northlight: Consultancy, visit: Visit) -> None:
    alice = await visit(northlight, northlight.alice)

    for query in ("on=yesterday", "person=bob", "on=9999-12-31", "on=0001-01-01"):
        refused = await alice.page(f"{where(northlight)}?{query}")
        assert refused.status_code == 422


async def test_a_long_trail_is_read_page_by_page(northlight: Consultancy, visit: Visit) -> None:
    await _does(northlight, 120)
    alice = await visit(northlight, northlight.alice)

    numbers: list[int] = []
    query = ""
    while query is not None:
        page = await alice.json(where(northlight) + query)
        numbers += [entry["number"] for entry in page["entries"]]
        query = f"?before={page['older']}" if page["older"] else None

    assert numbers == list(range(numbers[0], 0, -1))
    assert 'rel="next"' in (await alice.page(where(northlight))).text


async def test_signing_in_and_out_is_in_the_trail(
    northlight: Consultancy, site: str, visit: Visit
) -> None:
    async with Visitor(base_url=site) as browser:
        asked = await browser.post("/sign-in", json={"email": northlight.pat.email})
        code = {"code": await code_for(northlight, northlight.pat)}
        asking = cookie_of(asked, "__Host-cocreate-asked")
        entered = await browser.post("/sign-in/code", json=code, headers=asking)
        browser.headers.update(cookie_of(entered, "__Host-cocreate"))
        token = (await browser.json("/session"))["csrf_token"]
        await browser.post("/sign-out", headers={"x-csrf-token": token})
    alice = await visit(northlight, northlight.alice)

    entries = (await alice.json(f"{where(northlight)}?person={northlight.pat.id}"))["entries"]

    assert [(entry["verb"], entry["object_id"]) for entry in entries] == [
        ("signed out", str(northlight.pat.id)),
        ("signed in", str(northlight.pat.id)),
    ]


async def said_of(alice: Visitor, world: Consultancy, person: Person) -> list[str]:
    """What somebody did with their account, the newest last."""
    entries = (await alice.json(f"{where(world)}?person={person.id}"))["entries"]
    own = [one for one in entries if one["object_id"] == str(person.id)]
    assert {one["object_kind"] for one in own} <= {"member"}
    return [one["verb"] for one in reversed(own) if one["verb"] != "member admitted"]


async def test_ending_sessions_is_in_the_trail_once_for_what_did_end(
    northlight: Consultancy, visit: Visit
) -> None:
    here, there, *_ = [await visit(northlight, northlight.pat) for _ in range(4)]
    sessions = (await there.json("/account"))["sessions"]
    [own] = [one["id"] for one in sessions if one["here"]]
    for _ in range(2):
        await here.put(f"/account/sessions/{own}/end")
    for _ in range(2):
        await here.put("/account/sessions/others/end")
    alice = await visit(northlight, northlight.alice)
    await alice.put(f"/account/sessions/{own}/end")
    assert await said_of(alice, northlight, northlight.pat) == [
        "session ended",
        "other sessions ended",
    ]
    assert await said_of(alice, northlight, northlight.alice) == []


async def test_sessions_that_end_elsewhere_are_in_the_trail_there_alone(
    northlight: Consultancy, elsewhere: Consultancy, visit: Visit
) -> None:
    there = await _also_in(elsewhere, northlight.bob)
    await visit(elsewhere, there)
    bob = await visit(northlight, northlight.bob)
    await bob.put("/account/sessions/others/end")
    ours, theirs = [
        await said_of(await visit(world, world.alice), world, person)
        for world, person in ((northlight, northlight.bob), (elsewhere, there))
    ]
    assert (ours, theirs) == ([], ["other sessions ended"])


async def test_going_over_to_another_workspace_ends_a_session_in_one_and_begins_one_in_the_other(
    northlight: Consultancy, elsewhere: Consultancy, visit: Visit
) -> None:
    there = await _also_in(elsewhere, northlight.bob)
    bob = await visit(northlight, northlight.bob)
    await bob.post("/account/workspace", json={"workspace": elsewhere.slug})
    ours, theirs = [
        await said_of(await visit(world, world.alice), world, person)
        for world, person in ((northlight, northlight.bob), (elsewhere, there))
    ]
    assert (ours, theirs) == (["session ended"], ["signed in"])


async def test_what_somebody_proves_themselves_with_is_in_the_trail_of_all_that_it_opens(
    northlight: Consultancy, elsewhere: Consultancy, visit: Visit
) -> None:
    there = await _also_in(elsewhere, northlight.bob)
    bob = await visit(northlight, northlight.bob)
    await with_password(bob)
    await bob.put("/account/password", json={"password": f"{PASSWORD} too", **CURRENT})
    await bob.put("/account/password/removal", json={})
    await with_app(bob)
    await bob.post("/account/recovery-codes", json={})
    [app] = (await bob.json("/account"))["apps"]
    await bob.put(f"/account/authenticators/{app['id']}/removal", json={})
    ours, theirs = [
        await said_of(await visit(world, world.alice), world, person)
        for world, person in ((northlight, northlight.bob), (elsewhere, there))
    ]
    assert theirs == [
        "password set",
        "password changed",
        "password removed",
        "authenticator added",
        "recovery codes made",
        "authenticator removed",
    ]
    assert [verb for verb in ours if verb != "proved again"] == theirs


async def test_passkeys_and_proofs_are_in_the_trail(
    northlight: Consultancy, elsewhere: Consultancy, visit: Visit
) -> None:
    there = await _also_in(elsewhere, northlight.bob)
    await has_passkeys(northlight, northlight.bob, 1)
    bob = await visit(northlight, northlight.bob)
    [key] = (await bob.json("/account/passkeys"))["passkeys"]
    await bob.put(f"/account/passkeys/{key['id']}/removal", json={})
    await confirmed(northlight, bob, northlight.bob)
    ours, theirs = [
        await said_of(await visit(world, world.alice), world, person)
        for world, person in ((northlight, northlight.bob), (elsewhere, there))
    ]
    assert (ours, theirs) == (["passkey removed", "proved again"], ["passkey removed"])


async def test_failing_to_confirm_is_in_the_trail_once_an_hour_whatever_was_tried(
    northlight: Consultancy, owner_url: str, visit_named: Visit
) -> None:
    bob = await visit_named(northlight, northlight.bob)
    await with_password(bob)
    wrong = {"password": "not the one", "second-factor": "000000", "passkey": "{}"}
    fields = {"password": "password", "second-factor": "code", "passkey": "credential"}
    alice = await visit_named(northlight, northlight.alice)
    for way, typed in wrong.items():
        answer = await bob.post(f"/account/confirmation/{way}", json={fields[way]: typed})
        assert answer.status_code == 422, way
        found = await said_of(alice, northlight, northlight.bob)
        assert found == ["password set", "failed to prove themselves"], way
    await rows(
        owner_url,
        "UPDATE audit_entry SET created_at = created_at - interval '61 minutes'"
        " WHERE tenant_id = $1",
        northlight.tenant,
    )
    await bob.post("/account/confirmation/password", json={"password": "nor this"})
    found = await said_of(alice, northlight, northlight.bob)
    assert found == ["password set", *["failed to prove themselves"] * 2]


async def test_a_wrong_code_from_the_mail_is_in_the_trail_of_who_is_signed_in_alone(
    northlight: Consultancy, visit: Visit
) -> None:
    pat = await visit(northlight, northlight.pat)
    answer = await pat.post("/account/confirmation", json={"code": "0000-0000"})
    assert answer.status_code == 422
    asked = await pat.post("/sign-in", json={"email": northlight.bob.email})
    asking = cookie_of(asked, "__Host-cocreate-asked")
    await pat.post("/sign-in/code", json={"code": "0000-0000"}, headers=asking)
    alice = await visit(northlight, northlight.alice)
    assert await said_of(alice, northlight, northlight.pat) == ["failed to prove themselves"]
    assert await said_of(alice, northlight, northlight.bob) == []


async def _also_in(world: Consultancy, person: Person) -> Person:
    async with world.db.transaction(job(world), writes=True) as tx:
        member = await admit(tx, name="B", email=person.email, role="consultant")
    return Person("B", person.email, member.id, "consultant")


async def test_nobody_but_an_owner_reads_the_trail(
    northlight: Consultancy, work: EngagementWorld, visit: Visit
) -> None:
    for person in (northlight.bob, northlight.ann, northlight.pat, northlight.sam):
        visitor = await visit(northlight, person)
        for path in (where(northlight), f"{where(northlight)}/export"):
            assert (await visitor.get(path)).status_code == 404


async def test_the_exported_trail_can_be_followed_by_anybody(
    northlight: Consultancy, work: EngagementWorld, visit: Visit
) -> None:
    await _does(northlight, 60)
    alice = await visit(northlight, northlight.alice)

    answer = await alice.get(f"{where(northlight)}/export")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].startswith("attachment")
    start, *entries = csv.DictReader(io.StringIO(answer.text))
    assert len(entries) > 60

    number, previous = int(start["number"]), start["hash"]
    for entry in entries:
        number += 1
        ids = [entry[name] for name in ("verb", "object_kind", "object_id")]
        moment = (datetime.fromisoformat(entry["at"]) - EPOCH) // timedelta(microseconds=1)
        chained = [previous, entry["workspace_id"], number, entry["id"], entry["member_id"] or None]
        written = json.dumps([*chained, *ids, moment], separators=(",", ":"), ensure_ascii=False)
        previous = hashlib.sha256(written.encode()).hexdigest()
        assert (int(entry["number"]), entry["hash"]) == (number, previous)
    assert (await verify(northlight.db, northlight.tenant)).head.hash.hex() == previous


async def test_no_cell_of_the_exported_trail_is_a_formula(
    northlight: Consultancy, visit: Visit
) -> None:
    async with northlight.transaction(northlight.alice) as tx, tx.acting("job"):
        (await Members(tx).find(northlight.bob.id)).name = "=HYPERLINK(1)"
    await _does(northlight, 1)
    alice = await visit(northlight, northlight.alice)

    lines = [*csv.reader(io.StringIO((await alice.get(f"{where(northlight)}/export")).text))]

    cells = [cell for line in lines for cell in line]
    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


async def test_the_command_says_where_each_chain_ends_and_which_entry_is_broken(
    template_url: str, tmp_path: Path
) -> None:
    installation = Installation(await copied(template_url, "audit"), tmp_path, free_port())
    installation.key_file.make()
    async with installation.opened() as (db, keyring):
        sound, broken = [await consultancy(db, keyring, name=name) for name in ("Sound", "Broken")]
        head = (await verify(db, sound.tenant)).head

    every = await installation.ran("audit", "verify")
    assert every.code == 0
    assert f"{sound.slug}: {head.number} entries, unbroken. It ends at {head}" in every.said
    assert broken.slug in every.said
    expected = await installation.ran("audit", "verify", sound.slug, "--expect", str(head))
    assert expected.code == 0

    await _forge(installation.owner_url, broken)
    found = await installation.ran("audit", "verify")
    assert found.code == 1
    assert f"{broken.slug}: Entry 2 was changed. Before it, 1 entry as they were" in found.said
    assert f"{sound.slug}: {head.number} entries, unbroken." in found.said

    other = f"{head.number}:{'00' * 32}"
    noted = await installation.ran("audit", "verify", sound.slug, "--expect", other)
    assert noted.code == 1
    assert f"Entry {head.number} is not the one that was noted down." in noted.said


async def test_the_command_wants_to_know_of_which_workspace_an_entry_was_noted_down(
    template_url: str, tmp_path: Path
) -> None:
    installation = Installation(await copied(template_url, "audit"), tmp_path, free_port())

    nowhere = await installation.ran("audit", "verify", "--expect", f"1:{'00' * 32}")
    assert (nowhere.code, nowhere.said) == (1, "")
    assert "Say of which workspace" in nowhere.complained
    nonsense = await installation.ran("audit", "verify", "somewhere", "--expect", "the last")
    assert nonsense.code == 2
    assert "NUMBER:HASH" in nonsense.complained


async def _does(world: Consultancy, times: int) -> None:
    async with world.transaction(world.bob) as tx:
        for _ in range(times):
            await record_of(tx, "test done", "test", new_id())


async def _forge(owner_url: str, world: Consultancy) -> None:
    forged = "UPDATE audit_entry SET verb = 'nothing' WHERE tenant_id = $1 AND number = 2"
    await rows(owner_url, forged, world.tenant)
