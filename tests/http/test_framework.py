"""The framework over HTTP."""

from served import Visit
from world import Consultancy


async def test_the_page_shows_what_to_do_more_and_less_of(northlight: Consultancy, visit: Visit):
    browser = await visit(northlight, northlight.bob)
    page = await browser.page(f"/w/{northlight.slug}/framework")
    assert page.status_code == 200
    assert "The most junior person is asked first at handover or huddle" in page.text
    assert "Going quiet when a senior person enters" in page.text


async def test_the_page_says_that_it_is_a_draft_with_limits_and_a_source(
    northlight: Consultancy, visit: Visit
):
    browser = await visit(northlight, northlight.bob)
    page = (await browser.page(f"/w/{northlight.slug}/framework")).text
    assert "draft for comment" in page
    assert "It has not been validated." in page
    assert 'href="https://www.impact4.co.uk/healthy-organisational-culture/"' in page


async def test_a_program_gets_the_whole_document(northlight: Consultancy, visit: Visit):
    browser = await visit(northlight, northlight.bob)
    framework = await browser.json(f"/w/{northlight.slug}/framework")
    assert [len(domain["elements"]) for domain in framework["domains"]] == [4, 5, 4, 4]
    assert framework["domains"][0]["elements"][0]["less_of"][0] == "Waiting until we are certain"


async def test_a_participant_reads_it(northlight: Consultancy, visit: Visit):
    browser = await visit(northlight, northlight.pat)
    assert (await browser.page(f"/w/{northlight.slug}/framework")).status_code == 200


async def test_a_member_of_another_workspace_finds_nothing(
    northlight: Consultancy, elsewhere: Consultancy, visit: Visit
):
    browser = await visit(elsewhere, elsewhere.alice)
    assert (await browser.page(f"/w/{northlight.slug}/framework")).status_code == 404
