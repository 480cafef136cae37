"""The address of a workspace: what is proposed for a name, and what is refused."""

import pytest

from engagements.founding.slugs import LONGEST, RESERVED, proposed, wrong_with
from engagements.sample.finished import called
from tenancy.workspaces.service import SLUG


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Weiss & Daughters", "weiss-daughters"),
        ("  Sinéad O'Hara Consulting  ", "sinead-ohara-consulting"),
        ("Änderung GmbH", "anderung-gmbh"),
        ("A" * 60, "a" * LONGEST),
        (
            "Long enough to be cut exactly at a dash - here",
            "long-enough-to-be-cut-exactly-at-a-dash",
        ),
        ("株式会社", ""),
        ("", ""),
        ("--", ""),
    ],
)
def test_a_name_proposes_an_address_that_can_be_used(name: str, slug: str) -> None:
    assert proposed(name) == slug
    assert not slug or SLUG.fullmatch(slug)


@pytest.mark.parametrize("slug", ["", "ab", "-abc", "abc-", "Abc", "a b", "a/b", "a" * 41, "ä-ö"])
def test_what_is_no_address_is_told(slug: str) -> None:
    assert wrong_with(slug)


def test_what_people_take_for_cocreate_itself_is_reserved() -> None:
    assert {"admin", "api", "cocreate", "sign-in", "sign-up", "support", "www"} <= RESERVED
    assert all(wrong_with(word) for word in RESERVED)
    assert wrong_with("northlight") == ""


@pytest.mark.parametrize(
    ("name", "first"),
    [("Anna Weiss", "Anna"), ("Dr. Ben Ito", "Ben"), ("Prof Dr Cy", "Cy"), ("Dr", "Dr")],
)
def test_colleagues_call_somebody_by_the_first_of_their_names(name: str, first: str) -> None:
    assert called(name) == first
