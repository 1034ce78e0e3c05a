"""Later evidence on a claimed family: one review a batch, a proposal once a cause, withdrawn, upheld or clawed back."""

import uuid
from datetime import date, timedelta

import pytest

from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.evolve import fold
from store import clawbacks, effects, journal
from store.vault import erase
from tests.domain.claim_story import AS_OF, AT_WORK, BORN, JOB_AGAIN, JOB_ENDED, PACK, fact, referred
from tests.ledger import Ledger, together

REFERENCE = "F-7K3Q-9D2X"
CLOSED = fact(e.JourneyClosed, date(2013, 5, 30), outcome="moved-away")
AGAIN = referred(2, date(2013, 6, 2), earlier=("journey:wirral:F-7K3Q-9D2X:1",))


@pytest.fixture
async def claimed(pool):
    """A ledger, and a closed journey with one claim."""
    ledger = Ledger(pool)
    ledger.journey = await ledger.open(PACK, [*AT_WORK, CLOSED], BORN)
    await ledger.evaluate(ledger.journey, AS_OF)
    [ledger.claim] = await ledger.claims(REFERENCE)
    ledger.now += timedelta(days=60)
    return ledger


def heard(*events):
    """Commands that bring evidence."""
    common = {"at": CLOSED.at, "actor": "partner:jobcentre"}
    return [c.RecordEvidence(command_id=uuid.uuid4().hex, evidence=each.evidence, **common) for each in events]


def deciding(ledger, decision, name="d1"):
    common = {"command_id": name, "at": ledger.now, "actor": "manager:max"}
    return c.DecideClawback(claim_id=ledger.claim.claim_id, decision=decision, reason="evidence-late", **common)


async def states(ledger):
    async with ledger.pool.acquire() as conn:
        return [each.state for each in await clawbacks.of_claim(conn, ledger.claim.claim_id)]


async def test_late_evidence_raises_a_proposal_on_a_closed_journey(claimed):
    """The event tells codes, amounts and dates; the ledger the limb before and after; the manager owes a decision."""
    await claimed.live(claimed.journey, *heard(JOB_ENDED))
    async with claimed.pool.acquire() as conn:
        stream = [recorded.event for recorded in await journal.timeline(conn, claimed.journey)]
        [held] = await clawbacks.of_claim(conn, claimed.claim.claim_id)
    told = next(event for event in stream if event.type == "clawback-proposed")
    assert (told.limb, told.verdict_after, told.amount_before, told.amount_after) == ("employment", "not_met", 1600, 0)
    assert (held.state, held.limb_before["verdict"], held.limb_after["verdict"]) == ("open", "met", "not_met")
    assert fold(stream).owes("clawback-decision") is not None
    assert [claim.clawback for claim in await claimed.claims(REFERENCE)] == ["employment"]


async def test_the_manager_is_reminded_of_a_closed_journey(claimed):
    """The proposal puts reminders to the manager on the agenda of a journey that is closed."""
    await claimed.live(claimed.journey, *heard(JOB_ENDED))
    claimed.now += timedelta(days=30)
    await claimed.carry_out(claimed.journey)
    rows = await claimed.pool.fetch("SELECT owed_by FROM reminders WHERE work = 'clawback-decision'")
    assert {row["owed_by"] for row in rows} == {"manager"}


async def test_a_batch_of_evidence_is_reviewed_once(claimed):
    """Two pieces of evidence in one batch plan one review, and what they say together decides."""
    open_effects = await claimed.carry_out(claimed.journey, *heard(JOB_ENDED, JOB_AGAIN))
    assert [effect.type for effect in open_effects] == ["review-claims"]
    await claimed.live(claimed.journey)
    assert await states(claimed) == []


async def test_a_proposal_is_withdrawn_when_evidence_restores_the_claim(claimed):
    """The cause is gone, and with it the proposal and the manager's work; the same cause again is raised again."""
    await claimed.live(claimed.journey, *heard(JOB_ENDED))
    await claimed.live(claimed.journey, *heard(JOB_AGAIN))
    assert await states(claimed) == ["withdrawn"]
    async with claimed.pool.acquire() as conn:
        stream = [recorded.event for recorded in await journal.timeline(conn, claimed.journey)]
    assert fold(stream).owes("clawback-decision") is None


