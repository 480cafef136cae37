"""The walking product, as its people use it: from the first client to the sponsor's portal.

One journey in one consultancy, in Chromium with real input; a second consultancy stands beside it.
"""

import re
from datetime import date, timedelta
from pathlib import Path
from random import Random

from playwright.async_api import Page, expect

from tenancy.database.context import Context
from tenancy.mail.service import outbox
from windows import PHONE, newest_code, sign_in
from world import Consultancy, Person

TODAY = date.today()


def figures() -> str:
    """Thirty-six months, the last nine clearly above the others."""
    chance = Random(7)
    first = date(TODAY.year - 3, TODAY.month, 1)
    lines = ["month,agree"]
    for index in range(36):
        month = date(
            first.year + (first.month - 1 + index) // 12, (first.month - 1 + index) % 12 + 1, 1
        )
        value = 54 + chance.uniform(-3, 3) + (7 if index >= 27 else 0)
        lines.append(f"{month:%Y-%m},{value:.1f}%")
    return "\n".join(lines)


async def test_a_consultancy_runs_an_engagement_up_to_the_sponsors_portal(
    window, northlight: Consultancy, elsewhere: Consultancy, tmp_path: Path
) -> None:
    maya = Person("Maya Osei", f"maya@{northlight.slug}.example", northlight.pat.id, "participant")
    helen = Person("Helen Marsh", f"helen@{northlight.slug}.example", northlight.sam.id, "sponsor")
    ros = await window()
    await sign_in(ros, northlight, northlight.bob)

    client = await add_the_client(ros, northlight, maya, helen)
    engagement = await open_the_engagement(ros, northlight)
    await add_the_people(ros, engagement)
    phone, sponsor = await window(size=PHONE), await window(size=PHONE)
    for page, person in ((phone, maya), (sponsor, helen)):
        await accept_the_invitation(page, northlight, person)
    session = await plan_a_session(ros, engagement)
    note = await write_a_note(ros, session)
    await turn_a_line_into_an_action(ros, note)

    await reflect_on_the_phone(phone, northlight, maya)
    await the_reflection_reaches_the_coach(ros, session)
    await sees_nothing_else(phone, northlight, client, engagement, note)

    await import_an_indicator(ros, engagement, tmp_path)
    await record_two_surveys(ros, engagement)

    await the_portal_stays_shut_until_something_is_published(ros, engagement)
    await agree_on_what_may_be_told(ros, engagement)
    for page, person in ((phone, maya), (sponsor, helen)):
        await answer_by_the_link_of_the_letter(page, northlight, person)
    await publish(ros, engagement)
    await read_the_portal(sponsor, northlight)

    charlie = await window(elsewhere, elsewhere.alice)
    for address in (client, engagement, session, note):
        answer = await charlie.goto(address)
        assert answer is not None
        assert answer.status == 404
        own = address.replace(northlight.slug, elsewhere.slug)
        answer = await charlie.goto(own)
        assert answer is not None
        assert answer.status == 404


async def add_the_client(page: Page, world: Consultancy, maya: Person, helen: Person) -> str:
    await page.get_by_role("link", name="Clients").click()
    await page.get_by_role("link", name="Add a client").first.click()
    await page.get_by_role("button", name="Add client").click()
    await expect(page.get_by_role("alert")).to_contain_text("name")
    await page.get_by_label("Name", exact=True).fill("Northmoor Vale NHS Foundation Trust")
    await page.get_by_label("Kind of organisation").select_option("acute trust")
    await page.get_by_label("ODS code").fill("rz9")
    await page.get_by_label("Their first words").fill("Nobody knows what to do about the culture.")
    await page.get_by_role("button", name="Add client").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "Northmoor Vale NHS Foundation Trust"
    )
    await expect(page.get_by_text("RZ9")).to_be_visible()
    client = page.url
    for name, below in (("Surgery", None), ("Theatres", "Surgery")):
        await page.get_by_role("link", name="Add a unit").first.click()
        await page.get_by_label("Name", exact=True).fill(name)
        if below:
            await page.get_by_label("Part of").select_option(label=below)
        await page.get_by_label("How many people work there?").fill("120")
        await page.get_by_role("button", name="Add unit").click()
        await expect(page.get_by_text(name, exact=True).first).to_be_visible()
    for person, post, role in (
        (maya, "Clinical director, theatres", "Clinical lead"),
        (helen, "Chief executive", "Executive sponsor"),
    ):
        await page.get_by_role("link", name="Add a contact").first.click()
        await page.get_by_label("Name", exact=True).fill(person.name)
        await page.get_by_label("Post").fill(post)
        await page.get_by_label("E-mail address").fill(person.email)
        await page.get_by_label(role).check()
        await page.get_by_role("button", name="Add contact").click()
        await expect(page.get_by_text(person.name).first).to_be_visible()
    return client


