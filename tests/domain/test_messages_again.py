"""A message that did not go out is tried again by a command of its own, and the history says so."""

import pytest
from given import AT_WORK, HELD, IDENTIFIED_ON, LATER, REFERRAL, Given, ask, fact, noon, referred

from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.effects import Notify, Remind
from domain.journey.evolve import fold
from domain.journey.messages import retry_id
from domain.journey.react import react

OLD = f"{REFERRAL['journey_id']}:3:1"
notice = Notify(
    effect_id=OLD,
    partner="police",
    about="family-identified",
    on=IDENTIFIED_ON,
    purpose="family-support",
    categories=("stage",),
    version=2,
)
REMINDER = "identification.1.2012-05-09.remind+0"
reminder = Remind(
    effect_id=OLD, reminder_id=REMINDER, work="identification", due_on=IDENTIFIED_ON, to="coordinator", escalation=False
)
fallen = fact(
    e.ReminderFellDue,
    IDENTIFIED_ON,
    reminder_id=REMINDER,
    work="identification",
    generation=1,
    due_on=IDENTIFIED_ON,
    to="coordinator",
    planned_for=noon(IDENTIFIED_ON),
    late=False,
    escalation=False,
)
not_sent = fact(e.ReminderNotSent, IDENTIFIED_ON, reminder_id=REMINDER, fault="failed", reason="gave-up")
OWED = (referred, fallen, not_sent)
again = ask(c.RetryMessage, LATER, effect_id=OLD, message=notice)
again_reminder = ask(c.RetryMessage, LATER, effect_id=OLD, message=reminder)


def retried(message):
    return fact(e.MessageRetried, LATER, of=OLD, message=message.model_copy(update={"effect_id": f"{OLD}:retry-1"}))


def test_a_message_is_tried_again_under_an_id_of_its_own():
    """The event says which message it was and what goes out now; it goes out as an effect of that event."""
    Given(*HELD).when(again).then(retried(notice))
    assert react(fold([*HELD, retried(notice)]), retried(notice), None) == [retried(notice).message]


def test_it_is_tried_again_once():
    """The same message again changes nothing, also under another command: its successor is what may be retried."""
    Given(*HELD, retried(notice)).when(again).then()
    Given(*HELD, retried(notice)).when(again.model_copy(update={"message": None})).then()


def test_what_did_not_fail_is_not_tried_again():
    """Without a failed or refused message in the outbox there is nothing to try."""
    Given(*HELD).when(again.model_copy(update={"message": None})).refused("nothing-to-retry", OLD)


def test_it_is_tried_again_after_the_close():
    """A partner that was away may still be told how the journey ended."""
    closed = fact(e.JourneyClosed, LATER, outcome="moved-away")
    Given(*AT_WORK, closed).when(again).then(retried(notice))


def test_a_reminder_is_tried_again_and_told_of_anew():
    """Its work is still owed: it is due as it was, and what becomes of the second message is recorded."""
    Given(*OWED).when(again_reminder).then(retried(reminder))
    sent = ask(c.RecordReminder, LATER, reminder_id=REMINDER, effect_id=f"{OLD}:retry-1")
    Given(*OWED, retried(reminder)).when(sent).then(fact(e.ReminderSent, LATER, reminder_id=REMINDER))
    assert fold([*OWED, retried(reminder)]).reminder(REMINDER).state == "due"


def test_an_escalated_reminder_that_is_tried_again_stays_escalated():
    """Trying its message again does not take back that it went up."""
    escalated = fact(e.ReminderEscalated, LATER, reminder_id=REMINDER)
    held = fold([*OWED, escalated, retried(reminder)]).reminder(REMINDER)
    assert (held.state, held.told) == ("escalated", False)


@pytest.mark.parametrize("events", [HELD, (*OWED, fact(e.ReminderAcknowledged, LATER, reminder_id=REMINDER))])
def test_a_reminder_that_nobody_waits_for_is_not_tried_again(events):
    """Work that is done, or a reminder that was acknowledged, needs no message."""
    Given(*events).when(again_reminder).refused("reason-ended", REMINDER)


@pytest.mark.parametrize(
    ("effect_id", "following"), [("j:3:1", "j:3:1:retry-1"), ("j:3:1:retry-1", "j:3:1:retry-2"), ("", ":retry-1")]
)
def test_the_id_of_a_retry_comes_from_the_first_one(effect_id, following):
    """However often a message is tried again, its ids tell the first and the number."""
    assert retry_id(effect_id) == following
