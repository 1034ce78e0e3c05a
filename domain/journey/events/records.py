"""What the record keeps at any stage: evidence, reminders, messages to partners, and corrections."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import AwareDatetime

from domain.evidence import Evidence
from domain.journey.effects import Message
from domain.journey.events.event import Event
from domain.model import Code
from domain.programme.clocks import Holder, Work

DeliveryFault = Literal["failed", "refused"]


class EvidenceRecorded(Event):
    """A partner's observation was added, with when it was observed and (as `at`) when it was recorded."""

    unsettles_claims: ClassVar[bool] = True

    type: Literal["evidence-recorded"] = "evidence-recorded"
    evidence: Evidence


class EvidenceWithdrawn(Event):
    """An observation was found to be wrong, or of another family; it stays readable and counts no more."""

    unsettles_claims: ClassVar[bool] = True

    type: Literal["evidence-withdrawn"] = "evidence-withdrawn"
    evidence_id: str
    reason: Code


class ReminderFellDue(Event):
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


class ReminderSent(Event):
    """The reminder's message was handed over to the mail system."""

    type: Literal["reminder-sent"] = "reminder-sent"
    reminder_id: str


class ReminderNotSent(Event):
    """The reminder's message could not, or must not, be sent."""

    type: Literal["reminder-not-sent"] = "reminder-not-sent"
    reminder_id: str
    fault: DeliveryFault
    reason: Code


class ReminderAcknowledged(Event):
    """Whoever owes the work has seen the reminder."""

    type: Literal["reminder-acknowledged"] = "reminder-acknowledged"
    reminder_id: str


class ReminderEscalated(Event):
    """The reminder stayed unanswered and went up with its work."""

    type: Literal["reminder-escalated"] = "reminder-escalated"
    reminder_id: str


class ReminderEnded(Event):
    """The reminder's reason is gone; `because` is the type of the command that ended it."""

    type: Literal["reminder-ended"] = "reminder-ended"
    reminder_id: str
    because: Code


class EvidenceRequested(Event):
    """A check is near: the partners whose agreement lets them send what the rules look at are asked for it."""

    type: Literal["evidence-requested"] = "evidence-requested"
    request_id: str
    months: int
    check_on: date
    kinds: tuple[Code, ...]
    partners: tuple[Code, ...]


class EvaluationFellDue(Event):
    """A time set by the programme came at which its results are evaluated."""

    type: Literal["evaluation-fell-due"] = "evaluation-fell-due"
    evaluation_id: str
    as_of: date


class NotificationSent(Event):
    """A partner was told; it confirmed the receipt."""

    type: Literal["notification-sent"] = "notification-sent"
    effect_id: str
    partner: Code
    about: Code


class NotificationNotSent(Event):
    """A partner was not told, and why."""

    type: Literal["notification-not-sent"] = "notification-not-sent"
    effect_id: str
    partner: Code
    about: Code
    fault: DeliveryFault
    reason: Code


class MessageRetried(Event):
    """Message `of`, which failed or was refused, is tried again as `message`."""

    type: Literal["message-retried"] = "message-retried"
    of: str
    message: Message


RecordEvent = (
    EvidenceRecorded
    | EvidenceWithdrawn
    | ReminderFellDue
    | ReminderSent
    | ReminderNotSent
    | ReminderAcknowledged
    | ReminderEscalated
    | ReminderEnded
    | EvidenceRequested
    | EvaluationFellDue
    | NotificationSent
    | NotificationNotSent
    | MessageRetried
)
