"""Who is signed in changes while texts wait: each person's stay theirs, and go when they can."""

import pytest
from playwright.async_api import Page, expect

from handwriting import (
    BOX,
    cut,
    downloaded,
    kept,
    mended,
    new_note,
    ready_for_no_signal,
    reflection,
    says,
    stored,
    typed,
)
from noting import a_team, rows
from windows import PHONE, SECURED, Open, sign_in, violations
from world import Consultancy, EngagementWorld, Person, signed_in_token

WORDS = "I dread the board away-day."
EXPIRE = "UPDATE sign_in_session SET expires_at = now() WHERE tenant_id = $1 RETURNING id"
ONE_OF_ANOTHER = "Somebody else has 1 text waiting on this device."


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await a_team(northlight)


@pytest.fixture
async def form(window: Open, northlight: Consultancy, work: EngagementWorld) -> Page:
    """Pat's empty reflection, on a phone."""
    page = await window(northlight, northlight.pat, size=PHONE)
    await page.goto(reflection(northlight, work))
    await ready_for_no_signal(page, northlight.pat)
    return page


async def expired(owner_url: str, world: Consultancy) -> None:
    assert await rows(owner_url, EXPIRE, world.tenant)


async def is_now(page: Page, world: Consultancy, person: Person) -> None:
    """Somebody signs in on this device."""
    token = await signed_in_token(world, person)
    cookie = {"name": "__Host-cocreate", "value": token, "url": SECURED, "secure": True}
    await page.context.add_cookies([cookie])  # type: ignore[list-item]


async def waits(page: Page) -> list[str]:
    """What the list of those who are signed in here shows."""
    await page.goto("/waiting")
    shown = page.locator("#texts a, #none:visible, #signed-out:visible")
    await expect(shown.first).to_be_visible()
    return await page.locator("#texts a").all_inner_texts()


async def sign_out(page: Page, person: Person) -> None:
    await page.get_by_text(person.name, exact=True).first.click()
    await page.get_by_role("button", name="Sign out").click()


async def test_a_sign_in_that_ends_in_mid_sentence_keeps_the_text_until_the_same_person_is_back(
    form: Page, northlight: Consultancy, owner_url: str
) -> None:
    await typed(form, "I dread")
    await says(form, "Saved")
    await expired(owner_url, northlight)
    await typed(form, " the board away-day.")
    await says(form, "Signed out: kept on this device. Sign in again to send it.")
    assert await kept(form) == [WORDS]
    assert await stored(owner_url, northlight, northlight.pat) == ["I dread"]

    await form.get_by_role("link", name="Sign in again to send it.").click()
    await sign_in(form, northlight, northlight.pat)
    await expect(form.locator(BOX)).to_have_value(WORDS)
    await says(form, "Saved")
    assert await stored(owner_url, northlight, northlight.pat) == [WORDS]
    assert await kept(form) == []


async def test_saving_after_the_sign_in_has_ended_keeps_the_text_and_says_so(
    form: Page, northlight: Consultancy, owner_url: str
) -> None:
    await expired(owner_url, northlight)
    await typed(form, WORDS)
    await form.get_by_role("button", name="Save reflection").click()

    await says(form, "Signed out: kept on this device.")
    await expect(form.locator(BOX)).to_have_value(WORDS)
    assert await kept(form) == [WORDS]


async def test_a_text_is_not_sent_as_another_person_and_waits_for_its_writer(
    form: Page, northlight: Consultancy, owner_url: str
) -> None:
    await expired(owner_url, northlight)
    await typed(form, WORDS)
    await says(form, "Signed out: kept on this device.")

    await is_now(form, northlight, northlight.bob)
    await form.goto(f"/w/{northlight.slug}")
    await expect(form.get_by_text(ONE_OF_ANOTHER)).to_be_visible()
    assert await waits(form) == []
    assert await rows(owner_url, "SELECT 1 FROM note WHERE tenant_id = $1", northlight.tenant) == []

    await is_now(form, northlight, northlight.pat)
    await form.goto("/waiting")
    await expect(form.locator("#none")).to_be_visible()
    assert await stored(owner_url, northlight, northlight.pat) == [WORDS]


