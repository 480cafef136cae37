"""What an agreement allows and when it counts; whether words stand in a note, or name somebody."""

import pytest

from engagements.commercial.rules import (
    NOTHING,
    Rules,
    Signed,
    counts,
    must_go,
    party_of,
    why_not,
)
from engagements.portal.models import ALLOWED_BY, KINDS
from engagements.portal.names import named_in
from engagements.upward.words import occur
from tenancy.ids import new_id

PAT, BOB = new_id(), new_id()
ALL = Rules(themes=True, quotes=True, attendance=True)


@pytest.mark.parametrize("left_out", ["consultant", "participant", "sponsor"])
def test_a_version_counts_once_each_party_has_accepted_it(left_out: str) -> None:
    parties = ["consultant", "participant", "sponsor", "participant"]
    assert counts(parties)
    assert not counts(party for party in parties if party != left_out)


def test_without_an_agreement_figures_and_findings_can_be_published_and_nothing_else() -> None:
    allowed = {kind for kind in KINDS if NOTHING.allow(kind)}
    assert allowed == {"update", "domains", "measure"}
    assert {kind for kind in KINDS if ALL.allow(kind)} == set(KINDS)
    assert set(KINDS) - allowed == set(ALLOWED_BY)


@pytest.mark.parametrize("kind", ["themes", "quote", "attendance"])
def test_each_rule_forbids_its_own_kind_alone(kind: str) -> None:
    rule = {"quote": "quotes"}.get(kind, kind)
    given = {"themes": True, "quotes": True, "attendance": True} | {rule: False}
    assert [k for k in KINDS if not Rules(**given).allow(k)] == [kind]


def test_a_participants_words_stay_only_if_they_accepted_this_version() -> None:
    without, with_pat = (
        Signed(frozenset({BOB}), frozenset({PAT})),
        Signed(frozenset({BOB, PAT}), frozenset({PAT})),
    )
    assert must_go(ALL, without, "quote", PAT)
    assert not must_go(ALL, with_pat, "quote", PAT)
    assert not must_go(ALL, without, "quote", BOB)
    assert not must_go(ALL, without, "themes", PAT)


@pytest.mark.parametrize(
    ("relations", "on_portal", "party"),
    [
        (["team"], False, "consultant"),
        (["participant"], False, "participant"),
        (["participant", "team"], False, "consultant"),
        (["sponsor"], True, "sponsor"),
        (["sponsor"], False, None),
        (["delegate"], True, None),
        (["team"], True, None),
        ([], False, None),
    ],
)
def test_who_answers_for_which_party(relations: list[str], on_portal: bool, party: str) -> None:
    assert party_of(relations, on_portal=on_portal) == party


def test_a_refusal_names_the_remedy() -> None:
    assert why_not("quote", agreed=False).endswith("Propose one first.")
    assert why_not("themes", agreed=True).endswith("Propose another version.")


@pytest.mark.parametrize(
    "words",
    [
        "she asked me twice",
        "  she\n asked   me twice ",
        "really. She said no",
        "one the second thing",
        "the second thing",
    ],
)
def test_words_are_found_as_they_are_shown_white_space_and_marks_aside(words: str) -> None:
    body = "Then she asked **me** twice,\n\n_really_. She said no.\n\n- one\n- the second thing\n"
    assert occur(words, body)


@pytest.mark.parametrize("words", ["", "  ", "**", "she asked him", "twice she asked", "askedme"])
def test_words_that_do_not_stand_in_the_note_are_not_found(words: str) -> None:
    assert not occur(words, "Then she asked me twice.")


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("Pat says it is better.", "Pat"),
        ("It is better on Okafor’s lists.", "Okafor"),
        ("Teams pat each other on the back.", ""),
        ("Patience is asked for.", ""),
        ("Li is named by two letters.", ""),
    ],
)
def test_a_name_is_found_as_a_word_of_its_own(sentence: str, name: str) -> None:
    assert named_in(sentence, ["Pat Okafor", "Li Wu"]) == name
