"""Clients over HTTP: the pages, their forms, and the same as JSON."""

import pytest
import pytest_asyncio

from served import Visit, Visitor
from world import Consultancy, engagement

ASHBOURNE = {"name": "Ashbourne Trust", "kind": "acute trust", "ods_code": "rxz"}


@pytest_asyncio.fixture
async def bob(northlight: Consultancy, visit: Visit) -> Visitor:
    """Bob's browser."""
    return await visit(northlight, northlight.bob)


@pytest.fixture
def base(northlight: Consultancy) -> str:
    return f"/w/{northlight.slug}"


async def created(browser: Visitor, path: str, **values: object) -> dict:
    """What a program gets for a new thing."""
    answer = await browser.post(path, json=values, headers={"accept": "application/json"})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_client_is_added_by_form_and_shown(bob: Visitor, base: str):
    answer = await bob.submit(f"{base}/clients", **ASHBOURNE, enquiry="Morale is poor.")
    assert answer.status_code == 303
    page = await bob.page(answer.headers["location"])
    assert "Ashbourne Trust" in page.text
    assert "ODS code RXZ" in page.text
    assert "Morale is poor." in page.text


async def test_a_client_is_added_by_a_program(bob: Visitor, base: str):
    answer = await bob.post(f"{base}/clients", json=ASHBOURNE)
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{base}/clients/{answer.json()['id']}"
    assert (await bob.json(answer.headers["location"]))["ods_code"] == "RXZ"


async def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_stays(
    bob: Visitor, base: str
):
    answer = await bob.submit(f"{base}/clients", name="", ods_code="rxz", enquiry="Morale is poor.")
    assert answer.status_code == 422
    assert "Enter the client&#39;s name." in answer.text
    assert "Choose the kind of organisation." in answer.text
    assert 'value="rxz"' in answer.text
    assert "Morale is poor." in answer.text


