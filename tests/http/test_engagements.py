"""Engagements over HTTP: the pages, their forms, and the same as JSON."""

from uuid import UUID

import pytest
import pytest_asyncio

from served import Visit, Visitor
from tenancy.workspaces.service import admit
from world import Consultancy, EngagementWorld, engagement


@pytest_asyncio.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    """Bob leads it, Pat takes part, Sam sponsors it."""
    return await engagement(northlight)


@pytest_asyncio.fixture
async def bob(northlight: Consultancy, visit: Visit) -> Visitor:
    """Bob's browser."""
    return await visit(northlight, northlight.bob)


@pytest_asyncio.fixture
async def here(northlight: Consultancy, work: EngagementWorld) -> str:
    """The address of the engagement."""
    return f"/w/{northlight.slug}/engagements/{work.engagement}"


def draft(client: UUID, **facts: str) -> dict[str, str]:
    given = {
        "organisation_id": str(client),
        "title": "The therapy leaders",
        "purpose": "A team of leaders.",
        "starts_on": "2027-01-04",
        "ends_on": "2027-07-30",
    }
    return given | facts


# Opening


async def test_an_engagement_is_opened_by_form(
    northlight: Consultancy, work: EngagementWorld, bob: Visitor
):
    base = f"/w/{northlight.slug}"
    form = (await bob.page(f"{base}/engagements/new?client={work.organisation}")).text
    assert f'<option value="{work.organisation}" selected>' in form
    answer = await bob.submit(f"{base}/engagements", **draft(work.organisation))
    assert answer.status_code == 303
    page = (await bob.page(answer.headers["location"])).text
    assert "The therapy leaders" in page
    assert "led by Bob Hartley" in page
    assert page.index("Scope") < page.index("Sustain")


async def test_an_engagement_is_opened_by_a_program(
    northlight: Consultancy, work: EngagementWorld, bob: Visitor
):
    answer = await bob.post(f"/w/{northlight.slug}/engagements", json=draft(work.organisation))
    assert answer.status_code == 201
    assert [phase["state"] for phase in answer.json()["phases"]] == ["planned"] * 5


async def test_what_is_missing_is_said_and_what_was_typed_stays(
    northlight: Consultancy, work: EngagementWorld, bob: Visitor
):
    answer = await bob.submit(
        f"/w/{northlight.slug}/engagements", title="The therapy leaders", starts_on="2027-01-04"
    )
    assert answer.status_code == 422
    assert "Choose the client." in answer.text
    assert "Enter what this work is for." in answer.text
    assert 'value="The therapy leaders"' in answer.text


@pytest.mark.asvs("2.2.3")
async def test_dates_too_near_are_refused(
    northlight: Consultancy, work: EngagementWorld, bob: Visitor
):
    near = draft(work.organisation, ends_on="2027-01-05")
    answer = await bob.post(f"/w/{northlight.slug}/engagements", json=near)
    assert answer.status_code == 422
    assert answer.json()["errors"] == {
        "ends_on": "Choose a last day at least 7 days after the first."
    }


async def test_an_associate_opens_none(
    northlight: Consultancy, work: EngagementWorld, visit: Visit
):
    ann = await visit(northlight, northlight.ann)
    answer = await ann.submit(f"/w/{northlight.slug}/engagements", **draft(work.organisation))
    assert answer.status_code == 404


# Reading


async def test_the_overview_shows_plan_people_and_brief(bob: Visitor, here: str):
    page = (await bob.page(here)).text
    assert "Scope is under way" in page
    assert "Have we agreed what we are here to change" in page
    assert "Nobody seems to know what to do about the culture." in page
    assert "Sam Whitfield" in page


async def test_a_participant_finds_only_their_own_coaching(
    northlight: Consultancy, visit: Visit, here: str
):
    pat = await visit(northlight, northlight.pat)
    assert (await pat.page(here)).status_code == 404
    assert (await pat.page(f"{here}/edit")).status_code == 404


async def test_a_sponsor_finds_nothing_in_the_workspace(
    northlight: Consultancy, visit: Visit, here: str
):
    sam = await visit(northlight, northlight.sam)
    assert (await sam.page(here)).status_code == 404


async def test_an_associate_who_is_not_on_the_team_finds_nothing(
    northlight: Consultancy, visit: Visit, here: str
):
    ann = await visit(northlight, northlight.ann)
    assert (await ann.page(here)).status_code == 404
    assert (await ann.json(f"/w/{northlight.slug}/engagements"))["engagements"] == []


