"""What was typed becomes a Struct, or a sentence for each field that does not fit."""

from datetime import date
from email.utils import formataddr, getaddresses
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from engagements.inputs import Email, Line, OptionalLine, Prose
from frontend.inputs import decode
from tenancy.errors import Invalid

SESSION = "0198a5c2-0000-7000-8000-000000000001"


class Draft(Struct, kw_only=True, forbid_unknown_fields=True):
    """One field of each kind that drafts are made of."""

    name: Annotated[Line, Meta(title="the client's name")]
    ods_code: Annotated[OptionalLine, Meta(title="the ODS code")] = ""
    email: Annotated[Email | None, Meta(title="the e-mail address")] = None
    kind: Annotated[Literal["coaching", "team"], Meta(title="the kind of session")]
    starts_on: Annotated[date, Meta(title="the first day")]
    minutes: Annotated[int, Meta(ge=15, le=480, title="the length in minutes")] = 60
    target: Annotated[float | None, Meta(title="the target")] = None
    session_id: Annotated[UUID, Meta(title="the session")]
    attendee_ids: Annotated[list[UUID], Meta(title="who is expected")] = []
    shown: Annotated[bool, Meta(title="whether it is shown")] = False


WELL: dict[str, Any] = {
    "name": "Ashbourne Trust",
    "kind": "coaching",
    "starts_on": "2027-03-27",
    "session_id": SESSION,
}


def sentences(from_form: bool = True, **typed: Any) -> dict[str, str]:
    """What is said of each field that does not fit, the rest being well."""
    with pytest.raises(Invalid) as raised:
        decode(WELL | typed, Draft, from_form=from_form)
    return raised.value.fields


@pytest.mark.parametrize("from_form", [True, False])
def test_what_is_left_out_has_its_default(from_form: bool) -> None:
    assert decode(WELL, Draft, from_form=from_form) == Draft(
        name="Ashbourne Trust",
        kind="coaching",
        starts_on=date(2027, 3, 27),
        session_id=UUID(SESSION),
    )


def test_a_form_sends_text_for_everything() -> None:
    typed = WELL | {
        "name": "  Ashbourne Trust ",
        "ods_code": "  ",
        "minutes": "45",
        "target": "12.5",
        "attendee_ids": [SESSION, ""],
        "shown": "true",
        "csrf_token": "a token",
        "submit": "Save",
    }

    assert decode(typed, Draft, from_form=True) == Draft(
        name="Ashbourne Trust",
        kind="coaching",
        starts_on=date(2027, 3, 27),
        minutes=45,
        target=12.5,
        session_id=UUID(SESSION),
        attendee_ids=[UUID(SESSION)],
        shown=True,
    )


@pytest.mark.asvs("15.3.5")
def test_json_sends_numbers_as_numbers() -> None:
    typed = WELL | {"minutes": 45, "target": 12.5, "shown": True, "attendee_ids": [SESSION]}
    decoded = decode(typed, Draft, from_form=False)

    assert (decoded.minutes, decoded.target, decoded.shown) == (45, 12.5, True)


@pytest.mark.asvs("2.2.1")
@pytest.mark.parametrize("from_form", [True, False])
@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "Enter the client's name."),
        ("name", "   ", "Enter the client's name."),
        ("name", None, "Enter the client's name."),
        ("name", "x" * 201, "The client's name must be 200 characters or fewer."),
        (
            "email",
            "sam",
            "The e-mail address is not written as it should be. Write it like name@example.nhs.uk.",
        ),
        ("kind", "", "Choose the kind of session."),
        ("kind", "party", "Choose the kind of session: coaching, team."),
        ("starts_on", "", "Enter the first day."),
        (
            "starts_on",
            "27/03/2027",
            "The first day must be a date, such as 27 March 2027 (in JSON: 2027-03-27).",
        ),
        (
            "starts_on",
            "2027-02-30",
            "The first day must be a date, such as 27 March 2027 (in JSON: 2027-03-27).",
        ),
        ("starts_on", "0001-01-01", "The first day must be between the years 1900 and 2199."),
        ("starts_on", "9999-12-31", "The first day must be between the years 1900 and 2199."),
        ("minutes", "an hour", "The length in minutes must be a whole number."),
        ("minutes", "45.5", "The length in minutes must be a whole number."),
        ("target", "a lot", "The target must be a number."),
        ("target", "nan", "The target must be a number."),
        ("target", "-inf", "The target must be a number."),
        ("session_id", "", "Choose the session."),
        ("session_id", "the first", "The session must be one of the choices."),
        ("attendee_ids", ["Sam"], "Who is expected must be"),
        ("shown", "perhaps", "Whether it is shown must be yes or no."),
    ],
)
def test_a_field_that_does_not_fit_is_answered_with_its_remedy(
    from_form: bool, field: str, typed: Any, sentence: str
) -> None:
    said = sentences(from_form, **{field: typed})

    assert said.keys() == {field}
    assert said[field].startswith(sentence)


