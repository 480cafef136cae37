"""Publications over HTTP: a draft, the page as sponsors will see it, publishing, withdrawing."""

from uuid import UUID

import pytest

from engagements.portal import service
from engagements.portal.drafting import AGREED
from frontend.letters.writing import writer
from measured import FEBRUARY, OCTOBER, acts, agreed, finding, indicator, surveyed
from tenancy.database.context import Context
from tenancy.mail.service import outbox
from world import Consultancy, engagement

DRAFT = {
    "headline": "Teams say they are safer than in spring",
    "summary": "One of the four domains is improving.",
    "figures_to": "2026-10-31",
}
WORDS = {
    "quote_1": "We debrief now, even when the list runs late.",
    "said_by_1": "Scrub nurse",
    "permission_1": "true",
}


@pytest.fixture
async def work(northlight: Consultancy) -> UUID:
    opened = (await engagement(northlight)).engagement
    await agreed(northlight, opened)
    return opened


def at(world: Consultancy, work: UUID, path: str = "/publications") -> str:
    return f"/w/{world.slug}/engagements/{work}{path}"


async def publish(world: Consultancy, work: UUID, **facts):
    return await acts(world, world.bob, service.publish_update, work, finding(**facts))


async def test_nothing_published_says_what_sponsors_will_and_will_never_see(
    northlight, work, visit
):
    bob = await visit(northlight, northlight.bob)
    page = await bob.page(at(northlight, work))
    assert "Nothing is published yet" in page.text
    assert "a sponsor should never arrive at an empty page" in page.text
    assert "Open the portal" not in page.text


async def test_a_draft_is_shown_as_sponsors_will_see_it_before_it_is_published(
    northlight, work, visit
):
    series = await indicator(northlight, work)
    await surveyed(northlight, work, FEBRUARY, 6.1, 5.6, 6.7, 5.7)
    await surveyed(northlight, work, OCTOBER, 7.2, 5.8, 5.9, 5.7)
    bob = await visit(northlight, northlight.bob)
    draft = {**DRAFT, **WORDS, "indicator_id": str(series), "with_domains": "true"}
    page = await bob.submit(at(northlight, work, "/publications/preview"), **draft)
    assert page.status_code == 200
    assert "A preview: nothing is published yet" in page.text
    assert "<h1>Teams say they are safer than in spring</h1>" in page.text
    assert "I feel safe to speak up about anything that concerns me" in page.text
    assert "Slipping" in page.text
    assert "Observed alongside the work; not proof of cause." in page.text
    assert (await bob.json(at(northlight, work)))["publications"] == []


async def test_a_draft_that_was_looked_at_can_be_changed(northlight, work, visit):
    bob = await visit(northlight, northlight.bob)
    form = await bob.submit(at(northlight, work, "/publications/draft"), **DRAFT, **WORDS)
    assert form.status_code == 200
    assert 'value="Teams say they are safer than in spring"' in form.text
    assert "We debrief now, even when the list runs late." in form.text
    assert 'name="permission_1" value="true" id="f-permission_1" checked' in form.text


async def test_a_draft_that_does_not_fit_comes_again_with_what_was_typed(northlight, work, visit):
    bob = await visit(northlight, northlight.bob)
    draft = {**DRAFT, "quote_1": WORDS["quote_1"], "with_domains": "true"}
    for path in ("/publications/preview", "/publications"):
        form = await bob.submit(at(northlight, work, path), **draft)
        assert form.status_code == 422
        assert AGREED in form.text
        assert "Say whose words these are" in form.text
        assert "No domain was surveyed by that day" in form.text
        assert 'value="Teams say they are safer than in spring"' in form.text


async def test_an_update_is_published_from_the_form(northlight, work, visit):
    bob = await visit(northlight, northlight.bob)
    answer = await bob.submit(at(northlight, work), **DRAFT, **WORDS)
    assert answer.status_code == 303
    page = await bob.page(answer.headers["location"])
    assert "Teams say they are safer than in spring" in page.text
    assert "Scrub nurse" in page.text


