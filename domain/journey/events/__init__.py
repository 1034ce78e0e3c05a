"""What has happened on a journey: facts, appended once, in the past tense and the order of the path.

`on` is the day the thing happened, `at` the moment it was recorded. Events hold codes, numbers, dates and
references; names and free text live in the vault.
"""

from typing import Annotated

from pydantic import Field, TypeAdapter

from domain.journey.events.claim_decisions import (
    ClaimEligibilityRecorded,
    ClawbackDecided,
    ClawbackDecision,
    ClawbackProposed,
    ClawbackWithdrawn,
    Verdict,
)
from domain.journey.events.correction import Correctable, EventCorrected
from domain.journey.events.deadlines import DeadlineCancelled, DeadlineMoved, DeadlinePaused, DeadlineResumed
from domain.journey.events.event import Event
from domain.journey.events.holder import (
    HandoverAccepted,
    HandoverOffered,
    HandoverRefused,
    HandoverWithdrawn,
    KeyWorkerAllocated,
)
from domain.journey.events.path import (
    CheckRecorded,
    CheckVerdict,
    ConsentRecorded,
    ConsentWithdrawn,
    ContactKind,
    ContactRecorded,
    ErasureReason,
    FamilyAssessed,
    FamilyErased,
    FamilyIdentified,
    FamilyReferred,
    InterventionStarted,
    JourneyClosed,
    Outcome,
    PlanAgreed,
    PlanReviewed,
    ReviewOutcome,
    SteppedDown,
    SteppedUp,
)
from domain.journey.events.records import (
    DeliveryFault,
    EvaluationFellDue,
    EvidenceRecorded,
    EvidenceRequested,
    MessageRetried,
    NotificationNotSent,
    NotificationSent,
    ReminderAcknowledged,
    ReminderEnded,
    ReminderEscalated,
    ReminderFellDue,
    ReminderNotSent,
    ReminderSent,
)

__all__ = [
    "EVENT",
    "AnyEvent",
    "CheckRecorded",
    "CheckVerdict",
    "ClaimEligibilityRecorded",
    "ClawbackDecided",
    "ClawbackDecision",
    "ClawbackProposed",
    "ClawbackWithdrawn",
    "ConsentRecorded",
    "ConsentWithdrawn",
    "ContactKind",
    "ContactRecorded",
    "Correctable",
    "DeadlineCancelled",
    "DeadlineMoved",
    "DeadlinePaused",
    "DeadlineResumed",
    "DeliveryFault",
    "ErasureReason",
    "EvaluationFellDue",
    "Event",
    "EventCorrected",
    "EvidenceRecorded",
    "EvidenceRequested",
    "FamilyAssessed",
    "FamilyErased",
    "FamilyIdentified",
    "FamilyReferred",
    "HandoverAccepted",
    "HandoverOffered",
    "HandoverRefused",
    "HandoverWithdrawn",
    "InterventionStarted",
    "JourneyClosed",
    "KeyWorkerAllocated",
    "MessageRetried",
    "NotificationNotSent",
    "NotificationSent",
    "Outcome",
    "PlanAgreed",
    "PlanReviewed",
    "ReminderAcknowledged",
    "ReminderEnded",
    "ReminderEscalated",
    "ReminderFellDue",
    "ReminderNotSent",
    "ReminderSent",
    "ReviewOutcome",
    "SteppedDown",
    "SteppedUp",
    "Verdict",
]

AnyEvent = Annotated[
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
    | FamilyErased
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

EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)