@pytest.mark.asvs("1.4.2", "2.2.1")
@pytest.mark.parametrize(
    ("from_form", "typed", "sentence"),
    [
        (True, "14", "The length in minutes must be at least 15."),
        (True, "481", "The length in minutes must be at most 480."),
        (False, 14, "The length in minutes must be at least 15."),
        (False, 10**30, "The length in minutes must be"),
        (False, "45", "The length in minutes must be a whole number."),
        (False, [45], "The length in minutes must be a whole number."),
    ],
)
def test_a_number_out_of_bounds_is_told_its_bounds(
    from_form: bool, typed: Any, sentence: str
) -> None:
    assert sentences(from_form, minutes=typed)["minutes"].startswith(sentence)


@pytest.mark.asvs("15.3.3")
def test_an_unknown_field_in_json_is_named() -> None:
    assert sentences(from_form=False, colour="blue") == {
        "colour": "There is no field 'colour' here. Leave it out."
    }


@pytest.mark.parametrize("from_form", [True, False])
def test_all_wrong_fields_are_answered_at_once(from_form: bool) -> None:
    with pytest.raises(Invalid) as raised:
        decode({"name": "", "starts_on": "soon", "minutes": 3}, Draft, from_form=from_form)

    assert raised.value.fields.keys() == {"name", "kind", "starts_on", "session_id", "minutes"}


def test_the_one_character_that_no_text_of_the_database_holds_is_left_out() -> None:
    decoded = decode(WELL | {"name": "Ash\x00bourne", "ods_code": "\x00"}, Draft, from_form=False)

    assert (decoded.name, decoded.ods_code) == ("Ashbourne", "")


class Note(Struct):
    body: Annotated[Prose, Meta(title="what you want to keep")]


def test_a_long_text_may_be_as_long_as_it_says_and_no_longer() -> None:
    assert len(decode({"body": "x" * 100_000}, Note, from_form=True).body) == 100_000
    with pytest.raises(Invalid, match="100,000 characters or fewer"):
        decode({"body": "x" * 100_001}, Note, from_form=True)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
likely_names = st.sampled_from(Draft.__struct_fields__) | st.text(max_size=5)


@pytest.mark.asvs("2.2.1")
@given(typed=st.dictionaries(likely_names, json_values, max_size=8), from_form=st.booleans())
def test_whatever_is_sent_is_a_draft_or_a_sentence_for_each_field(
    typed: dict[str, Any], from_form: bool
) -> None:
    try:
        decoded = decode(WELL | typed, Draft, from_form=from_form)
    except Invalid as failure:
        assert failure.fields
        assert all(sentence.endswith(".") for sentence in failure.fields.values())
    else:
        assert isinstance(decoded, Draft)


@pytest.mark.asvs("2.2.1")
@given(
    typed=st.dictionaries(
        likely_names, st.text(max_size=40) | st.lists(st.text(max_size=5), max_size=3), max_size=8
    )
)
def test_whatever_is_typed_into_a_form_is_a_draft_or_a_sentence_for_each_field(
    typed: dict[str, Any],
) -> None:
    try:
        decode(typed, Draft, from_form=True)
    except Invalid as failure:
        assert failure.fields.keys() <= set(Draft.__struct_fields__)


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "x,pat@trust.example",
            "x;pat@trust.example",
            "x:pat@trust.example",
            "<pat@trust.example",
        ),
        *("pat@trust.example,x", "pat@trust.example>", "pat@trust.example.", "pat@trust..example"),
        *(
            "pat@trust(x).example",
            '"pat"@trust.example',
            "pat\\@trust.example",
            "pat@-trust.example",
        ),
        *("p\u00e4t@trust.example", "pat@tr\u00fcst.example", "\u212aat@trust.example"),
        *("pat\uff20trust.example", "pat@trust\u3002example", "pat@trust.example\u200b"),
    ],
)
def test_what_a_mail_server_reads_as_another_address_or_as_several_is_none(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        decode(WELL | {"email": typed}, Draft, from_form=True)
    assert refused.value.fields["email"].endswith("Write it like name@example.nhs.uk.")


@pytest.mark.parametrize(
    "typed",
    ["Pat.O'Neill+cocreate@nhs.net", "p@t.uk", "_pat-1@xn--trst-0ra.example", " a@b.example "],
)
def test_addresses_as_people_have_them_are_taken(typed: str) -> None:
    address = decode(WELL | {"email": typed}, Draft, from_form=True).email
    assert getaddresses([formataddr(("Pat", address or ""))]) == [("Pat", typed.strip())]
