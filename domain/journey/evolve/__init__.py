"""How each event changes the journey: total over every state, free of rules, never raising."""

from collections.abc import Iterable
from typing import assert_never

from domain.calendar import local_date
from domain.journey.events import (
    AnyEvent,
    CheckRecorded,
    ClaimEligibilityRecorded,
    ClawbackDecided,
    ClawbackProposed,
    ClawbackWithdrawn,
    ConsentRecorded,
    ConsentWithdrawn,
    ContactRecorded,
    DeadlineCancelled,
    DeadlineMoved,
    DeadlinePaused,
    DeadlineResumed,
    EvaluationFellDue,
    EventCorrected,
    EvidenceRecorded,
    EvidenceRequested,
    FamilyAssessed,
    FamilyErased,
    FamilyIdentified,
    FamilyReferred,
    HandoverAccepted,
    HandoverOffered,
    HandoverRefused,
    HandoverWithdrawn,
    InterventionStarted,
    JourneyClosed,
    KeyWorkerAllocated,
    MessageRetried,
    NotificationNotSent,
    NotificationSent,
    PlanAgreed,
    PlanReviewed,
    ReminderAcknowledged,
    ReminderEnded,
    ReminderEscalated,
    ReminderFellDue,
    ReminderNotSent,
    ReminderSent,
    SteppedDown,
    SteppedUp,
)
from domain.journey.evolve.changes import owe, settle, with_changes
from domain.journey.evolve.path import (
    allocated,
    assessed,
    checked,
    closed,
    contacted,
    identified,
    planned,
    referred,
    reviewed,
    started,
    stepped_down,
    stepped_up,
    withdrawn,
)
from domain.journey.evolve.records import acknowledged, deadline_changed, move_reminder, retried
from domain.journey.state import UNREFERRED, Journey, Reminder


def fold(events: Iterable[AnyEvent]) -> Journey:
    """Read the journey off its events, in order; a corrected event is read as its replacement."""
    return as_of_version(events, 0)


def as_corrected(events: Iterable[AnyEvent]) -> list[AnyEvent]:
    """Return the events in order, each as it reads now: as its latest correction says, if it was corrected."""
    stream = list(events)
    superseded = {event.version: event.replacement for event in stream if isinstance(event, EventCorrected)}
    return [superseded.get(version, event) for version, event in enumerate(stream, start=1)]


def as_of_version(events: Iterable[AnyEvent], version: int) -> Journey:
    """Read the journey as it was just after event `version`, with what was corrected since; 0: as it is now."""
    told = as_corrected(events)
    journey = UNREFERRED
    for event in told[:version] if version else told:
        journey = evolve(journey, event)
    return journey


def evolve(journey: Journey, event: AnyEvent) -> Journey:  # noqa: C901, PLR0911, PLR0912 - one case an event, in the order of the path
    """Return the journey after `event`."""
    journey = journey.model_copy(update={"version": journey.version + 1})
    match event:
        case FamilyReferred():
            return referred(journey, event)
        case ConsentRecorded():
            others = tuple(held for held in journey.consents if held.id != event.consent.id)
            return with_changes(journey, consents=(*others, event.consent))
        case ConsentWithdrawn():
            return with_changes(journey, consents=tuple(withdrawn(held, event) for held in journey.consents))
        case FamilyIdentified():
            return identified(journey, event)
        case KeyWorkerAllocated():
            return allocated(journey, event)
        case HandoverOffered():
            offered = settle(with_changes(journey, handover_to=event.to), "handover-refusal")
            return owe(offered, "handover-answer", event.on, event.at)
        case HandoverWithdrawn():
            return settle(with_changes(journey, handover_to=None), "handover-answer")
        case HandoverAccepted():
            held = with_changes(journey, key_worker=event.key_worker, key_worker_from=event.on, waiver=event.waiver)
            return settle(with_changes(held, handover_to=None), "handover-answer")
        case HandoverRefused():
            back = settle(with_changes(journey, handover_to=None), "handover-answer")
            return owe(back, "handover-refusal", event.on, event.at)
        case ContactRecorded():
            return contacted(journey, event)
        case FamilyAssessed():
            return assessed(journey, event)
        case PlanAgreed():
            return planned(journey, event)
        case InterventionStarted():
            return started(journey, event)
        case PlanReviewed():
            return reviewed(journey, event)
        case SteppedDown():
            return stepped_down(journey, event)
        case SteppedUp():
            return stepped_up(journey, event)
        case CheckRecorded():
            return checked(journey, event)
        case JourneyClosed():
            return closed(journey, event)
        case FamilyErased():
            return with_changes(journey, erased_on=event.on, erased_for=event.reason)
        case EvidenceRecorded():
            kept = tuple(held for held in journey.evidence if held.id != event.evidence.id)
            return with_changes(journey, evidence=(*kept, event.evidence))
        case ReminderFellDue():
            fallen = Reminder(
                id=event.reminder_id,
                work=event.work,
                generation=event.generation,
                due_on=event.due_on,
                escalation=event.escalation,
            )
            return with_changes(journey, reminders=(*journey.reminders, fallen))
        case ReminderSent():
            return move_reminder(journey, event.reminder_id, "sent")
        case ReminderNotSent():
            return move_reminder(journey, event.reminder_id, "not-sent", unsent=event.reason, unsent_at=event.at)
        case ReminderAcknowledged():
            return acknowledged(journey, event)
        case ReminderEscalated():
            return move_reminder(journey, event.reminder_id, "escalated")
        case ReminderEnded():
            return move_reminder(journey, event.reminder_id, "ended")
        case DeadlineMoved() | DeadlinePaused() | DeadlineResumed() | DeadlineCancelled():
            return deadline_changed(journey, event)
        case EvidenceRequested():
            return with_changes(journey, requests=(*journey.requests, event.request_id))
        case EvaluationFellDue():
            return with_changes(journey, evaluations=(*journey.evaluations, event.evaluation_id))
        case NotificationSent() | NotificationNotSent():
            return with_changes(journey, settled_effects=(*journey.settled_effects, event.effect_id))
        case MessageRetried():
            return retried(journey, event)
        case ClaimEligibilityRecorded():
            if event.claim_id is None or event.result in journey.claimed:
                return journey
            return with_changes(journey, claimed=(*journey.claimed, event.result))
        case ClawbackProposed():
            proposed = with_changes(journey, clawbacks=(*_without(journey, event.claim_id), event.claim_id))
            return owe(proposed, "clawback-decision", local_date(event.at), event.at)
        case ClawbackWithdrawn() | ClawbackDecided():
            left = with_changes(journey, clawbacks=_without(journey, event.claim_id))
            return left if left.clawbacks else settle(left, "clawback-decision")
        case EventCorrected():
            return journey
        case _:
            assert_never(event)


def _without(journey: Journey, claim_id: str) -> tuple[str, ...]:
    return tuple(held for held in journey.clawbacks if held != claim_id)
