"""Measures over HTTP: the same addresses as pages and as JSON."""

from uuid import UUID

import pytest

from measured import FEBRUARY, OCTOBER, indicator, months, surveyed
from world import Consultancy, engagement

INDICATOR = {
    "title": "Vacancies in theatres",
    "unit": "%",
    "direction": "decrease",
    "source": "Workforce team",
    "target": "8.5",
}


@pytest.fixture
async def work(northlight: Consultancy) -> UUID:
    return (await engagement(northlight)).engagement


def at(world: Consultancy, path: str) -> str:
    return f"/w/{world.slug}{path}"


async def test_the_list_says_of_each_indicator_what_the_rules_allow(northlight, work, visit):
    await indicator(northlight, work)
    await surveyed(northlight, work, FEBRUARY, 6.1, 5.6, 6.7, 5.7)
    await surveyed(northlight, work, OCTOBER, 7.2, 5.8, 5.9, 5.7)
    bob = await visit(northlight, northlight.bob)
    page = await bob.page(at(northlight, f"/engagements/{work}/measures"))
    assert page.status_code == 200
    assert "Improving: " in page.text
    assert "62%, October 2026" in page.text
    assert "Up 1.1 since February" in page.text
    shown = await bob.json(at(northlight, f"/engagements/{work}/measures"))
    assert shown["indicators"][0]["variation"] == "improvement_high"
    assert [one["change"]["word"] for one in shown["domains"]][2] == "slipping"


async def test_an_engagement_without_measures_says_what_to_ask_for(northlight, work, visit):
    bob = await visit(northlight, northlight.bob)
    page = await bob.page(at(northlight, f"/engagements/{work}/measures"))
    assert "No indicators yet" in page.text
    assert "No survey yet" in page.text


async def test_an_indicator_is_added_by_a_form_and_leads_to_its_figures(northlight, work, visit):
    bob = await visit(northlight, northlight.bob)
    answer = await bob.submit(at(northlight, f"/engagements/{work}/measures"), **INDICATOR)
    assert answer.status_code == 303
    assert answer.headers["location"].endswith("/figures/new")
    form = await bob.page(answer.headers["location"])
    assert "Vacancies in theatres" in form.text


async def test_an_indicator_that_does_not_fit_comes_again_with_what_was_typed(
    northlight, work, visit
):
    bob = await visit(northlight, northlight.bob)
    wrong = {**INDICATOR, "direction": "", "baseline": "5"}
    answer = await bob.submit(at(northlight, f"/engagements/{work}/measures"), **wrong)
    assert answer.status_code == 422
    assert "Choose which way is improvement." in answer.text
    assert "The number of points in the baseline must be at least 12." in answer.text
    assert 'value="Vacancies in theatres"' in answer.text


async def test_an_indicator_is_changed_from_its_own_form(northlight, work, visit):
    series = await indicator(northlight, work, target=60)
    bob = await visit(northlight, northlight.bob)
    form = await bob.page(at(northlight, f"/indicators/{series}/edit"))
    assert 'value="60"' in form.text
    answer = await bob.submit(at(northlight, f"/indicators/{series}"), **INDICATOR)
    assert answer.status_code == 303
    shown = await bob.json(at(northlight, f"/indicators/{series}"))
    assert shown["series"]["target"] == 8.5
    assert shown["sentence"].startswith("Getting worse: ")


async def test_figures_are_imported_by_paste_and_counted(northlight, work, visit):
    series = await indicator(northlight, work, [54, 57])
    bob = await visit(northlight, northlight.bob)
    answer = await bob.submit(
        at(northlight, f"/indicators/{series}/figures"), csv=months([54, 58, 52])
    )
    page = await bob.page(answer.headers["location"])
    assert "Imported: 1 new, 1 changed, 1 as they were." in page.text


async def test_figures_are_imported_from_a_file(northlight, work, visit):
    series = await indicator(northlight, work, values=[])
    bob = await visit(northlight, northlight.bob)
    answer = await bob.post(
        at(northlight, f"/indicators/{series}/figures"),
        data={"csv": ""},
        files={"file": ("figures.csv", "Month;Value\nJan 2026;9,5\n".encode("utf-8-sig"))},
        headers={"accept": "text/html", "sec-fetch-site": "same-origin"},
    )
    assert answer.status_code == 303
    shown = await bob.json(at(northlight, f"/indicators/{series}"))
    assert shown["series"]["figures"] == [{"period": "2026-01-01", "value": 9.5}]


async def test_a_wrong_line_is_named_beside_the_text_that_was_pasted(northlight, work, visit):
    series = await indicator(northlight, work, values=[])
    bob = await visit(northlight, northlight.bob)
    answer = await bob.submit(
        at(northlight, f"/indicators/{series}/figures"), csv="2026-01,9\n2026-02,many"
    )
    assert answer.status_code == 422
    assert "Line 2: “many” is no figure." in answer.text
    assert "2026-02,many" in answer.text


