"""What falls due if nothing else happens: every clock and rung once, moved or gone with its work."""

from datetime import date, datetime, time, timedelta
from re import search

import pytest
from given import (
    ALLOCATED_ON,
    ASSESSED_ON,
    AT_WORK,
    BARE,
    HELD,
    IDENTIFIED_ON,
    LATER,
    LOWERED,
    PLANNED,
    PLANNED_ON,
    PROGRAMME,
    SIX_MONTHS_ON,
    STARTED_ON,
    SUSTAINED,
    TWELVE_MONTHS_ON,
    Given,
    allocated,
    ask,
    assessed,
    at,
    fact,
    identified,
    noon,
    not_eligible,
    referred,
    stepped_down,
)

from domain.calendar import LONDON, calendar_of, local_date
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.agenda import agenda, due_on, owed_now
from domain.journey.evolve import fold
from domain.journey.facts import Caseload
from domain.journey.react import react

ENGLAND = calendar_of("ENG")
offered = fact(e.HandoverOffered, ASSESSED_ON, to="lee")
regressed = fact(e.CheckRecorded, SIX_MONTHS_ON, months=6, verdict="regressed")
closed = fact(e.JourneyClosed, LATER, outcome="sustained")
proposed = fact(
    e.ClawbackProposed,
    LATER,
    claim_id="claim-1",
    result="work",
    limb="in-work",
    verdict_before="met",
    verdict_after="not_met",
    amount_before=1600,
    amount_after=0,
    as_of=SIX_MONTHS_ON,
    cause="a",
)


def ladder(work, *events, programme=PROGRAMME):
    """The rungs planned for a piece of work: the day in Britain and the name of the rung."""
    return [
        (local_date(deadline.at), deadline.id.rsplit(".")[-1])
        for deadline in agenda(fold(events), programme, ENGLAND)
        if deadline.work == work
    ]


LADDERS = {
    "identification": (
        [referred],
        [
            (date(2012, 5, 8), "remind-1"),
            (date(2012, 5, 9), "remind+0"),
            (date(2012, 5, 14), "escalate+3"),
        ],  # over the bank holiday of 7 May
    ),
    "allocation": ([referred, identified], [(date(2012, 5, 14), "remind+0"), (date(2012, 5, 17), "escalate+3")]),
    "first-contact": (HELD, [(date(2012, 5, 15), "remind+0"), (date(2012, 5, 17), "escalate+2")]),
    "assessment": (
        HELD,
        [
            (date(2012, 5, 29), "remind-5"),
            (date(2012, 6, 7), "remind+0"),
            (date(2012, 6, 14), "escalate+5"),
        ],  # over 4 and 5 June
    ),
    "plan": ([*HELD, assessed], [(date(2012, 6, 13), "remind+0"), (date(2012, 6, 20), "escalate+5")]),
    "intervention-start": (PLANNED, [(date(2012, 6, 13), "remind+0"), (date(2012, 6, 20), "escalate+5")]),
    "plan-review": (
        AT_WORK,
        [
            (date(2012, 9, 4), "remind-5"),
            (date(2012, 9, 11), "remind+0"),
            (date(2012, 9, 18), "escalate+5"),
        ],
    ),
    "check": (
        LOWERED,
        [
            (date(2013, 5, 17), "remind-10"),
            (date(2013, 6, 3), "remind+0"),
            (date(2013, 6, 17), "escalate+10"),
        ],  # over the bank holiday of 27 May
    ),
    "regression-response": (
        [*LOWERED, regressed],
        [(date(2013, 6, 10), "remind+0"), (date(2013, 6, 13), "escalate+3")],
    ),
    "check-decision": (
        [*LOWERED, *[fact(e.CheckRecorded, SIX_MONTHS_ON, months=6, verdict="insufficient")] * 2],
        [(date(2013, 6, 10), "remind+0"), (date(2013, 6, 13), "escalate+3")],
    ),
    "handover-answer": ([*HELD, offered], [(date(2012, 5, 31), "remind+0"), (date(2012, 6, 6), "escalate+2")]),
    "clawback-decision": (
        [*SUSTAINED, proposed],
        [(date(2014, 1, 8), "remind+0"), (date(2014, 1, 15), "escalate+5")],
    ),
    "close": (SUSTAINED, [(date(2013, 12, 17), "remind+0"), (date(2013, 12, 24), "escalate+5")]),
}