async def test_another_workspace_finds_nothing(
    elsewhere: Consultancy, visit: Visit, work: EngagementWorld, here: str
):
    charlie = await visit(elsewhere, elsewhere.alice)
    assert (await charlie.page(here)).status_code == 404
    theirs = f"/w/{elsewhere.slug}/engagements/{work.engagement}"
    assert (await charlie.page(theirs)).status_code == 404
    assert (await charlie.submit(f"{theirs}/state", state="paused")).status_code == 404


async def test_the_list_shows_where_each_engagement_stands(
    northlight: Consultancy, work: EngagementWorld, bob: Visitor
):
    page = (await bob.page(f"/w/{northlight.slug}/engagements")).text
    assert "Working together" in page
    assert "Scope is under way" in page
    [row] = (await bob.json(f"/w/{northlight.slug}/engagements"))["engagements"]
    assert (row["state"], row["phase"]) == ("running", "Scope")


# Changing


async def test_an_engagement_is_said_anew(bob: Visitor, here: str):
    assert 'value="Working together"' in (await bob.page(f"{here}/edit")).text
    facts = {"client": "The Royal", "purpose": "Safer handovers."}
    dates = {"starts_on": "2026-01-12", "ends_on": "2027-01-11"}
    answer = await bob.submit(here, title="Speaking up", **facts, **dates)
    assert answer.headers["location"] == here
    assert "Speaking up" in (await bob.page(here)).text


async def test_an_engagement_is_moved_on_to_a_state_that_it_can_reach(bob: Visitor, here: str):
    form = (await bob.page(f"{here}/state")).text
    assert 'value="paused"' in form
    assert 'value="declined"' not in form
    assert (await bob.submit(f"{here}/state", state="paused")).status_code == 303
    assert (await bob.json(here))["state"] == "paused"


@pytest.mark.asvs("2.3.1")
async def test_a_state_out_of_reach_is_refused_with_those_within(bob: Visitor, here: str):
    answer = await bob.put(f"{here}/state", json={"state": "declined"})
    assert answer.status_code == 409
    assert answer.json()["detail"].endswith("It can become paused or closed.")


@pytest.mark.asvs("2.3.2")
async def test_a_fourth_element_in_focus_is_refused_and_the_ticks_stay(bob: Visitor, here: str):
    elements = (await bob.json(f"{here}/focus"))["elements"]
    four = [element["id"] for element in elements[:4]]
    answer = await bob.submit(f"{here}/focus", elements=four)
    assert answer.status_code == 422
    assert "Choose at most three elements." in answer.text
    assert answer.text.count(" checked>") == 4


async def test_the_focus_is_shown_on_the_overview(bob: Visitor, here: str):
    elements = (await bob.json(f"{here}/focus"))["elements"]
    await bob.submit(f"{here}/focus", elements=[elements[0]["id"]])
    assert "Speaking up early" in (await bob.page(here)).text


# The plan


async def test_a_phase_passes_its_gate(northlight: Consultancy, bob: Visitor, here: str):
    scope = (await bob.json(here))["phases"][0]
    path = f"/w/{northlight.slug}/phases/{scope['id']}"
    form = (await bob.page(f"{path}/edit")).text
    assert 'value="passed"' in form
    kept = {name: scope[name] for name in ("starts_on", "ends_on", "gate_question")}
    answer = await bob.submit(path, **kept, state="passed")
    assert answer.headers["location"] == here
    assert (await bob.json(here))["phases"][0]["state"] == "passed"


async def test_a_second_running_phase_is_refused_on_its_form(
    northlight: Consultancy, bob: Visitor, here: str
):
    discover = (await bob.json(here))["phases"][1]
    kept = {name: discover[name] for name in ("starts_on", "ends_on", "gate_question")}
    path = f"/w/{northlight.slug}/phases/{discover['id']}"
    answer = await bob.submit(path, **kept, state="running")
    assert answer.status_code == 409
    assert "Scope is still running." in answer.text


async def test_a_milestone_is_added_reached_taken_back_and_removed(
    northlight: Consultancy, bob: Visitor, here: str
):
    await bob.submit(f"{here}/milestones", title="First report", due_on="2026-06-04")
    [milestone] = (await bob.json(here))["milestones"]
    path = f"/w/{northlight.slug}/milestones/{milestone['id']}"
    await bob.submit(f"{path}/completion")
    assert "reached " in (await bob.page(here)).text
    await bob.submit(f"{path}/completion", done="false")
    assert (await bob.json(here))["milestones"][0]["done_on"] is None
    await bob.submit(f"{path}/removal")
    assert (await bob.json(here))["milestones"] == []


