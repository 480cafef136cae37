"""Builds a rich world: two workspaces, five engagements, and a canary in every text of them."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct

import world as worlds
from canaries import EVERYBODY, Thing, Work
from engagements.actions.service import ActionDraft, agree
from engagements.clients import service as clients
from engagements.commercial import service as agreements
from engagements.commercial.service import AgreementDraft
from engagements.framework.queries import domains, elements
from engagements.measures import service as measures
from engagements.measures.queries import domain_scores
from engagements.notes.attachments import AttachmentsDraft, attach
from engagements.notes.history import copies_of
from engagements.notes.service import NoteDraft, write
from engagements.portal.drafting import UpdateDraft
from engagements.portal.service import publish_update, withdraw
from engagements.portfolio import people, plan
from engagements.portfolio.queries import engagement_page
from engagements.portfolio.service import EngagementDraft, open_engagement
from engagements.retention.service import HoldDraft, place_hold
from engagements.sample.telling import put_in
from engagements.sessions.service import SessionDraft, plan_session
from engagements.upward import service as upward
from engagements.upward.queries import my_quotes
from estate import Estate
from inviting import later
from measured import months
from tenancy.database.context import Context, Role, Surface
from tenancy.database.pool import Database
from tenancy.database.read import Read
from tenancy.errors import KeptAside
from tenancy.files.kinds import Upload
from tenancy.files.store import Files
from tenancy.identity import tokens
from tenancy.ids import new_id
from tenancy.passkeys.models import Passkey
from tenancy.sso.models import ExternalIdentity
from tenancy.support.service import SupportDraft, let_in
from tenancy.workspaces import service as workspaces
from tenancy.workspaces.invitations import Guest, Offer, invite
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.leaving import depart
from tenancy.workspaces.models import Member
from tenancy.workspaces.suspending import suspend
from vouching import connected
from world import OPERATOR, Consultancy, Person

TODAY = datetime.now(UTC).date()
FIGURES = [54, 57, 52, 56, 55, 58, 53, 51, 56, 54, 57, 55, 53, 56, 54, 58, 59, 58, 61, 60]
"""Months from January 2025 on."""
SAID = "was said in confidence."
"""What stands in every note."""


NEWCOMERS: list[tuple[str, str, Role, Work]] = [
    ("north", "abe", "associate", "ours"),
    ("north", "del", "delegate", "ours"),
    ("north", "eve", "delegate", "ours"),
    ("north", "rae", "participant", "ours"),
    ("north", "cora", "consultant", "theirs"),
    ("north", "quinn", "participant", "theirs"),
    ("north", "sid", "sponsor", "theirs"),
    ("north", "quy", "delegate", "theirs"),
    ("else", "oz", "delegate", "elsewhere"),
]
"""People beside those of every world: where, their key, their role, their engagement."""


MEMBERS = (
    *("member to change", "member to suspend", "suspended member", "place of a member"),
    *("member to take out", "former member"),
)
"""Associates of their own, whom the deeds of owners are done to."""


async def built(
    db: Database, keyring: Keyring, files: Files, issuer: str = "https://login.example"
) -> Estate:
    """The whole estate."""
    estate = Estate(files, issuer)
    north = estate.worlds["north"] = await worlds.consultancy(db, keyring)
    other = estate.worlds["else"] = await worlds.consultancy(db, keyring, name="Elsewhere")
    for key in ("alice", "bob", "ann", "pat", "sam"):
        estate.people[key] = getattr(north, key)
        estate.people[f"other {key}"] = getattr(other, key)
    estate.people["charlie"] = other.alice
    for newcomer in NEWCOMERS:
        await admitted(estate, *newcomer)
    ours = {"abe": "team", "del": "delegate", "rae": "participant", "eve": "delegate"}
    for names in (
        Names("ours", north, "bob", "pat", "sam", ours),
        Names("theirs", north, "cora", "quinn", "sid", {"quy": "delegate"}),
        Names("elsewhere", other, "other bob", "other pat", "other sam", {"oz": "delegate"}),
    ):
        await Filling(estate, names).fill()
        await members_of(estate, names)
        await passkey_of(estate, names)
        await connected_person(estate, names)
    for world in estate.worlds.values():
        await connected(world, issuer)
    await released(estate, "rae")
    await _look_round(north, files)
    return estate


async def _look_round(world: Consultancy, files: Files) -> None:
    """The sample, for its owner to remove. It tells no secret, so nothing of it is a canary."""
    job = Context(surface="job", tenant=world.tenant)
    async with world.db.transaction(job, writes=True) as tx:
        await put_in(tx, files, world.alice.id, world.alice.name)


async def admitted(estate: Estate, workspace: str, key: str, role: Role, work: Work) -> None:
    world = estate.worlds[workspace]
    former = {actor.key for actor in EVERYBODY if actor.lost or actor.formerly}
    kind = "title of a former member" if key in former else "title of a member"
    thing = Thing(kind=kind, work=work, people={"oneself": frozenset({key})})
    name, email = f"{key.title()} Kemp", f"{key}@{world.slug}.example"
    title = estate.aviary.plant("of something", thing)
    async with world.transaction(world.alice) as tx:
        member = await workspaces.admit(tx, name=name, email=email, role=role, title=title)
    estate.people[key] = Person(name, email, member.id, role)


async def members_of(estate: Estate, names: "Names") -> None:
    """Members for owners to look at, to change, to take out, and to admit again."""
    world, [work, *_] = names.world, estate.things("engagement", names.work)

    def known(name: str, member: UUID, **path: UUID) -> None:
        thing = Thing(kind="member", work=names.work, path={"id": member, **path})
        estate.has(name, thing)

    known("member", estate.people[names.lead].id)
    for key in (names.participant, names.sponsor):
        known("member to look at as", estate.people[key].id)
    known("portal of a member", estate.people[names.sponsor].id, engagement=work.path["id"])
    for name in MEMBERS:
        email = f"{new_id().hex}@{world.slug}.example"
        async with world.transaction(world.alice) as tx:
            spare = await workspaces.admit(tx, name="Lee Chan", email=email, role="associate")
            path = {}
            if name == "former member":
                await depart(tx, spare.id)
            elif name == "suspended member":
                await suspend(tx, spare.id)
            elif name == "place of a member":
                draft = people.PersonDraft(relation="team", member_id=spare.id)
                place = await people.add_person(tx, work.path["id"], draft, home="/")
                path["assignment"] = place.id
        known(name, spare.id, **path)


async def passkey_of(estate: Estate, names: "Names") -> None:
    """A passkey of the lead, which their account has and no workspace."""
    world, id = names.world, new_id()
    whose = {"oneself": frozenset({names.lead})}
    thing = Thing(kind="passkey", work=names.work, path={"id": id}, people=whose)
    estate.has("passkey", thing)
    async with world.transaction(estate.people[names.lead]) as tx:
        lead = await tx.session.get_one(Member, (world.tenant, estate.people[names.lead].id))
        tx.session.add(
            Passkey(
                id=id,
                identity_id=lead.identity_id,
                credential_id=id.bytes,
                public_key=b"",
                sign_count=0,
                transports=["internal"],
                aaguid=UUID(int=0),
                name=estate.aviary.plant("phone", thing),
                backed_up=False,
            )
        )


async def connected_person(estate: Estate, names: "Names") -> None:
    """Whom the provider signs in, as the provider calls them."""
    world, id, lead = names.world, new_id(), estate.people[names.lead]
    whose = {"oneself": frozenset({names.lead})}
    thing = Thing(kind="connected person", work=names.work, path={"id": id}, people=whose)
    estate.has("connected person", thing)
    identity = await world.identity_of(lead)
    async with world.transaction(lead) as tx:
        tx.session.add(
            ExternalIdentity(
                id=id,
                tenant_id=world.tenant,
                issuer=estate.issuer,
                subject=estate.aviary.plant("subject", thing),
                identity_id=identity,
            )
        )


async def released(estate: Estate, key: str) -> None:
    """End somebody's place on the engagement."""
    north, [engagement] = estate.worlds["north"], estate.things("engagement", "ours")
    async with north.transaction(estate.people["bob"]) as tx:
        page = await tx.one(engagement_page, engagement=engagement.path["id"])
        place = next(p for p in page.people if p.member_id == estate.people[key].id)
        await people.release_person(tx, engagement.path["id"], place.assignment_id)


