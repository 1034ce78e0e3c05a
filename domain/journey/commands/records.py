"""What the record is told at any stage: evidence, corrections, passing time, and what became of messages."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.evidence import Evidence
from domain.journey.commands.command import Command
from domain.journey.events import Correctable, DeliveryFault
from domain.model import Code

ReminderId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.+-]{0,119}$")]


class CorrectEvent(Command):
    """Supersede the event at `version` by one of its own type."""

    after_close: ClassVar[bool] = True

    type: Literal["correct"] = "correct"
    version: int = Field(ge=1)
    reason: Code
    replacement: Correctable


class RecordEvidence(Command):
    """Add a partner's observation; also after closing, when it is kept and shown."""

    after_close: ClassVar[bool] = True

    type: Literal["record-evidence"] = "record-evidence"
    evidence: Evidence


class WithdrawEvidence(Command):
    """Say that an observation is wrong; with `of_another_family` it goes back to where people sort events."""

    after_close: ClassVar[bool] = True
    writes_beside: ClassVar[bool] = True

    type: Literal["withdraw-evidence"] = "withdraw-evidence"
    evidence_id: str = Field(min_length=1, max_length=200)
    reason: Code
    of_another_family: bool = False


class AcknowledgeReminder(Command):
    """Say that a reminder was seen."""

    after_close: ClassVar[bool] = True
    after_merging: ClassVar[bool] = True
    after_erasing: ClassVar[bool] = True

    type: Literal["acknowledge"] = "acknowledge"
    reminder_id: ReminderId


class PassTime(Command):
    """Let everything on the agenda up to `at` fall due."""

    after_close: ClassVar[bool] = True
    after_merging: ClassVar[bool] = True
    after_erasing: ClassVar[bool] = True

    type: Literal["pass-time"] = "pass-time"


class RecordReminder(Command):
    """Record what became of a reminder's message."""

    after_close: ClassVar[bool] = True
    after_merging: ClassVar[bool] = True
    after_erasing: ClassVar[bool] = True
    writes_beside: ClassVar[bool] = True

    type: Literal["record-reminder"] = "record-reminder"
    reminder_id: ReminderId
    effect_id: str = ""
    fault: DeliveryFault | None = None
    reason: Code | None = None


class RecordNotification(Command):
    """Record what became of a message to a partner."""

    after_close: ClassVar[bool] = True
    after_merging: ClassVar[bool] = True
    after_erasing: ClassVar[bool] = True
    writes_beside: ClassVar[bool] = True

    type: Literal["record-notification"] = "record-notification"
    effect_id: str
    partner: Code
    about: Code
    fault: DeliveryFault | None = None
    reason: Code | None = None


class RetryMessage(Command):
    """Send a message again that failed or was refused."""

    after_close: ClassVar[bool] = True
    after_merging: ClassVar[bool] = True
    needs_facts: ClassVar[bool] = True
    writes_beside: ClassVar[bool] = True

    type: Literal["retry-message"] = "retry-message"
    effect_id: str = Field(min_length=1, max_length=120)


RecordCommand = (
    CorrectEvent
    | RecordEvidence
    | WithdrawEvidence
    | AcknowledgeReminder
    | PassTime
    | RecordReminder
    | RecordNotification
    | RetryMessage
)
