"""What has happened on a journey: facts, appended once, in the past tense and the order of the path.

`on` is the day the thing happened, `at` the moment it was recorded. Events hold codes, numbers, dates and
references; names and free text live in the vault.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, TypeAdapter

from domain.effects import Message
from domain.eligibility import Judgement
from domain.evidence import Evidence
from domain.family import Consent, Member
from domain.model import Code, Value
from domain.programme import Holder, Work

Verdict = Literal["met", "not_met", "insufficient", "not_applicable"]
CheckVerdict = Literal["sustained", "regressed", "insufficient"]
ContactKind = Literal["visit", "call", "meeting", "attempted"]
ReviewOutcome = Literal["on-track", "off-track"]
ClawbackDecision = Literal["uphold", "claw-back"]
Outcome = Literal[
    "sustained", "regressed", "re-referred", "not-eligible", "declined", "moved-away", "transferred", "no-longer-needed"
]
DeliveryFault = Literal["failed", "refused"]


class Fact(Value):
    """What every event carries besides its own fields."""

    at: AwareDatetime


class FamilyReferred(Fact):
    """A partner referred a family; the journey is open."""

    type: Literal["family-referred"] = "family-referred"
    on: date
    journey_id: str
    reference: str
    area: str
    locality: str
    programme: str
    programme_version: str
    programme_hash: str
    members: tuple[Member, ...]
    referrer: Code
    criteria: tuple[Code, ...]
    earlier: tuple[str, ...] = ()


class ConsentRecorded(Fact):
    """A lawful basis for sharing was recorded."""

    type: Literal["consent-recorded"] = "consent-recorded"
    consent: Consent


class ConsentWithdrawn(Fact):
    """A recorded basis no longer holds from `on`."""

    type: Literal["consent-withdrawn"] = "consent-withdrawn"
    on: date
    consent_id: str


class FamilyIdentified(Fact):
    """The criteria were checked; the family is eligible, or it is not. `cohort` is the group it falls into, if any."""

    type: Literal["family-identified"] = "family-identified"
    on: date
    criteria: tuple[Code, ...]
    eligible: bool
    cohort: Code | None = None


class KeyWorkerAllocated(Fact):
    """One named person holds this family from `on`."""

    type: Literal["key-worker-allocated"] = "key-worker-allocated"
    on: date
    key_worker: Code
    waiver: Code | None = None


class HandoverOffered(Fact):
    """The holder offers the family to another key worker; until accepted, the holder keeps it."""

    type: Literal["handover-offered"] = "handover-offered"
    on: date
    to: Code
    to_team: Code | None = None
    to_area: Code | None = None


class HandoverWithdrawn(Fact):
    """The offer was taken back before it was answered; the holder stays."""

    type: Literal["handover-withdrawn"] = "handover-withdrawn"
    on: date


class HandoverAccepted(Fact):
    """The offered key worker holds the family from `on`."""

    type: Literal["handover-accepted"] = "handover-accepted"
    on: date
    key_worker: Code
    waiver: Code | None = None


class HandoverRefused(Fact):
    """The offer was declined; the holder stays."""

    type: Literal["handover-refused"] = "handover-refused"
    on: date
    reason: Code | None = None


class ContactRecorded(Fact):
    """The key worker was in contact with the family, or tried to be."""

    type: Literal["contact-recorded"] = "contact-recorded"
    on: date
    kind: ContactKind


class FamilyAssessed(Fact):
    """The whole family was assessed and these needs were found.

    `judged` is what they came to where the needs decide who is eligible; no later change of the rule decides it anew.
    """

    type: Literal["family-assessed"] = "family-assessed"
    on: date
    needs: tuple[Code, ...]
    judged: Judgement | None = None


class PlanAgreed(Fact):
    """A plan for these needs was agreed with the family."""

    type: Literal["plan-agreed"] = "plan-agreed"
    on: date
    needs: tuple[Code, ...]


class InterventionStarted(Fact):
    """High-intensity work began."""

    type: Literal["intervention-started"] = "intervention-started"
    on: date


class PlanReviewed(Fact):
    """The plan was looked at again."""

    type: Literal["plan-reviewed"] = "plan-reviewed"
    on: date
    outcome: ReviewOutcome


class SteppedDown(Fact):
    """The family moved to low intensity; sustained-outcome checks are counted from `on`."""

    type: Literal["stepped-down"] = "stepped-down"
    on: date


class SteppedUp(Fact):
    """The family moved back to high intensity; the checks start again at the next step-down."""

    type: Literal["stepped-up"] = "stepped-up"
    on: date
    reason: Code


class CheckRecorded(Fact):
    """A sustained-outcome check was made."""

    type: Literal["check-recorded"] = "check-recorded"
    on: date
    months: int
    verdict: CheckVerdict


class JourneyClosed(Fact):
    """The journey ended."""

    type: Literal["journey-closed"] = "journey-closed"
    on: date
    outcome: Outcome


class EvidenceRecorded(Fact):
    """A partner's observation was added, with when it was observed and (as `at`) when it was recorded."""

    type: Literal["evidence-recorded"] = "evidence-recorded"
    evidence: Evidence


class ReminderFellDue(Fact):
    """Work was owed and a rung of its ladder was reached; a message goes to whoever owes it."""

    type: Literal["reminder-fell-due"] = "reminder-fell-due"
    reminder_id: str
    work: Work
    generation: int
    due_on: date
    to: Holder
    planned_for: AwareDatetime
    late: bool
    escalation: bool


class ReminderSent(Fact):
    """The reminder's message was handed over to the mail system."""

    type: Literal["reminder-sent"] = "reminder-sent"
    reminder_id: str


