"""The decisions that keep the record: evidence, corrections, reminders, messages and passing time."""

from datetime import timedelta

from domain.access import may_waive
from domain.calendar import calendar_of
from domain.errors import Rejected
from domain.journey.agenda import Deadline, agenda
from domain.journey.commands import (
    AcknowledgeReminder,
    CorrectEvent,
    PassTime,
    RecordEvidence,
    RecordNotification,
    RecordReminder,
)
from domain.journey.events import (
    AnyEvent,
    CheckRecorded,
    ConsentRecorded,
    Correctable,
    EvaluationFellDue,
    EventCorrected,
    EvidenceRecorded,
    FamilyAssessed,
    FamilyIdentified,
    KeyWorkerAllocated,
    NotificationNotSent,
    NotificationSent,
    ReminderAcknowledged,
    ReminderEscalated,
    ReminderFellDue,
    ReminderNotSent,
    ReminderSent,
)
from domain.journey.evidence_request import request
from domain.journey.evolve import evolve
from domain.journey.guards import known_cohort, known_criteria, known_needs
from domain.journey.office_hours import rings_at
from domain.journey.refusals import happened
from domain.journey.state import Journey
from domain.programme.local_scheme import COMPARISON
from domain.programme.programme import Programme

LATE = timedelta(minutes=15)


def correct(journey: Journey, command: CorrectEvent, programme: Programme) -> list[AnyEvent]:
    """Supersede an earlier event by one of the same type about the same thing.

    The replacement counts as known from the moment of the correction; eligibility follows from its criteria.
    """
    original = command.original
    if original is None:
        raise Rejected(
            "nothing-to-correct",
            f"{journey.reference} has no event {command.version} that can be corrected",
            "show the journey for its numbered events; only steps of the path, consents and evidence can be corrected",
        )
    if original.type != command.replacement.type:
        raise Rejected(
            "other-type",
            f"event {command.version} is {original.type}, not {command.replacement.type}",
            "correct it by an event of its own type",
        )
    if _subject(original) != _subject(command.replacement):
        raise Rejected(
            "other-subject",
            f"event {command.version} is about {_subject(original)}, not {_subject(command.replacement)}",
            "keep its key worker, months or id, and correct the rest",
        )
    _within_the_cap(original, command)
    _plausible(journey, command)
    replacement = _known_now(journey, original, command, programme)
    if replacement == original.model_copy(update={"at": command.at}):
        return []
    return [EventCorrected(at=command.at, version=command.version, reason=command.reason, replacement=replacement)]


def _subject(event: Correctable) -> str:
    """Name what an event is about; another of these would be another event, with checks of its own to pass."""
    match event:
        case ConsentRecorded():
            return event.consent.id
        case EvidenceRecorded():
            return f"{event.evidence.kind} {event.evidence.id}"
        case KeyWorkerAllocated():
            return event.key_worker
        case CheckRecorded():
            return f"{event.months} months"
        case _:
            return event.type


def _within_the_cap(original: Correctable, command: CorrectEvent) -> None:
    """Refuse a waiver that is written, changed or taken away by somebody who could not have given it."""
    held, said = (getattr(event, "waiver", None) for event in (original, command.replacement))
    if held != said and not may_waive(command.actor):
        raise Rejected("waiver-not-allowed", "only a manager may correct a waiver", "ask a manager to correct it")


def _plausible(journey: Journey, command: CorrectEvent) -> None:
    """Refuse a day in the future, before the referral or after the close; a consent may be older."""
    match command.replacement:
        case EvidenceRecorded():
            return
        case ConsentRecorded(consent=consent):
            happened(consent.on, command.at, None, "given on")
        case step:
            happened(step.on, command.at, journey.referred_on, "corrected to")
            if journey.closed_on is not None and step.on > journey.closed_on:
                raise Rejected("bad-dates", f"{step.on} is after the close ({journey.closed_on})", "check the date")