async def test_the_chart_page_has_the_sentence_the_chart_and_its_table(northlight, work, visit):
    series = await indicator(northlight, work)
    bob = await visit(northlight, northlight.bob)
    page = await bob.page(at(northlight, f"/indicators/{series}"))
    assert "Special cause of improving nature, higher" in page.text
    assert page.text.count('<svg class="xmr') == 2
    assert "Show the 22 figures as a table" in page.text
    assert "Profile cocreate-1" in page.text


async def test_limits_are_redrawn_and_the_redrawing_undone_from_the_page(northlight, work, visit):
    series = await indicator(northlight, work)
    bob = await visit(northlight, northlight.bob)
    path = at(northlight, f"/indicators/{series}")
    answer = await bob.submit(f"{path}/rebases", period="2026-01-01", reason="Two theatres opened")
    assert answer.status_code == 303
    page = await bob.page(path)
    assert "From January 2026: Two theatres opened" in page.text
    assert "Given by Bob Hartley" in page.text
    (given,) = (await bob.json(path))["series"]["rebases"]
    await bob.submit(at(northlight, f"/rebases/{given['id']}/removal"))
    assert (await bob.json(path))["series"]["rebases"] == []


async def test_redrawing_from_a_period_without_a_figure_names_the_nearest(northlight, work, visit):
    series = await indicator(northlight, work)
    bob = await visit(northlight, northlight.bob)
    answer = await bob.submit(
        at(northlight, f"/indicators/{series}/rebases"), period="2030-01-01", reason="Because"
    )
    assert answer.status_code == 422
    assert "There is no figure for January 2030. The nearest is October 2026." in answer.text


async def test_scores_are_recorded_column_by_column_from_the_form(northlight, work, visit):
    bob = await visit(northlight, northlight.bob)
    path = at(northlight, f"/engagements/{work}/measures")
    ids = [one["domain_id"] for one in (await bob.json(path))["domains"]]
    answer = await bob.submit(
        f"{path}/scores",
        measured_on="2026-02-27",
        domain_id=ids,
        answers=["120", "121", "122", "9"],
        mean=["6.1", "5.6", "6.7", "5.7"],
        deviation=["1.8", "1.8", "1.8", "1.8"],
    )
    assert answer.status_code == 303
    domains = (await bob.json(path))["domains"]
    assert [one["now"]["answers"] for one in domains] == [120, 121, 122, 9]
    page = await bob.page(path)
    assert "Fewer than 10 replies" in page.text
    assert "5.7" not in page.text


async def test_scores_with_a_gap_come_again_with_what_was_typed(northlight, work, visit):
    bob = await visit(northlight, northlight.bob)
    path = at(northlight, f"/engagements/{work}/measures")
    ids = [one["domain_id"] for one in (await bob.json(path))["domains"]]
    answer = await bob.submit(
        f"{path}/scores",
        measured_on="2026-02-27",
        domain_id=ids,
        answers=["120", "121", "122", "118"],
        mean=["6.1", "", "6.7", "5.7"],
        deviation=["", "", "", ""],
    )
    assert answer.status_code == 422
    assert "Enter the mean for every domain." in answer.text
    assert 'value="118"' in answer.text


async def test_a_program_records_scores_as_a_list(northlight, work, visit):
    bob = await visit(northlight, northlight.bob)
    path = at(northlight, f"/engagements/{work}/measures")
    scores = [
        {"domain_id": one["domain_id"], "answers": 40, "mean": 6.5}
        for one in (await bob.json(path))["domains"]
    ]
    answer = await bob.post(f"{path}/scores", json={"measured_on": "2026-02-27", "scores": scores})
    assert answer.status_code == 201
    assert {one["now"]["mean"] for one in answer.json()["domains"]} == {6.5}


@pytest.mark.parametrize("person", ["pat", "sam"])
async def test_participants_and_sponsors_find_nothing_here(northlight, work, visit, person):
    series = await indicator(northlight, work)
    visitor = await visit(northlight, getattr(northlight, person))
    for path in (f"/engagements/{work}/measures", f"/indicators/{series}"):
        assert (await visitor.page(at(northlight, path))).status_code == 404


async def test_another_consultancy_finds_nothing_here(northlight, elsewhere, work, visit):
    series = await indicator(northlight, work)
    charlie = await visit(elsewhere, elsewhere.alice)
    for world in (northlight, elsewhere):
        assert (await charlie.page(at(world, f"/indicators/{series}"))).status_code == 404
        answer = await charlie.submit(at(world, f"/indicators/{series}/figures"), csv="2026-01,5")
        assert answer.status_code == 404


async def test_somebody_who_is_not_signed_in_is_led_to_sign_in(northlight, work, site, visit):
    bob = await visit(northlight, northlight.bob)
    path = at(northlight, f"/engagements/{work}/measures")
    bob.headers.pop("cookie")
    assert (await bob.page(path)).headers["location"].startswith("/sign-in?next=")
    assert (await bob.get(path, headers={"accept": "application/json"})).status_code == 401
