"""The one kind of transaction: its context, its end, and what its failures mean to a person."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import bindparam, func, select, update

from tenancy.audit.models import AuditEntry
from tenancy.audit.service import record_of
from tenancy.database.context import Context, opening
from tenancy.database.pool import NOBODY, Database, Transaction
from tenancy.database.prepare import app_url
from tenancy.database.read import Read, tenant
from tenancy.database.write import Write, given
from tenancy.errors import Conflict, KeptAside, NotFound
from tenancy.ids import new_id
from tenancy.workspaces import service as workspaces
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.models import Member
from tenancy.workspaces.service import Members, assign
from world import Consultancy

_entry = AuditEntry.__table__.c
_member = Member.__table__.c
verbs = Read(
    select(_entry.verb).where(_entry.tenant_id == tenant, _entry.object_kind == "test"), str
)
names = Read(select(_member.name).where(_member.tenant_id == tenant), str)
rename = Write(
    update(Member)
    .where(_member.tenant_id == tenant, _member.id == bindparam("member"))
    .values(given(_member.id.table, "name"))
)
SETTINGS = (
    *("tenant", "member", "role", "surface", "through"),
    *("team", "coached", "sponsored", "organisations"),
)


@pytest_asyncio.fixture
async def narrow(owner_url: str, keyring: Keyring) -> AsyncIterator[Database]:
    """A database with one connection for reading, and at first one for writing."""
    database = Database(app_url(owner_url, "app-password"), keyring, size=1)
    await database.open()
    yield database
    await database.close()


def job(world: Consultancy) -> Context:
    return Context(surface="job", tenant=world.tenant)


async def enter(tx: Transaction, verb: str) -> None:
    await record_of(tx, verb, "test", new_id())


async def entered(world: Consultancy) -> list[str]:
    async with world.db.transaction(job(world)) as tx:
        return await tx.all(verbs)


async def settings_of(connection: Any) -> list[str]:
    statement = ", ".join(f"current_setting('app.{name}', true)" for name in SETTINGS)
    return list(await connection.fetchrow(f"SELECT {statement}"))


@pytest.mark.parametrize("writes", [False, True])
async def test_a_transaction_states_who_asks_from_its_first_statement_on(
    northlight: Consultancy, writes: bool
) -> None:
    engagement, other, organisation = new_id(), new_id(), new_id()
    context = Context(
        surface="portal",
        tenant=northlight.tenant,
        member=northlight.sam.id,
        role="sponsor",
        team=(engagement, other),
        sponsored=(other,),
        organisations=(organisation,),
    )

    async with northlight.db.transaction(context, writes=writes) as tx:
        stated = dict(zip(SETTINGS, await settings_of(tx.connection), strict=True))

    assert stated == {
        "tenant": str(northlight.tenant),
        "member": str(northlight.sam.id),
        "role": "sponsor",
        "surface": "portal",
        "through": "browser",
        "team": f"{{{engagement},{other}}}",
        "coached": "{}",
        "sponsored": f"{{{other}}}",
        "organisations": f"{{{organisation}}}",
    }


@pytest.mark.parametrize("ends_well", [True, False])
async def test_a_context_for_reading_is_gone_when_its_transaction_has_ended(
    narrow: Database, northlight: Consultancy, ends_well: bool
) -> None:
    try:
        async with narrow.transaction(await northlight.context(northlight.bob)):
            if not ends_well:
                raise LookupError
    except LookupError:
        pass

    stated = func.concat(*(func.current_setting(f"app.{name}", True) for name in SETTINGS))
    assert await narrow.look_up(Read(select(stated), str)) == ""


@pytest.mark.parametrize("ends_well", [True, False])
async def test_a_context_for_writing_is_gone_when_its_transaction_has_ended(
    narrow: Database, northlight: Consultancy, ends_well: bool
) -> None:
    try:
        async with narrow.transaction(await northlight.context(northlight.bob), writes=True) as tx:
            connection = tx.connection
            if not ends_well:
                raise LookupError
    except LookupError:
        pass

    assert set(await settings_of(connection)) == {""}
    assert not connection.is_in_transaction()


@pytest.mark.asvs("8.4.1")
async def test_reads_without_a_workspace_answer_nothing_on_the_same_connection(
    narrow: Database, northlight: Consultancy
) -> None:
    async with narrow.transaction(job(northlight)) as tx:
        assert len(await tx.all(names)) == 5
    async with narrow.transaction(NOBODY) as tx:
        assert await tx.connection.fetchval("SELECT count(*) FROM member") == 0


SNEAKY = "01900000-0000-7000-8000-000000000000'; RESET ROLE; --"


class Disguised(UUID):
    """A UUID that writes itself as something else."""

    def __str__(self) -> str:
        return SNEAKY


@pytest.mark.asvs("1.2.4")
@pytest.mark.parametrize(
    "wrong",
    [
        {"surface": "workspace'; RESET ROLE; --"},
        {"surface": ""},
        {"role": "superuser"},
        {"tenant": SNEAKY},
        {"member": "01900000-0000-7000-8000-000000000000"},
        {"team": (SNEAKY,)},
        {"coached": ("{}",)},
        {"sponsored": (1,)},
        {"organisations": (None,)},
    ],
)
def test_a_context_is_made_of_nothing_but_uuids_and_known_words(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="is no"):
        opening(Context(**{"surface": "workspace", **wrong}))


def test_a_uuid_is_written_by_its_number_whatever_it_says_of_itself() -> None:
    id = new_id()

    assert opening(Context(surface="job", tenant=Disguised(int=id.int))) == opening(
        Context(surface="job", tenant=id)
    )


async def test_the_surface_cannot_be_changed_to_an_unknown_word(northlight: Consultancy) -> None:
    async with northlight.db.transaction(job(northlight), writes=True) as tx:
        with pytest.raises(ValueError, match="is no surface"):
            await tx.acting("job'; RESET ROLE; --").__aenter__()  # type: ignore[arg-type]


async def test_acting_on_another_surface_ends_with_its_block(northlight: Consultancy) -> None:
    async with northlight.db.transaction(
        await northlight.context(northlight.bob), writes=True
    ) as tx:
        async with tx.acting("job"):
            assert await tx.one(surface) == "job"
        assert await tx.one(surface) == "workspace"


surface = Read(select(func.current_setting("app.surface")), str)


async def test_what_was_written_is_there_after_the_end(northlight: Consultancy) -> None:
    async with northlight.db.transaction(job(northlight), writes=True) as tx:
        await enter(tx, "kept")

    assert await entered(northlight) == ["kept"]


@pytest.mark.asvs("2.3.3")
async def test_nothing_written_stays_when_the_block_raises(northlight: Consultancy) -> None:
    with pytest.raises(LookupError):
        async with northlight.db.transaction(job(northlight), writes=True) as tx:
            await enter(tx, "lost")
            raise LookupError

    assert await entered(northlight) == []


async def test_what_was_kept_aside_is_committed_although_the_block_raises(
    northlight: Consultancy,
) -> None:
    with pytest.raises(KeptAside, match="kept below"):
        async with northlight.db.transaction(job(northlight), writes=True) as tx:
            await enter(tx, "kept aside")
            raise KeptAside("Your text is kept below.")

    assert await entered(northlight) == ["kept aside"]


async def test_keeping_aside_that_fails_says_so_and_leaves_no_transaction_open(
    northlight: Consultancy,
) -> None:
    context = await northlight.context(northlight.pat)
    with pytest.raises(NotFound):
        async with northlight.db.transaction(context, writes=True) as tx:
            connection = tx.connection
            tx.session.add(
                Member(
                    tenant_id=northlight.tenant,
                    identity_id=new_id(),
                    role="owner",
                    name="Mallory",
                    title="",
                    email="",
                    joined_on=func.current_date(),
                    left_on=None,
                )
            )
            raise KeptAside("Your text is kept below.")

    assert not connection.is_in_transaction()


async def test_a_reading_transaction_has_no_unit_of_work(northlight: Consultancy) -> None:
    async with northlight.db.transaction(job(northlight)) as tx:
        with pytest.raises(RuntimeError, match="without a unit of work"):
            _ = tx.session


async def test_a_reading_transaction_runs_no_statement_that_changes_rows(
    northlight: Consultancy,
) -> None:
    async with northlight.db.transaction(job(northlight)) as tx:
        with pytest.raises(RuntimeError, match="opened for reading"):
            await tx.run(rename, member=northlight.bob.id, name="Robert")


async def test_compiled_statements_change_rows_in_either_kind_of_writing_transaction(
    northlight: Consultancy,
) -> None:
    for name, kind in {"Robert": "by_statements", "Bobby": "writes"}.items():
        async with northlight.db.transaction(job(northlight), **{kind: True}) as tx:
            await tx.run(rename, member=northlight.bob.id, name=name)
        async with northlight.db.transaction(job(northlight)) as tx:
            assert name in await tx.all(names)


async def test_what_fails_after_a_compiled_statement_takes_it_back(
    northlight: Consultancy,
) -> None:
    with pytest.raises(NotFound):
        async with northlight.db.transaction(job(northlight), by_statements=True) as tx:
            await tx.run(rename, member=northlight.bob.id, name="Robert")
            raise NotFound
    async with northlight.db.transaction(job(northlight)) as tx:
        assert "Robert" not in await tx.all(names)


async def test_a_compiled_statement_comes_after_what_the_unit_of_work_has_collected(
    northlight: Consultancy,
) -> None:
    async with northlight.db.transaction(job(northlight), writes=True) as tx:
        (await Members(tx).find(northlight.bob.id)).name = "Robert"
        await tx.run(rename, member=northlight.bob.id, name="Bobby")
    async with northlight.db.transaction(job(northlight)) as tx:
        assert "Bobby" in await tx.all(names)


async def test_a_read_sees_what_its_own_transaction_has_written(northlight: Consultancy) -> None:
    async with northlight.db.transaction(job(northlight), writes=True) as tx:
        (await Members(tx).find(northlight.bob.id)).name = "Robert"
        assert "Robert" in await tx.all(names)
        async with northlight.db.transaction(job(northlight)) as other:
            assert "Robert" not in await other.all(names)


async def test_what_is_there_already_is_a_conflict(
    db: Database, keyring: Keyring, northlight: Consultancy
) -> None:
    with pytest.raises(Conflict, match="there already"):
        await workspaces.found(
            db,
            keyring,
            slug=northlight.slug,
            name="Northlight again",
            time_zone="Europe/London",
            owner_name="Mallory",
            owner_email="mallory@northlight.example",
        )


@pytest.mark.asvs("8.4.1")
async def test_a_reference_into_another_workspace_finds_nothing(
    northlight: Consultancy, elsewhere: Consultancy
) -> None:
    with pytest.raises(NotFound):
        async with northlight.db.transaction(job(northlight), writes=True) as tx:
            await assign(
                tx,
                member=elsewhere.bob.id,
                engagement=new_id(),
                organisation=new_id(),
                relation="team",
            )


async def test_a_row_that_the_policies_refuse_finds_nothing(northlight: Consultancy) -> None:
    with pytest.raises(NotFound):
        async with northlight.db.transaction(
            await northlight.context(northlight.pat), writes=True
        ) as tx:
            await Members(tx).add(
                identity_id=new_id(),
                role="owner",
                name="Mallory",
                title="",
                email="",
                joined_on=func.current_date(),
            )


async def test_a_table_that_was_not_granted_finds_nothing(northlight: Consultancy) -> None:
    with pytest.raises(NotFound):
        async with northlight.db.transaction(job(northlight), writes=True) as tx:
            await tx.connection.execute("UPDATE audit_entry SET verb = ''")


async def test_two_who_wait_for_each_other_are_told_that_one_lost_the_race(
    northlight: Consultancy,
) -> None:
    first, second = northlight.bob.id, northlight.ann.id
    both_hold = asyncio.Barrier(2)

    async def take(mine: UUID, theirs: UUID) -> None:
        async with northlight.db.transaction(job(northlight), writes=True) as tx:
            await Members(tx).find(mine)
            await both_hold.wait()
            await Members(tx).find(theirs)

    ends = await asyncio.gather(take(first, second), take(second, first), return_exceptions=True)

    assert sorted(type(end) for end in ends if end) == [Conflict]
    assert "at the same moment" in str(next(end for end in ends if end))


@pytest.mark.parametrize("writes", [False, True])
async def test_whenever_a_transaction_is_cancelled_its_connection_serves_the_next(
    narrow: Database, northlight: Consultancy, writes: bool
) -> None:
    async def use() -> None:
        async with narrow.transaction(job(northlight), writes=writes) as tx:
            await tx.all(names)

    await use()
    for moment in range(40):
        task = asyncio.create_task(use())
        for _ in range(moment):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with narrow.transaction(job(northlight), writes=writes) as tx:
            begun = await tx.connection.fetchval("SELECT now() = statement_timestamp()")
            assert len(await tx.all(names)) == 5
            assert begun is False
