"""A family with claims erased in the journal: what stands in the way, and what is whole after it."""

import asyncio
import uuid
from datetime import date, timedelta

import asyncpg
import pytest

from domain.calendar import calendar_of
from domain.claims.claim_file import check
from domain.journey import commands as c
from domain.journey import events as e
from programmes import load
from store import claim_files, claims, programmes
from store.doctor import journeys as look
from store.erasing import erase as destroy
from store.erasing import erased_at, hold
from store.rebuild import rebuild
from store.verify import verify
from tests.domain.claim_story import AS_OF, AT_WORK, BORN, JOB_ENDED, PACK, fact, referred
from tests.eventually import eventually
from tests.ledger import Ledger

REFERENCE = "F-7K3Q-9D2X"
WIRRAL = load("wirral-2012")
CLOSED = fact(e.JourneyClosed, date(2013, 5, 30), outcome="moved-away")
AGAIN = referred(2, date(2013, 6, 2), earlier=("journey:wirral:F-7K3Q-9D2X:1",))


@pytest.fixture
async def ledger(pool):
    """A closed journey with one claim, and every evaluation behind it."""
    ledger = Ledger(pool)
    ledger.journey = await ledger.open(PACK, [*AT_WORK, CLOSED], BORN)
    await ledger.evaluate(ledger.journey, AS_OF)
    [ledger.claim] = await ledger.claims(REFERENCE)
    ledger.now += timedelta(days=900)
    await ledger.live(ledger.journey)
    return ledger


async def settled(ledger, *moves):
    """Move the claim along its way."""
    async with ledger.pool.acquire() as conn:
        for move in moves:
            await claims.move(conn, ledger.claim.claim_id, move, at=ledger.now, actor="manager:max")


def erasing(ledger, **more):
    fields = {"command_id": uuid.uuid4().hex, "at": ledger.now, "actor": "manager:max", "reason": "retention-over"}
    return c.EraseFamily(**fields | more)


async def erase(ledger, **more):
    """Ask for the erasure; return the code of the refusal, or what happened."""
    reply = await ledger.submit(ledger.journey, erasing(ledger, **more))
    return reply.rejection.code if reply.rejection else reply.happened


async def rows(ledger):
    """The read models, row by row."""
    tables = ("journeys", "deadlines", "reminders")
    return [str(row) for name in tables for row in await ledger.pool.fetch(f"SELECT * FROM {name} ORDER BY 1, 2")]


@pytest.mark.parametrize(
    ("moves", "outcome"),
    [
        ((), "claims-under-way"),
        (("submit",), "claims-under-way"),
        (("submit", "pay"), ("family-erased",)),
        (("submit", "reject"), ("family-erased",)),
        (("find-unsound",), ("family-erased",)),
    ],
)
async def test_a_claim_under_way_stands_in_the_way(ledger, moves, outcome):
    """Until its claims are settled or given up, a family's dates of birth may be needed to judge them again."""
    await settled(ledger, *moves)
    assert await erase(ledger) == outcome
    async with ledger.pool.acquire() as conn:
        assert (await erased_at(conn, REFERENCE) is not None) == (outcome == ("family-erased",))


async def test_a_proposed_clawback_stands_in_the_way(ledger):
    """A paid claim that may be clawed back is not settled."""
    await settled(ledger, "submit", "pay")
    common = {"at": ledger.now, "actor": "partner:jobcentre"}
    await ledger.live(ledger.journey, c.RecordEvidence(command_id="e1", evidence=JOB_ENDED.evidence, **common))
    assert await erase(ledger) == "claims-under-way"


async def test_an_evaluation_to_come_stands_in_the_way(ledger):
    """A result that is still to be evaluated may become a claim."""
    await settled(ledger, "submit", "pay")
    await ledger.plan(ledger.journey, AS_OF + timedelta(days=9))
    assert await erase(ledger) == "claims-under-way"


async def test_despite_a_claim_under_way(ledger):
    """Erased despite an eligible claim, the claim stays as it was recorded."""
    assert await erase(ledger, despite_claims=True) == ("family-erased",)
    assert [(each.state, each.amount) for each in await ledger.claims(REFERENCE)] == [("eligible", 1600)]


async def test_another_journey_of_the_family_that_is_open_stands_in_the_way(ledger):
    """A re-referred family is worked with, though its earlier journey is closed."""
    await settled(ledger, "submit", "pay")
    await ledger.open(PACK, [AGAIN], BORN)
    assert await erase(ledger) == "journey-open"


async def test_journal_and_read_models_are_whole_after_it(ledger):
    """The chains verify, and a rebuild gives the same rows."""
    await settled(ledger, "submit", "pay")
    assert await erase(ledger) == ("family-erased",)
    before = await rows(ledger)
    async with ledger.pool.acquire() as conn:
        assert list(await verify(conn)) == []
        await rebuild(conn)
    assert before == await rows(ledger)
    assert "erased_for='retention-over'" in before[0]


