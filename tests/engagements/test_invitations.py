"""Invitations: who may invite whom, what an invitation offers, and what accepting it makes."""

import asyncio
from uuid import UUID

import pytest

from engagements.commercial.service import propose
from engagements.handover.service import HandOver, hand_over
from engagements.members.invitation_queries import open_invitations
from engagements.members.inviting import InvitationsDraft, Outcome, invite_people, understand
from engagements.portal.service import open_portal, publish_update
from engagements.portfolio import queries
from engagements.portfolio.invited import invited
from inviting import accepted, bring, contact_at, invited_to, later, letters, system
from measured import acts, finding, terms
from noting import joins
from tenancy.database.context import Role
from tenancy.errors import Conflict, Invalid, NotFound, Refused
from tenancy.ids import new_id
from tenancy.workspaces import invitations
from tenancy.workspaces.invitations import Guest, Offer, invite
from tenancy.workspaces.leaving import depart, readmit
from tenancy.workspaces.reach import differences
from tenancy.workspaces.service import admit
from world import Consultancy, EngagementWorld, Person, engagement


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    """Bob's engagement, with nobody of the client on it yet."""
    return await engagement(northlight, with_participant=False, with_sponsor=False)


async def invite_as(
    world: Consultancy,
    by: Person,
    role: Role,
    *works: EngagementWorld,
    email: str = "iona@trust.example",
) -> UUID:
    relation = role if role in {"participant", "sponsor", "delegate"} else "team"
    offers = [Offer(one.engagement, one.organisation, relation) for one in works]
    async with world.transaction(by) as tx:
        return (await invite(tx, Guest(email, "Iona Reid"), role=role, offers=offers)).id


async def on_it(world: Consultancy, work: EngagementWorld) -> dict[str, str]:
    async with world.transaction(world.bob) as tx:
        page = await tx.one(queries.engagement_page, engagement=work.engagement)
    return {person.name: person.relation for person in page.people}


async def guests(world: Consultancy, work: EngagementWorld) -> dict[str, str]:
    async with world.transaction(world.bob) as tx:
        found = await tx.all(invited, engagement=work.engagement)
    return {guest.name: guest.state for guest in found}


async def seen_by(world: Consultancy, person: Person) -> list[str]:
    async with world.transaction(person) as tx:
        return [one.email for one in await tx.all(open_invitations)]


async def a_member(world: Consultancy, name: str, role: Role) -> Person:
    email = f"{name.split(maxsplit=1)[0].lower()}@{world.slug}.example"
    async with world.transaction(world.alice) as tx:
        member = await admit(tx, name=name, email=email, role=role)
    return Person(name, email, member.id, role)


# Who may invite whom


@pytest.mark.parametrize("role", ["owner", "consultant", "associate", "participant", "sponsor"])
async def test_an_owner_invites_anybody(
    northlight: Consultancy, work: EngagementWorld, role: Role
) -> None:
    await invite_as(northlight, northlight.alice, role, work)
    assert await seen_by(northlight, northlight.alice) == ["iona@trust.example"]


@pytest.mark.parametrize("role", ["owner", "consultant", "associate"])
async def test_a_consultant_invites_nobody_of_the_consultancy(
    northlight: Consultancy, work: EngagementWorld, role: Role
) -> None:
    with pytest.raises(Refused, match="Only an owner can invite people of the consultancy"):
        await invite_as(northlight, northlight.bob, role, work)


@pytest.mark.parametrize("role", ["participant", "sponsor", "delegate"])
async def test_a_consultant_invites_the_clients_people_to_their_own_engagements(
    northlight: Consultancy, work: EngagementWorld, role: Role
) -> None:
    await invite_as(northlight, northlight.bob, role, work)
    with pytest.raises(Refused, match="on whose team you are"):
        await invite_as(northlight, northlight.ann, role, work, email="lee@trust.example")


