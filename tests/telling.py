"""What goes upward: words of notes, agreements about them, publications, and what was promised."""

from collections.abc import Collection
from typing import Any, Literal
from uuid import UUID

from engagements.actions.service import ActionDraft
from engagements.actions.service import agree as agree_action
from engagements.commercial import service as agreements
from engagements.portal.service import publish_update
from engagements.upward import service as upward
from measured import finding, terms
from oracle import WITHIN, Action, Agreement, Consent, Note, Proposal, Publication, Somebody
from staging import YESTERDAY, Stage, Work, marker
from tenancy.database.context import Surface
from tenancy.errors import Invalid, Refused


class Telling(Stage):
    """Done to the product and told to the oracle, which knows what may be told."""

    async def proposes(self, who: Somebody, note: Note, speaker: Somebody) -> Proposal | None:
        """Words of a note, for the sponsor; one's own are approved by that. None where the
        agreement does not let them be told."""
        words, said_by = said_in(note.body), f"{marker()} Matron"
        draft = upward.WordsDraft(words=words, said_by=said_by, speaker_id=speaker.id)
        may_tell = self.oracle.may_tell(note.engagement, "quote", speaker.id)
        try:
            async with self.acting(who) as tx:
                made = await upward.propose(tx, note.id, draft)
        except Refused:
            assert not may_tell, "words that may be told were refused"
            return None
        assert may_tell, "words were proposed that may not be told"
        proposal = Proposal(
            id=made.id,
            tenant=note.tenant,
            engagement=note.engagement,
            note=note,
            proposer=who.id,
            speaker=speaker.id,
            quoted=words,
            said_by=said_by,
        )
        self.oracle.things.append(proposal)
        if who.id == speaker.id:
            await self._approved(proposal, words, said_by)
        return proposal

    async def approves(self, proposal: Proposal, *, softened: bool) -> None:
        """Only the text that its speaker approved is published."""
        words = f"{marker()} I still go quiet." if softened else proposal.quoted
        said_by = f"{marker()} A lead"
        approval = upward.Approval(words=words, said_by=said_by)
        may_tell = self.oracle.may_tell(proposal.engagement, "quote", proposal.speaker)
        try:
            async with self.acting(self.person(proposal.speaker)) as tx:
                await upward.approve(tx, proposal.id, approval)
        except Refused:
            assert not may_tell, "words that may be told could not be approved"
            return
        assert may_tell, "words were approved that may not be told"
        await self._approved(proposal, words, said_by)

    async def refuses(self, proposal: Proposal) -> None:
        async with self.acting(self.person(proposal.speaker)) as tx:
            await upward.refuse(tx, proposal.id)
        proposal.state = "refused"

    async def takes_back(self, who: Somebody, proposal: Proposal) -> None:
        async with self.acting(who) as tx:
            await upward.take_back(tx, proposal.id)
        proposal.state = "withdrawn"
        if proposal.publication is not None:
            proposal.publication.shown = False

    async def agrees_on(self, who: Somebody, work: Work, rules: frozenset[str]) -> Agreement:
        """Somebody of the team proposes a page of rules, and has accepted it by that."""
        purpose = f"{marker()} So that people speak freely."
        allowed = {rule: rule in rules for rule in ("themes", "quotes", "attendance")}
        async with self.acting(who) as tx:
            made = await agreements.propose(tx, work.id, terms(purpose=purpose, **allowed))
        for earlier in self.oracle.of(Agreement, work.id):
            earlier.state = "replaced" if earlier.state == "proposed" else earlier.state
        version = Agreement(
            id=made.id, tenant=work.tenant, engagement=work.id, purpose=purpose, rules=rules
        )
        self.oracle.things.append(version)
        self._answered(who, version, "consultant", "accepted")
        return version

    async def answers(
        self,
        who: Somebody,
        version: Agreement,
        reply: Literal["accepted", "refused"],
        surface: Surface = "workspace",
    ) -> None:
        """Who refuses takes down the own words that were published; who accepts can be the last
        that a version waited for."""
        relations = self.oracle.relations(who.id, version.engagement)
        at_work = "consultant" if "team" in relations else "participant"
        party = "sponsor" if surface == "portal" else at_work
        async with self.acting(who, surface) as tx:
            await agreements.answer(tx, version.id, reply)
        self._answered(who, version, party, reply)
        if reply == "refused" and party == "participant":
            for own in self.oracle.of(Publication, version.engagement):
                own.shown = own.shown and own.speaker != who.id
        if version.state == "proposed" and all(self.oracle.accepted(version).values()):
            if (before := self.oracle.in_force(version.engagement)) is not None:
                before.state = "replaced"
            version.state = "in force"
            self.oracle.count(version.engagement)

    async def ends(self, who: Somebody, version: Agreement, surface: Surface) -> None:
        async with self.acting(who, surface) as tx:
            await agreements.end(tx, version.id)
        version.state = "ended"
        self.oracle.count(version.engagement)

    async def publishes(
        self, who: Somebody, work: Work, kinds: Collection[str], *, opens: bool
    ) -> None:
        """A finding, and beside it what was said in confidence; nothing where one may not be."""
        said = {kind: f"{marker()} is heard." for kind in ("update", *kinds)}
        facts: dict[str, Any] = {"headline": said["update"], "figures_to": YESTERDAY}
        if "themes" in said:
            facts["themes"] = said["themes"]
        if "quote" in said:
            facts |= {"quote_1": said["quote"], "said_by_1": "Porter", "permission_1": True}
        if "attendance" in said:
            facts["with_attendance"], said["attendance"] = True, ""
        may_tell = all(self.oracle.may_tell(work.id, kind) for kind in said)
        draft = finding(open_portal=opens, **facts)
        try:
            async with self.acting(who) as tx:
                await publish_update(tx, work.id, draft)
        except Invalid:
            assert not may_tell, "what may be told could not be published"
            return
        assert may_tell, "something was published that may not be told"
        for kind, content in said.items():
            await self._published(work.tenant, work.id, kind, content)
        if opens:
            self.oracle.open_portals.add(work.id)

    async def promises(
        self,
        who: Somebody,
        work: Work,
        owner: Somebody,
        shown_to: Literal["team", "participant", "sponsor"],
    ) -> None:
        text = f"{marker()} will be done"
        draft = ActionDraft(text=text, owner_id=owner.id, shown_to=shown_to)
        async with self.acting(who) as tx:
            made = await agree_action(tx, work.id, draft)
        self.oracle.things.append(
            Action(
                id=made.id,
                tenant=work.tenant,
                engagement=work.id,
                owner=owner.id,
                text=text,
                shown_to=shown_to,
            )
        )

    def speakers(self, who: Somebody, note: Note) -> list[Somebody]:
        """Whose words a note's can be, when this person proposes them."""
        participants = self.oracle.present(note.engagement, "participant")
        on_team = "team" in self.oracle.relations(who.id, note.engagement)
        authors = [one for one in participants if one.id == note.author]
        if authors:
            return authors if on_team or authors == [who] else []
        works = self.oracle.relations(note.author, note.engagement) & WITHIN
        if not works and (note.author, note.engagement) in self.oracle.took_part:
            return []
        return participants if on_team else [who]

    def _answered(self, who: Somebody, version: Agreement, party: str, answer: str) -> None:
        for there in self.oracle.every(Consent):
            if (there.agreement, there.id, there.party) == (version, who.id, party):
                there.answer = answer
                return
        consent = Consent(
            id=who.id,
            tenant=version.tenant,
            engagement=version.engagement,
            agreement=version,
            party=party,
            answer=answer,
        )
        self.oracle.things.append(consent)

    async def _approved(self, proposal: Proposal, words: str, said_by: str) -> None:
        proposal.state, proposal.approved, proposal.said_by = "approved", words, said_by
        proposal.publication = await self._published(
            proposal.tenant,
            proposal.engagement,
            "quote",
            words,
            said_by=said_by,
            speaker=proposal.speaker,
        )

    async def _published(
        self, tenant: UUID, work: UUID, kind: str, content: str, **whose: Any
    ) -> Publication:
        known = [one.id for one in self.oracle.of(Publication, work)]
        id: UUID = await self.superuser.fetchval(
            "SELECT id FROM publication WHERE engagement_id = $1 AND kind = $2"
            " AND NOT id = ANY($3)",
            *(work, kind, known),
        )
        publication = Publication(
            id=id, tenant=tenant, engagement=work, kind=kind, content=content, **whose
        )
        self.oracle.things.append(publication)
        return publication


def said_in(body: str) -> str:
    """The words of a note that are proposed: its last line."""
    return body.splitlines()[-1]
