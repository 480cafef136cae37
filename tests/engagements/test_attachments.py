"""Files of notes: whoever may read the note may open them, and they lie sealed elsewhere."""

import asyncio
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from attaching import CONTENT, NAME, PAPER, objects, removed, shown
from engagements.notes import attachments
from engagements.notes.attachments import AT_MOST, OpenedFile
from engagements.notes.readings import readings_of
from noting import a_team, audience_set, begun, joins, leaves
from tenancy.errors import Conflict, Invalid, NotFound
from tenancy.files.kinds import Upload
from tenancy.files.store import Files
from tenancy.ids import new_id
from world import Consultancy, EngagementWorld


@pytest_asyncio.fixture
async def team(northlight: Consultancy) -> EngagementWorld:
    return await a_team(northlight)


@pytest_asyncio.fixture
async def note(northlight: Consultancy, team: EngagementWorld) -> UUID:
    """Bob's, for himself."""
    return await begun(northlight, team)


async def test_what_was_attached_is_opened_as_it_was(attach, opens, note) -> None:
    [row] = await attach(note, PAPER)

    assert (row.name, row.media_type, row.size) == (NAME, "text/plain", len(CONTENT))
    assert (row.about, row.attached_by, row.own) == ("plain text, 1 KB", "Bob Hartley", True)
    assert await opens(row) == OpenedFile(NAME, "text/plain", CONTENT)


async def test_files_are_listed_as_they_were_chosen(attach, note) -> None:
    chosen = [Upload(f"{name}.txt", name.encode()) for name in ("z", "a", "m")]
    await attach(note, *chosen, form=new_id())

    listed = await attach(note, Upload("b.txt", b"b"), form=new_id())

    assert [row.name for row in listed] == ["z.txt", "a.txt", "m.txt", "b.txt"]


async def test_a_file_has_the_audience_of_its_note(
    attach, openers, northlight, team: EngagementWorld
) -> None:
    pat = [northlight.pat.id]
    for audience, readers, expected in (
        ("me", [], {"Bob"}),
        ("named", pat, {"Bob", "Pat"}),
        ("team", [], {"Bob", "Ann"}),
    ):
        note = await begun(northlight, team, audience=audience, reader_ids=readers)
        [file] = await attach(note, PAPER)
        assert await openers(note, file) == expected


async def test_a_file_follows_its_note_when_the_audience_changes(
    attach, openers, northlight, note
) -> None:
    [file] = await attach(note, PAPER)
    bob, pat = northlight.bob, northlight.pat

    await audience_set(northlight, bob, note, "team", [])
    assert await openers(note, file) == {"Bob", "Ann"}
    await audience_set(northlight, bob, note, "named", [pat.id])
    assert await openers(note, file) == {"Bob", "Pat"}
    await audience_set(northlight, bob, note, "me", [])
    assert await openers(note, file) == {"Bob"}


async def test_who_leaves_the_engagement_opens_none_of_its_files_any_more(
    attach, openers, northlight, team: EngagementWorld
) -> None:
    for_team = await begun(northlight, team, audience="team")
    for_pat = await begun(northlight, team, audience="named", reader_ids=[northlight.pat.id])
    [of_team], [of_pat] = await attach(for_team, PAPER), await attach(for_pat, PAPER)

    await leaves(northlight, northlight.ann, team)
    await leaves(northlight, northlight.pat, team)

    assert await openers(for_team, of_team) == {"Bob"}
    assert await openers(for_pat, of_pat) == {"Bob"}


async def test_who_joins_the_team_opens_what_is_for_the_team(
    attach, openers, northlight, team: EngagementWorld
) -> None:
    note = await begun(northlight, team, audience="team")
    [file] = await attach(note, PAPER)

    await joins(northlight, northlight.alice, team)

    assert await openers(note, file) == {"Alice", "Bob", "Ann"}


@pytest.mark.asvs("8.4.1")
async def test_a_file_of_another_workspace_is_not_there(
    attach, note, elsewhere: Consultancy, files: Files
) -> None:
    [file] = await attach(note, PAPER)

    for person in (elsewhere.alice, elsewhere.bob):
        with pytest.raises(NotFound):
            context = await elsewhere.context(person)
            await attachments.opened(elsewhere.db, files, context, file.id)


async def test_to_open_a_file_is_to_have_read_its_note(
    attach, opens, northlight, team: EngagementWorld
) -> None:
    note = await begun(northlight, team, audience="team")
    [file] = await attach(note, PAPER)
    await opens(file, northlight.ann)
    await opens(file, northlight.bob)

    async with northlight.transaction(northlight.bob) as tx:
        assert [row.reader for row in await readings_of(tx, note)] == ["Ann Lowe"]


