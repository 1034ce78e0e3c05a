"""How each event changes the journey: total over every state, free of rules, never raising."""

from collections.abc import Iterable
from datetime import date
from typing import assert_never

from domain.events import (
    CheckRecorded,
    ClaimEligibilityRecorded,
    ConsentRecorded,
    ConsentWithdrawn,
    ContactRecorded,
    EvaluationFellDue,
    Event,
    EventCorrected,
    EvidenceRecorded,
    FamilyAssessed,
    FamilyIdentified,
    FamilyReferred,
    HandoverAccepted,
    HandoverOffered,
    HandoverRefused,
    InterventionStarted,
    JourneyClosed,
    KeyWorkerAllocated,
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
from domain.family import Consent
from domain.journey import UNREFERRED, Check, Journey, Owed, Reminder, ReminderState
from domain.programme import Work


def fold(events: Iterable[Event]) -> Journey:
    """Read the journey off its events, in order; a corrected event is read as its replacement."""
    stream = list(events)
    superseded = {event.version: event.replacement for event in stream if isinstance(event, EventCorrected)}
    journey = UNREFERRED
    for version, event in enumerate(stream, start=1):
        journey = evolve(journey, superseded.get(version, event))
    return journey


def evolve(journey: Journey, event: Event) -> Journey:  # noqa: C901, PLR0911, PLR0912 - one case an event, in the order of the path
    """Return the journey after `event`."""
    journey = journey.model_copy(update={"version": journey.version + 1})
    match event:
        case FamilyReferred():
            return _referred(journey, event)
        case ConsentRecorded():
            others = tuple(held for held in journey.consents if held.id != event.consent.id)
            return _with(journey, consents=(*others, event.consent))
        case ConsentWithdrawn():
            return _with(journey, consents=tuple(_withdrawn(held, event) for held in journey.consents))
        case FamilyIdentified():
            return _identified(journey, event)
        case KeyWorkerAllocated():
            return _allocated(journey, event)
        case HandoverOffered():
            return _owe(_with(journey, handover_to=event.to), "handover-answer", event.on)
        case HandoverAccepted():
            held = _with(journey, key_worker=event.key_worker, key_worker_from=event.on, handover_to=None)
            return _settle(held, "handover-answer")
        case HandoverRefused():
            return _settle(_with(journey, handover_to=None), "handover-answer")
        case ContactRecorded():
            return _contacted(journey, event)
        case FamilyAssessed():
            return _assessed(journey, event)
        case PlanAgreed():
            return _planned(journey, event)
        case InterventionStarted():
            return _started(journey, event.on)
        case PlanReviewed():
            return _owe(_with(journey, reviewed_on=event.on), "plan-review", event.on)
        case SteppedDown():
            return _stepped_down(journey, event.on)
        case SteppedUp():
            return _stepped_up(journey, event.on)
        case CheckRecorded():
            return _checked(journey, event)
        case JourneyClosed():
            owed = tuple(item.model_copy(update={"done": True}) for item in journey.owed)
            return _with(
                journey,
                stage="closed",
                closed_on=event.on,
                outcome=event.outcome,
                handover_to=None,
                intensity=None,
                owed=owed,
            )
        case EvidenceRecorded():
            others = tuple(held for held in journey.evidence if held.id != event.evidence.id)
            return _with(journey, evidence=(*others, event.evidence))
        case ReminderFellDue():
            fallen = Reminder(id=event.reminder_id, work=event.work, generation=event.generation)
            return _with(journey, reminders=(*journey.reminders, fallen))
        case ReminderSent():
            return _remark(journey, event.reminder_id, "sent")
        case ReminderNotSent():
            return _remark(journey, event.reminder_id, "not-sent")
        case ReminderAcknowledged():
            return _remark(journey, event.reminder_id, "acknowledged")
        case ReminderEscalated():
            return _remark(journey, event.reminder_id, "escalated")
        case ReminderEnded():
            return _remark(journey, event.reminder_id, "ended")
        case EvaluationFellDue():
            return _with(journey, evaluations=(*journey.evaluations, event.evaluation_id))
        case NotificationSent() | NotificationNotSent():
            return _with(journey, settled_effects=(*journey.settled_effects, event.effect_id))
        case ClaimEligibilityRecorded():
            if event.claim_id is None or event.result in journey.claimed:
                return journey
            return _with(journey, claimed=(*journey.claimed, event.result))
        case EventCorrected():
            return journey
        case _:
            assert_never(event)


def _with(journey: Journey, **changes: object) -> Journey:
    return journey.model_copy(update=changes)


def _owe(journey: Journey, work: Work, since: date) -> Journey:
    """Begin a new generation of `work`, in place of any earlier one."""
    earlier = next((owed for owed in journey.owed if owed.work == work), None)
    generation = earlier.generation + 1 if earlier else 1
    others = tuple(owed for owed in journey.owed if owed.work != work)
    return _with(journey, owed=(*others, Owed(work=work, since=since, generation=generation)))


def _settle(journey: Journey, *works: Work) -> Journey:
    """Mark `works` as no longer owed."""
    return _with(
        journey,
        owed=tuple(owed.model_copy(update={"done": True}) if owed.work in works else owed for owed in journey.owed),
    )


def _remark(journey: Journey, reminder_id: str, state: ReminderState) -> Journey:
    """Move one reminder along its chain; an answer is final, delivery news after it changes nothing."""
    return _with(
        journey,
        reminders=tuple(
            reminder.model_copy(update={"state": state}) if reminder.id == reminder_id and reminder.live else reminder
            for reminder in journey.reminders
        ),
    )


def _referred(journey: Journey, event: FamilyReferred) -> Journey:
    opened = _with(
        journey,
        stage="referral",
        journey_id=event.journey_id,
        reference=event.reference,
        area=event.area,
        locality=event.locality,
        programme=event.programme,
        programme_version=event.programme_version,
        programme_hash=event.programme_hash,
        members=event.members,
        referrer=event.referrer,
        referred_on=event.on,
        criteria=event.criteria,
        earlier=event.earlier,
    )
    return _owe(opened, "identification", event.on)


def _withdrawn(held: Consent, event: ConsentWithdrawn) -> Consent:
    return held.model_copy(update={"withdrawn_on": event.on}) if held.id == event.consent_id else held


def _identified(journey: Journey, event: FamilyIdentified) -> Journey:
    checked = _with(
        _settle(journey, "identification", "close"),
        stage="identification",
        identified_on=event.on,
        eligible=event.eligible,
        criteria=event.criteria,
    )
    return _owe(checked, "allocation" if event.eligible else "close", event.on)


def _allocated(journey: Journey, event: KeyWorkerAllocated) -> Journey:
    held = _with(journey, stage="assessment", key_worker=event.key_worker, key_worker_from=event.on)
    return _owe(_owe(_settle(held, "allocation"), "first-contact", event.on), "assessment", event.on)


def _contacted(journey: Journey, event: ContactRecorded) -> Journey:
    if event.kind == "attempted":
        return journey
    first = min(event.on, journey.first_contact_on or event.on)
    last = max(event.on, journey.last_contact_on or event.on)
    return _settle(_with(journey, first_contact_on=first, last_contact_on=last), "first-contact")


def _assessed(journey: Journey, event: FamilyAssessed) -> Journey:
    assessed = _with(
        _settle(journey, "assessment"),
        assessed_on=event.on,
        first_assessed_on=journey.first_assessed_on or event.on,
        needs=event.needs,
    )
    return _owe(assessed, "plan", event.on)


def _planned(journey: Journey, event: PlanAgreed) -> Journey:
    planned = _with(
        _settle(journey, "plan"), plan_on=event.on, first_plan_on=journey.first_plan_on or event.on
    )
    return _owe(planned, "intervention-start", event.on) if journey.stage == "assessment" else planned


def _started(journey: Journey, on: date) -> Journey:
    started = _with(
        _settle(journey, "intervention-start"),
        stage="intervention",
        intensity="high",
        intervention_from=on,
        first_intervention_from=journey.first_intervention_from or on,
    )
    return _owe(started, "plan-review", on)


def _stepped_down(journey: Journey, on: date) -> Journey:
    lowered = _with(
        _settle(journey, "plan-review"), stage="step-down", intensity="low", stepped_down_on=on, checks=()
    )
    return _owe(lowered, "check", on)


def _stepped_up(journey: Journey, on: date) -> Journey:
    raised = _with(
        _settle(journey, "check", "regression-response", "close", "plan-review"),
        stage="intervention",
        intensity="high",
        intervention_from=on,
        stepped_down_on=None,
        checks=(),
    )
    return _owe(raised, "plan-review", on)


def _checked(journey: Journey, event: CheckRecorded) -> Journey:
    made = Check(months=event.months, on=event.on, verdict=event.verdict)
    checked = _with(
        _settle(journey, "regression-response"), stage="sustained-outcome", checks=(*journey.checks, made)
    )
    checked = _owe(checked, "check", event.on)
    return _owe(checked, "regression-response", event.on) if event.verdict == "regressed" else checked
