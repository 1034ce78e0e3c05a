"""How each event changes the journey: total over every state, free of rules, never raising."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import assert_never

from domain.calendar import local_date
from domain.effects import Remind
from domain.events import (
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
    Event,
    EventCorrected,
    EvidenceRecorded,
    EvidenceRequested,
    FamilyAssessed,
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
from domain.family import Consent
from domain.journey import (
    EXTENSIONS,
    UNREFERRED,
    Changed,
    Check,
    DeadlineState,
    Found,
    Journey,
    Owed,
    Reminder,
    ReminderState,
)
from domain.programme import Work
from domain.scheme import COMPARISON

ANSWERS: tuple[Work, ...] = ("regression-response", "check-decision")  # what a further check or a step-up settles


def fold(events: Iterable[Event]) -> Journey:
    """Read the journey off its events, in order; a corrected event is read as its replacement."""
    return as_of_version(events, 0)


def as_corrected(events: Iterable[Event]) -> list[Event]:
    """Return the events in order, each as it reads now: as its latest correction says, if it was corrected."""
    stream = list(events)
    superseded = {event.version: event.replacement for event in stream if isinstance(event, EventCorrected)}
    return [superseded.get(version, event) for version, event in enumerate(stream, start=1)]


def as_of_version(events: Iterable[Event], version: int) -> Journey:
    """Read the journey as it was just after event `version`, with what was corrected since; 0: as it is now."""
    told = as_corrected(events)
    journey = UNREFERRED
    for event in told[:version] if version else told:
        journey = evolve(journey, event)
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
            offered = _settle(_with(journey, handover_to=event.to), "handover-refusal")
            return _owe(offered, "handover-answer", event.on, event.at)
        case HandoverWithdrawn():
            return _settle(_with(journey, handover_to=None), "handover-answer")
        case HandoverAccepted():
            held = _with(journey, key_worker=event.key_worker, key_worker_from=event.on, waiver=event.waiver)
            return _settle(_with(held, handover_to=None), "handover-answer")
        case HandoverRefused():
            back = _settle(_with(journey, handover_to=None), "handover-answer")
            return _owe(back, "handover-refusal", event.on, event.at)
        case ContactRecorded():
            return _contacted(journey, event)
        case FamilyAssessed():
            return _assessed(journey, event)
        case PlanAgreed():
            return _planned(journey, event)
        case InterventionStarted():
            return _started(journey, event)
        case PlanReviewed():
            return _reviewed(journey, event)
        case SteppedDown():
            return _stepped_down(journey, event)
        case SteppedUp():
            return _stepped_up(journey, event)
        case CheckRecorded():
            return _checked(journey, event)
        case JourneyClosed():
            owed = tuple(
                item if item.work == "clawback-decision" else item.model_copy(update={"done": True})
                for item in journey.owed
            )
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
            kept = tuple(held for held in journey.evidence if held.id != event.evidence.id)
            return _with(journey, evidence=(*kept, event.evidence))
        case ReminderFellDue():
            fallen = Reminder(
                id=event.reminder_id,
                work=event.work,
                generation=event.generation,
                due_on=event.due_on,
                escalation=event.escalation,
            )
            return _with(journey, reminders=(*journey.reminders, fallen))
        case ReminderSent():
            return _remark(journey, event.reminder_id, "sent")
        case ReminderNotSent():
            return _remark(journey, event.reminder_id, "not-sent", unsent=event.reason, unsent_at=event.at)
        case ReminderAcknowledged():
            return _acknowledged(journey, event)
        case ReminderEscalated():
            return _remark(journey, event.reminder_id, "escalated")
        case ReminderEnded():
            return _remark(journey, event.reminder_id, "ended")
        case DeadlineMoved() | DeadlinePaused() | DeadlineResumed() | DeadlineCancelled():
            return _changed(journey, event)
        case EvidenceRequested():
            return _with(journey, requests=(*journey.requests, event.request_id))
        case EvaluationFellDue():
            return _with(journey, evaluations=(*journey.evaluations, event.evaluation_id))
        case NotificationSent() | NotificationNotSent():
            return _with(journey, settled_effects=(*journey.settled_effects, event.effect_id))
        case MessageRetried():
            return _retried(journey, event)
        case ClaimEligibilityRecorded():
            if event.claim_id is None or event.result in journey.claimed:
                return journey
            return _with(journey, claimed=(*journey.claimed, event.result))
        case ClawbackProposed():
            proposed = _with(journey, clawbacks=(*_without(journey, event.claim_id), event.claim_id))
            return _owe(proposed, "clawback-decision", local_date(event.at), event.at)
        case ClawbackWithdrawn() | ClawbackDecided():
            left = _with(journey, clawbacks=_without(journey, event.claim_id))
            return left if left.clawbacks else _settle(left, "clawback-decision")
        case EventCorrected():
            return journey
        case _:
            assert_never(event)


def _with(journey: Journey, **changes: object) -> Journey:
    return journey.model_copy(update=changes)


def _without(journey: Journey, claim_id: str) -> tuple[str, ...]:
    return tuple(held for held in journey.clawbacks if held != claim_id)


def _owe(journey: Journey, work: Work, since: date, known: datetime) -> Journey:
    """Begin a new generation of `work`, in place of any earlier one."""
    others = tuple(owed for owed in journey.owed if owed.work != work)
    return _with(journey, owed=(*others, Owed(work=work, since=since, known=known, generation=journey.version)))


def _settle(journey: Journey, *works: Work) -> Journey:
    """Mark `works` as no longer owed."""
    return _with(
        journey,
        owed=tuple(owed.model_copy(update={"done": True}) if owed.work in works else owed for owed in journey.owed),
    )


def _changed(journey: Journey, event: DeadlineMoved | DeadlinePaused | DeadlineResumed | DeadlineCancelled) -> Journey:
    """Begin a new generation of the work whose deadline was changed; one that is owed anew since is not meant."""
    states: dict[str, DeadlineState] = {"deadline-paused": "paused", "deadline-cancelled": "cancelled"}
    change = Changed(
        work=event.work,
        state=states.get(event.type, "moved"),
        on=event.on,
        due_on=getattr(event, "due_on", None),
        reason=event.reason,
    )
    stored = {event.work, "check"} if event.work == "close" else {event.work}  # read off the checks left, see owed_now
    news = {"generation": journey.version, "known": event.at, "changed": change}
    return _with(
        journey,
        owed=tuple(
            owed.model_copy(update=news)
            if (owed.generation, owed.done) == (event.generation, False) and owed.work in stored
            else owed
            for owed in journey.owed
        ),
    )


def _remark(journey: Journey, reminder_id: str, state: ReminderState, **news: object) -> Journey:
    """Move one reminder along its chain; an answer is final, and news of its message after that moves it no more."""
    told = state in {"sent", "not-sent"}
    return _with(
        journey,
        reminders=tuple(
            reminder.model_copy(
                update={"state": state if reminder.live else reminder.state, "told": told or reminder.told, **news}
            )
            if reminder.id == reminder_id
            else reminder
            for reminder in journey.reminders
        ),
    )


def _retried(journey: Journey, event: MessageRetried) -> Journey:
    """A reminder that is sent again is due as it was, and what became of it is not known yet."""
    again = event.message.reminder_id if isinstance(event.message, Remind) else ""
    return _with(
        journey,
        retried=(*journey.retried, event.of),
        reminders=tuple(
            reminder.model_copy(update={"state": "due" if reminder.live else reminder.state, "told": False})
            if reminder.id == again
            else reminder
            for reminder in journey.reminders
        ),
    )


def _acknowledged(journey: Journey, event: ReminderAcknowledged) -> Journey:
    """That an offer came back needs to be seen and nothing more: seeing it settles it."""
    seen = journey.reminder(event.reminder_id)
    if seen is not None and seen.work == "handover-refusal":
        journey = _settle(journey, "handover-refusal")
    return _remark(journey, event.reminder_id, "acknowledged")


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
    return _owe(opened, "identification", event.on, event.at)


def _withdrawn(held: Consent, event: ConsentWithdrawn) -> Consent:
    return held.model_copy(update={"withdrawn_on": event.on}) if held.id == event.consent_id else held


def _identified(journey: Journey, event: FamilyIdentified) -> Journey:
    checked = _with(
        _settle(journey, "identification", "allocation", "close"),
        stage="identification",
        identified_on=event.on,
        eligible=event.eligible,
        criteria=event.criteria,
        cohort=event.cohort,
    )
    if event.eligible and event.cohort == COMPARISON:
        return checked
    return _owe(checked, "allocation" if event.eligible else "close", event.on, event.at)


def _allocated(journey: Journey, event: KeyWorkerAllocated) -> Journey:
    held = _with(journey, stage="assessment", key_worker=event.key_worker, key_worker_from=event.on, held_from=event.on)
    held = _with(held, waiver=event.waiver)
    held = _owe(_settle(held, "allocation"), "first-contact", event.on, event.at)
    return _owe(held, "assessment", event.on, event.at)


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
        needs_found=_found(journey, event),
    )
    if event.judged is None:
        return _owe(assessed, "plan", event.on, event.at)
    judged = _with(_settle(assessed, "plan", "close"), eligible=event.judged.eligible)
    return _owe(judged, "plan" if event.judged.eligible else "close", event.on, event.at)


def _found(journey: Journey, event: FamilyAssessed) -> tuple[Found, ...]:
    """Add the needs of an assessment to those found before; of two findings of a need the earlier day stands."""
    days = {found.need: found.on for found in journey.needs_found}
    days |= {need: min(event.on, days.get(need, event.on)) for need in event.needs}
    return tuple(Found(need=need, on=on) for need, on in days.items())


def _planned(journey: Journey, event: PlanAgreed) -> Journey:
    planned = _with(_settle(journey, "plan"), plan_on=event.on, first_plan_on=journey.first_plan_on or event.on)
    if journey.stage != "assessment":
        return planned
    return _owe(planned, "intervention-start", event.on, event.at)


def _started(journey: Journey, event: InterventionStarted) -> Journey:
    started = _with(
        _settle(journey, "intervention-start"),
        stage="intervention",
        intensity="high",
        intervention_from=event.on,
        first_intervention_from=event.on,
    )
    return _owe(started, "plan-review", event.on, event.at)


def _reviewed(journey: Journey, event: PlanReviewed) -> Journey:
    """At low intensity a review is welcome but no further one is owed: the checks take its place."""
    reviewed = _with(journey, reviewed_on=event.on)
    return _owe(reviewed, "plan-review", event.on, event.at) if journey.intensity == "high" else reviewed


def _stepped_down(journey: Journey, event: SteppedDown) -> Journey:
    lowered = _with(
        _settle(journey, "plan-review"), stage="step-down", intensity="low", stepped_down_on=event.on, checks=()
    )
    return _owe(lowered, "check", event.on, event.at)


def _stepped_up(journey: Journey, event: SteppedUp) -> Journey:
    raised = _with(
        _settle(journey, "check", *ANSWERS),
        stage="intervention",
        intensity="high",
        intervention_from=event.on,
        stepped_down_on=None,
        checks=(),
    )
    return _owe(raised, "plan-review", event.on, event.at)


def _checked(journey: Journey, event: CheckRecorded) -> Journey:
    made = Check(months=event.months, on=event.on, verdict=event.verdict)
    checked = _with(_settle(journey, *ANSWERS), stage="sustained-outcome", checks=(*journey.checks, made))
    checked = _owe(checked, "check", event.on, event.at)
    if event.verdict == "regressed":
        return _owe(checked, "regression-response", event.on, event.at)
    if checked.insufficient_in_a_row > EXTENSIONS:
        return _owe(checked, "check-decision", event.on, event.at)
    return checked
