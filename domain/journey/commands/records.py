"""What the record is told at any stage: evidence, corrections, passing time, and what became of messages."""

from typing import Annotated, Literal

from pydantic import Field

from domain.evidence import Evidence
from domain.journey.commands.command import Command
from domain.journey.effects import Message
from domain.journey.events import Correctable, DeliveryFault
from domain.model import Code

ReminderId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.+-]{0,119}$")]


class CorrectEvent(Command):
    """Supersede an earlier event; `original` is how the event at `version` reads now, corrections included."""

    type: Literal["correct"] = "correct"
    version: int = Field(ge=1)
    reason: Code
    replacement: Correctable
    original: Correctable | None = None


class RecordEvidence(Command):
    """Add a partner's observation; also after closing, when it is kept and shown."""

    type: Literal["record-evidence"] = "record-evidence"
    evidence: Evidence


class AcknowledgeReminder(Command):
    """Say that a reminder was seen."""

    type: Literal["acknowledge"] = "acknowledge"
    reminder_id: ReminderId


class PassTime(Command):
    """Let everything on the agenda up to `at` fall due."""

    type: Literal["pass-time"] = "pass-time"


class RecordReminder(Command):
    """Record what became of a reminder's message."""

    type: Literal["record-reminder"] = "record-reminder"
    reminder_id: ReminderId
    effect_id: str = ""
    fault: DeliveryFault | None = None
    reason: Code | None = None


class RecordNotification(Command):
    """Record what became of a message to a partner."""

    type: Literal["record-notification"] = "record-notification"
    effect_id: str
    partner: Code
    about: Code
    fault: DeliveryFault | None = None
    reason: Code | None = None


class RetryMessage(Command):
    """Send a message again that failed or was refused; `message` is filled in, as the outbox holds it.

    `family_erased` is, too: an erasure stands on the newest journey, and the message may be an earlier one's.
    """

    type: Literal["retry-message"] = "retry-message"
    effect_id: str = Field(min_length=1, max_length=120)
    message: Message | None = None
    family_erased: bool = False
