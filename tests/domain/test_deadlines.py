"""Deadlines moved, paused, resumed and cancelled: the work stays owed, and no deadline of before ever fires."""

from datetime import date, timedelta

import pytest
from given import (
    ASSESSED_ON,
    AT_WORK,
    BARE,
    HELD,
    LOWERED,
    PLANNED_ON,
    PROGRAMME,
    SIX_MONTHS_ON,
    SUSTAINED,
    TWELVE_MONTHS_ON,
    Given,
    ask,
    assessed,
    at,
    fact,
    noon,
    planned,
    referred,
    six_months,
    twelve_months,
)

from domain.calendar import calendar_of, local_date
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.agenda import agenda, due_on, owed_now
from domain.journey.evolve import fold

ENGLAND = calendar_of("ENG")
WAITING = (*HELD, assessed)  # a plan is owed by 13 June 2012
PLAN = {"work": "plan", "reason": "family-away"}
PLAN_DUE, TODAY, LATER = date(2012, 6, 13), date(2012, 5, 30), date(2012, 7, 2)
GENERATION = len(WAITING)


def changed(kind, on=TODAY, generation=GENERATION, **fields):
    return fact(kind, on, generation=generation, **(PLAN | fields))


moved = changed(e.DeadlineMoved, due_on=LATER)
paused = changed(e.DeadlinePaused, due_on=PLAN_DUE)
cancelled = changed(e.DeadlineCancelled)


def plan(*events, programme=PROGRAMME):
    """When the plan is due, and the days on which somebody hears of it."""
    journey = fold(events)
    owed = next(item for item in owed_now(journey, programme) if item.work == "plan")
    rungs = [local_date(rung.at) for rung in agenda(journey, programme, ENGLAND) if rung.work == "plan"]
    return due_on(journey, owed, programme, ENGLAND), rungs


def days_of_plan(*stream, until=date(2013, 6, 1)):
    """The reminders of the plan that fall due day by day, as (id, day)."""
    stream, tick, fallen = list(stream), max(event.at for event in stream), []
    while local_date(tick) < until:
        tick += timedelta(days=1)
        happened = Given(*stream).when(at(tick)).happened
        stream += happened
        fallen += [event for event in happened if event.type == "reminder-fell-due" and event.work == "plan"]
    return [(event.reminder_id, local_date(event.at)) for event in fallen]


# Moved


def test_a_moved_deadline_takes_its_whole_ladder_along():
    """The work is due on the new day and its reminders stand around that one, in a generation of its own."""
    Given(*WAITING).when(ask(c.MoveDeadline, TODAY, to=LATER, **PLAN)).then(moved)
    assert plan(*WAITING, moved) == (LATER, [LATER, date(2012, 7, 9)])
    assert fold([*WAITING, moved]).owes("plan").generation == GENERATION + 1


def test_a_deadline_that_was_moved_never_fires_on_its_old_day():
    """Left alone for a year, the plan is reminded of on the new days only."""
    assert [day for _, day in days_of_plan(*WAITING, moved)] == [LATER, date(2012, 7, 9)]


def test_live_reminders_end_with_the_deadline_that_is_moved():
    """A reminder that waits for an answer ends in the same decision that moves its deadline."""
    late = date(2012, 6, 14)
    stream = [*WAITING, *Given(*WAITING).when(at(noon(late))).happened]
    waiting = [reminder.id for reminder in fold(stream).reminders if reminder.live and reminder.work == "plan"]
    happened = Given(*stream).when(ask(c.MoveDeadline, late, to=LATER, **PLAN)).happened
    assert ["deadline-moved", "reminder-ended"] == [event.type for event in happened]
    assert waiting == [event.reminder_id for event in happened[1:]] == [f"plan.{GENERATION}.{PLAN_DUE}.remind+0"]


@pytest.mark.parametrize("command", [c.MoveDeadline, c.PauseDeadline, c.CancelDeadline])
def test_every_change_ends_the_live_reminders(command):
    """Whatever is done to a deadline, none of its reminders waits any longer."""
    late = date(2012, 6, 14)
    stream = [*WAITING, *Given(*WAITING).when(at(noon(late))).happened]
    to = {"to": LATER} if command is c.MoveDeadline else {}
    happened = Given(*stream).when(ask(command, late, **PLAN, **to)).happened
    after = fold([*stream, *happened])
    assert [reminder.state for reminder in after.reminders if reminder.work == "plan"] == ["ended"]


def test_moving_to_the_day_it_stands_on_changes_nothing():
    """The same move again, or one to the day the programme set, has nothing to do."""
    Given(*WAITING).when(ask(c.MoveDeadline, TODAY, to=PLAN_DUE, **PLAN)).then()
    Given(*WAITING, moved).when(ask(c.MoveDeadline, TODAY, to=LATER, **PLAN)).then()