class ReminderNotSent(Fact):
    """The reminder's message could not, or must not, be sent."""

    type: Literal["reminder-not-sent"] = "reminder-not-sent"
    reminder_id: str
    fault: DeliveryFault
    reason: Code


class ReminderAcknowledged(Fact):
    """Whoever owes the work has seen the reminder."""

    type: Literal["reminder-acknowledged"] = "reminder-acknowledged"
    reminder_id: str


class ReminderEscalated(Fact):
    """The reminder stayed unanswered and went up with its work."""

    type: Literal["reminder-escalated"] = "reminder-escalated"
    reminder_id: str


class ReminderEnded(Fact):
    """The reminder's reason is gone; `because` is the type of the command that ended it."""

    type: Literal["reminder-ended"] = "reminder-ended"
    reminder_id: str
    because: Code


class DeadlineMoved(Fact):
    """The deadline of a piece of work was set to `due_on`; `generation` is the one that ended with it."""

    type: Literal["deadline-moved"] = "deadline-moved"
    on: date
    work: Work
    generation: int
    due_on: date
    reason: Code


class DeadlinePaused(Fact):
    """The clock of a piece of work stands still from `on`; it stood at `due_on`."""

    type: Literal["deadline-paused"] = "deadline-paused"
    on: date
    work: Work
    generation: int
    due_on: date
    reason: Code


class DeadlineResumed(Fact):
    """The clock runs again from `on`, towards a day later by the working days it stood still."""

    type: Literal["deadline-resumed"] = "deadline-resumed"
    on: date
    work: Work
    generation: int
    due_on: date
    reason: Code


class DeadlineCancelled(Fact):
    """The work has no deadline any more, and is still owed."""

    type: Literal["deadline-cancelled"] = "deadline-cancelled"
    on: date
    work: Work
    generation: int
    reason: Code


class EvidenceRequested(Fact):
    """A check is near: the partners whose agreement lets them send what the rules look at are asked for it."""

    type: Literal["evidence-requested"] = "evidence-requested"
    request_id: str
    months: int
    check_on: date
    kinds: tuple[Code, ...]
    partners: tuple[Code, ...]


class EvaluationFellDue(Fact):
    """A time set by the programme came at which its results are evaluated."""

    type: Literal["evaluation-fell-due"] = "evaluation-fell-due"
    evaluation_id: str
    as_of: date


class NotificationSent(Fact):
    """A partner was told; it confirmed the receipt."""

    type: Literal["notification-sent"] = "notification-sent"
    effect_id: str
    partner: Code
    about: Code


class NotificationNotSent(Fact):
    """A partner was not told, and why."""

    type: Literal["notification-not-sent"] = "notification-not-sent"
    effect_id: str
    partner: Code
    about: Code
    fault: DeliveryFault
    reason: Code


class MessageRetried(Fact):
    """Message `of`, which failed or was refused, is tried again as `message`."""

    type: Literal["message-retried"] = "message-retried"
    of: str
    message: Message


class ClaimEligibilityRecorded(Fact):
    """A result was evaluated against the evidence as recorded at that moment."""

    type: Literal["claim-eligibility-recorded"] = "claim-eligibility-recorded"
    result: str
    verdict: Verdict
    amount: int
    as_of: date
    claim_id: str | None


class ClawbackProposed(Fact):
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


class ClawbackWithdrawn(Fact):
    """A proposed clawback has lost its cause: on what is known by now, the claim holds again."""

    type: Literal["clawback-withdrawn"] = "clawback-withdrawn"
    claim_id: str
    result: str
    cause: str


class ClawbackDecided(Fact):
    """A manager upheld the claim, or had it clawed back, and why."""

    type: Literal["clawback-decided"] = "clawback-decided"
    claim_id: str
    decision: ClawbackDecision
    reason: Code


class EventCorrected(Fact):
    """An earlier event is superseded by `replacement`; folding reads the replacement in its place."""

    type: Literal["event-corrected"] = "event-corrected"
    version: int
    reason: Code
    replacement: "Correctable"


Correctable = Annotated[
    ConsentRecorded
    | FamilyIdentified
    | KeyWorkerAllocated
    | ContactRecorded
    | FamilyAssessed
    | PlanAgreed
    | InterventionStarted
    | PlanReviewed
    | SteppedDown
    | SteppedUp
    | CheckRecorded
    | EvidenceRecorded,
    Field(discriminator="type"),
]

Event = Annotated[
    FamilyReferred
    | ConsentRecorded
    | ConsentWithdrawn
    | FamilyIdentified
    | KeyWorkerAllocated
    | HandoverOffered
    | HandoverWithdrawn
    | HandoverAccepted
    | HandoverRefused
    | ContactRecorded
    | FamilyAssessed
    | PlanAgreed
    | InterventionStarted
    | PlanReviewed
    | SteppedDown
    | SteppedUp
    | CheckRecorded
    | JourneyClosed
    | EvidenceRecorded
    | ReminderFellDue
    | ReminderSent
    | ReminderNotSent
    | ReminderAcknowledged
    | ReminderEscalated
    | ReminderEnded
    | DeadlineMoved
    | DeadlinePaused
    | DeadlineResumed
    | DeadlineCancelled
    | EvidenceRequested
    | EvaluationFellDue
    | NotificationSent
    | NotificationNotSent
    | MessageRetried
    | ClaimEligibilityRecorded
    | ClawbackProposed
    | ClawbackWithdrawn
    | ClawbackDecided
    | EventCorrected,
    Field(discriminator="type"),
]

EventCorrected.model_rebuild()
EVENT: TypeAdapter[Event] = TypeAdapter(Event)
