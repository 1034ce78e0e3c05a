"""How the record changes the journey at any stage: reminders, deadlines changed, messages tried again."""

from domain.journey.effects import Remind
from domain.journey.events import (
    DeadlineCancelled,
    DeadlineMoved,
    DeadlinePaused,
    DeadlineResumed,
    MessageRetried,
    ReminderAcknowledged,
)
from domain.journey.evolve.changes import settle, with_changes
from domain.journey.state import Changed, DeadlineState, Journey, ReminderState


def move_reminder(journey: Journey, reminder_id: str, state: ReminderState, **news: object) -> Journey:
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


def acknowledged(journey: Journey, event: ReminderAcknowledged) -> Journey:
    """That an offer came back needs to be seen and nothing more: seeing it settles it."""
    seen = journey.reminder(event.reminder_id)
    if seen is not None and seen.work == "handover-refusal":
        journey = settle(journey, "handover-refusal")
    return move_reminder(journey, event.reminder_id, "acknowledged")


def retried(journey: Journey, event: MessageRetried) -> Journey:
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


def deadline_changed(
    journey: Journey, event: DeadlineMoved | DeadlinePaused | DeadlineResumed | DeadlineCancelled
) -> Journey:
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
