"""Which texts hold what somebody looks for, and what is shown of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagements.search.matching import EXCERPT, Piece, excerpt, fold, marked, sought_in

HANDOVER = "Handover felt different.\nSomeone junior challenged the plan, and nobody flinched."


def found(text: str, query: str) -> list[str]:
    """The marked words of a text."""
    return [piece.text for piece in marked(text, sought_in(query)) if piece.found]


@pytest.mark.parametrize(
    "query",
    [
        "handover",
        "HANDOVER",
        "hand",
        "handover plan",
        "plan handover",
        "plan plan",
        '"felt different"',
        "“felt different”",
        '"different someone"',
        '"felt diff"',
        '"felt different',
        "felt-different",
        "handover, plan!",
        "‘handover’",
    ],
)
def test_a_text_is_found_by_all_of_the_words_in_any_order(query: str) -> None:
    assert sought_in(query).is_in(HANDOVER)


@pytest.mark.parametrize(
    "query",
    ["over", "handover zebra", '"different felt"', '"handover different"', "elt", "handovers"],
)
def test_a_text_that_lacks_a_word_or_its_beginning_is_not_found(query: str) -> None:
    assert not sought_in(query).is_in(HANDOVER)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("sian", "Siân said it"),
        ("siân", "Sian said it"),
        ("Sia\u0302n", "Siân said it"),
        ("siân", "Sia\u0302n said it"),
        ("naive", "It was naïve."),
        ("ysbyty", "YSBYTY Gwynedd"),
        ("strasse", "Hauptstraße 4"[5:]),
        ("didn't", "Nobody didn’t"),
        ("didn’t", "Nobody didn't"),
        ("osei", "Osei’s ward"),
        ("12", "Ward 12"),
        ("read back", "the read_back"),
        ("ward", "**Ward** 12"),
    ],
)
def test_accents_capitals_and_typographic_marks_make_no_difference(query: str, text: str) -> None:
    assert sought_in(query).is_in(text)


@pytest.mark.parametrize("query", ["", "   ", "!?", '""', "“”", "…", "-", "_", '" " \'', "🙂"])
def test_mere_punctuation_is_nothing_to_look_for(query: str) -> None:
    assert sought_in(query).terms == ()


def test_the_words_are_marked_whole_and_as_they_were_written() -> None:
    assert found("Siân was naïve; SIAN’s plan was not.", "sian na") == ["Siân", "naïve", "SIAN"]
    assert found(HANDOVER, '"different someone" no') == ["different.\nSomeone", "nobody"]
    assert found(HANDOVER, 'felt "felt different"') == ["felt different"]


def test_an_accent_that_is_a_character_of_its_own_is_marked_with_its_letter() -> None:
    assert found("Sia\u0302n.", "sian") == ["Siân"]


def test_an_excerpt_is_on_one_line_and_begins_near_what_was_found() -> None:
    text = (
        f"{'Nothing of note. ' * 30}\n\n- **Handover** felt\n  different.\n\n{'And so on. ' * 40}"
    )

    pieces = excerpt(text, sought_in("different handover"))

    shown = "".join(piece.text for piece in pieces)
    assert "Handover felt different." in shown
    assert [piece.text for piece in pieces if piece.found] == ["Handover", "different"]
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) <= EXCERPT + 4
    assert "\n" not in shown


def test_a_short_text_is_shown_as_a_whole() -> None:
    assert excerpt("Nobody flinched.", sought_in("flinch")) == [
        Piece("Nobody ", False),
        Piece("flinched", True),
        Piece(".", False),
    ]


def test_an_excerpt_prefers_the_place_where_most_of_the_words_stand() -> None:
    text = f"Plan. {'Nothing of note. ' * 30} The plan for handover. {'And so on. ' * 40}"

    pieces = excerpt(text, sought_in("handover plan"))

    assert [piece.text for piece in pieces if piece.found] == ["plan", "handover"]


@given(st.text(max_size=80), st.text(max_size=400))
def test_pieces_are_the_text_and_what_is_found_can_be_marked(query: str, text: str) -> None:
    sought = sought_in(query)
    pieces = marked(text, sought)

    assert fold("".join(piece.text for piece in pieces)) == fold(text)
    if sought.terms and sought.is_in(text):
        assert any(piece.found for piece in pieces)
    assert len("".join(piece.text for piece in excerpt(text, sought))) <= EXCERPT + 4


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20), st.text(max_size=40))
def test_every_word_of_a_text_finds_it(word: str, rest: str) -> None:
    assert not sought_in(word).terms or sought_in(word).is_in(f"{rest} {word}, {rest}")