class Names(Struct, frozen=True):
    """Who has which part in an engagement, by their key in the cast."""

    work: Work
    world: Consultancy
    lead: str
    participant: str
    sponsor: str
    others: dict[str, str]
    """Further people, and their relation."""


class Filling:
    """Builds one engagement by the verbs of the product, with a canary in each text."""

    def __init__(self, estate: Estate, names: Names) -> None:
        self.estate = estate
        self.names = names
        self.engagement: UUID
        self.organisation: UUID

    def person(self, key: str) -> Person:
        return self.estate.people[key]

    @property
    def lead(self) -> Person:
        return self.person(self.names.lead)

    def say(self, kind: str, words: str, **people: str) -> str:
        return self.estate.aviary.plant(words, self._thing(kind, **people))

    def has(self, name: str, kind: str, *, who: dict[str, str] | None = None, **path: UUID) -> None:
        self.estate.has(name, self._thing(kind, path, **(who or {})))

    def _thing(self, kind: str, path: dict[str, UUID] | None = None, **people: str) -> Thing:
        groups = {word: frozenset(who.split(", ")) for word, who in people.items()}
        return Thing(kind=kind, work=self.names.work, path=path or {}, people=groups)

    async def acts(
        self,
        person: Person,
        deed: Any,
        *facts: Any,
        surface: Surface = "workspace",
        **named: Any,
    ) -> Any:
        async with self.names.world.transaction(person, surface) as tx:
            return await deed(tx, *facts, **named)

    async def reads(self, read: Read[Any], **values: Any) -> list[Any]:
        async with self.names.world.transaction(self.lead) as tx:
            return await tx.all(read, **values)

    async def fill(self) -> None:
        await self._client()
        await self._open()
        await self._people()
        await self._plan()
        await self._sessions()
        await self._notes()
        await self._actions()
        await self._measures()
        await self._agreement()
        await self._publications()
        await self._upward()
        await self._wait_for_the_portal()
        await self._hold()
        await self._token()
        await self._let_in()

    async def _client(self) -> None:
        draft = clients.OrganisationDraft(
            name=self.say("client", "Trust"),
            kind="acute trust",
            stage="client",
            enquiry=self.say("client", "Can you help us?"),
        )
        self.organisation = (await self.acts(self.lead, clients.add_organisation, draft)).id
        self.has("client", "client", id=self.organisation)
        for head in (40, 12):
            unit = clients.UnitDraft(name=self.say("client", "Theatres"), head_count=head)
            added = await self.acts(self.lead, clients.add_unit, self.organisation, unit)
            self.has("unit", "client", id=added.id)
        for name, called in (("contact", self.say("client", "Somebody")), ("newcomer", "New")):
            contact = clients.ContactDraft(
                name=called,
                post=self.say("client", "Matron") if name == "contact" else "",
                email=f"{name}-{new_id().hex}@trust.example",
            )
            added = await self.acts(self.lead, clients.add_contact, self.organisation, contact)
            self.has(name, "client", id=added.id)

    async def _open(self) -> None:
        self.engagement = await self._opened("engagement", "engagement")
        self.has("engagement", "engagement", id=self.engagement)
        framework = self.names.world.framework
        for domain in await self.reads(domains, framework_version=framework):
            self.has("domain", "workspace", id=domain.id)
        for element in await self.reads(elements, framework_version=framework):
            self.has("element", "workspace", id=element.id)

    async def _opened(self, kind: str, named: str) -> UUID:
        draft = EngagementDraft(
            organisation_id=self.organisation,
            title=self.say(f"title of an {kind}", "Working together"),
            client=self.say(named, "The Trust"),
            purpose=self.say(kind, "Teams that speak up early."),
            presenting_issue=self.say("presenting issue", "Nobody knows what to do."),
            state="running",
            starts_on=date(2026, 1, 12),
            ends_on=date(2027, 12, 31),
        )
        opened: UUID = (await self.acts(self.lead, open_engagement, draft)).id
        return opened

    async def _people(self) -> None:
        names = self.names
        relations = {names.participant: "participant", names.sponsor: "sponsor"} | names.others
        for key, relation in relations.items():
            await self.join(self.engagement, self.person(key), relation)
        spare = self.person([*names.others][-1])
        [page] = await self.reads(engagement_page, engagement=self.engagement)
        for place in page.people:
            if place.member_id == spare.id:
                self.has("place", "place", id=self.engagement, assignment=place.assignment_id)
        for name in ("invitation", "invitation to take back"):
            self.has(name, "invitation", id=await self._invited())
            offer = {"id": self.engagement, "invitation": await self._invited()}
            self.has(f"{name} on an engagement", "invitation", **offer)

    async def _invited(self) -> UUID:
        """Somebody who was written to a while ago, so that they can be again."""
        relation = "participant"
        invitation = await self.acts(
            self.lead,
            invite,
            Guest(f"{new_id().hex}@trust.example", "Toni", self.say("invitation", "Matron")),
            role=relation,
            offers=[Offer(self.engagement, self.organisation, relation)],
        )
        await later(self.names.world, invitation.id, minutes=11)
        id: UUID = invitation.id
        return id

    async def join(self, engagement: UUID, person: Person, relation: Any) -> None:
        if relation == "team":
            draft = people.PersonDraft(relation="team", member_id=person.id)
            joiner = self.names.world.alice
        else:
            contact = clients.ContactDraft(
                name=person.name, email=person.email, post=self.say("client", "Chief")
            )
            added = await self.acts(self.lead, clients.add_contact, self.organisation, contact)
            draft = people.PersonDraft(relation=relation, contact_id=added.id)
            joiner = self.lead
        home = f"/w/{self.names.world.slug}"
        await self.acts(joiner, people.add_person, engagement, draft, home=home)

    async def _let_in(self) -> None:
        reason = self.say("support access", "A letter did not come.")
        draft = SupportDraft(operator=OPERATOR, hours=1, reason=reason)
        opened = await self.acts(self.names.world.alice, let_in, draft, [OPERATOR])
        self.has("support access", "support access", id=opened.id)

    async def _hold(self) -> None:
        draft = HoldDraft(engagement_id=self.engagement, reason=self.say("legal hold", "A claim."))
        held = await self.acts(self.names.world.alice, place_hold, draft)
        self.has("legal hold", "legal hold", id=held.id)

    async def _token(self) -> None:
        world, lead = self.names.world, self.lead
        made = await self.acts(
            lead,
            tokens.make,
            identity=await world.identity_of(lead),
            name=self.say("token", "For figures", oneself=self.names.lead),
            scopes=["records:read"],
            engagements={},
            lasts=timedelta(days=30),
        )
        self.has("token", "token", who={"oneself": self.names.lead}, id=made.id)

    async def _plan(self) -> None:
        page = (await self.reads(engagement_page, engagement=self.engagement))[0]
        for phase in page.phases:
            change = plan.PhaseChange(
                starts_on=phase.starts_on,
                ends_on=phase.ends_on,
                gate_question=self.say("plan", "Is it better?"),
                state=phase.state,
            )
            await self.acts(self.lead, plan.change_phase, phase.id, change)
        self.has("phase", "plan", id=page.phases[0].id)
        for days in (30, 60):
            milestone = plan.MilestoneDraft(
                title=self.say("plan", "First results"), due_on=TODAY + timedelta(days=days)
            )
            added = await self.acts(self.lead, plan.add_milestone, self.engagement, milestone)
            self.has("milestone", "plan", id=added.id)
        objective = plan.ObjectiveDraft(text=self.say("plan", "Everybody speaks up."))
        added = await self.acts(self.lead, plan.add_objective, self.engagement, objective)
        self.has("objective", "plan", id=added.id)

    async def _sessions(self) -> None:
        expected = [self.names.participant, self.names.sponsor]
        if "rae" in self.names.others:
            expected.append("rae")
        who = {"expected": ", ".join(expected)}
        for days in (10, 20, -20):
            draft = SessionDraft(
                kind="coaching",
                title=self.say("session", "Coaching", **who),
                starts_on=TODAY + timedelta(days=days),
                starts_at="14:30",
                place=self.say("session", "Room 4", **who),
                link="https://meet.example/" + self.say("session", "", **who),
                attendee_ids=[self.person(key).id for key in expected],
            )
            planned = await self.acts(self.lead, plan_session, self.engagement, draft)
            name = "session" if days > 0 else "past session"
            self.has(name, "session", who=who, id=planned.id)

    async def _notes(self) -> None:
        names = self.names
        await self.note(names.lead, "me")
        await self.note(names.lead, "named", names.participant)
        await self.note(names.lead, "team")
        await self.note(names.participant, "me", kind="reflection")
        await self.note(names.participant, "named", names.lead, kind="reflection")
        await self._copy("copy to merge")
        await self._copy("copy to lay aside")
        if names.work == "ours":
            await self.note("abe", "me")
            await self.note("bob", "named", "rae")
            await self.note("rae", "me", kind="reflection")
            await self.note("rae", "named", "bob", kind="reflection")

    async def note(
        self, author: str, audience: Any, reader: str = "", known_as: str = "note", **facts: Any
    ) -> None:
        kind = {"me": "for me", "named": "for the named", "team": "for the team"}[audience]
        who = {"author": author, "named": reader}
        if audience == "team":
            who["writing"] = ", ".join(self._team())
        [session, *_] = self.estate.things("session", self.names.work)
        # Files hang on a note of their own, whose audience no deed of the matrix has changed.
        for name in (known_as, "note with files"):
            draft = NoteDraft(
                body=self.say(f"note {kind}", SAID, **who),
                audience=audience,
                reader_ids=[self.person(reader).id] if reader else [],
                engagement_id=self.engagement,
                session_id=None if facts else session.path["id"],
                **facts,
            )
            id = new_id()
            await self.acts(self.person(author), write, id, draft)
            self.has(name, f"note {kind}", who=who, id=id)
        for name in ("attachment", "attachment to be removed"):
            attached = await self._attach(self.person(author), id, f"note {kind}", who)
            self.has(name, f"note {kind}", who=who, id=attached)

    async def _attach(self, author: Person, note: UUID, kind: str, who: dict[str, str]) -> UUID:
        world = self.names.world
        of_file = kind.replace("note", "file")
        name = self.say(of_file, "Agenda.txt", **who)
        content = self.say(of_file, "Who opens?", **who)
        draft = AttachmentsDraft(files=[Upload(name, content.encode())])
        context = await world.context(author)
        [*_, newest] = await attach(world.db, self.estate.files, context, note, draft)
        return newest.id

    def _team(self) -> list[str]:
        others = [key for key, relation in self.names.others.items() if relation == "team"]
        return [self.names.lead, *others]

    async def _copy(self, name: str) -> None:
        """A note that the lead wrote at two places at once, in different paragraphs."""
        who = {"author": self.names.lead}
        begun = self.say("note for me", "was said in confidence.", **who)
        meanwhile = self.say("note for me", "came later.", **who)
        too_late = self.say("kept copy", "came too late.", **who)
        id = new_id()
        texts = ((0, begun), (1, f"{begun}\n\n{meanwhile}"), (1, f"{too_late}\n\n{begun}"))
        for version, body in texts:
            draft = NoteDraft(body=body, version=version, engagement_id=self.engagement)
            with suppress(KeptAside):
                await self.acts(self.lead, write, id, draft)
        async with self.names.world.transaction(self.lead) as tx:
            [copy] = await copies_of(tx, id)
        self.has(name, "note for me", who=who, id=id, copy=copy.id)

    async def _actions(self) -> None:
        [session, *_] = self.estate.things("session", self.names.work)
        lead, participant = self.names.lead, self.names.participant
        shown: list[tuple[str, Any, str, str]] = [
            ("action", "team", "for the team", lead),
            ("action", "participant", "for participants", participant),
            ("action", "sponsor", "for sponsors", participant),
            ("action", "participant", "for participants", lead),
            ("action to drop", "participant", "for participants", lead),
        ]
        if "rae" in self.names.others:
            shown.append(("action", "participant", "for participants", "rae"))
        for name, shown_to, kind, doer in shown:
            who = {"doing": doer}
            draft = ActionDraft(
                text=self.say(f"action {kind}", "will be done", **who),
                owner_id=self.person(doer).id,
                due_on=TODAY + timedelta(days=5),
                shown_to=shown_to,
                session_id=session.path["id"],
            )
            agreed = await self.acts(self.lead, agree, self.engagement, draft)
            self.has(name, f"action {kind}", who=who, id=agreed.id)

    async def _measures(self) -> None:
        for kind in ("measure", "published measure"):
            added = await self.acts(
                self.lead, measures.add_indicator, self.engagement, self._indicator(kind)
            )
            self.has("indicator", kind, id=added.id)
            await self.acts(self.lead, measures.import_observations, added.id, months(FIGURES))
            rebase = measures.RebaseDraft(
                period=date(2026, 1, 31), reason=self.say(kind, "Another way of counting.")
            )
            drawn = await self.acts(self.lead, measures.rebase, added.id, rebase)
            self.has("rebase", kind, id=drawn.id)
        surveyed = await self.reads(domain_scores, engagement=self.engagement)
        for month in (2, 9):
            scores = [
                measures.ScoreDraft(domain_id=d.domain_id, answers=90, mean=6.0, deviation=1.8)
                for d in surveyed
            ]
            draft = measures.ScoresDraft(
                measured_on=date(2026, month, 27),
                instrument=self.say("published measure", "Pulse"),
                scores=scores,
            )
            await self.acts(self.lead, measures.record_scores, self.engagement, draft)

    def _indicator(self, kind: str) -> measures.IndicatorDraft:
        return measures.IndicatorDraft(
            title=self.say(kind, "I feel safe to speak up"),
            definition=self.say(kind, "Share who agree"),
            unit=self.say(kind, "%"),
            direction="increase",
            source=self.say(kind, "Pulse"),
        )

    async def _agreement(self) -> None:
        """One version in force, and the next waiting for answers."""
        in_force = await self._agreed(self.engagement)
        await self.acts(self.lead, agreements.propose, self.engagement, self._terms())
        self.has("agreement of an engagement", "agreement", id=self.engagement)
        self.has("agreement", "agreement", id=in_force)

    async def _agreed(self, engagement: UUID) -> UUID:
        names, terms = self.names, self._terms()
        version: UUID = (await self.acts(self.lead, agreements.propose, engagement, terms)).id
        for key, surface in ((names.participant, "workspace"), (names.sponsor, "portal")):
            person = self.person(key)
            await self.acts(person, agreements.answer, version, "accepted", surface=surface)
        return version

    def _terms(self, kind: str = "agreement") -> AgreementDraft:
        return AgreementDraft(
            purpose=self.say(kind, "So that people can speak freely."),
            themes=True,
            quotes=True,
            attendance=True,
            safety_exceptions=self.say(kind, "A court order"),
        )

    async def _upward(self) -> None:
        """Words of the participant's reflection for the lead, proposed and answered in each way."""
        participant, lead = self.names.participant, self.names.lead
        name = "note with words"
        await self.note(participant, "named", lead, known_as=name, kind="reflection")
        [note] = self.estate.things(name, self.names.work)
        who = {"proposing": lead, "speaking": participant}
        for name in ("proposal", "proposal to approve", "proposal to refuse", "approved proposal"):
            draft = upward.WordsDraft(words=SAID, said_by=self.say("proposal", "Lead", **who))
            made = await self.acts(self.lead, upward.propose, note.path["id"], draft)
            self.has(name, "proposal", who=who, id=made.id)
        approval = upward.Approval(
            words=self.say("own words", "Somebody listened.", speaking=participant),
            said_by=self.say("own words", "X", speaking=participant),
        )
        speaker = self.person(participant)
        await self.acts(speaker, upward.approve, made.id, approval)
        role = self.say("own words", "Clinical lead", speaking=participant)
        own = upward.WordsDraft(words=SAID, said_by=role)
        await self.acts(speaker, upward.propose, note.path["id"], own)
        async with self.names.world.transaction(speaker) as tx:
            [newest, *_] = await tx.all(my_quotes)
        self.has(
            "own words",
            "own words",
            who={"speaking": participant},
            id=newest.publication_id,
        )

    async def _publications(self) -> None:
        _, published = self.estate.things("indicator", self.names.work)
        taken_back = self._update("withdrawn publication")
        withdrawn = await self.acts(self.lead, publish_update, self.engagement, taken_back)
        await self.acts(self.lead, withdraw, withdrawn.id)
        self.has("publication", "withdrawn publication", id=withdrawn.id)
        update = self._update(
            "publication", indicator_id=published.path["id"], with_domains=True, open_portal=True
        )
        finding = await self.acts(self.lead, publish_update, self.engagement, update)
        self.has("publication", "publication", id=finding.id)
        # What is said of the indicator from now on does not flow into what was published.
        anew = self._indicator("measure")
        await self.acts(self.lead, measures.change_indicator, published.path["id"], anew)

    async def _wait_for_the_portal(self) -> None:
        """A second engagement of the same people, whose portal is still closed."""
        kind = "engagement before its portal opens"
        waiting = await self._opened(kind, "name of an engagement before its portal opens")
        await self.join(waiting, self.person(self.names.participant), "participant")
        await self.join(waiting, self.person(self.names.sponsor), "sponsor")
        for key, relation in self.names.others.items():
            if relation in ("team", "delegate"):
                await self.join(waiting, self.person(key), relation)
        await self.acts(
            self.lead, publish_update, waiting, self._update(kind, quote_1="", themes="")
        )
        self.has("agreement to end", "agreement", id=await self._agreed(waiting))
        self.has("agreement of an engagement", "agreement", id=waiting)
        self.has("engagement before its portal opens", kind, id=waiting)

    def _update(self, kind: str, **facts: Any) -> UpdateDraft:
        given: dict[str, Any] = {
            "headline": self.say(kind, "More colleagues feel safe"),
            "summary": self.say(kind, "One domain is improving."),
            "figures_to": date(2026, 10, 31),
            "themes": self.say(kind, "Worries are raised earlier."),
            "quote_1": self.say(kind, "I just said it."),
            "said_by_1": self.say(kind, "Ward manager"),
            "permission_1": True,
        }
        return UpdateDraft(**(given | facts))