async def open_the_engagement(page: Page, world: Consultancy) -> str:
    await page.get_by_role("link", name="Open an engagement").first.click()
    await page.get_by_label("Name", exact=True).fill("Working together")
    await page.get_by_label("What is it for?").fill("Theatre teams that speak up early.")
    await page.get_by_label("The client's own words").fill("We are stuck, and tired of it.")
    await page.get_by_label("First day").fill((TODAY - timedelta(days=90)).isoformat())
    await page.get_by_label("Last day").fill((TODAY + timedelta(days=275)).isoformat())
    await page.get_by_role("button", name="Open engagement").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Working together")
    for phase in ("Scope", "Discover", "Design", "Deliver", "Sustain"):
        await expect(page.get_by_text(phase, exact=True).first).to_be_visible()
    engagement = page.url
    await page.get_by_role("link", name="Add a milestone").first.click()
    await page.get_by_label("What will have happened?").fill("First read-out to the executive team")
    await page.get_by_label("By when?").fill((TODAY + timedelta(days=40)).isoformat())
    await page.get_by_role("button", name="Add milestone").click()
    await expect(page.get_by_text("First read-out to the executive team").first).to_be_visible()
    await page.get_by_role("link", name="Add an objective").first.click()
    await page.get_by_label("What will be different?").fill("Worries are raised before lists start")
    await page.get_by_role("button", name="Add objective").click()
    await expect(page.get_by_text("Worries are raised before lists start").first).to_be_visible()
    return engagement


async def add_the_people(page: Page, engagement: str) -> None:
    for name, relation in (("Maya Osei", "Takes part"), ("Helen Marsh", "Sponsors it")):
        await page.goto(f"{engagement}/people")
        await page.get_by_role("link", name="Bring in somebody").first.click()
        label = await page.get_by_label("Contact").locator("option").all_inner_texts()
        await page.get_by_label("Contact").select_option(
            label=next(text for text in label if text.startswith(name))
        )
        await page.get_by_role("radio", name=relation, exact=True).check()
        await page.get_by_label("Invite a sponsor now").check()
        await page.get_by_role("button", name="Add them").click()
        await expect(page.get_by_role("listitem").filter(has_text=name)).to_contain_text(
            "not accepted yet"
        )


async def accept_the_invitation(page: Page, world: Consultancy, person: Person) -> None:
    """By the link of the mail, and the code that is sent to the same mailbox."""
    await page.goto(await link_in("invitation", world, person))
    await page.get_by_role("button", name="Send me a code").click()
    await page.get_by_label("Your code").fill(await newest_code(world, person))
    await page.get_by_role("button", name="Accept and go in").click()
    await page.wait_for_url(re.compile(f"/(w|portal)/{world.slug}"))


async def link_in(letter: str, world: Consultancy, person: Person) -> str:
    async with world.db.transaction(Context(surface="job", tenant=world.tenant)) as tx:
        mails = [mail for mail in await outbox(tx) if mail.to_address == person.email]
    path: str = next(mail for mail in mails if mail.letter == letter).facts["path"]
    return path


async def plan_a_session(page: Page, engagement: str) -> str:
    await page.goto(f"{engagement}/sessions")
    await page.get_by_role("link", name="Plan a session").first.click()
    await page.get_by_label("Kind of session").select_option("coaching")
    await page.get_by_label("Day").fill((TODAY + timedelta(days=9)).isoformat())
    await page.get_by_label("Begins").fill("09:30")
    await page.get_by_label("Place", exact=False).first.fill("Seminar room 2")
    await page.get_by_label("Maya Osei").check()
    await page.get_by_label("Helen Marsh").check()
    await page.get_by_role("button", name="Plan session").click()
    await expect(page.get_by_text("9:30 am").first).to_be_visible()
    return page.url


