"""The guard in the page: the same findings as on the server, and a question before saving."""

import json
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from frontend.assets import static
from windows import NARROW, Open, overflow, violations
from world import Consultancy, EngagementWorld, engagement

EXAMPLES = json.loads((Path(__file__).parents[1] / "data" / "patient_identifiers.json").read_text())
NUMBER = "943 476 5919"
FOUND = f"This looks like an NHS number: {NUMBER}. If it is a patient's, leave it out."
READ = """async ([module, texts, today]) => {
    const { found_in, described } = await import(module);
    return texts.map((text) => {
        const found = found_in(text, today);
        const slices = found.map(({ start, end }) => text.slice(start, end));
        return { found, slices, sentence: described(found) };
    });
}"""


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await engagement(northlight)


@pytest.fixture
async def form(window: Open, northlight: Consultancy, work: EngagementWorld) -> Page:
    page = await window(northlight, northlight.bob)
    await page.goto(f"/w/{northlight.slug}/engagements/{work.engagement}/notes/new")
    return page


async def test_the_page_finds_what_the_server_finds(window: Open) -> None:
    page = await window()
    await page.goto("/")
    texts = [each["text"] for each in EXAMPLES["found"] + EXAMPLES["described"]]
    texts += EXAMPLES["quiet"]

    read = await page.evaluate(READ, [static("js/guard.js"), texts, EXAMPLES["today"]])

    answers = dict(zip(texts, read, strict=True))
    for example in EXAMPLES["found"]:
        answer = answers[example["text"]]
        found = [{"kind": each["kind"], "words": each["words"]} for each in answer["found"]]
        assert found == example["findings"], example["text"]
        assert answer["slices"] == [each["words"] for each in answer["found"]]
    for example in EXAMPLES["described"]:
        assert answers[example["text"]]["sentence"] == example["sentence"]
    assert [text for text in EXAMPLES["quiet"] if answers[text]["found"]] == []


async def test_what_was_typed_is_pointed_out_when_typing_stops(form: Page) -> None:
    box = form.get_by_label("What do you want to keep?")
    await box.press_sequentially(f"The patient, {NUMBER}, waited.")

    await expect(form.get_by_role("status").filter(has_text=FOUND)).to_be_visible()

    await box.fill("The patient waited.")
    await expect(form.get_by_text("This looks like")).to_have_count(0)
    await expect(form.get_by_role("button", name="Leave it out")).to_be_hidden()


async def test_saving_asks_first_and_leaving_it_out_selects_the_words(form: Page) -> None:
    box = form.get_by_label("What do you want to keep?")
    await box.fill(f"The patient, {NUMBER}, waited.")
    await form.get_by_role("button", name="Save note").click()

    await expect(form.get_by_role("button", name="Leave it out")).to_be_focused()
    await form.keyboard.press("Enter")
    await expect(box).to_be_focused()
    assert await form.evaluate("getSelection().toString()") == NUMBER

    await form.keyboard.press("Delete")
    await form.get_by_role("button", name="Save note").click()
    await expect(form.get_by_role("article", name="The note")).to_have_text(
        "The patient, , waited."
    )


async def test_what_is_no_patients_is_kept_and_sent_with_the_decision(form: Page) -> None:
    sent: list[str] = []
    form.on("request", lambda request: sent.append(request.post_data or ""))
    await form.get_by_label("What do you want to keep?").fill(f"Our test number is {NUMBER}.")
    await form.get_by_role("button", name="Save note").click()
    await form.get_by_role("button", name="Keep it: it is not a patient's").click()

    await form.wait_for_url(re.compile("/notes/[0-9a-f-]{36}$"))
    posted = [body for body in sent if NUMBER in body]
    assert posted
    assert all('"identifiers_kept":true' in body for body in posted)


async def test_a_text_waits_on_the_device_until_its_writer_has_decided(form: Page) -> None:
    sent: list[str] = []
    form.on("request", lambda request: sent.append(request.post_data or ""))
    await form.get_by_label("What do you want to keep?").press_sequentially(NUMBER)
    await expect(form.locator(".saved")).to_contain_text("Decide about what is pointed out")

    assert not [body for body in sent if NUMBER in body]
    await form.get_by_role("button", name="Keep it: it is not a patient's").click()
    await expect(form.locator(".saved")).to_contain_text("Saved")


async def test_the_decision_is_about_those_words_and_no_others(form: Page) -> None:
    box = form.get_by_label("What do you want to keep?")
    field = form.locator("[name=identifiers_kept]")
    await box.fill(f"Our test number is {NUMBER}.")
    await form.get_by_role("button", name="Keep it: it is not a patient's").click()
    await expect(field).to_be_enabled()

    await box.fill(f"Our test number is {NUMBER}. Hers is 401 023 2137.")

    await expect(form.get_by_role("status").filter(has_text="401 023 2137")).to_be_visible()
    await expect(form.get_by_role("status").filter(has_text=NUMBER)).to_have_count(0)
    await expect(field).to_be_disabled()


async def test_an_old_note_is_changed_without_a_question_about_what_it_says_already(
    form: Page,
) -> None:
    await form.get_by_label("What do you want to keep?").fill(f"Our test number is {NUMBER}.")
    await form.get_by_role("button", name="Save note").click()
    await form.get_by_role("button", name="Keep it: it is not a patient's").click()
    await form.get_by_role("link", name="Change this note").click()
    box = form.get_by_label("What do you want to keep?")
    await box.fill(f"Our test number is {NUMBER}. Hers is 401 023 2137.")
    asked = form.get_by_role("status").filter(has_text="This looks like")
    await expect(asked).to_contain_text("401 023 2137")
    await expect(asked).not_to_contain_text(NUMBER)

    await box.fill(f"Our test number is still {NUMBER}.")
    await form.get_by_role("button", name="Save note").click()
    await expect(form.get_by_role("article", name="The note")).to_have_text(
        f"Our test number is still {NUMBER}."
    )


async def test_a_text_without_findings_is_sent_without_a_question(form: Page) -> None:
    sent: list[str] = []
    form.on("request", lambda request: sent.append(request.post_data or ""))
    await form.get_by_label("What do you want to keep?").fill("Nobody flinched.")
    await form.get_by_role("button", name="Save note").click()
    await form.wait_for_url(re.compile("/notes/[0-9a-f-]{36}$"))
    assert any("Nobody flinched." in body for body in sent)
    assert [body for body in sent if '"identifiers_kept":true' in body] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_question_has_nothing_for_axe_to_find(
    window: Open, northlight: Consultancy, work: EngagementWorld, scheme: str
) -> None:
    page = await window(northlight, northlight.pat, size=NARROW, scheme=scheme)
    await page.goto(f"/w/{northlight.slug}/engagements/{work.engagement}/reflections/new")
    await page.locator("textarea").fill(f"Amelia Hart (12/03/1961), {NUMBER}, MRN 1234567")
    await expect(page.get_by_role("button", name="Leave it out")).to_be_visible()

    assert await violations(page) == []
    assert await overflow(page) <= 0
