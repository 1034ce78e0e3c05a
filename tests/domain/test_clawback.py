"""How a recorded claim stands on later evidence, and when that is news."""

from datetime import date

import pytest

from domain.claims.claim_file import ClaimFile
from domain.claims.clawback import Claimed, Reassessment, learned, news, reassess, review_is_due
from domain.journey import events as e
from domain.journey.evolve import fold
from domain.journey.state import UNREFERRED
from tests.domain.claim_story import (
    AT_WORK,
    CLAIMED,
    GIVEN,
    JOB_AGAIN,
    JOB_ENDED,
    PACK,
    PATH,
    RESULT,
    fact,
    file_of,
    findings_of,
    payable_of,
    seen,
)

THEN = file_of(*AT_WORK)


def stands(now: ClaimFile, result: str = RESULT, claimed=None, before: ClaimFile = THEN, **since) -> Reassessment:
    return reassess(Claimed(result=result, together=claimed or CLAIMED, **since), findings_of(before), now, PACK)


def test_the_story_begins_with_a_claim():
    """The family of these tests is payable for work, as the tests below take for granted."""
    assert payable_of(THEN) == (1600, (RESULT,))


def test_a_claim_holds_on_the_evidence_it_was_recorded_on():
    """Nothing learned, nothing changed."""
    found = stands(THEN)
    assert (found.holds, found.cause, found.changes) == (True, None, ())


def test_late_evidence_that_breaks_a_limb_is_a_cause():
    """A job that turns out to have ended takes the whole amount, and the limb that changed is named."""
    found = stands(file_of(*AT_WORK, JOB_ENDED))
    assert (found.verdict_after, found.amount_before, found.amount_after) == ("not_met", 1600, 0)
    assert [change.limb for change in found.changes] == ["employment"]
    assert found.cause is not None


def test_late_evidence_that_mends_it_restores_the_claim():
    """Once it is known that another job followed at once, the claim holds again."""
    assert stands(file_of(*AT_WORK, JOB_ENDED, JOB_AGAIN)).holds


def test_evidence_that_came_on_a_later_journey_counts():
    """What partners report after a re-referral belongs to the same family and the same claim."""
    assert not stands(file_of(*AT_WORK, later=[JOB_ENDED.evidence])).holds


def test_a_practice_date_that_was_corrected_is_a_cause():
    """An assessment that in truth came after the result period began leaves the practice limb not met."""
    late = fact(e.FamilyAssessed, date(2013, 3, 1), needs=("work",))
    corrected = fact(e.EventCorrected, date(2013, 7, 1), version=6, reason="misread", replacement=late)
    found = stands(file_of(*AT_WORK, corrected))
    assert [(change.limb, change.after.verdict) for change in found.changes] == [("practice", "not_met")]


def test_a_basis_withdrawn_before_the_day_of_the_claim_is_a_cause():
    """Without a lawful basis on its day a claim lacks one, whenever that became known."""
    withdrawn = fact(e.ConsentWithdrawn, date(2013, 7, 1), consent_id=GIVEN.id, on=date(2013, 1, 1))
    assert stands(file_of(*AT_WORK, withdrawn)).verdict_after == "insufficient"


def _beside() -> ClaimFile:
    """Whatever is needed for the two results that are claimed together; the child is out of school."""
    began = seen("work-programme", "w1", date(2013, 2, 1), **{"from": date(2013, 2, 1)})
    whole = {"source": "police", "member": None}
    returns = [
        seen("return", f"{kind}-{n}", date(2013, 5, 20), of=kind, **{"from": first, "to": last}, **whole)
        for kind in ("asb-incident", "offence")
        for n, (first, last) in enumerate(
            [(date(2011, 11, 8), date(2012, 5, 7)), (date(2012, 11, 21), date(2013, 5, 20))]
        )
    ]
    return file_of(*PATH, began, *returns).model_copy(
        update={"family": THEN.family.model_copy(update={"members": THEN.family.members[:1]})}
    )


def test_a_result_that_was_claimed_beside_another_falls_with_it():
    """Progress to work pays only beside the first result: when that falls, so does its hundred pounds, and why."""
    then, claimed = _beside(), {"crime-asb-education": 1500, "progress-to-work": 100}
    assert payable_of(then) == (1600, tuple(claimed))
    trouble = seen("asb-incident", "a1", date(2013, 6, 1), on=date(2013, 4, 1), action="warning")
    now = then.model_copy(update={"evidence": (*then.evidence, trouble.evidence)})
    found = stands(now, "progress-to-work", claimed, then)
    assert (found.verdict_after, found.amount_after) == ("met", 0)
    assert [change.limb for change in found.changes] == ["crime-asb-education"]


