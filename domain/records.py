"""The decisions that keep the record: evidence, corrections, reminders, messages, claims and passing time."""

from datetime import date, timedelta

from domain.agenda import Deadline, agenda
from domain.calendar import calendar_of, local_date
from domain.commands import (
    AcknowledgeReminder,
    CorrectEvent,
    PassTime,
    RecordEligibility,
    RecordEvidence,
    RecordNotification,
    RecordReminder,
)
from domain.errors import Rejected
from domain.events import (
    ClaimEligibilityRecorded,
    EvaluationFellDue,
    Event,
    EventCorrected,
    EvidenceRecorded,
    NotificationNotSent,
    NotificationSent,
    ReminderAcknowledged,
    ReminderEscalated,
    ReminderFellDue,
    ReminderNotSent,
    ReminderSent,
)
from domain.evolve import evolve
from domain.journey import Journey
from domain.programme import Programme

LATE = timedelta(minutes=15)


def correct(journey: Journey, command: CorrectEvent) -> list[Event]:
    """Supersede an earlier event by one of the same type."""
    if command.original is None:
        raise Rejected(
            "nothing-to-correct",
            f"{journey.reference} has no event {command.version} that can be corrected",
            "show the journey for its numbered events; only steps of the path, consents and evidence can be corrected",
        )
    if command.original.type != command.replacement.type:
        raise Rejected(
            "other-type",
            f"event {command.version} is {command.original.type}, not {command.replacement.type}",
            "correct it by an event of its own type",
        )
    on: date | None = getattr(command.replacement, "on", None)
    if on is not None and not _plausible(on, journey, command):
        raise Rejected("bad-dates", f"{on} is in the future or before the referral", "check the date")
    if command.original == command.replacement:
        return []
    return [
        EventCorrected(
            at=command.at, version=command.version, reason=command.reason, replacement=command.replacement
        )
    ]


def _plausible(on: date, journey: Journey, command: CorrectEvent) -> bool:
    return on <= local_date(command.at) and (journey.referred_on is None or on >= journey.referred_on)


def record_evidence(journey: Journey, command: RecordEvidence) -> list[Event]:
    """Add an observation once; its id is the partner's event."""
    known = {held.id for held in journey.evidence}
    return [] if command.evidence.id in known else [EvidenceRecorded(at=command.at, evidence=command.evidence)]


def acknowledge(journey: Journey, command: AcknowledgeReminder) -> list[Event]:
    """Record that a reminder was seen; one that was answered before needs nothing more."""
    reminder = journey.reminder(command.reminder_id)
    if reminder is None:
        raise Rejected(
            "unknown-reminder", f"{journey.reference} has no reminder {command.reminder_id}", "see what is due"
        )
    return [ReminderAcknowledged(at=command.at, reminder_id=reminder.id)] if reminder.live else []


def pass_time(journey: Journey, command: PassTime, programme: Programme) -> list[Event]:
    """Let each deadline up to the moment of the command fall due, the earliest first."""
    happened: list[Event] = []
    for deadline in agenda(journey, programme, calendar_of(programme.nation)):
        if deadline.at <= command.at:
            fallen = _fall_due(journey, deadline, command)
            happened += fallen
            for event in fallen:
                journey = evolve(journey, event)
    return happened


def _fall_due(journey: Journey, deadline: Deadline, command: PassTime) -> list[Event]:
    if deadline.work is None:
        return [EvaluationFellDue(at=command.at, evaluation_id=deadline.id, as_of=deadline.due_on)]
    fallen = ReminderFellDue(
        at=command.at,
        reminder_id=deadline.id,
        work=deadline.work,
        generation=deadline.generation,
        due_on=deadline.due_on,
        to=deadline.to,
        planned_for=deadline.at,
        late=command.at - deadline.at > LATE,
        escalation=deadline.escalation,
    )
    if not deadline.escalation:
        return [fallen]
    unanswered = [
        ReminderEscalated(at=command.at, reminder_id=reminder.id)
        for reminder in journey.reminders
        if reminder.live and (reminder.work, reminder.generation) == (deadline.work, deadline.generation)
    ]
    return [*unanswered, fallen]


def record_reminder(journey: Journey, command: RecordReminder) -> list[Event]:
    """Record once what became of a reminder's message."""
    reminder = journey.reminder(command.reminder_id)
    if reminder is None or reminder.state != "due":
        return []
    if command.fault is None:
        return [ReminderSent(at=command.at, reminder_id=reminder.id)]
    return [
        ReminderNotSent(
            at=command.at, reminder_id=reminder.id, fault=command.fault, reason=command.reason or "unknown"
        )
    ]


def record_notification(journey: Journey, command: RecordNotification) -> list[Event]:
    """Record once what became of a message to a partner."""
    if command.effect_id in journey.settled_effects:
        return []
    if command.fault is None:
        return [
            NotificationSent(
                at=command.at, effect_id=command.effect_id, partner=command.partner, about=command.about
            )
        ]
    return [
        NotificationNotSent(
            at=command.at,
            effect_id=command.effect_id,
            partner=command.partner,
            about=command.about,
            fault=command.fault,
            reason=command.reason or "unknown",
        )
    ]


def record_eligibility(command: RecordEligibility) -> list[Event]:
    """Record the verdict the claims ledger took."""
    return [
        ClaimEligibilityRecorded(
            at=command.at,
            result=command.result,
            verdict=command.verdict,
            amount=command.amount,
            as_of=command.as_of,
            claim_id=command.claim_id,
        )
    ]
