"""One billable claim per family and result, for ever: over random histories, and because the database says so."""

import asyncio
import random
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest
from streams import PROGRAMME

from domain.claims.claim_file import ClaimReport, PayableReport, ResultReport
from domain.errors import Rejected
from domain.journey.state import Journey
from store import claims, programmes
from store.claims import Basis

REFERENCE = "F-7K3Q-9D2X"
START = datetime(2013, 6, 1, 12, tzinfo=UTC)
RESULTS = ("crime-asb-education", "progress-to-work", "continuous-employment")
BILLABLE = "state = 'eligible' OR submitted_at IS NOT NULL"


def _basis(amounts):
    results = tuple(ResultReport(result=name, verdict="met", amount=due, limbs=()) for name, due in amounts.items())
    told = ClaimReport(
        programme=PROGRAMME.name,
        programme_hash=PROGRAMME.hash,
        as_of=date(2013, 5, 1),
        results=results,
        payable=PayableReport(amount=sum(amounts.values()), results=tuple(amounts)),
    )
    return Basis(journal_version=3, paid={}, born=None, ages={}, report=told, findings=())


class Walk:
    """A family's claims on several journeys, and everything that people and races do to them."""

    def __init__(self, pool, seed):
        self.pool, self.chance = pool, random.Random(seed)
        self.now, self.effects = START, []

    async def evaluate(self, effect_id, number, amounts, *, locked):
        """Record one evaluation of one journey, in its turn or in a race."""
        journey = Journey(journey_id=f"journey:wirral:{REFERENCE}:{number}", reference=REFERENCE)
        async with self.pool.acquire() as conn, conn.transaction():
            if locked:
                await claims.lock(conn, journey.journey_id)
            await claims.record(conn, effect_id, journey, _basis(amounts), recorded_at=self.now)

    async def some_evaluations(self):
        """Evaluate several journeys at once, some of them again, with and without taking turns."""
        doing = []
        for _ in range(self.chance.randint(1, 4)):
            again = self.effects and self.chance.random() < 0.3
            effect = self.chance.choice(self.effects) if again else f"e{len(self.effects)}"
            self.effects.append(effect)
            met = self.chance.sample(RESULTS, self.chance.randint(1, 3))
            amounts = {name: self.chance.choice([100, 800, 1600]) for name in met}
            number, locked = self.chance.randint(1, 3), self.chance.random() < 0.5
            doing.append(self.evaluate(effect, number, amounts, locked=locked))
        await asyncio.gather(*doing)

    async def some_moves(self):
        """Submit, pay, reject and claw back whatever there is, as far as the table of states allows."""
        rows = await self.pool.fetch("SELECT claim_id FROM claims ORDER BY seq")
        moves = [
            (
                self.chance.choice(rows)["claim_id"],
                self.chance.choice(["submit", "find-unsound", "pay", "reject", "claw-back"]),
            )
            for _ in range(self.chance.randint(1, 4))
        ]
        await asyncio.gather(*(self.move(*each) for each in moves))

    async def move(self, claim_id, step):
        """Make one move, or be refused it."""
        async with self.pool.acquire() as conn:
            try:
                await claims.move(conn, claim_id, step, at=self.now, actor="manager:max")
            except Rejected as fault:
                assert fault.code == "claim-state"  # noqa: PT017 - the only refusal there may be


async def _repeated(pool):
    """Return every family and result with more than one billable claim."""
    grouped = f"SELECT reference, result FROM claims WHERE {BILLABLE} GROUP BY 1, 2 HAVING count(*) > 1"
    return await pool.fetch(grouped)


@pytest.mark.parametrize("seed", range(12))
async def test_no_history_bills_a_result_twice(pool, seed):
    """Re-referrals, races, repeats, clawbacks and claims made again: never two billable claims for one result."""
    async with pool.acquire() as conn:
        await programmes.keep(conn, PROGRAMME)
    walk = Walk(pool, seed)
    submitted = set()
    for _ in range(25):
        await (walk.some_evaluations() if walk.chance.random() < 0.6 or not walk.effects else walk.some_moves())
        walk.now += timedelta(days=20)
        assert await _repeated(pool) == []
        billed = await pool.fetch("SELECT result, claim_id FROM claims WHERE submitted_at IS NOT NULL")
        assert submitted <= {(row["result"], row["claim_id"]) for row in billed}
        submitted |= {(row["result"], row["claim_id"]) for row in billed}
    assert len({result for result, _ in submitted}) == len(submitted)


@pytest.mark.parametrize("step", ["reject", "claw-back"])
async def test_what_was_submitted_is_never_claimed_again(pool, step):
    """A result that was once submitted stays taken, rejected or clawed back, and counts for nothing."""
    walk = await _one_claim(pool)
    await walk.move("e0:crime-asb-education", "submit")
    await walk.move("e0:crime-asb-education", step)
    await walk.evaluate("e1", 2, {"crime-asb-education": 700}, locked=True)
    assert await pool.fetchval("SELECT count(*) FROM claims") == 1
    assert await claims.taken(pool, REFERENCE, "e2") == {"crime-asb-education": 0}


@pytest.mark.parametrize("step", ["find-unsound", "claw-back"])
async def test_what_was_given_up_before_it_was_submitted_may_be_claimed_again(pool, step):
    """Nothing was ever billed for it, so the family's later success is its first claim."""
    walk = await _one_claim(pool)
    await walk.move("e0:crime-asb-education", step)
    assert await claims.taken(pool, REFERENCE, "e1") == {}
    await walk.evaluate("e1", 2, {"crime-asb-education": 700}, locked=True)
    states = [row["state"] for row in await pool.fetch("SELECT state FROM claims ORDER BY seq")]
    assert states == ["clawed-back" if step == "claw-back" else "rejected", "eligible"]


async def test_the_database_refuses_a_second_billable_claim(pool):
    """Whoever writes around the code is stopped by the index, also when an old claim is to be made billable."""
    walk = await _one_claim(pool)
    copy = 'INSERT INTO claims SELECT (jsonb_populate_record(claims, \'{"claim_id": "x", "seq": 99}\')).* FROM claims'
    with pytest.raises(asyncpg.PostgresError):
        await pool.execute(copy)
    await walk.move("e0:crime-asb-education", "claw-back")
    await walk.evaluate("e1", 2, {"crime-asb-education": 700}, locked=True)
    with pytest.raises(asyncpg.UniqueViolationError):
        await pool.execute("UPDATE claims SET state = 'eligible' WHERE claim_id = 'e0:crime-asb-education'")


async def _one_claim(pool):
    async with pool.acquire() as conn:
        await programmes.keep(conn, PROGRAMME)
    walk = Walk(pool, 0)
    await walk.evaluate("e0", 1, {"crime-asb-education": 700}, locked=True)
    return walk
