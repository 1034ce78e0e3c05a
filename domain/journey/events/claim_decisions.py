"""What the claims ledger found: eligibility, and clawbacks proposed, withdrawn, decided."""

from datetime import date
from typing import Literal

from domain.journey.events.event import Event
from domain.model import Code

Verdict = Literal["met", "not_met", "insufficient", "not_applicable"]
ClawbackDecision = Literal["uphold", "claw-back"]


class ClaimEligibilityRecorded(Event):
    """A result was evaluated against the evidence as recorded at that moment."""

    type: Literal["claim-eligibility-recorded"] = "claim-eligibility-recorded"
    result: str
    verdict: Verdict
    amount: int
    as_of: date
    claim_id: str | None


class ClawbackProposed(Event):
    """A claim does not hold on what is known by now; `limb` is the first part that changed, `cause` its name."""

    type: Literal["clawback-proposed"] = "clawback-proposed"
    claim_id: str
    result: str
    limb: str
    verdict_before: Verdict
    verdict_after: Verdict
    amount_before: int
    amount_after: int
    as_of: date
    cause: str


class ClawbackWithdrawn(Event):
    """A proposed clawback has lost its cause: on what is known by now, the claim holds again."""

    type: Literal["clawback-withdrawn"] = "clawback-withdrawn"
    claim_id: str
    result: str
    cause: str


class ClawbackDecided(Event):
    """A manager upheld the claim, or had it clawed back, and why."""

    type: Literal["clawback-decided"] = "clawback-decided"
    claim_id: str
    decision: ClawbackDecision
    reason: Code


ClaimEvent = ClaimEligibilityRecorded | ClawbackProposed | ClawbackWithdrawn | ClawbackDecided
