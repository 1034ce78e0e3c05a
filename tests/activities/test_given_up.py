"""What becomes of a family's other claims when one is given up: rejected, found unsound, or clawed back."""

from datetime import UTC, datetime

import pytest

from domain.journey import commands as c
from store import claims, clawbacks
from tests.domain.claim_story import AS_OF, AT_WORK, BORN, JOB_ENDED, PACK, referred
from tests.ledger import Ledger

REFERENCE = "F-7K3Q-9D2X"
THEN = datetime(2013, 7, 1, 12, tzinfo=UTC)
_FIRST, _MORE, WORK = PACK.results
# The family of the story is met for work: here the other results are earned by the same limbs, to be met as well.
MAIN = WORK.model_copy(update={"name": _FIRST.name, "instead_of": (), "tariffs": _FIRST.tariffs})
BESIDE = MAIN.model_copy(update={"name": _MORE.name, "beside": (MAIN.name,), "tariffs": _MORE.tariffs})
TWO = PACK.model_copy(update={"results": (MAIN, BESIDE), "hash": "c" * 64})
ONE = PACK.model_copy(update={"results": (MAIN,), "hash": "d" * 64})


def of(pack, number=1):
    """The family's story on a journey under a pack."""
    own = referred(number).model_copy(update={"programme_hash": pack.hash})
    return [own, *AT_WORK[1:]]


async def claimed(pool, pack=TWO):
    """A ledger with the family's claims under a pack."""
    ledger = Ledger(pool)
    ledger.journey = await ledger.open(pack, of(pack), BORN)
    await ledger.evaluate(ledger.journey, AS_OF)
    return ledger


@pytest.fixture
async def pair(pool):
    """A ledger with two claims of which one pays only beside the other, both submitted, the second paid."""
    ledger = await claimed(pool)
    ledger.first, ledger.second = (claim.claim_id for claim in await ledger.claims(REFERENCE))
    await move(ledger, ledger.first, "submit")
    await move(ledger, ledger.second, "submit", "pay")
    return ledger


async def move(ledger, claim_id, *steps):
    async with ledger.pool.acquire() as conn:
        for step in steps:
            await claims.move(conn, claim_id, step, at=THEN, actor="manager:max")


async def give_up(ledger, claim_id, step="reject"):
    async with ledger.pool.acquire() as conn:
        return await clawbacks.give_up(conn, claim_id, step, at=THEN, actor="manager:max", reason="payer-said-no")


async def proposals(ledger, claim_id):
    async with ledger.pool.acquire() as conn:
        return await clawbacks.of_claim(conn, claim_id)


def deciding(claim_id, decision="claw-back"):
    common = {"command_id": f"d:{claim_id}", "at": THEN, "actor": "manager:max"}
    return c.DecideClawback(claim_id=claim_id, decision=decision, reason="rests-on-nothing", **common)


async def states(ledger):
    return {claim.result: (claim.state, claim.amount) for claim in await ledger.claims(REFERENCE)}


async def test_what_was_paid_beside_a_rejected_claim_is_proposed_to_be_clawed_back(pair):
    """The payer rejects the first: with nothing new known of the family, the manager is told of the second, once."""
    assert await states(pair) == {MAIN.name: ("submitted", 1500), BESIDE.name: ("paid", 100)}
    for _ in range(2):
        assert await give_up(pair, pair.first) == "rejected"
        await pair.live(pair.journey)
    [held] = await proposals(pair, pair.second)
    assert (held.state, held.limb, held.amount_before, held.amount_after) == ("open", MAIN.name, 100, 0)
    assert (held.limb_before["verdict"], held.limb_after["figure"]) == ("met", "given up")
    assert (await pair.types(pair.journey))[-1] == "clawback-proposed"


async def test_what_carries_a_rejected_claim_stays(pair):
    """The first result needs no other: when the second is clawed back, nothing is proposed of the first."""
    await give_up(pair, pair.first)
    await pair.live(pair.journey)
    await pair.live(pair.journey, deciding(pair.second))
    await pair.live(pair.journey)
    assert await states(pair) == {MAIN.name: ("rejected", 1500), BESIDE.name: ("clawed-back", 100)}
    assert await proposals(pair, pair.first) == []


async def test_a_claim_that_was_clawed_back_takes_its_second_with_it(pair):
    """Upheld against late evidence, the second is proposed anew once the first is clawed back, and then no more."""
    await pair.live(pair.journey, *_late())
    await pair.live(pair.journey, deciding(pair.second, "uphold"))
    await pair.live(pair.journey, deciding(pair.first))
    for _ in range(2):
        await pair.live(pair.journey)
        held = await proposals(pair, pair.second)
        assert [(each.state, each.amount_after) for each in held] == [("upheld", 0), ("open", 0)]


async def test_a_proposal_on_a_claim_that_the_payer_rejects_is_withdrawn(pair):
    """Nobody is left to decide on it: the claim is given up, and the manager's work with it."""
    await pair.live(pair.journey, *_late())
    assert [held.state for held in await proposals(pair, pair.first)] == ["open"]
    await give_up(pair, pair.first)
    await pair.live(pair.journey)
    assert [held.state for held in await proposals(pair, pair.first)] == ["withdrawn"]
    assert "clawback-withdrawn" in await pair.types(pair.journey)


async def test_a_balance_over_a_rejected_claim_is_claimed_in_full(pool):
    """What was claimed less the first result is proposed to be claimed anew, and a manager's word does so."""
    ledger = await claimed(pool, ONE)
    [first] = await ledger.claims(REFERENCE)
    await move(ledger, first.claim_id, "submit")
    later = await ledger.open(PACK, of(PACK, 2), BORN)
    await ledger.evaluate(later, AS_OF)
    balance = (await ledger.claims(REFERENCE))[-1]
    assert (balance.result, balance.amount) == (WORK.name, 100)
    await give_up(ledger, first.claim_id)
    await ledger.live(ledger.journey)
    [held] = await proposals(ledger, balance.claim_id)
    assert (held.limb, held.amount_before, held.amount_after) == (MAIN.name, 100, 1600)
    await ledger.live(ledger.journey, deciding(balance.claim_id))
    await ledger.live(later)
    found = [(claim.result, claim.state, claim.amount) for claim in await ledger.claims(REFERENCE)]
    assert found[1:] == [(WORK.name, "clawed-back", 100), (WORK.name, "eligible", 1600)]


async def test_a_balance_that_was_billed_stays(pool):
    """A result is billed once for ever: nothing is proposed of a balance that was submitted."""
    ledger = await claimed(pool, ONE)
    [first] = await ledger.claims(REFERENCE)
    await move(ledger, first.claim_id, "submit")
    later = await ledger.open(PACK, of(PACK, 2), BORN)
    await ledger.evaluate(later, AS_OF)
    balance = (await ledger.claims(REFERENCE))[-1]
    await move(ledger, balance.claim_id, "submit")
    await give_up(ledger, first.claim_id)
    await ledger.live(ledger.journey)
    assert await proposals(ledger, balance.claim_id) == []


def _late():
    common = {"at": THEN, "actor": "partner:jobcentre", "command_id": "late"}
    return [c.RecordEvidence(evidence=JOB_ENDED.evidence, **common)]