async def test_a_wrong_code_is_refused_with_an_example(bob: Visitor, base: str):
    answer = await bob.post(f"{base}/clients", json=ASHBOURNE | {"ods_code": "R-Z"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == {
        "ods_code": "Enter 3 to 10 letters and figures, such as RJ1 or QMJ."
    }


async def test_a_field_that_does_not_exist_is_named(bob: Visitor, base: str):
    answer = await bob.post(f"{base}/clients", json=ASHBOURNE | {"postcode": "ZZ1 1ZZ"})
    assert answer.status_code == 422
    assert "postcode" in answer.json()["errors"]


async def test_a_client_is_found_by_a_part_of_its_name(bob: Visitor, base: str):
    for name in ("Ashbourne Trust", "Bexley Trust"):
        await created(bob, f"{base}/clients", name=name, kind="acute trust")
    page = (await bob.page(f"{base}/clients?search=bex")).text
    assert "Bexley Trust" in page
    assert "Ashbourne Trust" not in page
    assert [c["name"] for c in (await bob.json(f"{base}/clients?search=ASH"))["clients"]] == [
        "Ashbourne Trust"
    ]


async def test_a_search_without_a_match_says_so(bob: Visitor, base: str):
    page = await bob.page(f"{base}/clients?search=nowhere")
    assert "No client matches “nowhere”" in page.text


async def test_a_long_list_goes_on_on_the_next_page(bob: Visitor, base: str):
    for number in range(51):
        await created(bob, f"{base}/clients", name=f"Trust {number:02}", kind="other")
    first = await bob.json(f"{base}/clients")
    assert (len(first["clients"]), first["more"]) == (50, True)
    page = (await bob.page(f"{base}/clients")).text
    link = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    rest = await bob.json(link)
    assert ([client["name"] for client in rest["clients"]], rest["more"]) == (["Trust 50"], False)


async def test_a_client_is_changed(bob: Visitor, base: str):
    client = await created(bob, f"{base}/clients", **ASHBOURNE)
    path = f"{base}/clients/{client['id']}"
    assert 'value="Ashbourne Trust"' in (await bob.page(f"{path}/edit")).text
    answer = await bob.submit(path, name="Ashbourne NHS Trust", kind="acute trust", stage="client")
    assert answer.headers["location"] == path
    assert "Ashbourne NHS Trust" in (await bob.page(path)).text


async def test_units_stand_in_a_tree(bob: Visitor, base: str):
    client = await created(bob, f"{base}/clients", **ASHBOURNE)
    path = f"{base}/clients/{client['id']}"
    surgery = await created(bob, f"{path}/units", name="Surgery", head_count=320)
    await bob.submit(f"{path}/units", name="Theatres", parent_id=surgery["id"])
    units = (await bob.json(path))["units"]
    assert [(unit["depth"], unit["name"]) for unit in units] == [(0, "Surgery"), (1, "Theatres")]
    page = (await bob.page(path)).text
    assert page.index("320 people") < page.index("Theatres")


async def test_a_unit_is_not_offered_as_a_part_of_itself(bob: Visitor, base: str):
    client = await created(bob, f"{base}/clients", **ASHBOURNE)
    path = f"{base}/clients/{client['id']}"
    surgery = await created(bob, f"{path}/units", name="Surgery")
    page = (await bob.page(f"{base}/units/{surgery['id']}/edit")).text
    assert f'<option value="{surgery["id"]}"' not in page


async def test_a_unit_in_use_is_kept_and_the_page_says_why(bob: Visitor, base: str):
    client = await created(bob, f"{base}/clients", **ASHBOURNE)
    path = f"{base}/clients/{client['id']}"
    unit = await created(bob, f"{path}/units", name="Theatres")
    await created(bob, f"{path}/contacts", name="Iona Reid", unit_id=unit["id"])
    answer = await bob.submit(f"{base}/units/{unit['id']}/removal")
    assert answer.status_code == 409
    assert "People work in Theatres. Move them to another unit first." in answer.text


async def test_a_contact_comes_changes_and_goes(bob: Visitor, base: str):
    client = await created(bob, f"{base}/clients", **ASHBOURNE)
    path = f"{base}/clients/{client['id']}"
    iona = await created(bob, f"{path}/contacts", name="Iona Reid", post="Matron")
    contact = f"{base}/contacts/{iona['id']}"
    await bob.submit(contact, name="Dr Iona Reid", role_in_work="people and OD")
    assert "Dr Iona Reid" in (await bob.page(path)).text
    answer = await bob.submit(f"{contact}/removal")
    assert answer.headers["location"] == path
    assert "Dr Iona Reid" not in (await bob.page(path)).text


async def test_an_address_that_is_none_is_refused(bob: Visitor, base: str):
    client = await created(bob, f"{base}/clients", **ASHBOURNE)
    path = f"{base}/clients/{client['id']}/contacts"
    answer = await bob.submit(path, name="Iona Reid", email="iona at ashbourne")
    assert answer.status_code == 422
    assert "name@example.nhs.uk" in answer.text
    assert 'value="iona at ashbourne"' in answer.text


async def test_a_head_count_is_a_number_of_people(bob: Visitor, base: str):
    client = await created(bob, f"{base}/clients", **ASHBOURNE)
    path = f"{base}/clients/{client['id']}/units"
    words = await bob.post(path, json={"name": "Theatres", "head_count": "many"})
    assert words.json()["errors"] == {"head_count": "The head count must be a whole number."}
    none = await bob.submit(path, name="Theatres", head_count="0")
    assert "The head count must be at least 1." in none.text


async def test_an_associate_is_not_offered_to_add_a_client(
    northlight: Consultancy, visit: Visit, base: str
):
    ann = await visit(northlight, northlight.ann)
    assert "Add a client" not in (await ann.page(f"{base}/clients")).text
    assert (await ann.page(f"{base}/clients/new")).status_code == 404
    assert (await ann.submit(f"{base}/clients", **ASHBOURNE)).status_code == 404


async def test_a_participant_finds_no_clients(northlight: Consultancy, visit: Visit, base: str):
    opened = await engagement(northlight)
    pat = await visit(northlight, northlight.pat)
    assert (await pat.page(f"{base}/clients")).status_code == 404
    assert (await pat.page(f"{base}/clients/{opened.organisation}")).status_code == 404


async def test_another_workspaces_client_is_nowhere(
    northlight: Consultancy, elsewhere: Consultancy, visit: Visit, bob: Visitor, base: str
):
    client = await created(bob, f"{base}/clients", **ASHBOURNE)
    charlie = await visit(elsewhere, elsewhere.alice)
    theirs = f"/w/{elsewhere.slug}/clients/{client['id']}"
    assert (await charlie.page(theirs)).status_code == 404
    assert (await charlie.submit(theirs, **ASHBOURNE)).status_code == 404
    assert (await charlie.page(f"{base}/clients/{client['id']}")).status_code == 404


async def test_nobody_sees_clients_without_signing_in(bob: Visitor, base: str):
    answer = await bob.get(f"{base}/clients", headers={"accept": "text/html", "cookie": ""})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


async def test_a_change_without_the_sessions_token_is_refused(bob: Visitor, base: str):
    answer = await bob.post(f"{base}/clients", json=ASHBOURNE, headers={"x-csrf-token": ""})
    assert answer.status_code == 403
    assert (await bob.json(f"{base}/clients"))["clients"] == []