async def test_an_update_is_published_by_a_program(northlight, work, visit):
    bob = await visit(northlight, northlight.bob)
    draft = {**DRAFT, **WORDS, "permission_1": True}
    answer = await bob.post(at(northlight, work), json=draft)
    assert answer.status_code == 201
    assert answer.json()["kind"] == "update"
    assert answer.json()["published_by"] == "Bob Hartley"


async def test_a_program_is_told_of_each_field_that_does_not_fit(northlight, work, visit):
    bob = await visit(northlight, northlight.bob)
    answer = await bob.post(at(northlight, work), json={"headline": "Safer", "colour": "blue"})
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"summary", "figures_to", "colour"}


async def test_a_publication_is_withdrawn_from_the_list(northlight, work, visit):
    published = await publish(northlight, work)
    bob = await visit(northlight, northlight.bob)
    path = f"/w/{northlight.slug}/publications/{published.id}/withdrawal"
    answer = await bob.submit(path)
    assert answer.headers["location"] == at(northlight, work)
    assert "withdrawn" in (await bob.page(at(northlight, work))).text
    assert (await bob.submit(path)).status_code == 409


async def test_the_portal_is_opened_from_the_list(northlight, work, visit):
    await publish(northlight, work)
    bob = await visit(northlight, northlight.bob)
    assert "Sam Whitfield will have a letter" in (await bob.page(at(northlight, work))).text
    answer = await bob.submit(at(northlight, work, "/portal"))
    assert answer.status_code == 303
    assert "read by Sam Whitfield" in (await bob.page(at(northlight, work))).text


async def test_opening_the_portal_too_early_is_refused_with_the_reason(northlight, work, visit):
    bob = await visit(northlight, northlight.bob)
    answer = await bob.submit(at(northlight, work, "/portal"))
    assert answer.status_code == 409
    assert service.EMPTY_PORTAL in answer.text


async def test_the_team_sees_the_page_as_a_sponsor_does(northlight, work, visit):
    await publish(northlight, work)
    bob = await visit(northlight, northlight.bob)
    page = await bob.page(at(northlight, work, "/publications/preview"))
    assert "No sponsor can read it yet, as the portal is not open." in page.text
    assert f"<h1>{finding().headline}</h1>" in page.text


async def test_the_letter_says_the_finding_as_it_was_written(northlight, work):
    headline = "Teams don't wait & “speak up”"
    await publish(northlight, work, headline=headline, open_portal=True)
    async with northlight.db.transaction(Context(surface="job", tenant=northlight.tenant)) as tx:
        letter = next(one for one in await outbox(tx) if one.letter == "portal_opened")
    written = writer("https://cocreate.example")(letter)
    assert written.subject == "Working together: the first findings are ready to read"
    assert headline in written.text
    assert f"https://cocreate.example/portal/{northlight.slug}/{work}" in written.text
    assert "Teams don't wait &amp; “speak up”" in written.html.replace("&#39;", "'")


@pytest.mark.parametrize("person", ["pat", "sam"])
async def test_participants_and_sponsors_find_nothing_here(northlight, work, visit, person):
    visitor = await visit(northlight, getattr(northlight, person))
    assert (await visitor.page(at(northlight, work))).status_code == 404
    assert (await visitor.submit(at(northlight, work), **DRAFT)).status_code == 404


async def test_another_consultancy_finds_nothing_here(northlight, elsewhere, work, visit):
    published = await publish(northlight, work)
    charlie = await visit(elsewhere, elsewhere.alice)
    for world in (northlight, elsewhere):
        assert (await charlie.page(at(world, work))).status_code == 404
        assert (await charlie.submit(at(world, work), **DRAFT)).status_code == 404
        withdrawal = f"/w/{world.slug}/publications/{published.id}/withdrawal"
        assert (await charlie.submit(withdrawal)).status_code == 404