async def test_a_claim_is_explained_and_judged_to_the_byte(ledger):
    """Its report is the one recorded, and its file, which holds no date of birth, gives that very report again."""
    await settled(ledger, "submit", "pay")
    async with ledger.pool.acquire() as conn:
        before = await claims.kept(conn, ledger.claim.claim_id)
    await erase(ledger)
    async with ledger.pool.acquire() as conn:
        after = await claims.kept(conn, ledger.claim.claim_id)
        filed = await claim_files.as_recorded(conn, ledger.vault, ledger.claim)
    assert (after.report, after.findings) == (before.report, before.findings)
    assert check(filed.file, filed.programme).model_dump_json(indent=2) == before.report
    assert not [day for day in BORN.values() if day.isoformat() in filed.file.model_dump_json()]


@pytest.mark.parametrize(
    ("table", "check"), [("events", "type <> 'family-erased'"), ("family_keys", "wrapped IS NOT NULL")]
)
async def test_event_and_key_go_together(ledger, table, check):
    """Where either the event or the key's end cannot be stored, neither is: both are one transaction."""
    await settled(ledger, "submit", "pay")
    await ledger.pool.execute(f"ALTER TABLE {table} ADD CONSTRAINT no_more CHECK ({check})")
    try:
        with pytest.raises(asyncpg.CheckViolationError, match="no_more"):
            await erase(ledger)
        async with ledger.pool.acquire() as conn:
            assert await ledger.vault.born(conn, REFERENCE) == BORN
        assert "family-erased" not in await ledger.types(ledger.journey)
    finally:
        await ledger.pool.execute(f"ALTER TABLE {table} DROP CONSTRAINT no_more")
    assert await erase(ledger) == ("family-erased",)


async def test_a_key_that_came_back_is_found_and_destroyed_again(ledger):
    """After a backup of the vault alone was restored the doctor names the family, and erasing again mends it."""
    await settled(ledger, "submit", "pay")
    key = await ledger.pool.fetchval("SELECT wrapped FROM family_keys")
    await erase(ledger)
    await ledger.pool.execute("UPDATE family_keys SET wrapped = $1, erased_at = NULL", key)
    async with ledger.pool.acquire() as conn:
        [found] = await look(conn, ledger.now, calendar_of("ENG"), working=True)
    assert (found.code, found.remedy) == ("not-erased", f"journeys erase {REFERENCE} --why retention-over")
    assert await erase(ledger) == ()
    assert await ledger.pool.fetchval("SELECT wrapped FROM family_keys") is None


async def somebody_waits(ledger):
    """Tell whether a statement waits for a lock."""
    return await ledger.pool.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")


async def test_an_erasure_waits_for_an_evaluation_under_way(ledger):
    """A claim that an evaluation is just recording is counted: the erasure takes its turn at the ledger after it."""
    await settled(ledger, "submit", "pay")
    async with ledger.pool.acquire() as conn, conn.transaction():
        await claims.lock(conn, ledger.journey)
        erasure = asyncio.create_task(erase(ledger))
        await eventually(lambda: somebody_waits(ledger))
        await conn.execute("UPDATE claims SET state = 'eligible'")
    assert await erasure == "claims-under-way"


@pytest.mark.parametrize(("erased", "outcome"), [(True, "erased"), (False, ("family-referred",))])
async def test_a_referral_waits_for_an_erasure_under_way(ledger, erased, outcome):
    """The same people referred again meanwhile become a journey with people, or no journey at all."""
    pack = {"programme": WIRRAL.name, "programme_version": WIRRAL.version, "programme_hash": WIRRAL.hash}
    fields = AGAIN.model_dump(exclude={"type", "at"}) | pack | {"referrer": "wirral-schools"}
    refer = c.ReferFamily(command_id="again", at=ledger.now, actor="coordinator:ann", **fields)
    async with ledger.pool.acquire() as conn:
        await programmes.keep(conn, WIRRAL)
    async with ledger.pool.acquire() as conn, conn.transaction():
        await hold(conn, REFERENCE)
        referral = asyncio.create_task(ledger.submit(AGAIN.journey_id, refer))
        await eventually(lambda: somebody_waits(ledger))
        if erased:
            await destroy(conn, REFERENCE, ledger.now)
    reply = await referral
    assert (reply.rejection.code if reply.rejection else reply.happened) == outcome


async def test_an_erasure_waits_for_a_referral_under_way(ledger):
    """An erasure that comes second sees the journey that was opened meanwhile, and is refused."""
    await settled(ledger, "submit", "pay")
    async with ledger.pool.acquire() as conn, conn.transaction():
        await hold(conn, REFERENCE)
        erasure = asyncio.create_task(erase(ledger))
        await eventually(lambda: somebody_waits(ledger))
        await ledger.open(PACK, [AGAIN], BORN)
    assert await erasure == "journey-open"