@pytest.mark.parametrize("work", LADDERS)
def test_every_ladder_stands_around_its_due_date(work):
    """Each rung falls so many working days from the due date, over weekends and bank holidays."""
    events, expected = LADDERS[work]
    assert expected == ladder(work, *events)


def test_every_ladder_of_the_programme_is_tested_here():
    """No clock of the test programme is left without its own expected days."""
    assert {clock.work for clock in PROGRAMME.clocks} == set(LADDERS)


@pytest.mark.parametrize("work", LADDERS)
def test_every_rung_fires_once_if_nothing_is_done(work):
    """Left alone for a year, day by day, each rung of a clock falls due exactly once and is sent once."""
    events, _ = LADDERS[work]
    stream, effects = list(events), []
    tick = max(event.at for event in events)
    for _ in range(400):
        tick += timedelta(days=1)
        for event in Given(*stream).when(at(tick)).happened:
            stream.append(event)
            effects += react(fold(stream), event, PROGRAMME)
    clock = PROGRAMME.clock(work)
    expected = [(f"{rung.at:+d}", clock.escalate_to if rung.escalate else clock.owner) for rung in clock.rungs]
    assert expected == [
        (search(r"[+-][0-9]+$", effect.reminder_id)[0], effect.to)
        for effect in effects
        if effect.type == "remind" and effect.work == work
    ]


def test_a_repeated_rung_comes_again_until_its_last_day():
    """It comes every so many working days, over a bank holiday too, to whom it always goes, and then no more."""
    clock = PROGRAMME.clock("allocation")
    again = [{"at": 0}, {"at": 5, "every": 5, "until": 19}, {"at": 15, "every": 30, "until": 45, "escalate": True}]
    weekly = type(clock).model_validate(clock.model_dump() | {"ladder": again})
    pack = PROGRAMME.model_copy(update={"clocks": (weekly,)})
    assert ladder("allocation", referred, identified, programme=pack) == [
        (date(2012, 5, 14), "remind+0"),
        (date(2012, 5, 21), "remind+5"),
        (date(2012, 5, 28), "remind+10"),
        (date(2012, 6, 6), "escalate+15"),
        (date(2012, 6, 6), "remind+15"),
        (date(2012, 7, 18), "escalate+45"),
    ]


def test_every_evaluation_fires_once():
    """The results are evaluated at each month the programme names, once, as of that day, also after a step-up."""
    again = (fact(e.SteppedUp, date(2013, 1, 7), reason="relapse"), fact(e.SteppedDown, date(2013, 2, 4)))
    stream = [*LOWERED, *again]
    for month in range(1, 24):
        tick = noon(date(2013, 2, 5)) + timedelta(days=30 * month)
        stream += Given(*stream).when(at(tick)).happened
    assert [date(2012, 12, 11), date(2013, 6, 11)] == [
        event.as_of for event in stream if event.type == "evaluation-fell-due"
    ]


def test_the_agenda_says_who_and_what_and_when():
    """A deadline names its work, its due date and who hears of it; the soonest stands first."""
    due = agenda(fold(AT_WORK), PROGRAMME, ENGLAND)
    assert sorted(deadline.at for deadline in due) == [deadline.at for deadline in due]
    review = next(deadline for deadline in due if deadline.work == "plan-review")
    assert ("plan-review.7.2012-09-11.remind-5", date(2012, 9, 11), "holder", False, None) == (
        review.id,
        review.due_on,
        review.to,
        review.escalation,
        review.months,
    )
    evaluation = next(deadline for deadline in due if deadline.work is None)
    assert ("evaluation.6.2012-12-11", date(2012, 12, 11), 6) == (evaluation.id, evaluation.due_on, evaluation.months)


@pytest.mark.parametrize("events", [(), (*SUSTAINED, closed)])
def test_a_journey_that_is_not_open_owes_nothing(events):
    """Nothing is owed, and nobody reminded, before the referral or after the close."""
    due = [deadline for deadline in agenda(fold(events), PROGRAMME, ENGLAND) if deadline.work is not None]
    assert (due, owed_now(fold(events), PROGRAMME)) == ([], ())


