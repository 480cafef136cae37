"""What the letters about sessions and actions say."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from engagements.members.visibility import read_by_others
from frontend.letters.writing import writer
from tenancy.database.context import Role
from tenancy.identity.factors import Change
from tenancy.ids import new_id
from tenancy.mail.delivery import Written
from tenancy.mail.service import Letter

SESSION = {
    "workspace": "Northlight",
    "engagement": "Working together",
    "sender": "Sinéad O’Hara",
    "title": "Coaching session",
    "date": "2027-06-08",
    "time": "14:00",
    "minutes": 60,
    "place": "Room 4 & 5",
    "link": "https://meet.example/abc",
    "path": "/w/northlight/sessions/1",
}
ACTION = {
    "workspace": "Northlight",
    "engagement": "Working together",
    "sender": "Bob Hartley",
    "text": "Open Tuesday's handover with <one> question",
    "due_on": "2027-06-15",
    "path": "/w/northlight/actions/1",
}
ADDED = {
    "engagement": "Working together",
    "client": "Ashbourne Trust",
    "relation": "participant",
    "inviter": "Bob Hartley",
    "path": "/w/northlight",
}
ENDED = {
    "workspace": "Northlight",
    "sender": "Alice Adeyemi",
    "shared": True,
    "sealed_until": "2027-11-25",
}
BY_AN_OWNER = {"workspace": "Northlight", "sender": "Alice Adeyemi"}
ROLE = {**BY_AN_OWNER, "before": "consultant", "role": "associate"}
HANDED = {
    "engagement": "Working together",
    "client": "Ashbourne Trust",
    "sender": "Alice Adeyemi",
    "lead": "Pat Okafor",
    "former": "Bob Hartley",
    "yours": True,
    "actions": 2,
    "path": "/w/northlight/engagements/1",
}
CONNECTED = {
    "workspace": "Northlight",
    "provider": "login.microsoftonline.com",
    "account": "pat@trust.example",
}
DISCONNECTED = {
    "workspace": "Northlight",
    "provider": "login.microsoftonline.com",
    "sender": "Alice Adeyemi",
    "path": "/sign-in",
}
ASKED = {
    "workspace": "Northlight",
    "engagement": "Working together",
    "sender": "Bob Hartley",
    "path": "/portal/northlight/1/agreement",
}


INVITED = {
    "workspace": "Northlight",
    "inviter": "Bob Hartley",
    "role": "participant",
    "until": "2027-06-15",
    "path": "/join/northlight/1",
}
ACCEPTED = {
    "workspace": "Northlight",
    "guest": "Iona Reid",
    "role": "participant",
    "path": "/w/northlight",
}


def written(letter: str, **facts: Any) -> Written:
    write = writer("https://cocreate.example")
    return write(
        Letter(
            id=new_id(),
            letter=letter,
            to_name="Pat Okafor",
            to_address="pat@ashbourne.example",
            state="waiting",
            created_at=datetime.now(UTC),
            facts=facts,
        )
    )


def test_a_planned_session_is_announced_with_its_day_time_and_place() -> None:
    mail = written("session_planned", **SESSION)
    assert mail.subject == "Coaching session on Tuesday 8 June 2027, 2:00 pm"
    for words in ("Sinéad O’Hara has planned", "60 minutes", "Room 4 & 5", "meet.example/abc"):
        assert words in mail.text
    assert "https://cocreate.example/w/northlight/sessions/1" in mail.text
    assert "Room 4 &amp; 5" in mail.html


def test_without_a_place_and_a_link_nothing_stands_for_them() -> None:
    mail = written("session_planned", **{**SESSION, "place": "", "link": ""})
    assert "Join by this link" not in mail.html
    assert "2:00 pm, 60 minutes\n\n" in mail.text


def test_a_moved_session_says_when_it_is_and_when_it_was() -> None:
    mail = written("session_changed", **SESSION, was_date="2027-06-07", was_time="09:30")
    assert mail.subject == "Changed: Coaching session, now Tuesday 8 June 2027, 2:00 pm"
    assert "Not: Monday 7 June 2027, 9:30 am" in mail.text
    assert "It was Monday 7 June 2027, 9:30 am" in mail.html


def test_a_session_that_only_changed_its_place_keeps_its_time() -> None:
    mail = written("session_changed", **SESSION, was_date="2027-06-08", was_time="14:00")
    assert "Not:" not in mail.text
    assert "It was" not in mail.html


def test_a_cancelled_session_says_so_in_the_subject() -> None:
    mail = written("session_cancelled", **SESSION, released=False)
    assert mail.subject == "Cancelled: Coaching session on Tuesday 8 June 2027, 2:00 pm"
    assert "has cancelled a session with you" in mail.text


def test_who_is_no_longer_expected_reads_that_the_session_goes_ahead() -> None:
    mail = written("session_cancelled", **SESSION, released=True)
    assert mail.subject == "Tuesday 8 June 2027: Coaching session goes ahead without you"
    assert "cancelled" not in mail.text + mail.html


def test_an_action_is_quoted_as_it_was_written() -> None:
    mail = written("action_agreed", **ACTION)
    assert mail.subject.startswith("Agreed by 15 June 2027: Open Tuesday's handover")
    assert "Open Tuesday's handover with <one> question" in mail.text
    assert "&lt;one&gt; question" in mail.html
    assert "By Tuesday 15 June 2027" in mail.text


def test_an_action_without_a_day_names_none() -> None:
    mail = written("action_agreed", **{**ACTION, "due_on": None})
    assert mail.subject.startswith("Agreed: Open")
    assert "By " not in mail.text


def test_a_participant_is_told_who_reads_what_they_write_and_that_there_is_no_password() -> None:
    mail = written("added_to_engagement", **ADDED)
    assert mail.subject == "Bob Hartley invites you to “Working together”"
    assert "Your executive team never can." in mail.text
    assert "no password" in mail.text


def test_a_colleague_is_told_of_the_team() -> None:
    mail = written("added_to_engagement", **{**ADDED, "relation": "team"})
    assert mail.subject == "Bob Hartley has added you to the team of “Working together”"
    assert "password" not in mail.text


def test_who_has_to_answer_an_agreement_is_told_what_it_is_and_that_they_can_say_no() -> None:
    mail = written("agreement_proposed", **ASKED)
    assert mail.subject == "Working together: what may be told, and what may not"
    assert "https://cocreate.example/portal/northlight/1/agreement" in mail.text
    assert "You can say no" in mail.text


def test_who_is_invited_reads_by_whom_as_what_and_until_when() -> None:
    mail = written("invitation", **INVITED)
    assert mail.subject == "Bob Hartley invites you to Northlight"
    for words in (
        "as somebody who takes part",
        "https://cocreate.example/join/northlight/1",
        "until 15 June 2027",
        "no password",
        "Nothing happens unless you accept.",
    ):
        assert words in mail.text


@pytest.mark.parametrize("role", ["participant", "sponsor", "delegate"])
def test_who_is_invited_reads_what_others_will_be_able_to_read(role: Role) -> None:
    mail = written("invitation", **{**INVITED, "role": role})
    told = read_by_others(role, "Northlight")
    assert len(told) >= 3
    for sentence in told:
        assert f"- {sentence}\n" in mail.text


def test_a_colleague_who_is_invited_is_told_of_no_such_thing() -> None:
    for role in ("owner", "consultant", "associate"):
        mail = written("invitation", **{**INVITED, "role": role})
        assert "others will be able to read" not in mail.text + mail.html


def test_the_inviter_is_told_who_accepted() -> None:
    mail = written("invitation_accepted", **ACCEPTED)
    assert mail.subject == "Iona Reid has accepted your invitation"
    assert "belongs to Northlight from now on, as somebody who takes part" in mail.text


def test_how_an_agreement_stands_is_told_without_saying_by_whom() -> None:
    in_force, ended = written("agreement_in_force", **ASKED), written("agreement_ended", **ASKED)
    assert in_force.subject == "Working together: the agreement is in force"
    assert ended.subject == "Working together: the agreement has ended"
    assert "has been taken down" in ended.text
    for mail in (in_force, ended):
        assert "https://cocreate.example/portal/northlight/1/agreement" in mail.text
        assert "Bob Hartley" not in mail.text + mail.html


def test_whose_words_are_asked_for_learns_that_a_no_stays_unknown() -> None:
    mail = written("words_proposed", **ASKED)
    assert mail.subject == "Bob Hartley asks you about a sentence of yours"
    assert "the sponsor never learns that you were asked" in mail.text
    assert "never put into a mail" in mail.html


def test_who_was_taken_out_is_told_what_stays_and_what_is_sealed() -> None:
    mail = written("membership_ended", **ENDED)
    assert mail.subject == "You no longer have access to Northlight"
    for words in ("Alice Adeyemi has ended", "stay with the people they were for"):
        assert words in mail.text
    assert "by 25 November 2027 all of them are destroyed" in mail.text
    assert "cocreate.example" not in mail.text + mail.html


def test_who_wrote_nothing_is_told_nothing_of_notes() -> None:
    mail = written("membership_ended", **{**ENDED, "shared": False, "sealed_until": None})
    assert "notes that you" not in mail.text + mail.html


def test_whose_role_changed_reads_what_they_were_and_are() -> None:
    mail = written("role_changed", **ROLE)
    assert mail.subject == "Your role in Northlight has changed"
    for text in (mail.text, mail.html):
        assert "You were a consultant, and are an associate from now on." in text


def test_whose_access_is_paused_reads_that_nothing_is_lost_and_of_its_return() -> None:
    paused = written("access_paused", **BY_AN_OWNER)
    assert paused.subject == "Your access to Northlight is paused"
    assert "Nothing of yours was changed." in paused.text
    assert "cocreate.example" not in paused.text + paused.html
    back = written("access_restored", **BY_AN_OWNER)
    assert back.subject == "You have access to Northlight again"
    assert "https://cocreate.example/sign-in" in back.text


def test_who_is_handed_an_engagement_reads_what_is_theirs_and_what_is_not() -> None:
    mail = written("engagement_handed_over", **HANDED)
    assert mail.subject == "You lead “Working together” from now on"
    assert "2 open actions are yours now." in mail.text
    assert "What Bob Hartley kept private stays theirs." in mail.text
    assert "https://cocreate.example/w/northlight/engagements/1" in mail.text


def test_who_led_it_reads_who_does_and_whether_they_are_still_on_the_team() -> None:
    stays = written("engagement_handed_over", **HANDED | {"yours": False})
    assert stays.subject == "Pat Okafor leads “Working together” from now on"
    assert "You stay on its team." in stays.text
    leaves = written(
        "engagement_handed_over", **HANDED | {"yours": False, "path": "", "actions": 0}
    )
    assert "Your place on its team has ended." in leaves.text + leaves.html
    assert "open action" not in leaves.text
    assert "cocreate.example" not in leaves.text + leaves.html


def test_a_letter_links_to_nothing_that_its_reader_cannot_open_yet() -> None:
    for letter, facts in (("session_planned", SESSION), ("action_agreed", ACTION)):
        mail = written(letter, **{**facts, "path": ""})
        assert "cocreate.example" not in mail.text + mail.html


@pytest.mark.parametrize(
    ("letter", "facts"),
    [
        ("session_planned", SESSION),
        ("session_changed", {**SESSION, "was_date": "2027-06-07", "was_time": "09:30"}),
        ("session_cancelled", {**SESSION, "released": False}),
        ("action_agreed", ACTION),
        ("added_to_engagement", ADDED),
        ("agreement_proposed", ASKED),
        ("agreement_in_force", ASKED),
        ("agreement_ended", ASKED),
        ("words_proposed", ASKED),
        ("membership_ended", ENDED),
        ("role_changed", ROLE),
        ("access_paused", BY_AN_OWNER),
        ("access_restored", BY_AN_OWNER),
        ("engagement_handed_over", HANDED),
        ("engagement_handed_over", HANDED | {"yours": False, "path": ""}),
        ("invitation", INVITED),
        ("invitation_accepted", ACCEPTED),
        ("single_sign_on_connected", CONNECTED),
        ("single_sign_on_disconnected", DISCONNECTED),
    ],
)
def test_every_letter_greets_by_name_and_is_one_line_in_the_subject(
    letter: str, facts: dict[str, Any]
) -> None:
    mail = written(letter, **facts)
    assert mail.text.startswith("Dear Pat Okafor,\n")
    assert "Dear Pat Okafor," in mail.html
    assert "\n" not in mail.subject


@pytest.mark.parametrize("change", get_args(Change))
def test_a_change_of_how_one_signs_in_is_told_with_what_to_do_if_it_was_somebody_else(
    change: str,
) -> None:
    mail = written("sign_in_changed", change=change, path="/account")
    assert mail.subject and mail.subject in mail.text
    assert "Was that you?" in mail.text and "tell your workspace’s owner" in mail.text
    assert 'href="https://cocreate.example/account"' in mail.html


def test_a_passkey_that_was_added_is_named_and_says_what_to_do_if_it_was_not_you() -> None:
    mail = written("passkey_changed", passkey="Blue <key>", added=True, path="/account")
    assert mail.subject == "A passkey was added to your account"
    assert "Blue <key>" in mail.text
    assert "Blue &lt;key&gt;" in mail.html
    assert "Was that not you?" in mail.text
    assert "https://cocreate.example/account" in mail.text


def test_a_passkey_that_was_removed_opens_nothing_any_more() -> None:
    mail = written("passkey_changed", passkey="Blue key", added=False, path="/account")
    assert mail.subject == "A passkey was removed from your account"
    assert "It opens nothing any more." in mail.text


def test_whoever_may_have_a_copied_passkey_reads_that_nobody_was_let_in() -> None:
    mail = written("passkey_copied", passkey="Blue key", path="/account/passkeys")
    assert mail.subject == "Somebody may have a copy of your passkey"
    assert "We let nobody in." in mail.text
    assert "https://cocreate.example/account/passkeys" in mail.html
