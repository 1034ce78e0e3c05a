"""Evidence that people set aside: it stays readable, counts no more, and can come again."""

from given import AT_WORK, LATER, Given, ask, fact

from domain.effective import effective
from domain.evidence import EVIDENCE
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.evolve import fold

OFFENCE = EVIDENCE.validate_python(
    {"id": "police:e1", "kind": "offence", "source": "police", "observed_on": LATER, "on": LATER, "proven": True}
)
RECORDED = fact(e.EvidenceRecorded, LATER, evidence=OFFENCE)
WITHDRAWN = fact(e.EvidenceWithdrawn, LATER, evidence_id="police:e1", reason="wrong-child")
withdraw = ask(c.WithdrawEvidence, LATER, evidence_id="police:e1", reason="wrong-child")


def test_evidence_is_withdrawn_once_with_its_reason():
    """Whoever withdraws it says why; again, there is nothing to do."""
    Given(*AT_WORK, RECORDED).when(withdraw).then(WITHDRAWN)
    Given(*AT_WORK, RECORDED, WITHDRAWN).when(withdraw).then()


def test_withdrawn_evidence_counts_no_more_and_stays_readable():
    """The rules do not see it; the journey still has it, and what set it aside."""
    journey = fold([*AT_WORK, RECORDED, WITHDRAWN])
    assert (effective(journey.evidence), [item.kind for item in journey.evidence]) == ((), ["offence", "withdrawal"])


def test_evidence_that_comes_again_counts_again():
    """What was sorted to another family and back, the same event once more, is evidence of this one again."""
    again = ask(c.RecordEvidence, LATER, evidence=OFFENCE)
    Given(*AT_WORK, RECORDED).when(again).then()
    Given(*AT_WORK, RECORDED, WITHDRAWN).when(again).then(RECORDED)
    assert effective(fold([*AT_WORK, RECORDED, WITHDRAWN, RECORDED]).evidence) == (OFFENCE,)


def test_only_evidence_of_the_journey_is_withdrawn():
    """An id that the journey does not hold, and a withdrawal itself, are no evidence to withdraw."""
    Given(*AT_WORK).when(withdraw).refused("unknown-evidence", "journeys show")
    of_it = ask(c.WithdrawEvidence, LATER, evidence_id="withdrawn:police:e1", reason="x")
    Given(*AT_WORK, RECORDED, WITHDRAWN).when(of_it).refused("unknown-evidence")


def test_a_withdrawal_without_its_evidence_is_read_without_harm():
    """An event out of place changes nothing."""
    assert fold([*AT_WORK, WITHDRAWN]).evidence == ()