async def test_a_program_says_on_which_day_a_milestone_was_reached(
    northlight: Consultancy, bob: Visitor, here: str
):
    added = await bob.post(f"{here}/milestones", json={"title": "Report", "due_on": "2026-06-04"})
    path = f"/w/{northlight.slug}/milestones/{added.json()['id']}/completion"
    answer = await bob.put(path, json={"done": True, "on": "2026-06-02"})
    assert answer.json()["done_on"] == "2026-06-02"
    again = await bob.put(path, json={})
    assert again.status_code == 409
    assert again.json()["detail"] == "This milestone was reached on 2 June 2026 already."


async def test_an_objective_is_added_and_met(northlight: Consultancy, bob: Visitor, here: str):
    domain = (await bob.json(f"{here}/objectives/new"))["domains"][0]
    text = "Every huddle starts with a question"
    await bob.submit(f"{here}/objectives", text=text, domain_id=domain["id"])
    [objective] = (await bob.json(here))["objectives"]
    assert objective["domain"] == "Psychological safety"
    path = f"/w/{northlight.slug}/objectives/{objective['id']}"
    assert text in (await bob.page(path)).text
    assert (await bob.submit(f"{path}/state", state="met")).headers["location"] == here
    assert (await bob.json(here))["objectives"][0]["state"] == "met"


# People


async def test_a_contact_is_brought_in_and_a_place_is_ended(
    northlight: Consultancy, work: EngagementWorld, bob: Visitor, here: str
):
    contacts = f"/w/{northlight.slug}/clients/{work.organisation}/contacts"
    address = f"iona@{northlight.slug}.example"
    async with northlight.transaction(northlight.alice) as tx:
        await admit(tx, name="Iona Reid", email=address, role="participant")
    iona = await bob.post(contacts, json={"name": "Iona Reid", "email": address})
    form = (await bob.page(f"{here}/people/new")).text
    assert "Iona Reid" in form
    who = {"contact_id": iona.json()["id"], "relation": "participant"}
    place = (await bob.post(f"{here}/people", json=who)).json()
    assert "Iona Reid" in (await bob.page(f"{here}/people")).text
    answer = await bob.submit(f"{here}/people/{place['assignment_id']}/release")
    assert answer.headers["location"] == f"{here}/people"
    assert "Iona Reid" not in (await bob.page(f"{here}/people")).text


async def test_a_contact_without_an_address_is_refused_beside_the_field(
    northlight: Consultancy, work: EngagementWorld, bob: Visitor, here: str
):
    contacts = f"/w/{northlight.slug}/clients/{work.organisation}/contacts"
    lee = (await bob.post(contacts, json={"name": "Lee Chan"})).json()
    answer = await bob.submit(f"{here}/people", contact_id=lee["id"], relation="sponsor")
    assert answer.status_code == 422
    assert "Lee Chan has no e-mail address yet." in answer.text
    assert f'<option value="{lee["id"]}" selected>' in answer.text


async def test_a_colleague_is_added_to_the_team(northlight: Consultancy, bob: Visitor, here: str):
    form = (await bob.page(f"{here}/people/new?part=team")).text
    assert "Ann Lowe" in form
    assert "Bob Hartley</option>" not in form
    await bob.submit(f"{here}/people", relation="team", member_id=str(northlight.ann.id))
    assert "Ann Lowe" in (await bob.page(f"{here}/people")).text


async def test_the_form_for_a_colleague_comes_back_as_such(bob: Visitor, here: str):
    answer = await bob.submit(f"{here}/people", relation="team")
    assert answer.status_code == 422
    assert "Choose a colleague to join the team." in answer.text
    assert "<h1>Add a colleague</h1>" in answer.text


# Home


async def test_home_says_who_needs_me(northlight: Consultancy, work: EngagementWorld, bob: Visitor):
    page = (await bob.page(f"/w/{northlight.slug}")).text
    assert "One thing needs you" in page
    assert "and nothing is planned." in page
    [need] = (await bob.json(f"/w/{northlight.slug}"))["needs"]
    assert (need["kind"], need["thing_id"]) == ("stalled", str(work.engagement))


async def test_home_is_quiet_when_nothing_waits(northlight: Consultancy, visit: Visit):
    ann = await visit(northlight, northlight.ann)
    page = (await ann.page(f"/w/{northlight.slug}")).text
    assert "Nothing needs you" in page
    assert "A consultant adds you to the team" in page
