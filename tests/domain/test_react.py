"""What follows in the world from an event: reminders, notifications and evaluations, each with a stable id."""

from datetime import date

import pytest
from given import (
    ALLOCATED_ON,
    AT_WORK,
    BARE,
    IDENTIFIED_ON,
    LATER,
    LOWERED,
    PROGRAMME,
    REFERRAL,
    REFERRED_ON,
    SIX_MONTHS_ON,
    STEPPED_DOWN_ON,
    fact,
    identified,
    noon,
    referred,
    six_months,
    stepped_down,
)

from domain.journey import events as e
from domain.journey.commands import RecordNotification, RecordReminder
from domain.journey.effects import EvaluateResults, Notify, Remind
from domain.journey.evolve import fold
from domain.journey.react import given_up, react

JOURNEY = REFERRAL["journey_id"]
STATED = {"work": "plan", "due_on": LATER, "to": "holder", "escalation": False}
fallen = fact(
    e.ReminderFellDue, LATER, reminder_id="plan.4.x", generation=4, planned_for=noon(LATER), late=False, **STATED
)


def effects_of(event, before=(), programme=PROGRAMME):
    return react(fold([*before, event]), event, programme)


def notice(number, partner, about, on):
    return Notify(
        effect_id=f"{JOURNEY}:{number}",
        partner=partner,
        about=about,
        on=on,
        purpose="family-support",
        categories=("stage",),
        version=int(number.split(":")[0]) if ":" in number else 0,
    )


def test_a_reminder_that_fell_due_is_sent():
    """One reminder, one message, to whoever owes the work; its id comes from the journey and its version."""
    expected = Remind(effect_id=f"{JOURNEY}:8:1", reminder_id="plan.4.x", **STATED)
    assert [expected] == effects_of(fallen, AT_WORK)


def test_partners_are_told_as_the_notices_say():
    """Each partner of a notice is told once, in the order of the pack, about its own event only."""
    assert [notice("1:1", "police", "family-referred", REFERRED_ON)] == effects_of(referred)
    assert [
        notice("8:1", "police", "stepped-down", STEPPED_DOWN_ON),
        notice("8:2", "schools", "stepped-down", STEPPED_DOWN_ON),
    ] == effects_of(stepped_down, AT_WORK)
    assert effects_of(AT_WORK[-1], AT_WORK[:-1]) == []


def test_a_partner_who_is_also_the_referrer_is_told_once():
    """`referrer` stands for whoever referred the family, and nobody is told the same thing twice."""
    assert [notice("2:1", "police", "family-identified", IDENTIFIED_ON)] == effects_of(identified, [referred])
    by_health = referred.model_copy(update={"referrer": "health"})
    assert [effect.partner for effect in effects_of(identified, [by_health])] == ["health", "police"]


def test_a_notice_of_an_event_without_a_day_carries_the_day_it_was_recorded():
    """An event that has no day of its own is told with the day in Britain on which it was recorded."""
    told = PROGRAMME.notices[0].model_copy(update={"event": "evaluation-fell-due"})
    programme = PROGRAMME.model_copy(update={"notices": (told,), "results": ()})
    event = fact(e.EvaluationFellDue, LATER, evaluation_id="evaluation.6", as_of=ALLOCATED_ON)
    assert [effect.on for effect in effects_of(event, AT_WORK, programme)] == [LATER]


corrected = fact(e.EventCorrected, LATER, version=9, reason="misread", replacement=six_months)


@pytest.mark.parametrize(
    ("event", "as_of"),
    [
        (fact(e.EvaluationFellDue, LATER, evaluation_id="evaluation.6", as_of=SIX_MONTHS_ON), SIX_MONTHS_ON),
        (six_months, SIX_MONTHS_ON),
        (corrected, SIX_MONTHS_ON),
        (six_months.model_copy(update={"verdict": "regressed"}), None),
        (corrected.model_copy(update={"replacement": identified}), None),
    ],
)
def test_results_are_evaluated_when_due_and_at_every_sustained_check(event, as_of):
    """An evaluation falls due by the programme or by a check that was, or was corrected to, sustained."""
    expected = [] if as_of is None else [EvaluateResults(effect_id=f"{JOURNEY}:9:1", as_of=as_of)]
    assert expected == effects_of(event, LOWERED)


def test_a_programme_without_results_evaluates_nothing():
    """Where nothing is paid for, a sustained check has no effect."""
    assert effects_of(six_months, LOWERED, BARE) == []


def test_the_effects_of_an_event_have_ids_of_their_own_and_are_the_same_each_time():
    """A retry finds the same ids; two effects never share one."""
    told = PROGRAMME.notices[0].model_copy(update={"event": "check-recorded", "partners": ("police", "health")})
    programme = PROGRAMME.model_copy(update={"notices": (told,)})
    first, again = (effects_of(six_months, LOWERED, programme) for _ in range(2))
    assert first == again
    assert [f"{JOURNEY}:9:{number}" for number in (1, 2, 3)] == [effect.effect_id for effect in first]


def test_an_effect_given_up_is_recorded_as_failed():
    """What could not be done comes back as a command under the effect's own id, so it is recorded once."""
    at = noon(date(2013, 1, 7))
    order = {"command_id": "j:1:1:settled", "at": at, "actor": "worker:effects"}
    why = {"effect_id": "j:1:1", "fault": "failed", "reason": "no-answer"}
    message = notice("x", "police", "stepped-down", LATER).model_copy(update={"effect_id": "j:1:1"})
    assert [
        RecordReminder(**order, **why, reminder_id="plan.4.x"),
        RecordNotification(**order, **why, partner="police", about="stepped-down"),
    ] == [
        given_up(effect, at, "no-answer")
        for effect in (
            Remind(effect_id="j:1:1", reminder_id="plan.4.x", **STATED),
            message,
        )
    ]
