"""People who write, share and take back, come and go: the moves of a state machine.

It plays in a thread beside the product's event loop, and waits there for what it does.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from engagements.actions.models import SHOWN_TO
from engagements.notes.attachments import AT_MOST
from engagements.notes.models import AUDIENCES, KINDS
from oracle import RULE_OF, Agreement, File, Note, Oracle, Proposal, Publication, Revision, Somebody
from playing import Play
from staging import Work
from tenancy.database.context import Surface

Run = Callable[[Awaitable[Any]], Any]
T = TypeVar("T")
RELATIONS = {
    "owner": ("team",),
    "consultant": ("team",),
    "associate": ("team",),
    "participant": ("participant", "sponsor"),
    "sponsor": ("sponsor", "participant"),
    "delegate": ("delegate", "participant"),
}
"""The places that somebody can be given, by their role."""
RULES = tuple(RULE_OF.values())
CONFIDENTIAL = tuple(RULE_OF)
ASKED: tuple[tuple[str, Surface], ...] = (("participant", "workspace"), ("sponsor", "portal"))
"""Who answers a version beside its team, and where."""
some_rules = st.frozensets(st.sampled_from(RULES))


class Living(RuleBasedStateMachine):
    """What people do next, chosen among what they can do."""

    def __init__(self, run: Run, play: Play) -> None:
        super().__init__()
        self.run, self.play = run, play
        self.sound = True
        """Whether nothing has gone wrong so far."""

    @property
    def oracle(self) -> Oracle:
        return self.play.oracle

    def does(self, deed: Awaitable[T]) -> T:
        self.sound = False
        done: T = self.run(deed)
        self.sound = True
        return done

    # Who is there, and what can be done.

    def there(self) -> list[Somebody]:
        return [who for who in self.oracle.people if who.id not in self.oracle.away]

    def on_team(self, work: Work) -> list[Somebody]:
        return self.oracle.present(work.id, "team")

    def workable(self) -> list[Work]:
        return [work for work in self.play.works if self.play.workers(work.id)]

    def notes(self) -> list[Note]:
        """Those whose author is there to say who reads them."""
        return [
            note
            for note in self.oracle.every(Note)
            if any(who.id == note.author for who in self.play.workers(note.engagement))
        ]

    def written_in(self) -> list[Note]:
        return [note for note in self.oracle.every(Note) if self.play.writers(note)]

    def audience(self, data: st.DataObject, note_kind: str, author: UUID, work: UUID) -> Any:
        """An audience that the author may choose, and the people named on it."""
        others = [who for who in self.play.workers(work) if who.id != author]
        words = ("me",) if note_kind == "supervision" else AUDIENCES if others else ("me", "team")
        audience = data.draw(st.sampled_from(words))
        if audience != "named":
            return audience, []
        return audience, data.draw(st.lists(st.sampled_from(others), min_size=1, max_size=3))

    # What people do.

    @initialize(anew=st.sampled_from((False, False, True)))
    def something_was_there(self, anew: bool) -> None:
        """Else little is allowed yet, and little is written that anybody could meet."""
        if anew:
            return
        play, work = self.play, self.play.works[0]
        bob, pat, sam = (play.named(name) for name in ("Bob", "Pat", "Sam"))
        version = self.does(play.agrees_on(bob, work, frozenset(RULES)))
        self.does(play.answers(pat, version, "accepted"))
        self.does(play.answers(sam, version, "accepted", "portal"))
        self.does(play.publishes(bob, work, CONFIDENTIAL, opens=True))
        shared = self.does(play.writes(bob, work, audience="team"))
        self.does(play.attaches(bob, shared))
        own = self.does(play.writes(pat, work, audience="named", readers=[bob]))
        for proposer in (pat, bob):
            self.does(play.proposes(proposer, own, pat))

    @rule(data=st.data())
    def somebody_joins(self, data: st.DataObject) -> None:
        work = data.draw(st.sampled_from(self.play.works))
        who = data.draw(st.sampled_from([p for p in self.there() if p.tenant == work.tenant]))
        relation = data.draw(st.sampled_from(RELATIONS[who.role]))
        if (who.id, work.id, relation) not in self.oracle.places:
            self.does(self.play.joins(who, work, relation))

    @precondition(lambda self: self.oracle.places)
    @rule(data=st.data())
    def somebody_leaves(self, data: st.DataObject) -> None:
        self.does(self.play.leaves(data.draw(st.sampled_from(self.oracle.places))))

    @precondition(lambda self: not self.oracle.gone)
    @rule(data=st.data())
    def somebody_leaves_the_workspace(self, data: st.DataObject) -> None:
        leavers = [who for who in self.there() if who.role != "owner"]
        self.does(self.play.leaves_the_workspace(data.draw(st.sampled_from(leavers))))

    @precondition(lambda self: not self.oracle.suspended)
    @rule(data=st.data())
    def somebody_is_suspended(self, data: st.DataObject) -> None:
        others = [who for who in self.there() if who.role != "owner"]
        self.does(self.play.is_suspended(data.draw(st.sampled_from(others))))

    @precondition(lambda self: self.oracle.suspended)
    @rule()
    def who_is_suspended_is_reinstated(self) -> None:
        [member] = self.oracle.suspended
        self.does(self.play.is_reinstated(self.play.person(member)))
        self.is_back(self.play.person(member))

    def is_back(self, who: Somebody) -> None:
        """Somebody was reinstated: where there are browsers, they sign in again."""

    @precondition(lambda self: len(self.oracle.things) > 20)
    @rule(data=st.data())
    def years_pass(self, data: st.DataObject) -> None:
        self.does(self.play.years_pass(data.draw(st.sampled_from(self.play.works))))

    @precondition(lambda self: self.workable())
    @rule(
        data=st.data(), kind=st.sampled_from(KINDS), drafted=st.booleans(), in_session=st.booleans()
    )
    def somebody_writes(
        self, data: st.DataObject, kind: Any, drafted: bool, in_session: bool
    ) -> None:
        work = data.draw(st.sampled_from(self.workable()))
        author = data.draw(st.sampled_from(self.play.workers(work.id)))
        audience, readers = self.audience(data, kind, author.id, work.id)
        knows = author in self.on_team(work) or author.id in work.attendees
        self.does(
            self.play.writes(
                author,
                work,
                kind=kind,
                audience=audience,
                readers=readers,
                in_session=in_session and knows,
                drafted=drafted,
            )
        )

    @precondition(lambda self: self.notes())
    @rule(data=st.data())
    def the_author_saves_anew(self, data: st.DataObject) -> None:
        note = data.draw(st.sampled_from(self.notes()))
        [author] = [who for who in self.play.writers(note) if who.id == note.author]
        audience, readers = self.audience(data, note.kind, author.id, note.engagement)
        self.does(self.play.writes_on(author, note, audience=audience, readers=readers))

    @precondition(lambda self: self.notes())
    @rule(data=st.data())
    def the_author_says_who_reads_it(self, data: st.DataObject) -> None:
        note = data.draw(st.sampled_from(self.notes()))
        audience, readers = self.audience(data, note.kind, note.author, note.engagement)
        self.does(self.play.shares(note, audience, readers))

    @precondition(lambda self: self.written_in())
    @rule(data=st.data())
    def somebody_writes_on(self, data: st.DataObject) -> None:
        note = data.draw(st.sampled_from(self.written_in()))
        writer = data.draw(st.sampled_from(self.play.writers(note)))
        copies = [
            copy
            for copy in self.oracle.every(Revision)
            if copy.note is note and copy.writer == writer.id and copy.kept_aside
        ]
        waiting = [None, *(copy for copy in copies if not copy.settled)]
        settles = data.draw(st.sampled_from(waiting))
        self.does(self.play.writes_on(writer, note, settles=settles))

    @precondition(lambda self: self.written_in())
    @rule(data=st.data())
    def somebody_comes_too_late(self, data: st.DataObject) -> None:
        note = data.draw(st.sampled_from(self.written_in()))
        writer = data.draw(st.sampled_from(self.play.writers(note)))
        self.does(self.play.comes_too_late(writer, note))

    def copies(self) -> list[Revision]:
        return [
            copy
            for copy in self.oracle.every(Revision)
            if copy.kept_aside
            and not copy.settled
            and any(who.id == copy.writer for who in self.play.workers(copy.engagement))
        ]

    @precondition(lambda self: self.copies())
    @rule(data=st.data())
    def somebody_lays_a_copy_aside(self, data: st.DataObject) -> None:
        self.does(self.play.lays_aside(data.draw(st.sampled_from(self.copies()))))

    def with_room(self) -> list[Note]:
        files = [file.note for file in self.oracle.every(File) if not file.removed]
        return [note for note in self.written_in() if files.count(note) < AT_MOST]

    @precondition(lambda self: self.with_room())
    @rule(data=st.data())
    def somebody_attaches_a_file(self, data: st.DataObject) -> None:
        note = data.draw(st.sampled_from(self.with_room()))
        writer = data.draw(st.sampled_from(self.play.writers(note)))
        self.does(self.play.attaches(writer, note))

    def removable(self) -> list[tuple[Somebody, File]]:
        return [
            (who, file)
            for file in self.oracle.every(File)
            for who in self.play.workers(file.engagement)
            if who.id == file.note.author
            or (who.id == file.attached_by and self.oracle.reads(who, file, "workspace"))
        ]

    @precondition(lambda self: self.removable())
    @rule(data=st.data())
    def somebody_removes_a_file(self, data: st.DataObject) -> None:
        self.does(self.play.removes(*data.draw(st.sampled_from(self.removable()))))

    # What goes upward.

    @precondition(lambda self: any(map(self.on_team, self.play.works)))
    @rule(data=st.data(), rules=some_rules)
    def an_agreement_is_proposed(self, data: st.DataObject, rules: frozenset[str]) -> None:
        """All whom it asks accept it, but for one who may keep silent."""
        work = data.draw(st.sampled_from([one for one in self.play.works if self.on_team(one)]))
        who = data.draw(st.sampled_from(self.on_team(work)))
        self.agree(who, work, rules, but=data.draw(st.sampled_from([None, *self.asked(work)])))

    @precondition(lambda self: self.regretting())
    @rule(data=st.data())
    def who_spoke_keeps_silent_about_another_version(self, data: st.DataObject) -> None:
        """It comes into force without them, and so without their words."""
        speaker, version, surface = data.draw(st.sampled_from(self.regretting()))
        [work] = [one for one in self.play.works if one.id == version.engagement]
        if team := self.on_team(work):
            self.agree(team[0], work, frozenset(RULES), but=(speaker, surface))

    def asked(self, work: Work) -> list[tuple[Somebody, Surface]]:
        return [
            (who, surface)
            for party, surface in ASKED
            for who in self.oracle.present(work.id, party)
        ]

    def agree(
        self,
        who: Somebody,
        work: Work,
        rules: frozenset[str],
        *,
        but: tuple[Somebody, Surface] | None,
    ) -> None:
        version = self.does(self.play.agrees_on(who, work, rules))
        for other, surface in self.asked(work):
            if (other, surface) != but:
                self.does(self.play.answers(other, version, "accepted", surface))

    def answerable(self) -> list[tuple[Somebody, Agreement, Surface]]:
        return [
            (who, version, surface)
            for version in self.oracle.every(Agreement)
            if version.state in ("proposed", "in force")
            for surface, relations in (
                ("workspace", ("team", "participant")),
                ("portal", ("sponsor",)),
            )
            for who in self.oracle.present(version.engagement, *relations)
        ]

    @precondition(lambda self: self.answerable())
    @rule(data=st.data(), reply=st.sampled_from(("accepted", "refused")))
    def somebody_answers_an_agreement(self, data: st.DataObject, reply: Any) -> None:
        who, version, surface = data.draw(st.sampled_from(self.answerable()))
        self.does(self.play.answers(who, version, reply, surface))

    def regretting(self) -> list[tuple[Somebody, Agreement, Surface]]:
        """Participants whose own words a sponsor reads."""
        speakers = {one.speaker for one in self.oracle.every(Publication) if one.shown}
        return [one for one in self.answerable() if one[0].id in speakers and one[2] == "workspace"]

    @precondition(lambda self: self.regretting())
    @rule(data=st.data())
    def somebody_refuses_who_spoke(self, data: st.DataObject) -> None:
        who, version, surface = data.draw(st.sampled_from(self.regretting()))
        self.does(self.play.answers(who, version, "refused", surface))

    @precondition(lambda self: any(v.state == "in force" for _, v, _ in self.answerable()))
    @rule(data=st.data())
    def somebody_ends_an_agreement(self, data: st.DataObject) -> None:
        in_force = [one for one in self.answerable() if one[1].state == "in force"]
        self.does(self.play.ends(*data.draw(st.sampled_from(in_force))))

    @precondition(lambda self: any(map(self.on_team, self.play.works)))
    @rule(data=st.data(), kinds=st.frozensets(st.sampled_from(CONFIDENTIAL)))
    def something_is_published(self, data: st.DataObject, kinds: frozenset[str]) -> None:
        work = data.draw(st.sampled_from([one for one in self.play.works if self.on_team(one)]))
        who = data.draw(st.sampled_from(self.on_team(work)))
        opens = bool(self.oracle.present(work.id, "sponsor"))
        self.does(self.play.publishes(who, work, sorted(kinds), opens=opens))

    def proposable(self) -> list[tuple[Somebody, Note, Somebody]]:
        return [
            (who, note, speaker)
            for note in self.oracle.every(Note)
            for who in self.play.workers(note.engagement)
            if self.oracle.reads(who, note, "workspace")
            for speaker in self.play.speakers(who, note)
        ]

    @precondition(lambda self: self.proposable())
    @rule(data=st.data())
    def somebody_proposes_words(self, data: st.DataObject) -> None:
        self.does(self.play.proposes(*data.draw(st.sampled_from(self.proposable()))))

    def proposals(self, state: str) -> list[Proposal]:
        """Those whose speaker can still answer."""
        return [
            one
            for one in self.oracle.every(Proposal)
            if one.state == state
            and "participant" in self.oracle.relations(one.speaker, one.engagement)
        ]

    @precondition(lambda self: self.proposals("proposed"))
    @rule(data=st.data(), reply=st.sampled_from(("as it is", "softened", "no", "taken back")))
    def somebody_answers_a_proposal(self, data: st.DataObject, reply: str) -> None:
        one = data.draw(st.sampled_from(self.proposals("proposed")))
        proposers = [p for p in self.play.workers(one.engagement) if p.id == one.proposer]
        if reply in ("as it is", "softened"):
            self.does(self.play.approves(one, softened=reply == "softened"))
        elif reply == "no":
            self.does(self.play.refuses(one))
        elif proposers:
            self.does(self.play.takes_back(proposers[0], one))

    @precondition(lambda self: self.proposals("approved"))
    @rule(data=st.data())
    def somebody_takes_their_words_back(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.proposals("approved")))
        [speaker] = [p for p in self.play.workers(one.engagement) if p.id == one.speaker]
        self.does(self.play.takes_back(speaker, one))

    @precondition(lambda self: any(map(self.on_team, self.play.works)))
    @rule(data=st.data())
    def somebody_promises(self, data: st.DataObject) -> None:
        work = data.draw(st.sampled_from([one for one in self.play.works if self.on_team(one)]))
        who = data.draw(st.sampled_from(self.on_team(work)))
        owner = data.draw(st.sampled_from(self.play.workers(work.id)))
        on_team = owner in self.on_team(work)
        shown_to = data.draw(st.sampled_from(SHOWN_TO if on_team else SHOWN_TO[1:]))
        self.does(self.play.promises(who, work, owner, shown_to))
