"""Rules about a note's text: merging, differences, promises, and what it names."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagements.notes.differences import differences
from engagements.notes.merging import merged, paragraphs
from engagements.notes.promises import promises_in
from engagements.notes.templates import TEMPLATES, offered
from frontend.prose import note_text

MAYA, MAY = UUID(int=1), UUID(int=2)
PEOPLE = {"Maya Osei": MAYA, "May Lin": MAY}
TODAY = date(2026, 11, 24)

words = st.text(alphabet="abcde", min_size=1, max_size=4)
texts = st.lists(words, max_size=5).map("\n\n".join)


@pytest.mark.parametrize(
    ("base", "theirs", "ours", "together"),
    [
        ("a\n\nb", "a1\n\nb", "a\n\nb2", "a1\n\nb2"),
        ("a\n\nb\n\nc", "a1\n\nb\n\nc", "a\n\nb\n\nc2\n\nd", "a1\n\nb\n\nc2\n\nd"),
        ("a", "a\n\nlater", "first\n\na", "first\n\na\n\nlater"),
        ("a\n\nb", "a1\n\nb", "a2\n\nb", None),
        ("a", "a\n\nx", "a\n\ny", None),
        ("", "x", "y", None),
        ("a\n\nb", "a\n\nb", "a\n\nb\n\nc", "a\n\nb\n\nc"),
        ("a", "b", "b", "b"),
    ],
)
def test_two_texts_become_one_where_no_paragraph_was_changed_twice(
    base: str, theirs: str, ours: str, together: str | None
) -> None:
    assert merged(base, theirs, ours) == together


@given(texts, texts, texts)
def test_a_merge_keeps_every_paragraph_that_either_side_wrote(
    base: str, theirs: str, ours: str
) -> None:
    together = merged(base, theirs, ours)

    if together is not None:
        written = (set(paragraphs(theirs)) | set(paragraphs(ours))) - set(paragraphs(base))
        assert written <= set(paragraphs(together))


@given(texts, texts)
def test_one_sides_change_alone_is_taken_as_it_is(base: str, ours: str) -> None:
    assert merged(base, base, ours) == "\n\n".join(paragraphs(ours))
    assert merged(base, ours, base) == "\n\n".join(paragraphs(ours))


@given(texts, texts)
def test_differences_tell_both_texts_whole(before: str, after: str) -> None:
    found = differences(before, after)

    def said(without: str) -> list[str]:
        kept = [p for p in found if p.kind != without]
        return ["".join(x.text for x in p.pieces if x.kind != without) for p in kept]

    assert said("added") == paragraphs(before) or sorted(said("added")) == sorted(
        paragraphs(before)
    )
    assert said("removed") == paragraphs(after)


def test_differences_name_words_within_a_paragraph_that_stayed_alike() -> None:
    [changed] = differences("One two three four.", "One 2 three four.")

    assert changed.kind == "changed"
    assert [(p.kind, p.text) for p in changed.pieces] == [
        ("same", "One "),
        ("removed", "two"),
        ("added", "2"),
        ("same", " three four."),
    ]


@pytest.mark.parametrize(
    ("line", "text", "owner", "due"),
    [
        ("[] Ask theatres", "Ask theatres", None, None),
        ("- [ ] Ask theatres @Maya Osei by 12 December", "Ask theatres", MAYA, date(2026, 12, 12)),
        ("[] @May Lin asks theatres, by 3 March.", "asks theatres", MAY, date(2027, 3, 3)),
        ("[] Send it until 2026-12-01", "Send it", None, date(2026, 12, 1)),
        ("[] Send it by 31 February", "Send it by 31 February", None, None),
        ("[] Ask @Nobody Known", "Ask @Nobody Known", None, None),
    ],
)
def test_a_line_that_begins_with_brackets_is_a_promise(
    line: str, text: str, owner: UUID | None, due: date | None
) -> None:
    [promise] = promises_in(f"Before\n{line}\nAfter", PEOPLE, TODAY)

    assert (promise.text, promise.owner_id, promise.due_on) == (text, owner, due)


@pytest.mark.parametrize("text", ["[x] done", "[]", "[ ]   ", "see [] there", "a [link](x)"])
def test_other_brackets_promise_nothing(text: str) -> None:
    assert promises_in(text, PEOPLE, TODAY) == []


def test_a_promise_that_stands_twice_is_one() -> None:
    assert len(promises_in("[] Do it\n[] Do it", PEOPLE, TODAY)) == 1


def test_a_template_for_supervision_is_offered_for_supervision_alone() -> None:
    assert [one.key for one in offered("supervision")] == ["supervision"]
    assert {one.key for one in offered("session")} == {t.key for t in TEMPLATES} - {"supervision"}


def test_a_note_reads_with_its_promises_people_and_elements() -> None:
    html = note_text("[] Ask @Maya Osei about #PS1\n[x] done", "/w/n/framework")

    assert "☐ Ask <strong>@Maya Osei</strong> about" in html
    assert '<a href="/w/n/framework#PS1"' in html
    assert "☑ done" in html


@pytest.mark.parametrize("text", ["`@Maya #PS1`", "maya@example.org", "C#PS1", "#PS1234"])
def test_what_only_looks_like_a_name_stays_as_it_is(text: str) -> None:
    html = note_text(text, "/f")

    assert "<strong>" not in html
    assert "<a " not in html


@pytest.mark.asvs("1.3.1", "1.3.5")
def test_html_in_a_note_is_text() -> None:
    html = note_text("<script>alert(1)</script> @Maya <b>x</b>", "/f")

    assert "<script>" not in html
    assert "<b>" not in html