async def test_only_who_may_write_in_a_note_attaches_to_it(
    attach, northlight, team: EngagementWorld, files_folder: Path
) -> None:
    mine = await begun(northlight, team, audience="named", reader_ids=[northlight.pat.id])
    ours = await begun(northlight, team, audience="team")

    for note, person in (
        (mine, northlight.pat),
        (mine, northlight.ann),
        (ours, northlight.pat),
        (ours, northlight.alice),
        (new_id(), northlight.bob),
    ):
        with pytest.raises(NotFound):
            await attach(note, PAPER, by=person)
    assert await asyncio.to_thread(objects, files_folder, northlight) == set()

    [row] = await attach(ours, PAPER, by=northlight.ann)
    assert (row.attached_by, row.own) == ("Ann Lowe", True)


async def test_the_author_and_who_attached_it_remove_a_file_and_nobody_else(
    attach, northlight, team: EngagementWorld
) -> None:
    note = await begun(northlight, team, audience="team")
    await joins(northlight, northlight.alice, team)
    [first] = await attach(note, PAPER, by=northlight.ann)
    [_, second] = await attach(note, Upload("b.txt", b"b"), by=northlight.ann)

    assert [row.own for row in await shown(northlight, note, northlight.alice)] == [False, False]
    for stranger in (northlight.alice, northlight.pat, northlight.sam):
        with pytest.raises(NotFound):
            await removed(northlight, first, stranger)
    await removed(northlight, first, northlight.ann)
    await removed(northlight, second, northlight.bob)
    assert await shown(northlight, note, northlight.bob) == []


async def test_who_attached_it_cannot_remove_what_they_may_not_read_any_more(
    attach, northlight, team: EngagementWorld
) -> None:
    note = await begun(northlight, team, audience="team")
    [file] = await attach(note, PAPER, by=northlight.ann)
    await audience_set(northlight, northlight.bob, note, "me", [])

    with pytest.raises(NotFound):
        await removed(northlight, file, northlight.ann)
    assert len(await shown(northlight, note, northlight.bob)) == 1


async def test_a_form_that_is_sent_twice_attaches_its_files_once(
    attach, northlight, note, files_folder: Path
) -> None:
    form, other = new_id(), Upload("other.txt", b"Other.")
    first = await attach(note, PAPER, other, form=form)
    again = await attach(note, PAPER, other, form=form)

    assert again == first
    assert len(first) == 2
    assert len(await asyncio.to_thread(objects, files_folder, northlight)) == 2


async def test_a_double_click_attaches_once(attach, northlight, note) -> None:
    form = new_id()

    both = await asyncio.gather(*(attach(note, PAPER, form=form) for _ in range(2)))

    assert both[0] == both[1] == await shown(northlight, note, northlight.bob)
    assert len(both[0]) == 1


async def test_another_file_or_another_form_is_attached_beside_it(attach, note) -> None:
    form = new_id()
    await attach(note, PAPER, form=form)
    await attach(note, Upload(NAME, CONTENT + b" Still."), form=form)
    await attach(note, Upload("renamed.txt", CONTENT), form=form)
    await attach(note, PAPER, form=new_id())

    assert len(await attach(note, PAPER)) == 5


async def test_an_old_form_does_not_bring_back_what_was_removed(attach, northlight, note) -> None:
    form = new_id()
    [file] = await attach(note, PAPER, form=form)
    await removed(northlight, file, northlight.bob)

    with pytest.raises(Conflict, match="there already"):
        await attach(note, PAPER, form=form)
    assert await shown(northlight, note, northlight.bob) == []


@pytest.mark.asvs("2.3.2")
async def test_a_note_holds_ten_files_and_an_eleventh_is_refused_with_the_count(
    attach, northlight, note
) -> None:
    form, ten = new_id(), [Upload(f"{number}.txt", b"x") for number in range(AT_MOST)]
    assert len(await attach(note, *ten, form=form)) == 10
    assert len(await attach(note, *ten, form=form)) == 10

    with pytest.raises(Invalid) as raised:
        await attach(note, PAPER)
    assert raised.value.fields == {
        "files": "A note holds at most 10 files. This one has 10, and you chose 1. Choose fewer, "
        "or remove some first."
    }
    [first, *_] = await shown(northlight, note, northlight.bob)
    await removed(northlight, first, northlight.bob)
    assert len(await attach(note, PAPER)) == 10


@pytest.mark.asvs("2.3.4")
async def test_many_at_once_do_not_attach_more_than_ten(attach, northlight, note) -> None:
    pairs = [[Upload(f"{number}{side}.txt", b"x") for side in "ab"] for number in range(8)]

    ended = await asyncio.gather(*(attach(note, *pair) for pair in pairs), return_exceptions=True)

    assert len(await shown(northlight, note, northlight.bob)) == 10
    assert len([end for end in ended if isinstance(end, Invalid)]) == 3


async def test_one_that_is_not_taken_leaves_none_of_them(
    attach, northlight, note, files_folder: Path
) -> None:
    with pytest.raises(Invalid, match="cannot be attached"):
        await attach(note, PAPER, Upload("setup.exe", b"MZ\x90\0"))

    assert await shown(northlight, note, northlight.bob) == []
    assert await asyncio.to_thread(objects, files_folder, northlight) == set()
