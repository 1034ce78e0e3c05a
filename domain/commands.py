"""What people, partners and the clock ask of a journey: imperative, in the order of the path.

Every command brings its own id (the same id twice is answered once), the moment it was given and who gave it.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, TypeAdapter

from domain.categories import Category
from domain.claim_states import ClaimState
from domain.effects import Message
from domain.events import (
    CheckVerdict,
    ClawbackDecision,
    ContactKind,
    Correctable,
    DeliveryFault,
    Outcome,
    ReviewOutcome,
    Verdict,
)
from domain.evidence import Evidence
from domain.family import Basis, Member
from domain.model import Code, Value
from domain.programme import Work

MOST = 50  # codes in one list: more is a slip, or poison
ReminderId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.+-]{0,119}$")]


class Order(Value):
    """What every command carries: its id, when it was given, and by whom (`role:name`).

    `seen_version` is the journey's version that whoever gives it had before them; None: it is given regardless.
    """

    command_id: str = Field(min_length=1, max_length=120)
    at: AwareDatetime
    actor: str = Field(min_length=1, max_length=120)
    seen_version: int | None = Field(default=None, ge=0)


class Caseload(Value):
    """How many open families a key worker holds, as counted under lock when the command is carried out.

    `worker` is who was counted, `team` and `area` where that worker belongs. Of one that is full also: who has `room`,
    the most first, and the family's `place` in the queue.
    """

    known: bool
    held: int
    cap: int
    worker: str = ""
    leaving: bool = False
    team: str | None = None
    area: str | None = None
    room: tuple[str, ...] = ()
    place: int | None = None


class PlacesTaken(Value):
    """What the other open families of the programme take up, as counted under lock when the command is carried out.

    `holds` tells whether the key worker asked for is one of the `key_workers` already.
    """

    families: int
    key_workers: int
    holds: bool


class ReferFamily(Order):
    """Open a journey."""

    type: Literal["refer"] = "refer"
    on: date
    journey_id: str
    reference: str
    area: Code
    locality: str = Field(min_length=1, max_length=80)
    programme: str
    programme_version: str
    programme_hash: str
    members: tuple[Member, ...] = Field(min_length=1)
    referrer: Code
    criteria: tuple[Code, ...] = ()
    earlier: tuple[str, ...] = ()


class RecordConsent(Order):
    """Record a lawful basis: consent given, or another basis in its place."""

    type: Literal["consent"] = "consent"
    on: date
    consent_id: Code
    basis: Basis
    purpose: Code
    partners: tuple[Code, ...] = Field(default=(), max_length=MOST)
    categories: tuple[Category, ...] = Field(default=(), max_length=MOST)
    expires_on: date | None = None


class WithdrawConsent(Order):
    """End a recorded basis; messages already queued are stopped when they would be sent."""

    type: Literal["withdraw-consent"] = "withdraw-consent"
    on: date
    consent_id: Code


class IdentifyFamily(Order):
    """Check the criteria the family was found to meet against the programme."""

    type: Literal["identify"] = "identify"
    on: date
    criteria: tuple[Code, ...] = Field(max_length=MOST)
    cohort: Code | None = None


class AllocateKeyWorker(Order):
    """Give the family its one key worker; without a name, the one with the most room.

    A `waiver`, by a manager, is the reason why the caseload cap may be exceeded.
    """

    type: Literal["allocate"] = "allocate"
    on: date
    key_worker: Code | None
    waiver: Code | None = None
    caseload: Caseload | None = None
    places: PlacesTaken | None = None


class OfferHandover(Order):
    """Offer the family to another key worker, of any team and area."""

    type: Literal["offer-handover"] = "offer-handover"
    on: date
    to: Code
    caseload: Caseload | None = None


class WithdrawHandover(Order):
    """Take an unanswered offer back."""

    type: Literal["withdraw-handover"] = "withdraw-handover"
    on: date


class AcceptHandover(Order):
    """Take over the offered family; a `waiver` as for an allocation."""

    type: Literal["accept-handover"] = "accept-handover"
    on: date
    key_worker: Code
    waiver: Code | None = None
    caseload: Caseload | None = None
    places: PlacesTaken | None = None


class RefuseHandover(Order):
    """Decline the offered family; the holder stays."""

    type: Literal["refuse-handover"] = "refuse-handover"
    on: date
    reason: Code


class RecordContact(Order):
    """Record a contact with the family."""

    type: Literal["record-contact"] = "record-contact"
    on: date
    kind: ContactKind = "visit"


class AssessFamily(Order):
    """Record the whole-family assessment and the needs found."""

    type: Literal["assess"] = "assess"
    on: date
    needs: tuple[Code, ...] = Field(min_length=1, max_length=MOST)


class AgreePlan(Order):
    """Record the plan agreed with the family."""

    type: Literal["agree-plan"] = "agree-plan"
    on: date
    needs: tuple[Code, ...] = Field(min_length=1, max_length=MOST)


class StartIntervention(Order):
    """Begin high-intensity work."""

    type: Literal["start-intervention"] = "start-intervention"
    on: date


class ReviewPlan(Order):
    """Record a review of the plan."""

    type: Literal["review-plan"] = "review-plan"
    on: date
    outcome: ReviewOutcome = "on-track"


class StepDown(Order):
    """Move to low intensity and start the count towards the checks."""

    type: Literal["step-down"] = "step-down"
    on: date


class StepUp(Order):
    """Move back to high intensity."""

    type: Literal["step-up"] = "step-up"
    on: date
    reason: Code


class RecordCheck(Order):
    """Record a sustained-outcome check."""

    type: Literal["record-check"] = "record-check"
    on: date
    verdict: CheckVerdict


class CloseJourney(Order):
    """End the journey."""

    type: Literal["close"] = "close"
    on: date
    outcome: Outcome


class CorrectEvent(Order):
    """Supersede an earlier event; `original` is how the event at `version` reads now, corrections included."""

    type: Literal["correct"] = "correct"
    version: int = Field(ge=1)
    reason: Code
    replacement: Correctable
    original: Correctable | None = None


class RecordEvidence(Order):
    """Add a partner's observation; also after closing, when it is kept and shown."""

    type: Literal["record-evidence"] = "record-evidence"
    evidence: Evidence


