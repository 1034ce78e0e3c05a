"""What is kept of results that were judged: the last verdict of one without a claim, and none once it is claimed."""

from datetime import UTC, date, datetime

from domain.journey import events as e
from domain.journey.evolve.claims import evolve_claims
from domain.journey.state import UNREFERRED, Journey

AT = datetime(2013, 1, 1, tzinfo=UTC)


def judged(journey: Journey, verdict: str, claim_id: str | None = None, result: str = "work") -> Journey:
    event = e.ClaimEligibilityRecorded(
        at=AT, result=result, verdict=verdict, amount=0, as_of=date(2013, 1, 1), claim_id=claim_id
    )
    return evolve_claims(journey, event)


def told(journey: Journey) -> list[tuple[str, str]]:
    return [(last.result, last.verdict) for last in journey.verdicts]


def test_the_last_verdict_of_each_result_is_kept():
    """A later evaluation takes the place of an earlier one of the same result, and of no other."""
    once = judged(judged(UNREFERRED, "insufficient"), "not_met", result="asb")
    assert told(judged(once, "not_met")) == [("asb", "not_met"), ("work", "not_met")]


def test_a_claimed_result_lacks_nothing():
    """With its claim a result has no open verdict, also when it is judged again afterwards."""
    claimed = judged(judged(UNREFERRED, "insufficient"), "met", "claim-1")
    assert (told(claimed), claimed.claimed) == ([], ("work",))
    assert judged(judged(claimed, "insufficient"), "met", "claim-2") == claimed
