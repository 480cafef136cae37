"""The card before a session: one question, by rules, from what everybody expected knows."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from engagements.actions.queries import ActionRow
from engagements.sessions.prep import Change, Unread, known_to, prepared

MAYA, DAVID, ROS = UUID(int=1), UUID(int=2), UUID(int=3)
HERE, ELSEWHERE = UUID(int=8), UUID(int=9)


def action(text: str = "Ask one question", **facts: Any) -> ActionRow:
    given: dict[str, Any] = {
        "id": UUID(int=5),
        "engagement_id": UUID(int=6),
        "engagement": "Working together",
        "session_id": ELSEWHERE,
        "text": text,
        "owner_id": MAYA,
        "owner_left": False,
        "owner": "Maya Osei",
        "mine": False,
        "due_on": None,
        "late": False,
        "kind": "action",
        "state": "open",
        "done_on": None,
        "shown_to": "participant",
    }
    return ActionRow(**(given | facts))


def unread(author: UUID = MAYA) -> Unread:
    return Unread(UUID(int=7), author, "Maya Osei", datetime(2026, 11, 3, 9, tzinfo=UTC))


def card(*actions: ActionRow, **facts: Any) -> Any:
    given: dict[str, Any] = {
        "session_id": HERE,
        "expected": [MAYA],
        "first": False,
        "asks": True,
    }
    written = facts.pop("written", [])
    changed = facts.pop("changed", [])
    return prepared(actions, changed, written, **(given | facts))


LATE = action("Call the wards", late=True)
KEPT = action("Stand at the back", state="done", done_on=date(2026, 11, 9))


@pytest.mark.parametrize(
    ("actions", "written", "question"),
    [
        ([KEPT, LATE, action()], [unread()], "What got in the way of “Call the wards”?"),
        ([KEPT, action()], [unread()], "What has stayed with you since you wrote on 3 November?"),
        ([KEPT, action()], [], "What made “Stand at the back” possible?"),
        ([action()], [], "How is it going with “Ask one question”?"),
        ([], [], "What is different since we last met?"),
    ],
)
def test_the_question_is_about_what_matters_most(
    actions: list[ActionRow], written: list[Unread], question: str
) -> None:
    assert card(*actions, written=written).question == question


def test_the_first_session_begins_with_what_it_is_for() -> None:
    assert card(LATE, first=True).question.startswith("What would have to be different")


def test_the_question_says_nothing_that_the_team_keeps_to_itself() -> None:
    for known in (action("Watch her pace", late=True, shown_to="team"), action(owner_id=ROS)):
        assert card(known).question == "What is different since we last met?"


def test_the_question_says_nothing_that_only_some_of_those_expected_know() -> None:
    both = card(LATE, KEPT, action(), written=[unread()], expected=[MAYA, DAVID])

    assert both.question == "What is different since we last met?"


def test_who_is_asked_gets_no_question_of_the_card() -> None:
    assert card(LATE, asks=False).question == ""


def test_what_was_agreed_in_the_session_itself_is_not_on_its_card() -> None:
    assert card(action(session_id=HERE)).promises == []


def test_what_is_unread_is_counted_and_not_quoted() -> None:
    assert set(Unread.__struct_fields__) == {"note_id", "author_id", "author", "written_at"}


def test_only_the_latest_changes_are_on_the_card() -> None:
    changes = [Change("milestone", str(n), date(2026, 11, n)) for n in range(9, 1, -1)]

    assert [change.text for change in card(changed=changes).changed] == ["9", "8", "7", "6"]


@pytest.mark.parametrize(
    ("shown_to", "words"),
    [
        ("team", "The team"),
        ("participant", "The team and Maya Osei"),
        ("sponsor", "The sponsor too"),
    ],
)
def test_each_line_says_who_else_knows(shown_to: str, words: str) -> None:
    assert known_to(action(shown_to=shown_to)) == words
