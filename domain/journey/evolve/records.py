"""How the record changes the journey at any stage: reminders, deadlines changed, messages tried again."""

from typing import assert_never

from domain.calendar import local_date
from domain.evidence import Withdrawal
from domain.journey import events as e
from domain.journey.effects import Remind
from domain.journey.evolve.changes import settle, with_changes
from domain.journey.state import Changed, DeadlineState, Journey, Reminder, ReminderState, withdrawal_id
from domain.programme.clocks import Work

TO_BE_SEEN: tuple[Work, ...] = ("handover-refusal", "people-changed")


def evolve_record(journey: Journey, event: e.RecordEvent) -> Journey:  # noqa: C901, PLR0911, PLR0912 - one case an event
    """Return the journey after the record was told something: evidence, a reminder's way, a message."""
    match event:
        case e.EvidenceRecorded():
            gone = {event.evidence.id, withdrawal_id(event.evidence.id)}
            kept = tuple(held for held in journey.evidence if held.id not in gone)
            return with_changes(journey, evidence=(*kept, event.evidence))
        case e.EvidenceWithdrawn():
            return _withdrawn(journey, event)
        case e.ReminderFellDue():
            return with_changes(journey, reminders=(*journey.reminders, _fallen(event)))
        case e.ReminderSent():
            return _move_reminder(journey, event.reminder_id, "sent")
        case e.ReminderNotSent():
            return _move_reminder(journey, event.reminder_id, "not-sent", unsent=event.reason, unsent_at=event.at)
        case e.ReminderAcknowledged():
            return _acknowledged(journey, event)
        case e.ReminderEscalated():
            return _move_reminder(journey, event.reminder_id, "escalated")
        case e.ReminderEnded():
            return _move_reminder(journey, event.reminder_id, "ended")
        case e.EvidenceRequested():
            return with_changes(journey, requests=(*journey.requests, event.request_id))
        case e.EvaluationFellDue():
            return with_changes(journey, evaluations=(*journey.evaluations, event.evaluation_id))
        case e.NotificationSent() | e.NotificationNotSent():
            return with_changes(journey, settled_effects=(*journey.settled_effects, event.effect_id))
        case e.MessageRetried():
            return _retried(journey, event)
        case _:
            assert_never(event)


def _withdrawn(journey: Journey, event: e.EvidenceWithdrawn) -> Journey:
    """Set an observation aside in the name of its source, as a withdrawal by the source itself would."""
    held = next((held for held in journey.evidence if held.id == event.evidence_id), None)
    if held is None:
        return journey
    withdrawal = Withdrawal(
        id=withdrawal_id(held.id),
        kind="withdrawal",
        member=held.member,
        source=held.source,
        observed_on=local_date(event.at),
        withdraws=held.id,
    )
    others = tuple(each for each in journey.evidence if each.id != withdrawal.id)
    return with_changes(journey, evidence=(*others, withdrawal))


def _fallen(event: e.ReminderFellDue) -> Reminder:
    return Reminder(
        id=event.reminder_id,
        work=event.work,
        generation=event.generation,
        due_on=event.due_on,
        escalation=event.escalation,
    )


def _move_reminder(journey: Journey, reminder_id: str, state: ReminderState, **news: object) -> Journey:
    """Move one reminder along its chain; an answer is final, and news of its message after that moves it no more."""
    told = state in {"sent", "not-sent"}
    return with_changes(
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


def _acknowledged(journey: Journey, event: e.ReminderAcknowledged) -> Journey:
    """That an offer came back, or a family was merged or split, needs to be seen and nothing more: that settles it."""
    seen = journey.reminder(event.reminder_id)
    if seen is not None and seen.work in TO_BE_SEEN:
        journey = settle(journey, seen.work)
    return _move_reminder(journey, event.reminder_id, "acknowledged")


def _retried(journey: Journey, event: e.MessageRetried) -> Journey:
    """A reminder that is sent again is due as it was, and what became of it is not known yet."""
    again = event.message.reminder_id if isinstance(event.message, Remind) else ""
    return with_changes(
        journey,
        retried=(*journey.retried, event.of),
        reminders=tuple(
            reminder.model_copy(update={"state": "due" if reminder.live else reminder.state, "told": False})
            if reminder.id == again
            else reminder
            for reminder in journey.reminders
        ),
    )


def deadline_changed(journey: Journey, event: e.DeadlineEvent) -> Journey:
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
    return with_changes(
        journey,
        owed=tuple(
            owed.model_copy(update=news)
            if (owed.generation, owed.done) == (event.generation, False) and owed.work in stored
            else owed
            for owed in journey.owed
        ),
    )