async def write_a_note(page: Page, session: str) -> str:
    await page.goto(session)
    await page.get_by_role("link", name="Write a note").click()
    await page.get_by_label("What do you want to keep?").fill(
        "Maya hesitates to be asked second.\n\n- Ask the most junior person first at the huddle"
    )
    await page.get_by_label("The team").check()
    await page.get_by_role("button", name="Save note").click()
    await expect(page.get_by_text("hesitates to be asked second").first).to_be_visible()
    await expect(page.get_by_text("The team").first).to_be_visible()
    return page.url


async def turn_a_line_into_an_action(page: Page, note: str) -> None:
    await page.goto(note)
    await page.get_by_role("link", name="Ask the most junior person first").click()
    await page.get_by_label("Who will do it").select_option(
        label=next(
            text
            for text in await page.get_by_label("Who will do it")
            .locator("option")
            .all_inner_texts()
            if text.startswith("Maya Osei")
        )
    )
    await page.get_by_label("By when").fill((TODAY + timedelta(days=20)).isoformat())
    await page.get_by_role("radio", name="sponsor", exact=False).check()
    await page.get_by_role("button", name="Save action").click()
    await expect(page.get_by_text("Ask the most junior person first").first).to_be_visible()


async def reflect_on_the_phone(page: Page, world: Consultancy, maya: Person) -> None:
    """She follows the link of her mail, on her phone."""
    path = await link_in("session_planned", world, maya)
    await page.context.clear_cookies()
    await page.goto(path)
    await page.wait_for_url(re.compile("/sign-in.next="))
    await sign_in(page, world, maya)
    await page.wait_for_url(f"**{path}")
    await page.goto(f"/w/{world.slug}")
    await page.get_by_role("link", name="Add a reflection").first.click()
    await (
        page.get_by_label("What has stayed with you", exact=False)
        .or_(page.get_by_label("What is on your mind?"))
        .fill("Tried asking the HCA first at handover. She raised the sling issue.")
    )
    await expect(page.get_by_label("You and Bob", exact=False)).to_be_checked()
    await page.get_by_role("button", name="Save reflection").click()
    await expect(page.get_by_text("She raised the sling issue").first).to_be_visible()
    await page.goto(f"/w/{world.slug}")
    await expect(page.get_by_text("She raised the sling issue").first).to_be_visible()
    promise = page.get_by_role("listitem").filter(has_text="Ask the most junior person first")
    await promise.get_by_role("button").first.click()
    await expect(page.get_by_role("button", name="Not done after all", exact=False)).to_be_visible()


async def the_reflection_reaches_the_coach(page: Page, session: str) -> None:
    await page.goto(session)
    await page.get_by_role("link", name="A reflection from Maya Osei").click()
    await expect(page.get_by_text("She raised the sling issue").first).to_be_visible()


async def sees_nothing_else(
    page: Page, world: Consultancy, client: str, engagement: str, note: str
) -> None:
    for address in (client, engagement, note, f"/w/{world.slug}/clients"):
        answer = await page.goto(address)
        assert answer is not None
        assert answer.status == 404, address


async def import_an_indicator(page: Page, engagement: str, folder: Path) -> None:
    await page.goto(f"{engagement}/measures")
    await page.get_by_role("link", name="Add an indicator").first.click()
    await page.get_by_label("What is counted").fill("I feel safe to speak up")
    await page.get_by_label("Definition").fill("Share of pulse answers that agree.")
    await page.get_by_label("Unit").fill("%")
    await page.get_by_label("Higher is better").check()
    await page.get_by_label("Each month").check()
    await page.get_by_label("Where the figures come from").fill("The trust's pulse survey")
    await page.get_by_role("button", name="Add the indicator").click()
    file = folder / "speak-up.csv"
    file.write_text(figures())
    await (
        page.get_by_role("link", name="Import figures")
        .or_(page.get_by_role("heading", name="Import figures"))
        .first.click()
    )
    await page.get_by_label("A CSV file").set_input_files(file)
    await page.get_by_role("button", name="Import the figures").click()
    await expect(page.get_by_text("Improving", exact=False).first).to_be_visible()
    await expect(page.locator("svg.xmr.wide")).to_be_visible()
    await page.get_by_text("as a table").first.click()
    await expect(page.get_by_role("row")).to_have_count(37)