def test_results_reached_before_the_close_are_evaluated_after_it():
    """Evaluations as of days up to the close stay on the agenda, those as of later days do not: the money is owed."""
    early = closed.model_copy(update={"on": date(2013, 1, 15)})
    after = agenda(fold([*AT_WORK, early]), PROGRAMME, ENGLAND)
    assert [(deadline.work, deadline.months) for deadline in after] == [(None, 6)]


@pytest.mark.parametrize("events", [[referred], AT_WORK, LOWERED, SUSTAINED])
def test_a_programme_without_clocks_has_no_deadlines(events):
    """Where a pack sets no clock, check or evaluation, nothing falls due."""
    assert agenda(fold(events), BARE, ENGLAND) == ()


def test_a_programme_may_have_clocks_and_no_checks_or_results():
    """Without checks the close is owed after the step-down; without results there is nothing to evaluate."""
    lean = PROGRAMME.model_copy(update={"checks": None, "results": ()})
    assert {"close"} == {deadline.work for deadline in agenda(fold(LOWERED), lean, ENGLAND)}


def test_redoing_the_work_never_fires_its_old_deadlines():
    """A plan review moves the next one: no id of the first round falls due once it was done in time."""
    old = {deadline.id for deadline in agenda(fold(AT_WORK), PROGRAMME, ENGLAND) if deadline.work}
    reviewed = fact(e.PlanReviewed, date(2012, 8, 1), outcome="on-track")
    happened = Given(*AT_WORK, reviewed).when(at(noon(date(2013, 12, 2)))).happened
    fired = {event.reminder_id for event in happened if event.type == "reminder-fell-due"}
    assert (3, set()) == (len(fired), fired & old)


def test_a_second_round_of_checks_has_ids_of_its_own():
    """After step-up and step-down the checks and the close are reminded of afresh, though the same ids were used up."""
    first = Given(*SUSTAINED).when(at(noon(date(2014, 2, 3))))
    stream = [*first.events, *first.happened]
    stream += [
        fact(e.SteppedUp, date(2014, 2, 3), reason="relapse"),
        fact(e.SteppedDown, date(2014, 3, 3)),
        fact(e.CheckRecorded, date(2014, 9, 3), months=6, verdict="sustained"),
        fact(e.CheckRecorded, date(2015, 3, 3), months=12, verdict="sustained"),
    ]
    assert [(date(2015, 3, 17), "remind+0"), (date(2015, 3, 24), "escalate+5")] == ladder("close", *stream)


def test_a_due_date_in_months_that_is_a_day_off_moves_to_the_next_working_day():
    """Three months from 9 June 2012 is a Sunday: the plan review is due on the Monday."""
    started_earlier = fact(e.InterventionStarted, date(2012, 6, 9))
    reviews = [
        deadline
        for deadline in agenda(fold([*PLANNED, started_earlier]), PROGRAMME, ENGLAND)
        if deadline.work == "plan-review"
    ]
    assert {deadline.due_on for deadline in reviews} == {date(2012, 9, 10)}


def test_a_check_not_passed_is_due_again_after_the_grace():
    """A check that was insufficient or regressed is due two months after it was made, then the next one on its day."""
    assert (date(2013, 8, 5), "remind+0") in ladder("check", *LOWERED, regressed)  # 3 August is a Saturday
    again = fact(e.CheckRecorded, date(2013, 8, 5), months=6, verdict="sustained")
    assert (TWELVE_MONTHS_ON, "remind+0") in ladder("check", *LOWERED, regressed, again)


def test_a_family_found_not_eligible_is_to_be_closed():
    """Not eligible, the journey waits for its close; found eligible after all, for a key worker."""
    again = fact(e.FamilyIdentified, ALLOCATED_ON, criteria=("crime", "addiction"), eligible=True)
    works = [
        [owed.work for owed in owed_now(fold(events), PROGRAMME)]
        for events in ([referred, not_eligible], [referred, not_eligible, again])
    ]
    assert works == [["close"], ["allocation"]]