def test_a_result_claimed_beside_an_earlier_claim_holds_with_it():
    """The first result may have been claimed before: it still carries the second."""
    then = _beside()
    paid = then.model_copy(update={"paid": file_of(*AT_WORK, paid={"crime-asb-education": 1500}).paid})
    assert payable_of(paid) == (100, ("progress-to-work",))
    assert stands(paid, "progress-to-work", {"progress-to-work": 100}, paid).holds


def test_a_result_claimed_beside_one_that_was_given_up_falls():
    """The payer rejected the first: nothing was learned, yet what pays only beside it has lost its ground, and why."""
    then, claimed = _beside(), {"crime-asb-education": 1500, "progress-to-work": 100}
    found = stands(then, "progress-to-work", claimed, then, given_up=("crime-asb-education",))
    assert (found.verdict_after, found.amount_after, found.holds) == ("met", 0, False)
    assert [(each.limb, each.before.verdict, each.after.figure) for each in found.changes] == [
        ("crime-asb-education", "met", "given up")
    ]
    assert stands(then, "crime-asb-education", claimed, then, given_up=("progress-to-work",)).holds


def test_a_result_claimed_beside_an_earlier_claim_falls_when_that_is_given_up():
    """Whether the first was claimed with it or before it; its own name among the given up is no cause."""
    then = _beside()
    paid = then.model_copy(update={"paid": file_of(*AT_WORK, paid={"crime-asb-education": 1500}).paid})
    more = {"progress-to-work": 100}
    assert not stands(paid, "progress-to-work", more, paid, given_up=("crime-asb-education",)).holds
    assert stands(paid, "progress-to-work", more, paid, given_up=("progress-to-work", "continuous-employment")).holds


def test_a_balance_over_a_result_that_was_given_up_is_claimed_anew_while_it_can_be():
    """Unbilled, the claim is worth the whole amount now; once it was submitted it stays a balance."""
    then, claimed = file_of(*AT_WORK, paid={"crime-asb-education": 700}), {RESULT: 900}
    assert payable_of(then) == (900, (RESULT,))
    for billed in (False, True):
        found = stands(then, claimed=claimed, before=then, given_up=("crime-asb-education",), billed=billed)
        assert (found.amount_before, found.amount_after, found.claim_anew) == (900, 1600, not billed)
        assert (found.holds, found.given_up) == (billed, ("crime-asb-education",))
    assert stands(then, claimed=claimed, before=then, billed=False).holds


def test_what_was_learned_is_told_by_ids():
    """Known, added and corrected evidence, practice dates that moved, and how the claim stands."""
    other = seen("employment", "j1", date(2012, 7, 25), **{"from": date(2012, 8, 1)})
    earlier = fact(e.ContactRecorded, date(2012, 5, 9), kind="visit")
    now = file_of(*AT_WORK, JOB_ENDED, other, earlier)
    told = learned(THEN, now, Claimed(result=RESULT, together=CLAIMED), findings_of(THEN), PACK)
    assert [item.id for item in told.known] == ["b1", "j1"]
    assert [item.id for item in told.added] == ["j2"]
    assert [item.id for item in told.corrected] == ["j1"]
    assert [(each.step, each.before, each.after) for each in told.practice] == [
        ("first_contact_on", date(2012, 5, 10), date(2012, 5, 9))
    ]
    assert told.reassessment == stands(now)


LOST = stands(file_of(*AT_WORK, JOB_ENDED))


@pytest.mark.parametrize(
    ("found", "open_cause", "upheld", "expected"),
    [
        (stands(THEN), None, [], None),
        (stands(THEN), "old", [], "withdraw"),
        (LOST, None, [], "raise"),
        (LOST, LOST.cause, [], None),
        (LOST, "old", [], "raise"),
        (LOST, None, [LOST.cause], None),
        (LOST, "old", [LOST.cause], "withdraw"),
    ],
)
def test_a_proposal_is_raised_once_a_cause(found, open_cause, upheld, expected):
    """Raised when new, left alone when open or upheld, withdrawn when its cause is gone."""
    assert news(found, open_cause, upheld) == expected


def test_a_review_is_due_when_a_claimed_family_is_heard_of():
    """Evidence counts for a family with a claim, or with an earlier journey that may have one; for others nothing."""
    claimed = fact(
        e.ClaimEligibilityRecorded,
        date(2013, 6, 1),
        result="work",
        verdict="met",
        amount=1,
        as_of=GIVEN.on,
        claim_id="c",
    )
    known = fold([*AT_WORK, claimed])
    again = UNREFERRED.model_copy(update={"earlier": ("journey:wirral:F-7K3Q-9D2X:1",)})
    assert review_is_due(known, [JOB_ENDED])
    assert review_is_due(again, [JOB_ENDED])
    assert not review_is_due(fold(AT_WORK), [JOB_ENDED])
    assert not review_is_due(known, [claimed])
    proposed = known.model_copy(update={"clawbacks": ("c",)})
    assert review_is_due(proposed, [claimed])
    assert not review_is_due(proposed, [claimed.model_copy(update={"claim_id": None})])