async def record_two_surveys(page: Page, engagement: str) -> None:
    surveys = (
        (TODAY - timedelta(days=80), ("5.1", "4.9", "5.6", "5.0")),
        (TODAY - timedelta(days=5), ("6.4", "5.2", "5.5", "5.9")),
    )
    for measured, means in surveys:
        await page.goto(f"{engagement}/measures")
        await page.get_by_role("link", name="Record a survey").first.click()
        await page.get_by_label("The date of the survey").fill(measured.isoformat())
        for index, mean in enumerate(means):
            await page.get_by_label("Replies").nth(index).fill("140")
            await page.get_by_label("Mean").nth(index).fill(mean)
            await page.get_by_label("Standard deviation", exact=False).nth(index).fill("1.9")
        await page.get_by_role("button", name="Record the survey").click()
        await page.wait_for_url("**/measures")
    await expect(page.get_by_text("Improving").first).to_be_visible()
    await expect(page.get_by_text("No clear change").first).to_be_visible()


async def the_portal_stays_shut_until_something_is_published(page: Page, engagement: str) -> None:
    await page.goto(f"{engagement}/publications")
    await expect(
        page.get_by_text("should never arrive at an empty page", exact=False).first
    ).to_be_visible()


async def agree_on_what_may_be_told(page: Page, engagement: str) -> None:
    await page.goto(engagement)
    await page.get_by_role("link", name="What is agreed").click()
    await page.get_by_role("link", name="Propose an agreement").click()
    await page.get_by_label("What it is for").fill("So that people can say what they see.")
    await page.get_by_label("What the team hears").check()
    await page.get_by_label("Somebody’s own words").check()
    await page.get_by_role("button", name="Propose it").click()
    await expect(page.get_by_text("Helen Marsh", exact=False).first).to_be_visible()


async def answer_by_the_link_of_the_letter(page: Page, world: Consultancy, person: Person) -> None:
    """Also the sponsor, whose portal has nothing to read yet."""
    path = await link_in("agreement_proposed", world, person)
    await page.goto(path)
    if "/sign-in" in page.url:
        await sign_in(page, world, person)
        await page.wait_for_url(f"**{path}")
    await page.get_by_role("button", name="I accept this").click()
    await expect(page.get_by_text("You have accepted this version.")).to_be_visible()


async def publish(page: Page, engagement: str) -> None:
    await page.goto(f"{engagement}/publications")
    await page.get_by_role("link", name="Write an update").first.click()
    await page.get_by_label("The finding, as a sentence").fill(
        "More colleagues feel safe to speak up"
    )
    await page.get_by_label("What it means").fill("Psychological safety is improving.")
    await page.get_by_label("The last day of the figures").fill(TODAY.isoformat())
    await page.get_by_label("The chart behind the headline").select_option(
        label="I feel safe to speak up"
    )
    await page.get_by_label("What you are hearing").fill("Worries are raised earlier.")
    await page.get_by_label("Their words").first.fill("Last week I just said it.")
    await page.get_by_label("Who said it").first.fill("Ward manager, medicine")
    await page.get_by_label("They have agreed to these words").first.check()
    await page.get_by_label("Open it with this update").check()
    await page.get_by_role("button", name="See how it will look").click()
    await expect(page.get_by_text("Last week I just said it.").first).to_be_visible()
    await page.get_by_role("button", name="Publish", exact=False).first.click()
    await page.wait_for_url("**/publications")
    await expect(page.get_by_text("More colleagues feel safe to speak up").first).to_be_visible()


async def read_the_portal(page: Page, world: Consultancy) -> None:
    await page.goto(f"/portal/{world.slug}")
    await page.wait_for_url(re.compile(f"/portal/{world.slug}/"))
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "More colleagues feel safe to speak up"
    )
    for words in (
        "Psychological safety",
        "Improving",
        "Where we are",
        "Worries are raised earlier.",
        "Last week I just said it.",
        "Ward manager, medicine",
        "Agreed actions",
        "Ask the most junior person first at the huddle",
        "Your next session",
    ):
        await expect(page.get_by_text(words).first).to_be_visible()
    await expect(page.locator("svg.xmr.narrow")).to_be_visible()
    assert "hesitates" not in await page.content()
    assert "sling" not in await page.content()