@pytest.mark.parametrize(
    ("to", "code", "saying"),
    [
        (date(2012, 5, 29), "past-date", "choose a day from 2012-05-30 to 2014-05-30"),
        (date(2014, 5, 31), "too-far", "more than 24 months ahead"),
    ],
)
def test_a_deadline_moves_within_bounds(to, code, saying):
    """Neither to a day that has passed nor out of sight."""
    Given(*WAITING).when(ask(c.MoveDeadline, TODAY, to=to, **PLAN)).refused(code, saying)


@pytest.mark.parametrize("to", [TODAY, date(2014, 5, 30)])
def test_the_first_and_the_last_day_a_deadline_may_move_to(to):
    """Today and the day two years on are within the bounds."""
    assert plan(*WAITING, *Given(*WAITING).when(ask(c.MoveDeadline, TODAY, to=to, **PLAN)).happened)[0] == to


def test_a_check_is_never_brought_forward():
    """A check may be moved later, and can be recorded from its own day on all the same."""
    when = {"work": "check", "reason": "school-holidays"}
    early = ask(c.MoveDeadline, date(2013, 1, 7), to=date(2013, 6, 2), **when)
    Given(*LOWERED).when(early).refused("too-early", "the check is due on 2013-06-03")
    later = Given(*LOWERED).when(ask(c.MoveDeadline, date(2013, 1, 7), to=date(2013, 7, 1), **when)).happened
    Given(*LOWERED, *later).when(ask(c.RecordCheck, SIX_MONTHS_ON, verdict="sustained")).then(six_months)


# Paused and resumed


def test_a_paused_clock_reminds_nobody():
    """While the clock stands still the plan is owed and has no deadline."""
    Given(*WAITING).when(ask(c.PauseDeadline, TODAY, **PLAN)).then(paused)
    assert plan(*WAITING, paused) == (None, [])
    assert days_of_plan(*WAITING, paused) == []


@pytest.mark.parametrize(
    ("on", "due"),
    [
        (TODAY, PLAN_DUE),
        (date(2012, 6, 1), date(2012, 6, 15)),
        (date(2012, 6, 6), date(2012, 6, 18)),  # 4 and 5 June were bank holidays
        (date(2012, 6, 10), date(2012, 6, 21)),  # a weekend in between
    ],
)
def test_a_resumed_deadline_is_later_by_the_working_days_it_stood_still(on, due):
    """Weekends and bank holidays within the pause give no day away."""
    resumed = changed(e.DeadlineResumed, on, GENERATION + 1, due_on=due)
    Given(*WAITING, paused).when(ask(c.ResumeDeadline, on, **PLAN)).then(resumed)
    assert plan(*WAITING, paused, resumed)[0] == due


def test_a_pause_is_begun_and_ended_once():
    """Pausing what stands still, or resuming what runs, has nothing to do."""
    Given(*WAITING, paused).when(ask(c.PauseDeadline, TODAY, **PLAN)).then()
    Given(*WAITING).when(ask(c.ResumeDeadline, TODAY, **PLAN)).then()
    Given(*WAITING, moved).when(ask(c.ResumeDeadline, TODAY, **PLAN)).then()


def test_a_paused_deadline_is_not_moved():
    """Which of the two was meant could not be told, so it is resumed first."""
    Given(*WAITING, paused).when(ask(c.MoveDeadline, TODAY, to=LATER, **PLAN)).refused("deadline-paused", "resume it")


def test_a_moved_deadline_can_be_paused():
    """The day that was set is the one that shifts."""
    on = date(2012, 6, 6)
    stream = [*WAITING, moved]
    stream += Given(*stream).when(ask(c.PauseDeadline, on, **PLAN)).happened
    stream += Given(*stream).when(ask(c.ResumeDeadline, on + timedelta(days=1), **PLAN)).happened
    assert plan(*stream)[0] == date(2012, 7, 3)


@pytest.mark.parametrize(
    ("stream", "command", "on"),
    [
        (WAITING, c.PauseDeadline, ASSESSED_ON - timedelta(days=1)),
        ((*WAITING, moved), c.PauseDeadline, TODAY - timedelta(days=1)),
        ((*WAITING, paused), c.ResumeDeadline, TODAY - timedelta(days=1)),
    ],
)
def test_a_pause_lies_after_what_it_stops(stream, command, on):
    """A clock stops no earlier than it began to run, and runs again no earlier than it stopped."""
    order = ask(command, TODAY, **PLAN).model_copy(update={"on": on})
    Given(*stream).when(order).refused("bad-dates")


# Cancelled


def test_work_whose_deadline_is_cancelled_stays_owed():
    """Nobody is reminded and the work is still to be done; doing it ends it as ever."""
    Given(*WAITING).when(ask(c.CancelDeadline, TODAY, **PLAN)).then(cancelled)
    assert plan(*WAITING, cancelled) == (None, [])
    assert days_of_plan(*WAITING, cancelled) == []
    Given(*WAITING, cancelled).when(ask(c.AgreePlan, PLANNED_ON, needs=("debt",))).then(planned)


