"""The decisions about claims: verdicts recorded, clawbacks proposed, withdrawn and decided."""

from collections.abc import Sequence
from typing import assert_never

from domain.claims.states import moved
from domain.errors import Rejected
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.facts import Facts
from domain.journey.state import Journey


def decide_claim(journey: Journey, command: c.ClaimCommand, facts: Facts) -> Sequence[e.AnyEvent]:
    """Return what the claims ledger's news make happen; raise `Rejected` where a decision does not fit."""
    match command:
        case c.RecordEligibility():
            return _record_eligibility(command)
        case c.RecordReview():
            return _record_review(command)
        case c.DecideClawback():
            return _decide_clawback(journey, command, facts)
        case _:
            assert_never(command)


def _record_eligibility(command: c.RecordEligibility) -> list[e.AnyEvent]:
    """Record the verdicts the claims ledger took, one event a result."""
    return [
        e.ClaimEligibilityRecorded(
            at=command.at,
            result=judged.result,
            verdict=judged.verdict,
            amount=judged.amount,
            as_of=command.as_of,
            claim_id=judged.claim_id,
        )
        for judged in command.results
    ]


def _record_review(command: c.RecordReview) -> list[e.AnyEvent]:
    """Record what a review of the family's claims came to, as the claims ledger took it, one event a claim."""
    return [
        *(e.ClawbackProposed(at=command.at, **each.model_dump()) for each in command.proposed),
        *(e.ClawbackWithdrawn(at=command.at, **each.model_dump()) for each in command.restored),
    ]


def _decide_clawback(journey: Journey, command: c.DecideClawback, facts: Facts) -> list[e.AnyEvent]:
    """Uphold a claim or have it clawed back; only while its proposal is open, and only from where it stands."""
    if command.claim_id not in journey.clawbacks:
        raise Rejected(
            "nothing-to-decide",
            f"no clawback of {command.claim_id} has been proposed",
            "see the claim and its proposals with: journeys claims explain",
        )
    if command.decision == "claw-back":
        moved(command.claim_id, facts.claim_state or "eligible", "claw-back")
    return [
        e.ClawbackDecided(at=command.at, claim_id=command.claim_id, decision=command.decision, reason=command.reason)
    ]