async def test_a_proposal_is_raised_once_a_cause(claimed):
    """Evidence that changes nothing more raises nothing more, nor does it after the claim was upheld."""
    other = JOB_ENDED.model_copy(update={"evidence": JOB_ENDED.evidence.model_copy(update={"id": "j9"})})
    third = JOB_ENDED.model_copy(update={"evidence": JOB_ENDED.evidence.model_copy(update={"id": "j8"})})
    await claimed.live(claimed.journey, *heard(JOB_ENDED))
    await claimed.live(claimed.journey, *heard(other))
    await claimed.live(claimed.journey, deciding(claimed, "uphold"))
    await claimed.live(claimed.journey, *heard(third))
    assert await states(claimed) == ["upheld"]
    assert [claim.state for claim in await claimed.claims(REFERENCE)] == ["eligible"]


async def test_a_claim_is_clawed_back_with_the_decision(claimed):
    """The decision moves the claim and ends the proposal in one transaction; a repeat is answered the same."""
    await claimed.live(claimed.journey, *heard(JOB_ENDED))
    for _ in range(2):
        await claimed.carry_out(claimed.journey, deciding(claimed, "claw-back"))
        assert [reply.happened for reply in claimed.replies] == [("clawback-decided",)]
        await claimed.live(claimed.journey)  # the review that follows has a reply of its own
    assert await states(claimed) == ["clawed-back"]
    assert [claim.state for claim in await claimed.claims(REFERENCE)] == ["clawed-back"]
    await claimed.live(claimed.journey, deciding(claimed, "uphold", "d2"))
    assert claimed.replies[0].rejection.code == "nothing-to-decide"


async def test_evidence_on_the_newest_journey_reaches_an_earlier_claim(claimed):
    """A claim of an earlier journey is reviewed; the proposal stands on the newest journey, where its cause came."""
    newest = await claimed.open(PACK, [AGAIN], BORN)
    await claimed.live(newest, *heard(JOB_ENDED))
    assert (await claimed.types(newest))[-1] == "clawback-proposed"
    assert "clawback-proposed" not in await claimed.types(claimed.journey)


async def test_a_proposal_on_an_earlier_journey_is_withdrawn_there(claimed):
    """Evidence on the newest journey that restores the claim ends the proposal on the journey that it stands on."""
    await claimed.live(claimed.journey, *heard(JOB_ENDED))
    newest = await claimed.open(PACK, [AGAIN], BORN)
    await claimed.live(newest, *heard(JOB_AGAIN))
    assert (await claimed.types(claimed.journey))[-1] == "clawback-withdrawn"
    assert await states(claimed) == ["withdrawn"]


async def test_a_review_run_again_says_the_same(claimed):
    """Two attempts at one review, as after a crash, raise one proposal and record the same."""
    [effect] = await claimed.carry_out(claimed.journey, *heard(JOB_ENDED))
    both = await together(*(claimed.run(claimed.journey, effect) for _ in range(2)))
    assert both[0].proposed == both[1].proposed
    assert await states(claimed) == ["open"]


async def test_evidence_that_came_while_a_claim_was_being_recorded_is_reviewed(pool):
    """What arrived between the evaluation and its record on the journey is news to the claim, too."""
    ledger = Ledger(pool)
    ledger.journey = await ledger.open(PACK, AT_WORK, BORN)
    [effect] = await ledger.plan(ledger.journey, AS_OF)
    recording = await ledger.run(ledger.journey, effect)
    assert await ledger.carry_out(ledger.journey, *heard(JOB_ENDED)) == [effect]
    await ledger.live(ledger.journey, recording)
    [ledger.claim] = await ledger.claims(REFERENCE)
    assert await states(ledger) == ["open"]


async def test_nothing_is_learned_of_an_erased_family(claimed):
    """Without dates of birth a claim cannot be judged again, and stays as it is."""
    async with claimed.pool.acquire() as conn:
        await erase(conn, REFERENCE, claimed.now)
    await claimed.live(claimed.journey, *heard(JOB_ENDED))
    assert await states(claimed) == []
    async with claimed.pool.acquire() as conn:
        assert [row.state for row in await effects.of_journey(conn, claimed.journey)][-1] == "recorded"
