"""Addresses as people paste them."""

import pytest

from engagements.members.addresses import entries


def found(pasted: str) -> list[tuple[str, str]]:
    return [(entry.name, entry.email) for entry in entries(pasted)]


PAT, LEE = ("Pat Okafor", "pat@trust.example"), ("Lee Chan", "lee@trust.example")


@pytest.mark.parametrize(
    "pasted",
    [
        "Pat Okafor <pat@trust.example>\nLee Chan <lee@trust.example>",
        "Pat Okafor <pat@trust.example>, Lee Chan <lee@trust.example>",
        "Pat Okafor <pat@trust.example>; Lee Chan <lee@trust.example>;",
        '"Okafor, Pat" <pat@trust.example>; "Chan, Lee" <lee@trust.example>',
        "Okafor, Pat <pat@trust.example>, Chan, Lee <lee@trust.example>",
        "Pat Okafor\tpat@trust.example\r\nLee Chan\tlee@trust.example\r\n",
        "Pat Okafor,pat@trust.example\nLee Chan,lee@trust.example",
        "pat@trust.example, Pat Okafor\nlee@trust.example\tLee Chan",
        "  Pat  Okafor (PAT@Trust.example)\n\n\nLee Chan: lee@trust.example.",
    ],
)
def test_a_name_stands_before_or_behind_its_address_in_any_of_the_usual_ways(pasted: str) -> None:
    assert found(pasted) == [PAT, LEE]


def test_addresses_alone_are_told_apart_by_commas_tabs_spaces_and_lines() -> None:
    pasted = "pat@trust.example,lee@trust.example\tann@trust.example bob@trust.example"
    assert [email for _, email in found(pasted)] == [
        f"{name}@trust.example" for name in ("pat", "lee", "ann", "bob")
    ]


def test_without_a_name_one_is_made_of_the_address() -> None:
    assert found("pat.okafor2@nhs.example\nsmith-jones@nhs.example\n47@nhs.example") == [
        ("Pat Okafor", "pat.okafor2@nhs.example"),
        ("Smith Jones", "smith-jones@nhs.example"),
        ("47@nhs.example", "47@nhs.example"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Theatre list",
        "pat@trust",
        "@trust.example",
        "pat@trust..example",
        "pat@@b.example",
        "p\u00e4t@trust.example",
        "pat@tr\u00fcst.example",
        "pat\\@trust.example",
        "pat@-trust.example",
    ],
)
def test_a_line_without_a_usable_address_is_kept_as_it_was_typed(line: str) -> None:
    [entry] = entries(line)
    assert (entry.text, entry.email) == (line, "")


def test_an_address_that_is_too_long_for_mail_is_not_usable() -> None:
    [entry] = entries(f"{'a' * 250}@trust.example")
    assert entry.email == ""


def test_what_is_left_behind_the_last_address_is_named_too() -> None:
    [pat, rest] = entries("Pat Okafor <pat@trust.example>, Ward 7")
    assert (pat.name, rest.text, rest.email) == ("Pat Okafor", "Ward 7", "")


def test_nothing_but_blanks_names_nobody() -> None:
    assert entries(" \n;\n\t") == []


def test_a_long_line_without_an_address_is_read_once_from_end_to_end() -> None:
    long = "a" * 3_000_000
    [entry] = entries(long)
    assert (entry.text, entry.email) == (long, "")