def _known_now(journey: Journey, original: Correctable, command: CorrectEvent, programme: Programme) -> Correctable:
    replacement = command.replacement.model_copy(update={"at": command.at})
    match replacement:
        case FamilyIdentified():
            return _identified_now(journey, replacement, programme)
        case FamilyAssessed():
            return _assessed_now(original, replacement, programme)
        case _:
            return replacement


def _identified_now(journey: Journey, replacement: FamilyIdentified, programme: Programme) -> FamilyIdentified:
    known_criteria(replacement.criteria, programme)
    known_cohort(replacement.cohort, programme)
    if replacement.cohort == COMPARISON and journey.held_from is not None:
        raise Rejected(
            "comparison-group",
            f"{journey.reference} has had a key worker and cannot be in the comparison group",
            "keep its cohort, or close it",
        )
    judged = programme.judge(replacement.criteria, journey.members)
    return replacement.model_copy(update={"eligible": judged.eligible})


def _assessed_now(original: Correctable, replacement: FamilyAssessed, programme: Programme) -> FamilyAssessed:
    """Judge corrected needs anew where the needs as first recorded were judged."""
    known_needs(replacement.needs, programme)
    was_judged = isinstance(original, FamilyAssessed) and original.judged is not None
    return replacement.model_copy(update={"judged": programme.judge_needs(replacement.needs) if was_judged else None})


def record_evidence(journey: Journey, command: RecordEvidence) -> list[AnyEvent]:
    """Add an observation once; its id names one observation of one source."""
    held = next((held for held in journey.evidence if held.id == command.evidence.id), None)
    if held is None:
        return [EvidenceRecorded(at=command.at, evidence=command.evidence)]
    if held.source != command.evidence.source:
        raise Rejected("evidence-differs", f"evidence {held.id} came from {held.source}", "give it an id of its own")
    return []


def acknowledge(journey: Journey, command: AcknowledgeReminder) -> list[AnyEvent]:
    """Record that a reminder was seen; one that was answered before needs nothing more."""
    reminder = journey.reminder(command.reminder_id)
    if reminder is None:
        raise Rejected(
            "unknown-reminder", f"{journey.reference} has no reminder {command.reminder_id}", "see what is due"
        )
    return [ReminderAcknowledged(at=command.at, reminder_id=reminder.id)] if reminder.live else []


def pass_time(journey: Journey, command: PassTime, programme: Programme) -> list[AnyEvent]:
    """Let each deadline up to the moment of the command fall due, the earliest first; outside hours they are held."""
    happened: list[AnyEvent] = []
    calendar = calendar_of(programme.nation)
    for deadline in agenda(journey, programme, calendar):
        if rings_at(deadline, command.at, calendar, journey.reference) <= command.at:
            fallen = _fall_due(journey, deadline, command, programme)
            happened += fallen
            for event in fallen:
                journey = evolve(journey, event)
    return happened


def _fall_due(journey: Journey, deadline: Deadline, command: PassTime, programme: Programme) -> list[AnyEvent]:
    if deadline.kind == "ask":
        return [request(deadline, command, programme)]
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


def record_reminder(journey: Journey, command: RecordReminder) -> list[AnyEvent]:
    """Record once what became of a reminder's message, also when the reminder was answered or ended meanwhile."""
    reminder = journey.reminder(command.reminder_id)
    if reminder is None or reminder.told:
        return []
    if command.fault is None:
        return [ReminderSent(at=command.at, reminder_id=reminder.id)]
    return [
        ReminderNotSent(at=command.at, reminder_id=reminder.id, fault=command.fault, reason=command.reason or "unknown")
    ]


def record_notification(journey: Journey, command: RecordNotification) -> list[AnyEvent]:
    """Record once what became of a message to a partner."""
    if command.effect_id in journey.settled_effects:
        return []
    if command.fault is None:
        return [
            NotificationSent(at=command.at, effect_id=command.effect_id, partner=command.partner, about=command.about)
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
