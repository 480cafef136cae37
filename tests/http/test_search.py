"""The search page, and the notes of an engagement as a file."""

import re
from uuid import UUID

import pytest

from engagements.search.matching import LONGEST
from noting import begun
from served import Visit, Visitor
from world import Consultancy, EngagementWorld, engagement

MARKS = re.compile(r"<mark>(.*?)</mark>")


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await engagement(northlight)


@pytest.fixture
async def bob(visit: Visit, northlight: Consultancy) -> Visitor:
    return await visit(northlight, northlight.bob)


@pytest.fixture
async def pat(visit: Visit, northlight: Consultancy) -> Visitor:
    return await visit(northlight, northlight.pat)


@pytest.fixture
def search(northlight: Consultancy) -> str:
    return f"/w/{northlight.slug}/search"


@pytest.fixture
def file(northlight: Consultancy, work: EngagementWorld) -> str:
    return f"/w/{northlight.slug}/engagements/{work.engagement}/notes.md"


async def reflected(world: Consultancy, work: EngagementWorld, body: str) -> UUID:
    """Pat writes to Bob."""
    readers = [world.bob.id]
    return await begun(
        world, work, world.pat, kind="reflection", body=body, audience="named", reader_ids=readers
    )


async def test_a_result_shows_what_where_when_by_whom_and_for_whom(bob, northlight, work, search):
    note = await reflected(northlight, work, "Handover felt <b>different</b> today.")

    page = (await bob.page(f"{search}?q=handover+different")).text

    assert MARKS.findall(page) == ["Handover", "different"]
    assert "felt &lt;b&gt;" in page
    assert f'href="/w/{northlight.slug}/notes/{note}"' in page
    assert re.search("Pat Okafor · <time .*</time> · Reflection, Working together", page)
    assert "You, Pat Okafor and Bob Hartley" in page or "You and Pat Okafor" in page


async def test_search_is_a_resource_too(pat, northlight, work, search):
    note = await reflected(northlight, work, "Handover felt different.")

    answer = await pat.json(f"{search}?q=handover")

    [found] = answer["found"]["notes"]
    assert (found["id"], found["audience"], found["own"]) == (str(note), "named", True)
    assert found["words"][0] == {"text": "Handover", "found": True}
    assert "body" not in found


async def test_before_anything_is_typed_there_is_only_the_box(bob, search):
    page = (await bob.page(search)).text

    assert 'type="search"' in page
    assert "Error:" not in page
    assert (await bob.json(f"{search}?q=++"))["advice"] == ""


@pytest.mark.parametrize(
    ("typed", "advice"),
    [("!?…", "Type a word or a number"), ("a" * (LONGEST + 1), "Look for fewer words at once")],
)
async def test_what_cannot_be_looked_for_is_said_kindly(bob, search, typed, advice):
    answer = await bob.get(search, params={"q": typed}, headers={"accept": "text/html"})

    assert answer.status_code == 200
    assert advice in answer.text


async def test_what_is_not_there_is_said_kindly(bob, northlight, work, search):
    page = (await bob.page(f"{search}?q=zebra")).text

    assert "Nothing that you can read holds “zebra”" in page


@pytest.mark.asvs("1.2.1")
async def test_what_was_typed_is_never_markup(bob, search):
    page = (await bob.get(search, params={"q": '"><script>'}, headers={"accept": "text/html"})).text

    assert "<script>" not in page.replace('<script src="', "")


async def test_more_of_a_kind_are_a_link_away(bob, northlight, work, search):
    for at in range(9):
        await begun(northlight, work, body=f"Huddle {at}")

    page = (await bob.page(f"{search}?q=huddle")).text
    [more] = re.findall(r'href="([^"]*kind=notes[^"]*)"', page)
    assert "Huddle</mark> 0" not in page
    assert "Huddle</mark> 0" in (await bob.page(more.replace("&amp;", "&"))).text


async def test_a_kind_that_does_not_exist_is_refused(bob, search):
    assert (await bob.page(f"{search}?q=huddle&kind=secrets")).status_code in {400, 404, 422}


async def test_a_participant_is_led_to_nothing_that_they_cannot_open(pat, work, northlight, search):
    await reflected(northlight, work, "We are working on it.")

    page = (await pat.page(f"{search}?q=working")).text

    assert "Working</mark> together" in page
    for link in set(re.findall(rf'href="(/w/{northlight.slug}/[^"]*)"', page)):
        assert (await pat.page(link.replace("&amp;", "&"))).status_code == 200, link


async def test_sponsors_have_no_search_and_no_file(visit, northlight, work, search, file):
    sam = await visit(northlight, northlight.sam)

    for address in (f"{search}?q=working", file):
        assert (await sam.page(address)).status_code == 404


async def test_the_notes_of_an_engagement_are_a_file_to_keep(bob, northlight, work, file):
    await begun(northlight, work, body="First of all.", audience="team", kind="session")
    await reflected(northlight, work, "I went quiet.\n\n> “O'Brien & Sons” <3")

    answer = await bob.get(file)

    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert (
        answer.headers["content-disposition"] == 'attachment; filename="notes-working-together.md"'
    )
    first, second = answer.text.split("\n---\n")[1:]
    assert "Session note by you. Read by the team." in first
    assert first.strip().endswith("First of all.")
    assert "Reflection by Pat Okafor. Read by you, Pat Okafor" in second
    assert second.strip().endswith("> “O'Brien & Sons” <3")
    assert re.search(r"## \d+ \w+ \d{4}, \d+:\d\d [ap]m", second)


async def test_a_file_holds_what_its_reader_may_read_and_nothing_else(
    bob, pat, visit, northlight, work, file
):
    await begun(northlight, work, body="Bob dreads the away-day.")
    await reflected(northlight, work, "I went quiet.")

    assert "dreads" in (await bob.get(file)).text
    assert "quiet" in (await pat.get(file)).text
    assert "dreads" not in (await pat.get(file)).text
    alice = await visit(northlight, northlight.alice)
    assert "There is no note here that you can read." in (await alice.get(file)).text
    ann = await visit(northlight, northlight.ann)
    assert (await ann.get(file)).status_code == 404


async def test_a_file_is_named_by_what_every_system_can_write(visit, northlight):
    other = await engagement(northlight, title='Siân’s “../board”; "x"', with_participant=False)
    bob = await visit(northlight, northlight.bob)

    answer = await bob.get(f"/w/{northlight.slug}/engagements/{other.engagement}/notes.md")

    assert answer.headers["content-disposition"] == 'attachment; filename="notes-sians-board-x.md"'


async def test_the_file_is_offered_where_the_notes_are(bob, pat, northlight, work, file):
    await reflected(northlight, work, "I went quiet.")

    listed = await bob.page(f"/w/{northlight.slug}/engagements/{work.engagement}/notes")
    assert f'href="{file}"' in listed.text
    assert f'href="{file}"' in (await pat.page(f"/w/{northlight.slug}")).text
