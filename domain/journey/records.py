"""The decisions that keep the record: evidence, corrections, reminders, messages and passing time."""

from collections.abc import Sequence
from datetime import timedelta
from typing import assert_never

from domain.calendar import calendar_of
from domain.errors import Rejected
from domain.evidence import ActionDone
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.agenda import Deadline, agenda
from domain.journey.case_actions import done_by_partner
from domain.journey.corrections import correct
from domain.journey.evidence_request import request
from domain.journey.evolve import evolve
from domain.journey.facts import Facts
from domain.journey.messages import retry_message
from domain.journey.office_hours import rings_at
from domain.journey.state import Journey
from domain.programme.programme import Programme

LATE = timedelta(minutes=15)


def decide_record(  # noqa: PLR0911 - one case a command
    journey: Journey, command: c.RecordCommand, facts: Facts, programme: Programme
) -> Sequence[e.AnyEvent]:
    """Return what the record is told at any stage; raise `Rejected` where it does not fit."""
    match command:
        case c.CorrectEvent():
            return correct(journey, command, facts, programme)
        case c.RecordEvidence():
            return _record_evidence(journey, command)
        case c.WithdrawEvidence():
            return _withdraw_evidence(journey, command)
        case c.AcknowledgeReminder():
            return _acknowledge(journey, command)
        case c.PassTime():
            return _pass_time(journey, command, programme)
        case c.RecordReminder():
            return _record_reminder(journey, command)
        case c.RecordNotification():
            return _record_notification(journey, command)
        case c.RetryMessage():
            return retry_message(journey, command, facts)
        case _:
            assert_never(command)


def _record_evidence(journey: Journey, command: c.RecordEvidence) -> list[e.AnyEvent]:
    """Add an observation once; its id names one observation of one source. An action that was done is closed by it."""
    if isinstance(command.evidence, ActionDone):
        return done_by_partner(journey, command.evidence, command.at)
    held = next((held for held in journey.evidence if held.id == command.evidence.id), None)
    if held is None or journey.withdrawal_of(held.id) is not None:
        return [e.EvidenceRecorded(at=command.at, evidence=command.evidence)]
    if held.source != command.evidence.source:
        raise Rejected("evidence-differs", f"evidence {held.id} came from {held.source}", "give it another id")
    return []


def _withdraw_evidence(journey: Journey, command: c.WithdrawEvidence) -> list[e.AnyEvent]:
    """Withdraw an observation of this journey; one that was withdrawn before stays so."""
    held = next((held for held in journey.evidence if held.id == command.evidence_id), None)
    if held is None or held.kind == "withdrawal":
        raise Rejected(
            "unknown-evidence",
            f"{journey.reference} has no evidence {command.evidence_id}",
            f"copy the id from: journeys show {journey.reference}",
        )
    if journey.withdrawal_of(held.id) is not None:
        return []
    return [e.EvidenceWithdrawn(at=command.at, evidence_id=held.id, reason=command.reason)]


def _acknowledge(journey: Journey, command: c.AcknowledgeReminder) -> list[e.AnyEvent]:
    """Record that a reminder was seen; one that was answered before needs nothing more."""
    reminder = journey.reminder(command.reminder_id)
    if reminder is None:
        raise Rejected(
            "unknown-reminder",
            f"{journey.reference} has no reminder {command.reminder_id}",
            f"copy the id from: journeys show {journey.reference}",
        )
    return [e.ReminderAcknowledged(at=command.at, reminder_id=reminder.id)] if reminder.live else []


def _pass_time(journey: Journey, command: c.PassTime, programme: Programme) -> list[e.AnyEvent]:
    """Let each deadline up to the moment of the command fall due, the earliest first; outside hours they are held."""
    happened: list[e.AnyEvent] = []
    calendar = calendar_of(programme.nation)
    for deadline in agenda(journey, programme, calendar):
        if rings_at(deadline, command.at, calendar, journey.reference) <= command.at:
            fallen = _fall_due(journey, deadline, command, programme)
            happened += fallen
            for event in fallen:
                journey = evolve(journey, event)
    return happened


def _fall_due(journey: Journey, deadline: Deadline, command: c.PassTime, programme: Programme) -> list[e.AnyEvent]:
    if deadline.kind == "ask":
        return [request(deadline, command, programme)]
    if deadline.work is None:
        return [e.EvaluationFellDue(at=command.at, evaluation_id=deadline.id, as_of=deadline.due_on)]
    fallen = e.ReminderFellDue(
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
        e.ReminderEscalated(at=command.at, reminder_id=reminder.id)
        for reminder in journey.reminders
        if reminder.live and (reminder.work, reminder.generation) == (deadline.work, deadline.generation)
    ]
    return [*unanswered, fallen]


def _record_reminder(journey: Journey, command: c.RecordReminder) -> list[e.AnyEvent]:
    """Record once what became of a reminder's message, also when the reminder was answered or ended meanwhile."""
    reminder = journey.reminder(command.reminder_id)
    if reminder is None or reminder.told:
        return []
    if command.fault is None:
        return [e.ReminderSent(at=command.at, reminder_id=reminder.id)]
    return [
        e.ReminderNotSent(
            at=command.at, reminder_id=reminder.id, fault=command.fault, reason=command.reason or "unknown"
        )
    ]


def _record_notification(journey: Journey, command: c.RecordNotification) -> list[e.AnyEvent]:
    """Record once what became of a message to a partner."""
    if command.effect_id in journey.settled_effects:
        return []
    if command.fault is None:
        return [
            e.NotificationSent(at=command.at, effect_id=command.effect_id, partner=command.partner, about=command.about)
        ]
    return [
        e.NotificationNotSent(
            at=command.at,
            effect_id=command.effect_id,
            partner=command.partner,
            about=command.about,
            fault=command.fault,
            reason=command.reason or "unknown",
        )
    ]
