"""What people, partners and the clock ask of a journey: imperative, in the order of the path.

Every command brings its own id (the same id twice is answered once), the moment it was given and who gave it.
"""

from typing import Annotated

from pydantic import Field, TypeAdapter

from domain.journey.commands.claim_decisions import (
    DecideClawback,
    Judged,
    Proposed,
    RecordEligibility,
    RecordReview,
    Restored,
)
from domain.journey.commands.command import MOST, Command
from domain.journey.commands.deadlines import CancelDeadline, MoveDeadline, PauseDeadline, ResumeDeadline
from domain.journey.commands.holder import (
    AcceptHandover,
    AllocateKeyWorker,
    Caseload,
    OfferHandover,
    PlacesTaken,
    RefuseHandover,
    WithdrawHandover,
)
from domain.journey.commands.path import (
    AgreePlan,
    AssessFamily,
    CloseJourney,
    EraseFamily,
    IdentifyFamily,
    RecordCheck,
    RecordConsent,
    RecordContact,
    ReferFamily,
    ReviewPlan,
    StartIntervention,
    StepDown,
    StepUp,
    StillOpen,
    WithdrawConsent,
)
from domain.journey.commands.records import (
    AcknowledgeReminder,
    CorrectEvent,
    PassTime,
    RecordEvidence,
    RecordNotification,
    RecordReminder,
    ReminderId,
    RetryMessage,
)

__all__ = [
    "COMMAND",
    "MOST",
    "AcceptHandover",
    "AcknowledgeReminder",
    "AgreePlan",
    "AllocateKeyWorker",
    "AnyCommand",
    "AssessFamily",
    "CancelDeadline",
    "Caseload",
    "CloseJourney",
    "Command",
    "CorrectEvent",
    "DecideClawback",
    "EraseFamily",
    "IdentifyFamily",
    "Judged",
    "MoveDeadline",
    "OfferHandover",
    "PassTime",
    "PauseDeadline",
    "PlacesTaken",
    "Proposed",
    "RecordCheck",
    "RecordConsent",
    "RecordContact",
    "RecordEligibility",
    "RecordEvidence",
    "RecordNotification",
    "RecordReminder",
    "RecordReview",
    "ReferFamily",
    "RefuseHandover",
    "ReminderId",
    "Restored",
    "ResumeDeadline",
    "RetryMessage",
    "ReviewPlan",
    "StartIntervention",
    "StepDown",
    "StepUp",
    "StillOpen",
    "WithdrawConsent",
    "WithdrawHandover",
]

AnyCommand = Annotated[
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
    | EraseFamily
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

COMMAND: TypeAdapter[AnyCommand] = TypeAdapter(AnyCommand)
