"""Which passwords may be chosen, and how they are hashed."""

import asyncio
import re

import pytest

from tenancy.errors import TooMany
from tenancy.passwords.breached import BYTES, LIST
from tenancy.passwords.hashing import DECOY, Hasher, hasher
from tenancy.passwords.strength import LONGEST, SHORTEST, why_not

BOB = ("Bob Hartley", "bob.hartley@northlight.example", "Northlight & Partners")
GOOD = "seven quiet lanterns"


def refused(password: str) -> bool:
    return why_not(password, BOB) is not None


@pytest.mark.asvs("6.2.1")
def test_a_password_has_twelve_characters_or_more() -> None:
    assert "12 characters or more" in (why_not("q7!fKz2m#Lp", BOB) or "")
    assert not refused("q7!fKz2m#Lpx")
    assert SHORTEST == 12


@pytest.mark.asvs("6.2.9")
def test_a_long_one_is_taken_whole_and_one_that_is_too_long_is_refused_and_not_cut() -> None:
    long = "".join(chr(97 + at * 7 % 26) for at in range(LONGEST))
    assert not refused(long)
    assert refused(long + "x")
    assert LONGEST >= 64


@pytest.mark.asvs("6.2.5")
@pytest.mark.parametrize(
    "password",
    [
        "four words and spaces",
        "   leading, trailing   ",
        "tŷ bach twt, llwyd a gŵyrdd",
        "пароль не из словаря",
        "🦊🌧️🪨🎻🧵🪐🍋🚲🪁🧭🎷🌵",
        "onlysmallletterswithoutany",
        "\t\x00;'\"<b>%s{{7*7}}",
    ],
)
def test_any_characters_may_be_used_and_none_must(password: str) -> None:
    assert why_not(password, BOB) is None


@pytest.mark.asvs("6.2.4", "6.2.12")
@pytest.mark.parametrize(
    "password", ["password1234", "PASSWORD1234", "1q2w3e4r5t6y", "iloveyou1234", "Basketball123"]
)
def test_one_that_is_known_from_breaches_is_refused_in_small_and_capital_letters(password) -> None:
    assert refused(password)


@pytest.mark.asvs("6.2.4", "6.2.12")
def test_the_list_is_sorted_hashes_and_holds_no_password() -> None:
    content = LIST.read_bytes()
    each = [content[at : at + BYTES] for at in range(0, len(content), BYTES)]
    assert len(each) > 20_000
    assert each == sorted(set(each))
    assert not re.search(rb"[a-zA-Z0-9]{10}", content)


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaa",
        "abababababab",
        "horsehorsehorse",
        "123456789012",
        "987654321098",
        "abcdefghijklm",
        "qwertyuiopas",
    ],
)
def test_one_that_repeats_itself_or_follows_the_keyboard_is_refused(password: str) -> None:
    assert "repeats itself" in (why_not(password, BOB) or "")


@pytest.mark.asvs("6.2.11")
@pytest.mark.parametrize(
    "password",
    [
        "Bob Hartley 2026",
        "hartleyhartley1",
        "northlight-2027!",
        "Cocreate-cocreate",
        "bob.hartley@nor",
    ],
)
def test_one_that_is_little_more_than_what_everybody_knows_is_refused(password: str) -> None:
    assert "your name, your address or your workspace" in (why_not(password, BOB) or "")
    assert why_not(f"{password} seven quiet lanterns", BOB) is None


@pytest.mark.asvs("11.4.2")
async def test_a_password_is_kept_as_argon2id_of_64_mib_and_three_passes_with_its_own_salt() -> (
    None
):
    first, second = await hasher.hash(GOOD), await hasher.hash(GOOD)
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert first != second
    assert GOOD not in first


@pytest.mark.asvs("6.2.8")
async def test_no_part_of_a_password_is_left_out() -> None:
    long = "a sentence of more than seventy-two bytes, which is where some hashes stop reading" * 3
    hash = await hasher.hash(long)
    assert (await hasher.verify(long, hash)).right
    for other in (long[:-1], long + "s", long.upper(), long.strip(".") + " "):
        assert not (await hasher.verify(other, hash)).right


async def test_an_accent_by_itself_and_a_composed_one_are_the_same_password() -> None:
    hash = await hasher.hash("g\u0175yrdd a llwyd")
    assert (await hasher.verify("gw\u0302yrdd a llwyd", hash)).right


@pytest.mark.asvs("11.2.2")
async def test_a_hash_of_other_parameters_is_renewed_once_its_password_was_right() -> None:
    weaker = (
        "$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHRzb21lc2FsdA"
        "$Z2DPjQ/5VhOQA/0F4E2XQ123TOm5yygBayUX0rzlPrw"
    )
    assert (await hasher.verify("wrong", weaker)).renewed is None
    assert (await hasher.verify(GOOD, await hasher.hash(GOOD))).renewed is None
    right = await hasher.verify(GOOD, weaker)
    assert right.right
    assert right.renewed and right.renewed.startswith("$argon2id$v=19$m=65536,t=3,p=1$")


async def test_what_stands_in_for_a_missing_hash_costs_as_much_and_is_never_right() -> None:
    parameters = re.match(r"\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$", await hasher.hash(GOOD))
    assert parameters and DECOY.startswith(parameters[0])
    verdict = await hasher.verify(GOOD, None)
    assert (verdict.right, verdict.renewed) == (False, None)


@pytest.mark.asvs("15.2.2")
async def test_only_so_many_wait_for_their_turn_and_the_next_is_asked_to_come_back() -> None:
    narrow = Hasher(at_once=1, in_line=2)
    waiting = [asyncio.create_task(narrow.hash(GOOD)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(TooMany, match="Try again in a few seconds"):
        await narrow.hash(GOOD)
    assert len(await asyncio.gather(*waiting)) == 3
    assert (await narrow.hash(GOOD)).startswith("$argon2id$")
