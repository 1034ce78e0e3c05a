"""The decisions about claims: verdicts recorded, clawbacks proposed, withdrawn and decided."""

from domain.claims.states import moved
from domain.errors import Rejected
from domain.journey.commands import DecideClawback, RecordEligibility, RecordReview
from domain.journey.events import (
    AnyEvent,
    ClaimEligibilityRecorded,
    ClawbackDecided,
    ClawbackProposed,
    ClawbackWithdrawn,
)
from domain.journey.state import Journey


def record_eligibility(command: RecordEligibility) -> list[AnyEvent]:
    """Record the verdicts the claims ledger took, one event a result."""
    return [
        ClaimEligibilityRecorded(
            at=command.at,
            result=judged.result,
            verdict=judged.verdict,
            amount=judged.amount,
            as_of=command.as_of,
            claim_id=judged.claim_id,
        )
        for judged in command.results
    ]


def record_review(command: RecordReview) -> list[AnyEvent]:
    """Record what a review of the family's claims came to, as the claims ledger took it, one event a claim."""
    return [
        *(ClawbackProposed(at=command.at, **each.model_dump()) for each in command.proposed),
        *(ClawbackWithdrawn(at=command.at, **each.model_dump()) for each in command.restored),
    ]


def decide_clawback(journey: Journey, command: DecideClawback) -> list[AnyEvent]:
    """Uphold a claim or have it clawed back; only while its proposal is open, and only from where it stands."""
    if command.claim_id not in journey.clawbacks:
        raise Rejected(
            "nothing-to-decide",
            f"no clawback of {command.claim_id} is proposed",
            "see the claim and its proposals with: journeys claims explain",
        )
    if command.decision == "claw-back":
        moved(command.claim_id, command.claim_state or "eligible", "claw-back")
    return [ClawbackDecided(at=command.at, claim_id=command.claim_id, decision=command.decision, reason=command.reason)]
