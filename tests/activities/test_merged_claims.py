"""Results of families that are one, in the ledger: claimed once for all, whatever was merged, split or undone."""

import random
from datetime import date, timedelta

import pytest

from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.evolve import fold
from domain.programme.agreements import Agreement
from store import claim_files, claims, clawbacks, journal
from store.claims import Filters
from store.families import survivors
from store.rebuild import rebuild
from tests.domain.claim_story import AS_OF, AT_WORK, BORN, JOB_ENDED, PACK, RESULT
from tests.ledger import Ledger, together

ONE, OTHER, THIRD = "F-7K3Q-9D2X", "F-QK5D-FY8M", "F-2222-2222"
POLICE = Agreement(
    partner="police",
    purposes=("family-support",),
    categories=("stage",),
    lawful_basis="public-task",
    valid_from=date(2012, 1, 1),
    source="the tests",
    confidence="verified",
)
OWN = PACK.model_copy(update={"hash": "b0" * 32, "agreements": (POLICE,)})
BILLABLE = {"eligible", "submitted", "paid"}


def story(reference):
    """The same story of another family, whose evidence has ids of its own."""
    told = []
    for event in AT_WORK:
        if isinstance(event, e.FamilyReferred):
            changes = {"reference": reference, "journey_id": journey_of(reference), "programme_hash": OWN.hash}
        elif isinstance(event, e.EvidenceRecorded):
            own = event.evidence.model_copy(update={"id": f"{event.evidence.id}-{reference[2:6]}"})
            changes = {"evidence": own}
        else:
            changes = {}
        told.append(event.model_copy(update=changes))
    return told


def journey_of(reference):
    return f"journey:wirral:{reference}:1"


class Families:
    """Families with one story each, whose manager merges, splits and undoes."""

    def __init__(self, ledger):
        self.ledger, self._asked = ledger, 0

    async def open(self, *references):
        """Refer families, each with its story."""
        for reference in references:
            await self.ledger.open(OWN, story(reference), BORN)

    def _common(self):
        self._asked += 1
        self.ledger.now += timedelta(minutes=1)
        return {"command_id": f"manager:{self._asked}", "at": self.ledger.now, "actor": "manager:max"}

    async def give(self, reference, kind, /, **fields):
        """Give a command of a manager, with all that follows on both journeys; return the refusal's code or None."""
        command = kind(**self._common(), on=self.ledger.now.date(), reason="looked-into", **fields)
        reply = await self.ledger.submit(journey_of(reference), command)
        for each in (reference, fields.get("of") or fields.get("into")):
            await self.ledger.live(journey_of(each))
        return reply.rejection.code if reply.rejection else None

    async def merge(self, of, into):
        """Merge one into another; their grown-ups are the same person."""
        return await self.give(into, c.MergeFamily, of=of, same=(c.Same(member="m1", here="m1"),))

    async def undo(self, of, into):
        """Undo that."""
        return await self.give(into, c.UndoMerge, of=of)

    async def evaluate(self, reference, day=AS_OF):
        """Evaluate a family's results."""
        return await self.ledger.evaluate(journey_of(reference), day)

    async def states(self, reference):
        """Where a family's claims stand, by result."""
        return {claim.result: claim.state for claim in await self.ledger.claims(reference)}

    async def proposals(self, reference):
        """The proposals to claw back what a family claimed."""
        async with self.ledger.pool.acquire() as conn:
            found = await claims.listing(conn, Filters(reference=reference))
            return [each.state for claim in found for each in await clawbacks.of_claim(conn, claim.claim_id)]


@pytest.fixture
async def families(pool):
    made = Families(Ledger(pool))
    await made.open(ONE, OTHER)
    return made


async def test_what_was_claimed_for_one_is_claimed_for_both(families):
    """The family that goes on claims nothing that the merged one has claimed; nor does the merged one any more."""
    await families.evaluate(OTHER)
    assert await families.merge(OTHER, ONE) is None
    await families.evaluate(ONE)
    await families.evaluate(OTHER, AS_OF + timedelta(days=1))
    assert (await families.states(OTHER), await families.states(ONE)) == ({RESULT: "eligible"}, {})


async def test_a_result_that_both_claimed_is_held_for_a_manager(families):
    """The later claim raises a proposal as soon as they are one, which is withdrawn when that is undone."""
    for reference in (ONE, OTHER):
        await families.evaluate(reference)
    await families.merge(OTHER, ONE)
    assert (await families.proposals(ONE), await families.proposals(OTHER)) == ([], ["open"])
    await families.undo(OTHER, ONE)
    assert (await families.proposals(ONE), await families.proposals(OTHER)) == ([], ["withdrawn"])


async def test_what_was_billed_first_stands(families):
    """Of two claims on one result the one that was submitted goes before the one that was recorded before it."""
    for reference in (ONE, OTHER):
        await families.evaluate(reference)
    [theirs] = await families.ledger.claims(OTHER)
    async with families.ledger.pool.acquire() as conn:
        await claims.move(conn, theirs.claim_id, "submit", at=families.ledger.now, actor="coordinator:ann")
    await families.merge(OTHER, ONE)
    assert (await families.proposals(ONE), await families.proposals(OTHER)) == (["open"], [])


async def test_undone_what_was_claimed_meanwhile_still_counts_for_both(families):
    """A result claimed while they were one is not claimed again by the restored family, until it is given back."""
    await families.merge(OTHER, ONE)
    await families.evaluate(ONE)
    await families.undo(OTHER, ONE)
    await families.evaluate(OTHER)
    assert (await families.states(OTHER), await families.states(ONE)) == ({}, {RESULT: "eligible"})
    [ours] = await families.ledger.claims(ONE)
    async with families.ledger.pool.acquire() as conn:
        await claims.move(conn, ours.claim_id, "find-unsound", at=families.ledger.now, actor="auditor:aud")
    await families.evaluate(OTHER, AS_OF + timedelta(days=1))
    assert await families.states(OTHER) == {RESULT: "eligible"}


