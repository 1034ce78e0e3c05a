"""How the claims ledger's news change the journey: results claimed, clawbacks proposed and decided."""

from typing import assert_never

from domain.calendar import local_date
from domain.journey import events as e
from domain.journey.evolve.changes import owe, settle, with_changes
from domain.journey.state import Journey, LastVerdict


def evolve_claims(journey: Journey, event: e.ClaimEvent) -> Journey:
    """Return the journey after a result was evaluated, or a clawback proposed, withdrawn or decided."""
    match event:
        case e.ClaimEligibilityRecorded():
            return _evaluated(journey, event)
        case e.ClawbackProposed():
            proposed = with_changes(journey, clawbacks=(*_without(journey, event.claim_id), event.claim_id))
            return owe(proposed, "clawback-decision", local_date(event.at), event.at)
        case e.ClawbackWithdrawn() | e.ClawbackDecided():
            left = with_changes(journey, clawbacks=_without(journey, event.claim_id))
            return left if left.clawbacks else settle(left, "clawback-decision")
        case _:
            assert_never(event)


def _evaluated(journey: Journey, event: e.ClaimEligibilityRecorded) -> Journey:
    """A claim settles its result for good; of one without a claim the last verdict is kept."""
    others = tuple(last for last in journey.verdicts if last.result != event.result)
    if event.claim_id is not None and event.result not in journey.claimed:
        return with_changes(journey, claimed=(*journey.claimed, event.result), verdicts=others)
    if event.claim_id is not None or event.result in journey.claimed:
        return journey
    last = LastVerdict(result=event.result, verdict=event.verdict, as_of=event.as_of)
    return with_changes(journey, verdicts=(*others, last))


def _without(journey: Journey, claim_id: str) -> tuple[str, ...]:
    return tuple(held for held in journey.clawbacks if held != claim_id)
