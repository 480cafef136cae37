"""Codes by mail: read as people type them, kept as hashes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenancy.identity import codes

SHOWN = st.lists(st.sampled_from(codes.ALPHABET), min_size=8, max_size=8).map("".join)


@pytest.mark.asvs("6.4.1", "6.5.4")
def test_a_code_has_eight_characters_that_cannot_be_taken_for_each_other() -> None:
    made = {codes.new_code() for _ in range(200)}

    assert len(made) == 200
    assert {len(code) for code in made} == {8}
    assert set("".join(made)) <= set(codes.ALPHABET)
    assert set("ILOU").isdisjoint(codes.ALPHABET)
    assert len(codes.ALPHABET) == 32


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("7KQ2-M8XD", "7KQ2M8XD"),
        ("7kq2m8xd", "7KQ2M8XD"),
        ("  7KQ2 M8XD\n", "7KQ2M8XD"),
        ("7KQ2\u2011M8XD", "7KQ2M8XD"),
        ("7KQ2\u2013M8XD", "7KQ2M8XD"),
        ("7KQ2\u00a0M8XD", "7KQ2M8XD"),
        ("OOOO-IILL", "00001111"),
        ("oooo-iill", "00001111"),
    ],
)
def test_a_code_is_read_as_it_was_meant(typed: str, meant: str) -> None:
    assert codes.read(typed) == meant


@given(SHOWN)
def test_what_is_shown_is_read_back(code: str) -> None:
    assert codes.read(codes.shown(code)) == code
    assert codes.read(codes.shown(code).lower()) == code


@given(st.text())
def test_whatever_is_typed_can_be_read_and_compared(typed: str) -> None:
    digest = codes.code_hash("browser", codes.read(typed))

    assert codes.same(digest, digest)


def test_a_code_is_hashed_together_with_the_browser_that_asked_for_it() -> None:
    here = codes.code_hash("this browser", "7KQ2M8XD")

    assert here == codes.code_hash("this browser", "7KQ2M8XD")
    assert not codes.same(here, codes.code_hash("another browser", "7KQ2M8XD"))
    assert not codes.same(here, codes.code_hash("this browser", "7KQ2M8XE"))
    assert b"7KQ2M8XD" not in here


@pytest.mark.asvs("7.2.2", "7.2.3")
def test_a_token_is_32_random_bytes_and_only_its_hash_is_kept() -> None:
    tokens = {codes.new_token() for _ in range(100)}
    token = tokens.pop()

    assert len(tokens) == 99
    assert len(token) == 43
    assert len(codes.token_hash(token)) == 32
    assert token.encode() not in codes.token_hash(token)
