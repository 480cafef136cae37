"""The agreement's pages: proposed by the team, answered on the phone and on the portal."""

from uuid import UUID

import pytest

from engagements.commercial import service
from engagements.portal.service import publish_update
from frontend.letters.writing import writer
from measured import accepts, acts, agreed, finding, proposed
from tenancy.database.context import Context
from tenancy.mail.service import outbox
from world import Consultancy, engagement

TERMS = {
    "purpose": "So that people can speak freely.",
    "themes": "true",
    "safety_exceptions": "A court order\nArson",
}


@pytest.fixture
async def work(northlight: Consultancy) -> UUID:
    return (await engagement(northlight)).engagement


def on_workspace(world: Consultancy, work: UUID) -> str:
    return f"/w/{world.slug}/engagements/{work}/agreement"


def on_portal(world: Consultancy, work: UUID) -> str:
    return f"/portal/{world.slug}/{work}/agreement"


async def test_the_team_proposes_from_a_form_and_each_party_answers_where_they_are(
    northlight, work, visit
):
    bob, pat, sam = [
        await visit(northlight, one) for one in (northlight.bob, northlight.pat, northlight.sam)
    ]
    page = on_workspace(northlight, work)
    assert "Nothing is agreed about confidence yet" in (await bob.page(page)).text
    assert (await bob.submit(page, **TERMS)).headers["location"] == page
    version = (await bob.json(page))["proposed"]["id"]
    assert "Pat Okafor, Sam Whitfield." in (await bob.page(page)).text

    shown = await pat.page(page)
    assert "Version 1, proposed by Bob Hartley" in shown.text
    assert "Nobody’s words are shown to the sponsor." in shown.text
    assert "Arson" in shown.text
    consent = f"/w/{northlight.slug}/agreements/{version}/consent"
    assert (await pat.submit(consent, answer="accepted")).headers["location"] == page

    portal = on_portal(northlight, work)
    assert "I accept this" in (await sam.page(portal)).text
    consent = f"/portal/{northlight.slug}/agreements/{version}/consent"
    assert (await sam.submit(consent, answer="accepted")).headers["location"] == portal
    assert "In force: version 1" in (await sam.page(portal)).text
    assert "You have accepted this version." in (await pat.page(page)).text


async def test_a_sponsor_reaches_it_before_there_is_anything_to_read(northlight, work, visit):
    sam = await visit(northlight, northlight.sam)
    assert (await sam.page(on_portal(northlight, work))).status_code == 404
    await proposed(northlight, work)
    listed = await sam.page(f"/portal/{northlight.slug}/")
    assert "There is nothing to read yet" in listed.text
    assert on_portal(northlight, work) in listed.text
    assert "Waits for your answer" in listed.text
    assert (await sam.page(on_portal(northlight, work))).status_code == 200
    assert (await sam.page(f"/portal/{northlight.slug}/{work}")).status_code == 404


async def test_the_sponsors_page_says_that_a_version_waits(northlight, work, visit):
    await acts(northlight, northlight.bob, publish_update, work, finding(open_portal=True))
    sam = await visit(northlight, northlight.sam)
    page = f"/portal/{northlight.slug}/{work}"
    assert "agreement" not in (await sam.page(page)).text
    version = await proposed(northlight, work)
    assert "waits for your answer" in (await sam.page(page)).text
    await accepts(northlight, northlight.sam, version)
    shown = (await sam.page(page)).text
    assert "waits for your answer" not in shown
    assert on_portal(northlight, work) in shown


async def test_a_participants_home_and_the_overview_say_where_it_stands(northlight, work, visit):
    pat, bob = await visit(northlight, northlight.pat), await visit(northlight, northlight.bob)
    home, overview = f"/w/{northlight.slug}", f"/w/{northlight.slug}/engagements/{work}"
    assert "Waiting for your answer" not in (await pat.page(home)).text
    assert "Nothing is agreed yet" in (await bob.page(overview)).text
    version = await proposed(northlight, work)
    assert "Waiting for your answer" in (await pat.page(home)).text
    assert "Version 1 of the agreement waits for answers" in (await bob.page(overview)).text
    await accepts(northlight, northlight.pat, version)
    answered = (await pat.page(home)).text
    assert "Waiting for your answer" not in answered
    assert on_workspace(northlight, work) in answered
    await accepts(northlight, northlight.sam, version)
    assert "Version 1 of the agreement is in force." in (await bob.page(overview)).text