async def test_an_associate_on_the_team_invites_to_it(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    await joins(northlight, northlight.ann, work)
    await invited_to(northlight, work, by=northlight.ann)
    assert await guests(northlight, work) == {"Iona Reid": "open"}


async def test_nobody_of_a_client_invites_anybody(northlight: Consultancy) -> None:
    work = await engagement(northlight)
    for person in (northlight.pat, northlight.sam):
        with pytest.raises(Refused):
            await invite_as(northlight, person, "participant", work)


async def test_the_database_lets_nobody_write_an_invitation_that_is_not_theirs_to_make(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    row = (
        "INSERT INTO invitation (tenant_id, id, email, name, title, role, invited_by_id,"
        " expires_at, times_sent) VALUES ($1, $2, 'x@y.example', 'X', '', $3, $4, now(), 0)"
    )
    for by, role, inviter in (
        (northlight.bob, "owner", northlight.bob),
        (northlight.bob, "participant", northlight.alice),
        (northlight.pat, "participant", northlight.pat),
    ):
        with pytest.raises(NotFound):
            async with northlight.transaction(by) as tx:
                await tx.connection.execute(row, northlight.tenant, new_id(), role, inviter.id)


async def test_an_invitation_is_seen_by_owners_by_who_made_it_and_by_the_team(
    northlight: Consultancy, elsewhere: Consultancy, work: EngagementWorld
) -> None:
    await invite_as(northlight, northlight.alice, "participant", work)
    for sees in (northlight.alice, northlight.bob):
        assert await seen_by(northlight, sees) == ["iona@trust.example"]
    for blind in (northlight.ann, northlight.pat, northlight.sam):
        assert await seen_by(northlight, blind) == []
    assert await seen_by(elsewhere, elsewhere.alice) == []


# What is offered


async def test_nobody_is_a_member_before_they_accept(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    invitation = await invited_to(northlight, work)
    assert await on_it(northlight, work) == {"Bob Hartley": "team"}
    member = await accepted(northlight, invitation)
    assert (member.name, member.role, member.title) == ("Iona Reid", "participant", "Ward manager")
    assert await on_it(northlight, work) == {"Bob Hartley": "team", "Iona Reid": "participant"}
    assert await guests(northlight, work) == {}
    assert await differences(northlight.db) == []


async def test_one_who_is_a_member_is_on_it_at_once(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    pat = await contact_at(northlight, work, "Pat Okafor", northlight.pat.email)
    brought = await bring(northlight, work, pat, "participant")
    assert brought.invitation_id is None and brought.assignment_id is not None
    assert (await on_it(northlight, work))["Pat Okafor"] == "participant"


async def test_inviting_again_adds_a_place_to_the_invitation_that_is_open(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    other = await engagement(northlight, with_participant=False, with_sponsor=False)
    first = await invite_as(northlight, northlight.bob, "participant", work)
    second = await invite_as(northlight, northlight.alice, "participant", other)
    assert first == second
    assert len(await letters(northlight)) == 1
    await accepted(northlight, first)
    for one in (work, other):
        assert (await on_it(northlight, one))["Iona Reid"] == "participant"


async def test_whoever_is_invited_for_the_other_side_is_not_invited_twice(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    await invite_as(northlight, northlight.alice, "consultant")
    with pytest.raises(Refused, match="invited already, as a consultant"):
        await invite_as(northlight, northlight.bob, "participant", work)


async def test_a_member_needs_no_invitation_and_who_left_is_readmitted_instead(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    with pytest.raises(Refused, match="Pat Okafor is a member already"):
        await invite_as(
            northlight, northlight.bob, "participant", work, email=northlight.pat.email.upper()
        )
    async with northlight.transaction(northlight.alice) as tx:
        await depart(tx, northlight.pat.id)
    with pytest.raises(Refused, match="An owner can admit them again"):
        await invite_as(northlight, northlight.bob, "participant", work, email=northlight.pat.email)


async def test_a_colleague_comes_with_a_place_on_a_team(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    await accepted(northlight, await invite_as(northlight, northlight.alice, "associate", work))
    assert (await on_it(northlight, work))["Iona Reid"] == "team"


async def test_two_who_invite_the_same_person_at_once_make_one_invitation(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    both = [invite_as(northlight, northlight.bob, "participant", work) for _ in range(4)]
    made = await asyncio.gather(*both, return_exceptions=True)
    assert {one for one in made if isinstance(one, UUID)}
    assert all(isinstance(one, (UUID, Conflict)) for one in made)
    assert await seen_by(northlight, northlight.bob) == ["iona@trust.example"]


# The mail, sending it again, and taking it back


async def test_the_mail_says_who_invites_to_what_and_until_when(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    invitation = await invited_to(northlight, work)
    [letter] = await letters(northlight)
    assert (letter.letter, letter.to_name) == ("invitation", "Iona Reid")
    until = letter.facts.pop("until")
    assert letter.facts == {
        "workspace": "Northlight",
        "inviter": "Bob Hartley",
        "role": "participant",
        "path": f"/join/{northlight.slug}/{invitation}",
    }
    async with northlight.transaction(northlight.bob) as tx:
        [guest] = await tx.all(invited, engagement=work.engagement)
    assert guest.sent_at is not None and (guest.expires_at - guest.sent_at).days == 14
    assert until == guest.expires_at.date().isoformat()


async def test_it_is_sent_again_after_ten_minutes_and_lasts_anew(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    invitation = await invited_to(northlight, work)
    with pytest.raises(Refused, match="less than ten minutes ago"):
        async with northlight.transaction(northlight.bob) as tx:
            await invitations.resend(tx, invitation)
    await later(northlight, invitation, days=15)
    assert await guests(northlight, work) == {"Iona Reid": "expired"}
    async with northlight.transaction(northlight.bob) as tx:
        await invitations.resend(tx, invitation)
    assert await guests(northlight, work) == {"Iona Reid": "open"}
    assert len(await letters(northlight)) == 2
    await accepted(northlight, invitation)


async def test_an_expired_one_is_not_accepted(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    invitation = await invited_to(northlight, work)
    await later(northlight, invitation, days=15)
    with pytest.raises(Refused, match=r"has expired\. Ask Bob Hartley for a new one"):
        await accepted(northlight, invitation)


async def test_one_that_was_taken_back_is_not_accepted(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    invitation = await invited_to(northlight, work)
    async with northlight.transaction(northlight.bob) as tx:
        await invitations.revoke(tx, invitation)
    assert await guests(northlight, work) == {}
    with pytest.raises(Refused, match="Northlight has taken this invitation back"):
        await accepted(northlight, invitation)
    await invite_as(
        northlight, northlight.bob, "participant", work, email=f"iona@{northlight.slug}.example"
    )
    assert await guests(northlight, work) == {"Iona Reid": "open"}


async def test_a_consultant_takes_back_only_what_is_theirs_of_it(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    other = await engagement(northlight, with_participant=False, with_sponsor=False)
    cora = await a_member(northlight, "Cora Kemp", "consultant")
    await joins(northlight, cora, other)
    invitation = await invite_as(northlight, northlight.bob, "participant", work, other)
    async with northlight.transaction(cora) as tx:
        await invitations.revoke(tx, invitation)
    assert await guests(northlight, other) == {}
    assert await guests(northlight, work) == {"Iona Reid": "open"}
    await accepted(northlight, invitation)
    assert "Iona Reid" not in await on_it(northlight, other)


async def test_what_was_accepted_is_neither_sent_again_nor_taken_back(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    invitation = await invited_to(northlight, work)
    await accepted(northlight, invitation)
    for verb in (invitations.resend, invitations.revoke):
        with pytest.raises(Refused, match="has accepted this invitation already"):
            async with northlight.transaction(northlight.bob) as tx:
                await verb(tx, invitation)


async def test_nobody_else_sends_it_again_or_takes_it_back(
    northlight: Consultancy, elsewhere: Consultancy, work: EngagementWorld
) -> None:
    invitation = await invited_to(northlight, work)
    for world, person in (
        (northlight, northlight.ann),
        (northlight, northlight.pat),
        (elsewhere, elsewhere.alice),
    ):
        for verb in (invitations.resend, invitations.revoke):
            with pytest.raises(NotFound):
                async with world.transaction(person) as tx:
                    await verb(tx, invitation)


# The inviter's rights, again


async def released(world: Consultancy, work: EngagementWorld) -> None:
    """Alice leads, and Bob is off the team."""
    await joins(world, world.alice, work)
    async with world.transaction(world.alice) as tx:
        chosen = HandOver(member_id=world.alice.id, former_lead="leaves")
        await hand_over(tx, work.engagement, chosen, path=f"/w/{world.slug}")


async def test_whose_inviter_has_left_the_team_is_told_whom_to_ask(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    invitation = await invited_to(northlight, work)
    await released(northlight, work)
    with pytest.raises(Refused) as refusal:
        await accepted(northlight, invitation)
    assert refusal.value.sentence == (
        "Bob Hartley, who invited you, can no longer do so. Ask Northlight for a new invitation."
    )


async def test_whose_inviter_has_left_the_workspace_is_told_so_too(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    invitation = await invited_to(northlight, work)
    await released(northlight, work)
    async with northlight.transaction(northlight.alice) as tx:
        await depart(tx, northlight.bob.id)
    with pytest.raises(Refused, match="Bob Hartley, who invited you, can no longer do so"):
        await accepted(northlight, invitation)


async def test_an_owner_takes_it_over_by_sending_it_again(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    invitation = await invited_to(northlight, work)
    await released(northlight, work)
    await later(northlight, invitation, minutes=11)
    async with northlight.transaction(northlight.alice) as tx:
        await invitations.resend(tx, invitation)
    [letter, _] = await letters(northlight, f"iona@{northlight.slug}.example")
    assert letter.facts["inviter"] == "Alice Adeyemi"
    await accepted(northlight, invitation)
    async with northlight.transaction(northlight.alice) as tx:
        page = await tx.one(queries.engagement_page, engagement=work.engagement)
    assert "Iona Reid" in [person.name for person in page.people]


async def test_a_place_whose_inviter_may_no_longer_offer_it_falls_away_and_the_others_stay(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    other = await engagement(northlight, with_participant=False, with_sponsor=False)
    invitation = await invite_as(northlight, northlight.bob, "participant", work, other)
    await released(northlight, work)
    await accepted(northlight, invitation)
    assert "Iona Reid" in await on_it(northlight, other)
    async with northlight.transaction(northlight.alice) as tx:
        page = await tx.one(queries.engagement_page, engagement=work.engagement)
    assert "Iona Reid" not in [person.name for person in page.people]


async def test_an_owner_who_is_none_any_more_brings_no_colleague_in(
    northlight: Consultancy,
) -> None:
    olu = await a_member(northlight, "Olu Bright", "owner")
    invitation = await invite_as(northlight, olu, "consultant")
    async with northlight.transaction(northlight.alice) as tx:
        await depart(tx, olu.id)
    with pytest.raises(Refused, match="Olu Bright, who invited you, can no longer do so"):
        await accepted(northlight, invitation)


# Accepting


async def test_accepting_twice_is_accepting_once(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    invitation = await invited_to(northlight, work)
    first = await accepted(northlight, invitation)
    assert (await accepted(northlight, invitation)).id == first.id


async def test_a_hundred_at_once_make_one_member(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    invitation = await invited_to(northlight, work)
    all_at_once = [accepted(northlight, invitation) for _ in range(100)]
    members = await asyncio.gather(*all_at_once)
    assert len({member.id for member in members}) == 1
    async with northlight.db.transaction(system(northlight)) as tx:
        count = await tx.connection.fetchval(
            "SELECT count(*) FROM member WHERE tenant_id = $1 AND email = $2",
            northlight.tenant,
            f"iona@{northlight.slug}.example",
        )
    assert count == 1
    assert await differences(northlight.db) == []


async def test_the_inviter_is_written_to(northlight: Consultancy, work: EngagementWorld) -> None:
    await accepted(northlight, await invited_to(northlight, work))
    [letter] = await letters(northlight, northlight.bob.email)
    assert letter.letter == "invitation_accepted"
    assert letter.facts == {
        "workspace": "Northlight",
        "guest": "Iona Reid",
        "role": "participant",
        "path": f"/w/{northlight.slug}",
    }


async def test_who_has_left_since_is_not_brought_back_by_an_invitation(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    invitation = await invited_to(northlight, work)
    iona = await a_member(northlight, "Iona Reid", "participant")
    async with northlight.transaction(northlight.alice) as tx:
        await depart(tx, iona.id)
    with pytest.raises(Refused, match="has left this workspace"):
        await accepted(northlight, invitation)
    async with northlight.transaction(northlight.alice) as tx:
        await readmit(tx, iona.id)
    assert (await accepted(northlight, invitation)).id == iona.id


# Sponsors hear nothing before there is something to read or to answer


async def test_a_sponsor_is_not_written_to_before_there_is_something_to_read(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    await invited_to(northlight, work, "sponsor")
    assert await letters(northlight) == []
    assert await guests(northlight, work) == {"Iona Reid": "waiting"}


async def test_unless_somebody_says_so(northlight: Consultancy, work: EngagementWorld) -> None:
    await invited_to(northlight, work, "sponsor", write_now=True)
    assert [letter.letter for letter in await letters(northlight)] == ["invitation"]


async def test_opening_the_portal_writes_to_an_invited_sponsor(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    invitation = await invited_to(northlight, work, "sponsor")
    await acts(northlight, northlight.bob, publish_update, work.engagement, finding())
    await acts(northlight, northlight.bob, open_portal, work.engagement)
    [letter] = await letters(northlight, f"iona@{northlight.slug}.example")
    assert letter.letter == "portal_opened"
    assert letter.facts["path"] == f"/join/{northlight.slug}/{invitation}"
    assert await guests(northlight, work) == {"Iona Reid": "open"}


async def test_proposing_an_agreement_writes_to_an_invited_sponsor_who_is_to_answer_it(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    await invited_to(northlight, work, "sponsor")
    await acts(northlight, northlight.bob, propose, work.engagement, terms())
    [letter] = await letters(northlight, f"iona@{northlight.slug}.example")
    assert letter.letter == "invitation"


async def test_an_invitation_that_waits_does_not_expire(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    invitation = await invited_to(northlight, work, "sponsor")
    await later(northlight, invitation, days=200)
    assert await guests(northlight, work) == {"Iona Reid": "waiting"}
    await accepted(northlight, invitation)


# Many at once


async def paste(world: Consultancy, by: Person, *works: EngagementWorld, text: str) -> Outcome:
    ids = [one.engagement for one in works]
    draft = InvitationsDraft(role="participant", engagement_ids=ids, addresses=text)
    async with world.transaction(by) as tx:
        return await invite_people(tx, draft)


async def test_everybody_on_a_list_is_invited_but_members_and_who_stands_there_twice(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    outcome = await paste(
        northlight,
        northlight.bob,
        work,
        text=f"Iona Reid <iona@trust.example>; lee.chan@trust.example\n"
        f"IONA@trust.example\n{northlight.pat.email}\nTheatre list",
    )
    assert [line.name for line in outcome.invited] == ["Iona Reid", "Lee Chan"]
    assert [(line.state, line.why) for line in outcome.left_out] == [
        ("twice", "The same address stands further up."),
        ("member", "Pat Okafor is a member already."),
        ("unusable", "There is no address here that a mail could reach."),
    ]
    assert await guests(northlight, work) == {"Iona Reid": "open", "Lee Chan": "open"}
    assert len(await letters(northlight)) == 2


async def test_who_is_invited_already_is_offered_the_engagement_as_well(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    other = await engagement(northlight, with_participant=False, with_sponsor=False)
    await invite_as(northlight, northlight.bob, "participant", other)
    outcome = await paste(northlight, northlight.bob, work, text="iona@trust.example")
    assert [line.state for line in outcome.invited] == ["invited"]
    assert await guests(northlight, work) == {"Iona Reid": "open"}


async def test_two_hundred_are_invited_at_once_and_no_more(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    many = "\n".join(f"one{number}@trust.example" for number in range(201))
    with pytest.raises(Invalid, match=r"Invite 200 people at once, or fewer\. These are 201"):
        await paste(northlight, northlight.bob, work, text=many)
    outcome = await paste(northlight, northlight.bob, work, text=many.rpartition("\n")[0])
    assert len(outcome.invited) == 200


async def test_people_of_a_client_are_invited_to_an_engagement_of_ones_own(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    with pytest.raises(Invalid, match="Choose the engagements"):
        await paste(northlight, northlight.bob, text="iona@trust.example")
    with pytest.raises(Invalid, match="Choose among your engagements"):
        await paste(northlight, northlight.ann, work, text="iona@trust.example")


async def test_nothing_is_written_before_the_list_is_sent(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    draft = InvitationsDraft(
        role="participant", engagement_ids=[work.engagement], addresses="iona@trust.example"
    )
    async with northlight.transaction(northlight.bob) as tx:
        [line] = await understand(tx, draft)
    assert (line.state, line.usable) == ("new", True)
    assert await seen_by(northlight, northlight.bob) == []


async def test_many_lines_are_each_looked_at_once(northlight: Consultancy) -> None:
    pasted = "iona@trust.example\n" * 150_000
    draft = InvitationsDraft(role="consultant", addresses=pasted)
    async with northlight.transaction(northlight.alice) as tx:
        lines = await understand(tx, draft)
    assert (lines[0].state, {line.state for line in lines[1:]}) == ("new", {"twice"})