async def test_the_page_of_one_does_not_send_their_text_when_another_signs_in_beside_it(
    form: Page, northlight: Consultancy, owner_url: str
) -> None:
    await is_now(form, northlight, northlight.bob)
    await typed(form, WORDS)

    await says(form, "Signed out: kept on this device.")
    assert await rows(owner_url, "SELECT 1 FROM note WHERE tenant_id = $1", northlight.tenant) == []
    await is_now(form, northlight, northlight.pat)
    await mended(form)
    await says(form, "Saved")
    assert await stored(owner_url, northlight, northlight.pat) == [WORDS]


async def test_two_people_on_one_phone_each_see_only_their_own_texts(
    form: Page, northlight: Consultancy, work: EngagementWorld
) -> None:
    await cut(form)
    await typed(form, WORDS)
    await says(form, "On this device, not sent yet")
    assert await waits(form) == [WORDS]

    await is_now(form, northlight, northlight.bob)
    await form.goto(new_note(northlight, work))
    await expect(form.locator(BOX)).to_have_value("")
    await typed(form, "Pat seems tired.")
    await says(form, "On this device, not sent yet")
    await expect(form.get_by_text(ONE_OF_ANOTHER)).to_be_visible()
    assert await waits(form) == ["Pat seems tired."]
    file = await downloaded(form, form.get_by_role("button", name="Download what is not sent"))
    assert "Pat seems tired." in file
    assert WORDS not in file

    await form.context.set_offline(True)
    assert await waits(form) == ["Pat seems tired."]


async def test_without_signal_a_phone_of_two_asks_who_writes(
    form: Page, northlight: Consultancy, work: EngagementWorld
) -> None:
    await is_now(form, northlight, northlight.bob)
    await form.goto(new_note(northlight, work))
    await ready_for_no_signal(form, northlight.bob)
    await form.context.set_offline(True)
    await form.goto("/write")
    await expect(form.get_by_role("group", name="Who is writing?")).to_be_visible()
    await expect(form.locator("form.editor")).to_be_hidden()

    await form.get_by_label("Bob Hartley", exact=True).check()
    await expect(form.get_by_role("heading", name="Write a note")).to_be_visible()
    await expect(form.get_by_label("Only you, for now")).to_be_checked()


async def test_signing_out_sends_first_what_was_just_typed(
    form: Page, northlight: Consultancy, owner_url: str
) -> None:
    await typed(form, WORDS)
    await sign_out(form, northlight.pat)

    await expect(form.get_by_role("heading", name="Sign in")).to_be_visible()
    assert await stored(owner_url, northlight, northlight.pat) == [WORDS]


async def test_signing_out_asks_about_what_cannot_be_sent_and_can_keep_it(
    form: Page, northlight: Consultancy, owner_url: str
) -> None:
    await cut(form)
    await typed(form, WORDS)
    await says(form, "On this device, not sent yet")
    await sign_out(form, northlight.pat)
    dialogue = form.get_by_role("dialog", name="1 text has not been sent")
    await expect(dialogue).to_be_visible()
    assert await violations(form) == []
    assert WORDS in await downloaded(form, dialogue.get_by_role("button", name="Download it first"))
    await sign_out(form, northlight.pat)
    await dialogue.get_by_role("button", name="Keep it sealed and sign out").click()
    await expect(form.get_by_role("heading", name="Sign in")).to_be_visible()
    assert await kept(form) == [WORDS]

    await form.context.unroute_all(behavior="wait")
    await sign_in(form, northlight, northlight.pat)
    await form.wait_for_url(f"**/w/{northlight.slug}")
    await expect(form.locator("[data-waiting]")).to_be_hidden()
    assert await waits(form) == []
    assert await stored(owner_url, northlight, northlight.pat) == [WORDS]


async def test_signing_out_can_throw_away_what_cannot_be_sent(
    form: Page, northlight: Consultancy, owner_url: str
) -> None:
    await cut(form)
    await typed(form, WORDS)
    await says(form, "On this device, not sent yet")
    await sign_out(form, northlight.pat)
    await form.get_by_role("button", name="Throw it away and sign out").click()

    await expect(form.get_by_role("heading", name="Sign in")).to_be_visible()
    assert await form.evaluate("indexedDB.databases().then((all) => all.length)") == 1
    assert await kept(form) == []
    await form.context.unroute_all(behavior="wait")
    await is_now(form, northlight, northlight.pat)
    assert await waits(form) == []
    assert await stored(owner_url, northlight, northlight.pat) == []