async def test_a_proposal_that_does_not_fit_comes_again_with_what_was_typed(
    northlight, work, visit
):
    bob = await visit(northlight, northlight.bob)
    form = await bob.submit(on_workspace(northlight, work), **(TERMS | {"purpose": ""}))
    assert form.status_code == 422
    assert "Enter what it is for." in form.text
    assert "A court order\nArson" in form.text
    assert 'name="themes" value="true" id="f-themes" checked' in form.text
    assert 'name="quotes" value="true" id="f-quotes" checked' not in form.text


async def test_the_next_version_begins_with_the_rules_that_are_in_force(northlight, work, visit):
    await agreed(northlight, work, quotes=False, safety_exceptions="Theft")
    bob = await visit(northlight, northlight.bob)
    form = (await bob.page(on_workspace(northlight, work) + "/new")).text
    assert 'name="themes" value="true" id="f-themes" checked' in form
    assert 'name="quotes" value="true" id="f-quotes" checked' not in form
    assert "Theft" in form


async def test_a_change_lists_what_it_would_take_down(northlight, work, visit):
    await agreed(northlight, work)
    themes = {"themes": "Worries are raised earlier."}
    await acts(northlight, northlight.bob, publish_update, work, finding(**themes))
    await proposed(northlight, work, themes=False)
    bob = await visit(northlight, northlight.bob)
    shown = (await bob.page(on_workspace(northlight, work))).text
    assert "What would be taken down" in shown
    assert "What the team is hearing" in shown
    assert "Still in force: version 1" in shown


async def test_it_is_ended_from_either_side(northlight, work, visit):
    sam, pat = await visit(northlight, northlight.sam), await visit(northlight, northlight.pat)
    for browser, root, page in (
        (sam, f"/portal/{northlight.slug}", on_portal(northlight, work)),
        (pat, f"/w/{northlight.slug}", on_workspace(northlight, work)),
    ):
        version = await agreed(northlight, work)
        answer = await browser.submit(f"{root}/agreements/{version}/ending")
        assert answer.headers["location"] == page
        shown = await browser.json(page)
        assert shown["in_force"] is None
        assert shown["earlier"][0]["state"] == "ended"
        assert (await browser.submit(f"{root}/agreements/{version}/ending")).status_code == 409


async def test_the_form_of_an_update_offers_what_is_agreed_and_says_why_the_rest_is_not(
    northlight, work, visit
):
    bob = await visit(northlight, northlight.bob)
    form = f"/w/{northlight.slug}/engagements/{work}/publications/new"
    before = (await bob.page(form)).text
    assert "Nothing may, until one says so" in before
    assert "What you are hearing" not in before
    await agreed(northlight, work, quotes=False)
    after = (await bob.page(form)).text
    assert "What you are hearing" in after
    assert "Show sessions and attendance" in after
    assert "Words of people who have no account" not in after


async def test_who_has_not_answered_is_written_to_again(northlight, work, visit):
    await proposed(northlight, work)
    bob = await visit(northlight, northlight.bob)
    reminder = on_workspace(northlight, work) + "/reminder"
    assert (await bob.submit(reminder)).status_code == 303
    async with northlight.db.transaction(Context(surface="job", tenant=northlight.tenant)) as tx:
        letters = [one for one in await outbox(tx) if one.letter == "agreement_proposed"]
    assert len(letters) == 4
    written = writer("https://cocreate.example")(letters[0])
    assert written.subject == "Working together: what may be told, and what may not"
    assert f"https://cocreate.example{letters[0].facts['path']}" in written.text


async def test_the_portals_answers_are_the_sponsors_alone(northlight, work, visit):
    version = await proposed(northlight, work)
    for person, status in ((northlight.bob, 409), (northlight.pat, 404)):
        browser = await visit(northlight, person)
        consent = f"/portal/{northlight.slug}/agreements/{version}/consent"
        assert (await browser.put(consent, json={"answer": "accepted"})).status_code == status
    sam = await visit(northlight, northlight.sam)
    consent = f"/w/{northlight.slug}/agreements/{version}/consent"
    assert (await sam.put(consent, json={"answer": "accepted"})).status_code == 404


async def test_a_refusal_on_the_portal_is_a_sentence(northlight, work, visit):
    version = await proposed(northlight, work)
    await proposed(northlight, work)
    sam = await visit(northlight, northlight.sam)
    consent = f"/portal/{northlight.slug}/agreements/{version}/consent"
    answer = await sam.put(consent, json={"answer": "accepted"})
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("This version was replaced")
    with pytest.raises(service.Refused):
        await accepts(northlight, northlight.sam, version)
