"""Clawbacks on the journey: proposed, withdrawn, decided, and the manager's work that goes with them."""

from datetime import date

from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.evolve import fold
from tests.domain.given import SUSTAINED, Given, ask, fact

DAY = date(2014, 1, 10)
LOST = {
    "claim_id": "claim-1",
    "result": "work",
    "limb": "in-work",
    "verdict_before": "met",
    "verdict_after": "not_met",
    "amount_before": 1600,
    "amount_after": 0,
    "as_of": date(2013, 6, 3),
    "cause": "a",
}
GONE = {"claim_id": "claim-1", "result": "work", "cause": "a"}
CLOSED = [*SUSTAINED, fact(e.JourneyClosed, date(2013, 12, 5), outcome="sustained")]
proposed = fact(e.ClawbackProposed, DAY, **LOST)
other = fact(e.ClawbackProposed, DAY, **{**LOST, "claim_id": "claim-2"})
withdrawn = fact(e.ClawbackWithdrawn, DAY, **GONE)


def decided(decision):
    return fact(e.ClawbackDecided, DAY, claim_id="claim-1", decision=decision, reason="evidence-wrong")


def deciding(decision="uphold", **more):
    return ask(c.DecideClawback, DAY, claim_id="claim-1", decision=decision, reason="evidence-wrong", **more)


def test_a_review_is_recorded_also_after_the_close():
    """What a review found comes onto a closed journey, an event a claim."""
    review = ask(c.RecordReview, DAY, proposed=(c.Proposed(**LOST),), restored=(c.Restored(**GONE),))
    Given(*CLOSED).when(review).then(proposed, withdrawn)


def test_a_proposal_is_the_manager_s_work_until_the_last_one_is_gone():
    """The decision is owed while any proposal is open, also past the close of the journey."""
    work = "clawback-decision"
    assert fold([*CLOSED, proposed]).owes(work) is not None
    assert fold([*SUSTAINED, proposed, CLOSED[-1]]).owes(work) is not None
    assert fold([*CLOSED, proposed, other, withdrawn]).owes(work) is not None
    assert fold([*CLOSED, proposed, withdrawn]).owes(work) is None
    assert fold([*CLOSED, proposed, decided("uphold")]).owes(work) is None


def test_a_manager_decides_while_a_proposal_is_open():
    """Either decision is recorded with its reason, also on a closed journey."""
    Given(*CLOSED, proposed).when(deciding()).then(decided("uphold"))
    Given(*CLOSED, proposed).when(deciding("claw-back", claim_state="paid")).then(decided("claw-back"))


def test_nothing_is_decided_twice_or_without_a_proposal():
    """Without an open proposal there is nothing to decide."""
    Given(*CLOSED).when(deciding()).refused("nothing-to-decide", "no clawback of claim-1 has been proposed")
    Given(*CLOSED, proposed).when(deciding(), deciding()).refused("nothing-to-decide")


def test_a_claim_is_not_clawed_back_from_where_it_stands_no_more():
    """A rejected claim has nothing to be clawed back."""
    Given(*CLOSED, proposed).when(deciding("claw-back", claim_state="rejected")).refused("claim-state")