class AcknowledgeReminder(Order):
    """Say that a reminder was seen."""

    type: Literal["acknowledge"] = "acknowledge"
    reminder_id: ReminderId


class MoveDeadline(Order):
    """Set the deadline of a piece of work to another day."""

    type: Literal["move-deadline"] = "move-deadline"
    on: date
    work: Work
    to: date
    reason: Code


class PauseDeadline(Order):
    """Stop the clock of a piece of work."""

    type: Literal["pause-deadline"] = "pause-deadline"
    on: date
    work: Work
    reason: Code


class ResumeDeadline(Order):
    """Let a clock that was paused run again; the deadline is later by the working days it stood still."""

    type: Literal["resume-deadline"] = "resume-deadline"
    on: date
    work: Work
    reason: Code


class CancelDeadline(Order):
    """Take the deadline off a piece of work, which stays owed."""

    type: Literal["cancel-deadline"] = "cancel-deadline"
    on: date
    work: Work
    reason: Code


class PassTime(Order):
    """Let everything on the agenda up to `at` fall due."""

    type: Literal["pass-time"] = "pass-time"


class RecordReminder(Order):
    """Record what became of a reminder's message."""

    type: Literal["record-reminder"] = "record-reminder"
    reminder_id: ReminderId
    effect_id: str = ""
    fault: DeliveryFault | None = None
    reason: Code | None = None


class RecordNotification(Order):
    """Record what became of a message to a partner."""

    type: Literal["record-notification"] = "record-notification"
    effect_id: str
    partner: Code
    about: Code
    fault: DeliveryFault | None = None
    reason: Code | None = None


class RetryMessage(Order):
    """Send a message again that failed or was refused; `message` is filled in, as the outbox holds it."""

    type: Literal["retry-message"] = "retry-message"
    effect_id: str = Field(min_length=1, max_length=120)
    message: Message | None = None


class Judged(Value):
    """The verdict on one result and the pounds it may be claimed for; `claim_id` names its place in the ledger."""

    result: Code
    verdict: Verdict
    amount: int = Field(ge=0)
    claim_id: str | None = None


class RecordEligibility(Order):
    """Record the verdicts on the results of the programme, as the claims ledger took them.

    `version` counts the events of the journey that they were judged on.
    """

    type: Literal["record-eligibility"] = "record-eligibility"
    as_of: date
    results: tuple[Judged, ...] = ()
    version: int = 0
    effect_id: str = ""


class Proposed(Value):
    """A claim that does not hold any more: what it came to, what it comes to now, and the first part that changed."""

    claim_id: str
    result: Code
    limb: Code
    verdict_before: Verdict
    verdict_after: Verdict
    amount_before: int = Field(ge=0)
    amount_after: int = Field(ge=0)
    as_of: date
    cause: str


class Restored(Value):
    """A claim that holds again, and the cause that is gone."""

    claim_id: str
    result: Code
    cause: str


class RecordReview(Order):
    """Record which claims no longer hold on today's evidence and which hold again, as the claims ledger took it."""

    type: Literal["record-review"] = "record-review"
    proposed: tuple[Proposed, ...] = ()
    restored: tuple[Restored, ...] = ()
    effect_id: str = ""


class DecideClawback(Order):
    """Uphold a claim against a proposed clawback, or claw it back; `claim_state` is where it stands in the ledger."""

    type: Literal["decide-clawback"] = "decide-clawback"
    claim_id: str
    decision: ClawbackDecision
    reason: Code
    claim_state: ClaimState | None = None


Command = Annotated[
    ReferFamily
    | RecordConsent
    | WithdrawConsent
    | IdentifyFamily
    | AllocateKeyWorker
    | OfferHandover
    | WithdrawHandover
    | AcceptHandover
    | RefuseHandover
    | RecordContact
    | AssessFamily
    | AgreePlan
    | StartIntervention
    | ReviewPlan
    | StepDown
    | StepUp
    | RecordCheck
    | CloseJourney
    | CorrectEvent
    | RecordEvidence
    | AcknowledgeReminder
    | MoveDeadline
    | PauseDeadline
    | ResumeDeadline
    | CancelDeadline
    | PassTime
    | RecordReminder
    | RecordNotification
    | RetryMessage
    | RecordEligibility
    | RecordReview
    | DecideClawback,
    Field(discriminator="type"),
]

COMMAND: TypeAdapter[Command] = TypeAdapter(Command)
