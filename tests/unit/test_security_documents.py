"""docs/security: a section for each requirement, whose figures and lists are the code's."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from engagements.measures.csv_import import MOST_LINES
from engagements.notes.attachments import AT_MOST
from engagements.portal.drafting import MOST_THEMES
from engagements.portfolio.service import MOST_IN_FOCUS
from engagements.portfolio.template import SHORTEST
from engagements.retention.classes import CLASSES, LONGEST
from frontend import access
from frontend.access import ANYONE, Policy, routes_of
from frontend.app import routed
from tenancy.database.pool import Database
from tenancy.database.sealing import NONCE
from tenancy.files.kinds import KINDS, LIMIT, MOST_PARTS
from tenancy.identity import codes, limits, sessions
from tenancy.identity.requests import CODE_LASTS, TRIES
from tenancy.identity.service import UNREDEEMED_PER_ACCOUNT, UNREDEEMED_PER_ADDRESS
from tenancy.settings import Settings
from tenancy.workspaces.keys import Keyring

FOLDER = Path(__file__).parents[2] / "docs" / "security"
HEADING = re.compile(r"^## (\d+\.\d+\.\d+) .+$", re.MULTILINE)


def sections() -> dict[str, str]:
    """The text below each heading that begins with the number of a requirement."""
    found: dict[str, str] = {}
    for path in sorted(FOLDER.glob("*.md")):
        _, *parts = HEADING.split(path.read_text())
        for number, text in zip(parts[::2], parts[1::2], strict=True):
            assert number not in found, f"{number} stands twice"
            found[number] = " ".join(text.split())
    return found


def minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)


@pytest.fixture(scope="module")
def app(owner_url: str):
    settings = Settings(data=Path(), public_url="http://127.0.0.1")
    keyring = Keyring(bytes(32))
    return routed(settings, Database(owner_url, keyring), keyring)


def says(number: str, *facts: str) -> None:
    text = sections()[number]
    assert len(text) > 200, number
    for fact in facts:
        assert fact in text, f"{number} does not say {fact!r}"


@pytest.mark.asvs("2.1.1", "2.1.2", "15.1.3")
def test_what_input_must_be_and_what_takes_time_is_written_down() -> None:
    says("2.1.1", "422", "an unknown field", "`http`, `https` and `mailto` only")
    says(
        "2.1.2",
        f"at least {SHORTEST} days after the first",
        "audience of a note",
        "the agreement in force",
    )
    says("15.1.3", f"{LIMIT // 1_000_000} MB", "60 seconds")


@pytest.mark.asvs("2.1.3")
def test_the_limits_of_the_work_are_written_down_as_they_are(app) -> None:
    says(
        "2.1.3",
        f"elements in focus of an engagement | {MOST_IN_FOCUS} |",
        f"files of a note | {AT_MOST} |",
        f"lines of a file of figures | {MOST_LINES:,} |",
        f"themes of an update | {MOST_THEMES} |",
        f"| 1 to {LONGEST} |",
        f"for one address of a person in an hour | {UNREDEEMED_PER_ACCOUNT} |",
        f"for one network address in an hour | {UNREDEEMED_PER_ADDRESS} |",
        f"tries of one code | {TRIES} |",
        f"without files | {app.request_max_body_size // 1_000_000} MB |",
    )


@pytest.mark.asvs("5.1.1")
def test_the_files_that_are_taken_are_written_down_as_they_are() -> None:
    said = ", ".join(kind.name for kind in KINDS[:-1])
    says("5.1.1", f"{said} and {KINDS[-1].name}", f"{LIMIT // 1_000_000} MB", f"{MOST_PARTS:,}")


@pytest.mark.asvs("6.1.1")
def test_what_stands_against_guessing_is_written_down_as_it_is() -> None:
    free = limits.FREE
    says(
        "6.1.1",
        f"{codes.LENGTH} characters of {len(codes.ALPHABET)}, {codes.LENGTH * 5} random bits",
        f"{minutes(CODE_LASTS)} minutes",
        f"for {TRIES} tries",
        f"{UNREDEEMED_PER_ACCOUNT} codes",
        f"network address {UNREDEEMED_PER_ADDRESS}",
        f"After {free['account']}, {free['address']} and {free['workspace']} in a row",
        f"up to {minutes(limits.LONGEST)} minutes",
    )


@pytest.mark.asvs("6.1.3", "6.3.4")
def test_every_way_in_is_written_down_and_there_is_no_other(app) -> None:
    """Whatever changes something for who is not signed in, or for an account, can be a way in."""
    ways = {
        path
        for path, handler in routes_of(app)
        if "GET" not in getattr(handler, "http_methods", ())
        if handler.opt["policy"] is ANYONE or path.startswith("/account/")
    }
    ends = {path for path in ways if path.endswith("/end")}
    text = (FOLDER / "sign-in.md").read_text()
    assert ways - ends == {*re.findall(r"^\| `(/[^`]*)` \|", text, re.MULTILINE)}
    says("6.1.3", "no other way to a session")


@pytest.mark.asvs("7.1.1", "7.1.2")
def test_how_long_sessions_last_and_how_many_there_are_is_written_down_as_it_is() -> None:
    says(
        "7.1.1",
        f"{sessions.IDLE.days} days without use, {sessions.ABSOLUTE.days} days at the latest",
        f"not older than {minutes(sessions.FRESH)} minutes",
        "NIST SP 800-63B",
    )
    says("7.1.2", "there is no limit")


@pytest.mark.asvs("8.1.1", "8.1.2")
def test_every_policy_is_written_down_with_its_roles() -> None:
    policies = [each for each in vars(access).values() if isinstance(each, Policy)]
    rows = {
        f"| {each.name} | {', '.join(sorted(each.roles)) or 'everybody, also without signing in'} |"
        for each in policies
    }
    text = (FOLDER / "access.md").read_text()
    table = text.partition("| Policy | Roles |\n|---|---|\n")[2].partition("\n\n")[0]
    assert {*table.splitlines()} == rows
    says("8.1.1", "row-level security", "same 404")
    says("8.1.2", "| presenting issue | engagement |", "An unknown field in JSON is refused.")


@pytest.mark.asvs("11.1.1", "11.1.2")
def test_keys_and_algorithms_are_written_down_as_they_are() -> None:
    says("11.1.1", "`cocreate keys master`", "`cocreate keys workspace`")
    says("11.1.2", f"nonce of {NONCE} random bytes", "SHA-256", f"{codes.LENGTH * 5} bits")


@pytest.mark.asvs("13.1.1")
def test_whatever_is_connected_to_is_written_down() -> None:
    says("13.1.1", "`DATABASE_URL`", "`SMTP_URL`", "`COCREATE_FILES`")


@pytest.mark.asvs("14.1.1", "14.1.2", "15.1.1", "16.1.1")
def test_data_libraries_and_logs_are_written_down() -> None:
    [trail] = [each for each in CLASSES if each.key == "trail"]
    classes = ("words in confidence", "work", "people", "secrets", "trail")
    says("14.1.1", *(f"| {each} |" for each in classes))
    says("14.1.2", *(f"| {each} |" for each in classes), f"{trail.least} months at the least")
    says("15.1.1", "within 2 days", "within 7", "within 30")
    says("16.1.1", "time in UTC", f"{trail.least} months at the least")


def test_every_section_is_of_a_requirement_that_a_test_here_names() -> None:
    named = {*re.findall(r'"(\d+\.\d+\.\d+)"', Path(__file__).read_text())}
    assert named - {"6.3.4"} == sections().keys()