async def test_a_claim_of_a_merged_family_hears_what_comes_later(families):
    """News of its people on the journey that goes on raises a proposal on the merged family's claim."""
    await families.evaluate(OTHER)
    await families.merge(OTHER, ONE)
    ended = JOB_ENDED.evidence.model_copy(update={"id": "ended"})
    told = c.RecordEvidence(command_id="e", at=families.ledger.now, actor="partner:jobcentre", evidence=ended)
    await families.ledger.live(journey_of(ONE), told)
    assert await families.proposals(OTHER) == ["open"]
    async with families.ledger.pool.acquire() as conn:
        [claim] = await claims.listing(conn, Filters(reference=OTHER))
        known = await claim_files.as_known(conn, families.ledger.vault, claim)
    assert "ended" in {item.id for item in known.file.evidence}


async def test_what_was_claimed_by_way_of_a_third_family_counts_after_all_is_undone(families):
    """C in B, B in A: what A claimed then counts for C too, when B is out of A and C out of B again, and only then."""
    await families.open(THIRD)
    await families.merge(THIRD, OTHER)
    await families.merge(OTHER, ONE)
    await families.evaluate(ONE)
    await families.undo(OTHER, ONE)
    await families.undo(THIRD, OTHER)
    async with families.ledger.pool.acquire() as conn:
        assert await claims.taken(conn, THIRD, "") == await claims.taken(conn, OTHER, "") == {RESULT: 1600}
    await families.evaluate(THIRD, AS_OF + timedelta(days=1))
    assert await _payable(families.ledger, (ONE, OTHER, THIRD)) == [RESULT]


async def test_a_new_family_claims_nothing_that_the_old_one_has(families):
    """A person who parts takes nothing along that was claimed with them, and the old family nothing of theirs."""
    await families.evaluate(ONE)
    split = {"into": THIRD, "members": ("m1",)}
    assert await families.give(ONE, c.SplitFamily, **split) is None
    async with families.ledger.pool.acquire() as conn:
        new = fold(one.event for one in await journal.timeline(conn, journey_of(THIRD)))
        assert await claims.taken(conn, THIRD, "") == {RESULT: 1600}
    assert [member.id for member in new.members] == ["m1"]


async def test_families_that_become_one_take_turns_at_the_ledger(families):
    """Evaluated at the very moment of the merge, two families claim one result once between them, or one is held."""
    planned = [await families.ledger.plan(journey_of(each), AS_OF) for each in (ONE, OTHER)]
    runs = [families.ledger.run(journey_of(each), plan[0]) for each, plan in zip((ONE, OTHER), planned, strict=True)]
    await together(families.merge(OTHER, ONE), *runs)
    await families.ledger.live(journey_of(ONE))
    assert await _payable(families.ledger, (ONE, OTHER)) == [RESULT]


async def test_a_rebuild_knows_which_families_are_one(families):
    """Where a reference leads to, and whose claims count for whom, are read from the journal alone."""
    await families.merge(OTHER, ONE)
    query = "SELECT to_jsonb(journeys) AS row FROM journeys ORDER BY journey_id"
    async with families.ledger.pool.acquire() as conn:
        before = [row["row"] for row in await conn.fetch(query)]
        await rebuild(conn)
        assert [row["row"] for row in await conn.fetch(query)] == before
        assert await survivors(conn, [OTHER, ONE]) == {OTHER: ONE, ONE: ONE}


@pytest.mark.parametrize("seed", range(6))
async def test_each_result_is_paid_once_whatever_is_merged_split_and_undone(pool, seed):
    """After any walk of merges, undoings and evaluations, families that are one have one payable claim a result."""
    families, chance = Families(Ledger(pool)), random.Random(seed)
    references = (ONE, OTHER, THIRD)
    await families.open(*references)
    for turn in range(12):
        one, other = chance.sample(references, 2)
        match chance.choice(["merge", "merge", "undo", "evaluate", "evaluate", "submit"]):
            case "merge":
                await families.merge(other, one)
            case "undo":
                await families.undo(other, one)
            case "evaluate":
                await families.evaluate(one, AS_OF + timedelta(days=turn))
            case _:
                await _submit_what_stands(families.ledger, one)
        async with pool.acquire() as conn:
            for reference in references:
                rows = await conn.fetch("SELECT reference FROM claims_as($1) WHERE at IS NULL", reference)
                together_ = {row["reference"] for row in rows}
                payable = await _payable(families.ledger, together_)
                assert len(payable) == len(set(payable)), (seed, turn, together_)


async def _payable(ledger, references):
    """The results of claims that may be submitted or were, but for those that go after another and are held."""
    async with ledger.pool.acquire() as conn:
        found = [
            claim for reference in references for claim in await claims.listing(conn, Filters(reference=reference))
        ]
        return [
            claim.result
            for claim in found
            if claim.state in BILLABLE and (await claims.as_claimed(conn, claim)).twin is None
        ]


async def _submit_what_stands(ledger, reference):
    for claim in await ledger.claims(reference):
        async with ledger.pool.acquire() as conn:
            if claim.state == "eligible" and (await claims.as_claimed(conn, claim)).twin is None:
                await claims.move(conn, claim.claim_id, "submit", at=ledger.now, actor="coordinator:ann")