def test_a_review_at_low_intensity_owes_no_other():
    """After the step-down the checks take the place of plan reviews, whether or not one is made of goodwill."""
    reviewed = fact(e.PlanReviewed, date(2013, 1, 7), outcome="on-track")
    assert [owed.work for owed in owed_now(fold([*LOWERED, reviewed]), PROGRAMME)] == ["check"]


# Work that becomes known late


def test_late_known_work_is_reminded_of_from_the_next_working_day():
    """Of a referral recorded three weeks late its owner hears first, in working hours, the manager in due time."""
    late = referred.model_copy(update={"at": datetime.combine(date(2012, 5, 25), time(20), tzinfo=LONDON)})
    assert [(date(2012, 5, 28), "remind+0"), (date(2012, 5, 31), "escalate+3")] == ladder("identification", late)


def test_steps_recorded_together_remind_nobody():
    """Catching up on paper work late one evening sends no message for steps that follow a minute later."""
    evening = datetime.combine(date(2012, 9, 3), time(20), tzinfo=LONDON)
    stream = [referred]
    asked = [
        ask(c.IdentifyFamily, IDENTIFIED_ON, criteria=("poverty", "crime")),
        ask(c.AllocateKeyWorker, ALLOCATED_ON, key_worker="kim", caseload=Caseload(known=True, held=0, cap=10)),
        ask(c.AssessFamily, ASSESSED_ON, needs=("debt",)),
        ask(c.AgreePlan, PLANNED_ON, needs=("debt",)),
        ask(c.StartIntervention, STARTED_ON),
    ]
    for command in asked:
        stream += Given(*stream).when(command.model_copy(update={"at": evening})).happened
        stream += Given(*stream).when(at(evening)).happened if len(stream) > 2 else []
    assert [event.type for event in stream if event.type.startswith("reminder")] == []


def test_a_rung_already_past_when_the_work_became_known_waits_for_the_next_working_day():
    """Known two days before it is due, an assessment skips no rung: the early one goes out the next morning."""
    late = allocated.model_copy(update={"at": noon(date(2012, 6, 1))})
    days = [(date(2012, 6, 6), "remind-5"), (date(2012, 6, 7), "remind+0"), (date(2012, 6, 14), "escalate+5")]
    assert days == ladder("assessment", referred, identified, late)


def test_due_dates_stay_true_for_late_known_work():
    """The due date shown is the one the programme sets, also when the ladder had to wait."""
    late = referred.model_copy(update={"at": noon(date(2012, 5, 25))})
    assert {date(2012, 5, 9)} == {deadline.due_on for deadline in agenda(fold([late]), PROGRAMME, ENGLAND)}
    journey = fold([late])
    assert date(2012, 5, 9) == due_on(journey, journey.owed[0], PROGRAMME, ENGLAND)
    assert None is due_on(journey, journey.owed[0], BARE, ENGLAND)


def test_a_referral_over_the_new_year_is_counted_in_its_own_nation():
    """The same referral is overdue a day later in Scotland, which keeps 2 January as well."""
    late = referred.model_copy(update={"on": date(2012, 12, 27), "at": noon(date(2012, 12, 27))})
    due = [agenda(fold([late]), PROGRAMME, calendar_of(nation))[0].due_on for nation in ("ENG", "WLS", "NIR", "SCT")]
    assert [date(2013, 1, 4)] * 3 + [date(2013, 1, 7)] == due


def test_the_first_step_down_counts_from_its_own_day():
    """The check falls six calendar months after the step-down, whatever day it was recorded."""
    late = stepped_down.model_copy(update={"at": noon(date(2013, 1, 15))})
    assert (SIX_MONTHS_ON, "remind+0") in ladder("check", *AT_WORK, late)


def test_a_check_has_a_due_date_only_while_one_is_left():
    """Asked of the work as it was owed, a check that nobody needs any more has no due date."""
    left, done = fold(LOWERED), fold(SUSTAINED)
    days = [due_on(journey, journey.owes("check"), PROGRAMME, ENGLAND) for journey in (left, done)]
    assert days == [SIX_MONTHS_ON, None]