def test_a_cancelled_deadline_comes_back_by_a_move_only():
    """Cancelled again, nothing happens; paused or resumed, it is refused; moved, it has a day again."""
    Given(*WAITING, cancelled).when(ask(c.CancelDeadline, TODAY, **PLAN)).then()
    for command in (c.PauseDeadline, c.ResumeDeadline):
        Given(*WAITING, cancelled).when(ask(command, TODAY, **PLAN)).refused("no-deadline", "journeys deadline move")
    again = Given(*WAITING, cancelled).when(ask(c.MoveDeadline, TODAY, to=LATER, **PLAN)).happened
    assert plan(*WAITING, cancelled, *again)[0] == LATER


@pytest.mark.parametrize("command", [c.MoveDeadline, c.PauseDeadline, c.ResumeDeadline, c.CancelDeadline])
def test_only_owed_work_with_a_clock_has_a_deadline(command):
    """Work that is not owed, or that the programme sets no clock for, has no deadline to change."""
    to = {"to": LATER} if command is c.MoveDeadline else {}
    order = ask(command, TODAY, **(PLAN | {"work": "intervention-start"}), **to)
    Given(*WAITING).when(order).refused("not-owed", "outstanding work: first-contact, plan")
    Given().when(order).refused("unknown-journey")
    Given(*WAITING, programme=BARE).when(ask(command, TODAY, **PLAN, **to)).refused("no-deadline", "sets no deadline")


# New work, and corrections


def test_work_that_is_owed_anew_has_the_programmes_deadline():
    """What was done to the deadline of one plan says nothing of the next one."""
    again = fact(e.FamilyAssessed, date(2012, 6, 7), needs=("debt",))
    assert plan(*WAITING, moved, again)[0] == date(2012, 6, 21)


def test_a_correction_brings_no_stale_deadline_back():
    """The day of the assessment was wrong: the plan keeps the day it was moved to, and fires in that generation."""
    other = fact(e.FamilyAssessed, date(2012, 5, 15), needs=("debt", "school"))
    correction = fact(e.EventCorrected, date(2012, 6, 1), version=GENERATION, reason="misread", replacement=other)
    stream = [*WAITING, moved, correction]
    assert plan(*stream)[0] == LATER
    assert {f"plan.{GENERATION + 1}.{LATER}.{rung}" for rung in ("remind+0", "escalate+5")} == {
        name for name, _ in days_of_plan(*stream)
    }


def test_a_move_of_work_that_a_correction_took_away_means_nothing():
    """Found not eligible after all, the family waits for its close; the moved allocation is not owed."""
    identified = fact(e.FamilyIdentified, date(2012, 5, 4), criteria=("poverty", "crime"), eligible=True)
    allocation = fact(e.DeadlineMoved, TODAY, work="allocation", generation=2, due_on=LATER, reason="no-worker")
    unfit = identified.model_copy(update={"criteria": ("poverty",), "eligible": False})
    correction = fact(e.EventCorrected, TODAY, version=2, reason="misread", replacement=unfit)
    journey = fold([referred, identified, allocation, correction])
    assert [(owed.work, owed.generation, owed.changed) for owed in owed_now(journey, PROGRAMME)] == [("close", 2, None)]


def test_the_moved_close_is_not_the_deadline_of_a_check():
    """A close that was moved moves no check that a correction brings back in its place."""
    close = {"work": "close", "reason": "last-visit"}
    day = TWELVE_MONTHS_ON + timedelta(days=2)
    moved_close = Given(*SUSTAINED).when(ask(c.MoveDeadline, day, to=date(2014, 2, 10), **close)).happened
    stream = [*SUSTAINED, *moved_close]
    owed = owed_now(fold(stream), PROGRAMME)[0]
    assert ("close", date(2014, 2, 10)) == (owed.work, due_on(fold(stream), owed, PROGRAMME, ENGLAND))
    unclear = twelve_months.model_copy(update={"verdict": "insufficient"})
    stream.append(fact(e.EventCorrected, day, version=len(SUSTAINED), reason="misread", replacement=unclear))
    owed = next(item for item in owed_now(fold(stream), PROGRAMME) if item.work == "check")
    assert date(2014, 2, 10) != due_on(fold(stream), owed, PROGRAMME, ENGLAND)
    happened = Given(*stream).when(ask(c.CancelDeadline, day, work="check", reason="moved")).happened
    assert [event.type for event in happened] == ["deadline-cancelled"]


def test_at_work_only_the_named_deadline_changes():
    """The plan review is cancelled; the evaluations of results stay where they were."""
    before = agenda(fold(AT_WORK), PROGRAMME, ENGLAND)
    review = {"work": "plan-review", "reason": "reviewed-elsewhere"}
    stream = [*AT_WORK, *Given(*AT_WORK).when(ask(c.CancelDeadline, date(2012, 6, 12), **review)).happened]
    after = agenda(fold(stream), PROGRAMME, ENGLAND)
    assert after == tuple(deadline for deadline in before if deadline.work != "plan-review")
