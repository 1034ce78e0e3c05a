"""Sustained-outcome checks: evidence asked for in time, one extension, an offer after a regression, and breaks."""

from datetime import date, timedelta
from typing import get_args

import pytest
from given import LOWERED, PROGRAMME, SIX_MONTHS_ON, STEPPED_DOWN_ON, Given, ask, at, fact, noon, referred
from given import six_months as sustained

from domain.calendar import calendar_of, local_date
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.agenda import agenda, due_on, owed_now
from domain.journey.evidence_request import askable, kinds_looked_at
from domain.journey.evolve import fold
from domain.journey.explain import explain
from domain.journey.next_steps import STEPS, next_steps
from domain.journey.react import react
from domain.programme.clocks import Work
from domain.programme.programme import Months
from domain.rules.where import Where
from programmes import load

ENGLAND = calendar_of("ENG")
AGAIN_ON = date(2013, 8, 3)  # two months of grace after the six-month check
SENDERS = tuple(
    held.model_copy(update={"kinds": kinds})
    for held, kinds in zip(
        PROGRAMME.agreements, (("offence", "employment"), ("employment",), ("treatment",)), strict=True
    )
)
ASKING = PROGRAMME.model_copy(
    update={
        "checks": PROGRAMME.checks.model_copy(
            update={"ask_months_before": Months(value=1, source="the tests", confidence="verified")}
        ),
        "agreements": SENDERS,
    }
)


def checked(verdict, on=SIX_MONTHS_ON, months=6):
    return fact(e.CheckRecorded, on, months=months, verdict=verdict)


unclear, regressed = checked("insufficient"), checked("regressed")
unclear_again = checked("insufficient", AGAIN_ON)


def owed(*events, programme=PROGRAMME):
    """What is owed, with its due date."""
    journey = fold(events)
    return {item.work: due_on(journey, item, programme, ENGLAND) for item in owed_now(journey, programme)}


def requests(*events, programme=ASKING):
    """The requests for evidence on the agenda: the day in Britain and the check they are for."""
    due = agenda(fold(events), programme, ENGLAND)
    return [(local_date(one.at), one.due_on, one.months) for one in due if one.kind == "ask"]


# Evidence is asked for


def test_evidence_is_asked_for_before_the_check():
    """A month before the six-month check, on a working day, within working hours."""
    assert requests(*LOWERED) == [(date(2013, 5, 3), SIX_MONTHS_ON, 6)]
    assert requests(*LOWERED, programme=PROGRAMME) == []


def test_partners_who_may_send_what_the_rules_look_at_are_asked_once():
    """The request names them and the kinds; each is asked under its agreement, for the day of the check."""
    moment = noon(date(2013, 5, 3)) + timedelta(hours=4)
    happened = Given(*LOWERED, programme=ASKING).when(at(moment)).happened
    request = next(event for event in happened if event.type == "evidence-requested")
    assert (request.partners, request.kinds, request.check_on, request.months) == (
        ("police", "schools"),
        ("employment",),
        SIX_MONTHS_ON,
        6,
    )
    effects = react(fold([*LOWERED, request]), request, ASKING)
    assert [(one.partner, one.about, one.on, one.purpose, one.categories) for one in effects] == [
        (partner, "evidence-requested", SIX_MONTHS_ON, "family-support", ("stage", "dates"))
        for partner in ("police", "schools")
    ]
    again = Given(*LOWERED, *happened, programme=ASKING).when(at(moment)).happened
    assert again == []


def test_only_agreements_in_force_are_asked_under():
    """After its agreement ended a partner is not asked, and where one shares no dates none are told."""
    assert [held.partner for held in askable(ASKING, date(2014, 1, 1))] == ["police"]
    silent = SENDERS[0].model_copy(update={"categories": ("stage",)})
    purposeless = SENDERS[1].model_copy(update={"purposes": ()})
    programme = ASKING.model_copy(update={"agreements": (silent, purposeless)})
    request = fact(
        e.EvidenceRequested,
        date(2013, 5, 3),
        request_id="request.6.2013-06-03",
        months=6,
        check_on=SIX_MONTHS_ON,
        kinds=("employment",),
        partners=("police", "schools", "library"),
    )
    assert [(one.partner, one.categories) for one in react(fold([*LOWERED, request]), request, programme)] == [
        ("police", ("stage",))
    ]


def test_the_kinds_are_those_that_any_rule_names():
    """Every kind of the 2012 rules is found, also behind `since_end_of` and `not_while`; codes of a `where` are not."""
    assert {"school-attendance", "exclusion", "asb-incident", "offence", "employment", "out-of-work-benefit"} <= (
        kinds_looked_at(load("wirral-2012"))
    )
    assert kinds_looked_at(PROGRAMME) == {"employment"}
    limb = PROGRAMME.results[0].limbs[0]
    where = Where(field="hours", none_of=("offence",))
    picky = limb.model_copy(update={"rule": limb.rule.model_copy(update={"where": where})})
    result = PROGRAMME.results[0].model_copy(update={"limbs": (picky,)})
    assert kinds_looked_at(PROGRAMME.model_copy(update={"results": (result,)})) == {"employment"}


def test_a_request_follows_the_deadline_of_its_check():
    """Moved, the check is asked for before its new day; paused or cancelled, not at all."""
    when = {"work": "check", "reason": "school-holidays", "generation": len(LOWERED)}
    on = date(2013, 1, 7)
    moved = fact(e.DeadlineMoved, on, due_on=date(2013, 9, 2), **when)
    paused = fact(e.DeadlinePaused, on, due_on=SIX_MONTHS_ON, **when)
    assert requests(*LOWERED, moved) == [(date(2013, 8, 2), date(2013, 9, 2), 6)]
    assert requests(*LOWERED, paused) == []


def test_a_late_step_down_is_asked_for_on_the_next_working_day():
    """Where the month before has passed, partners are asked the working day after it became known."""
    late = LOWERED[-1].model_copy(update={"at": noon(date(2013, 5, 31))})
    assert requests(*LOWERED[:-1], late) == [(date(2013, 6, 3), SIX_MONTHS_ON, 6)]


# Insufficient


def test_the_first_insufficient_check_is_extended_once():
    """It is due again after the grace, with its evidence asked for, and nobody has to decide anything yet."""
    assert owed(*LOWERED, unclear) == {"check": AGAIN_ON}
    assert requests(*LOWERED, unclear) == [(date(2013, 7, 3), AGAIN_ON, 6)]
    assert explain(fold([*LOWERED, unclear]), unclear, PROGRAMME) == (
        "insufficient: to be repeated once, on 2013-08-03",
    )


def test_the_second_goes_to_the_manager_and_is_extended_no_more():
    """A decision is owed by the manager; the check has no day any more, and can still be recorded."""
    stream = [*LOWERED, unclear, unclear_again]
    assert owed(*stream) == {"check": None, "check-decision": date(2013, 8, 12)}
    assert requests(*stream) == []
    due = [(one.work, one.to) for one in agenda(fold(stream), PROGRAMME, ENGLAND) if one.work is not None]
    assert due == [("check-decision", "manager")] * 2
    assert STEPS["check-decision"] in explain(fold(stream), unclear_again, PROGRAMME)


@pytest.mark.parametrize("verdict", ["sustained", "regressed"])
def test_the_managers_decision_settles_it(verdict):
    """Recorded as sustained or regressed, the path goes on from there."""
    stream = [*LOWERED, unclear, unclear_again, checked(verdict, date(2013, 8, 12))]
    expected = {"check"} if verdict == "sustained" else {"check", "regression-response"}
    assert set(owed(*stream)) == expected
    assert None not in owed(*stream).values()


def test_the_managers_decision_may_be_to_step_up_or_to_close():
    """Either ends the window with all its work."""
    stream = [*LOWERED, unclear, unclear_again]
    day = date(2013, 8, 12)
    for command, left in (
        (ask(c.StepUp, day, reason="relapse"), {"plan-review"}),
        (ask(c.CloseJourney, day, outcome="no-longer-needed"), set()),
    ):
        assert set(owed(*stream, *Given(*stream).when(command).happened)) == left


def test_each_check_has_an_extension_of_its_own():
    """An insufficient six-month check uses up nothing of the twelve-month one."""
    passed = checked("sustained", AGAIN_ON)
    twelve = checked("insufficient", date(2013, 12, 3), months=12)
    assert owed(*LOWERED, unclear, passed, twelve) == {"check": date(2014, 2, 3)}


# Regressed


def test_a_regression_offers_step_up_or_re_referral():
    """The reply, the next steps and the reminder all say so."""
    stream = [*LOWERED, regressed]
    assert explain(fold(stream), regressed, PROGRAMME) == ("regressed", STEPS["regression-response"])
    assert STEPS["regression-response"] in next_steps(fold(stream), PROGRAMME)
    assert "step the family up, or close it as regressed" in STEPS["regression-response"]
    assert explain(fold([*LOWERED, sustained]), sustained, PROGRAMME) == ()


@pytest.mark.parametrize("outcome", ["regressed", "re-referred"])
def test_a_regression_is_answered_by_a_close(outcome):
    """Closed as regressed or as referred anew, nothing is owed any more."""
    closed = Given(*LOWERED, regressed).when(ask(c.CloseJourney, SIX_MONTHS_ON, outcome=outcome)).happened
    assert [event.type for event in closed] == ["journey-closed"]
    assert owed(*LOWERED, regressed, *closed) == {}


@pytest.mark.parametrize("stream", [(referred,), LOWERED, (*LOWERED, sustained)])
def test_only_a_check_finds_a_regression(stream):
    """Without a check that says so, no journey is closed as regressed."""
    Given(*stream).when(ask(c.CloseJourney, SIX_MONTHS_ON, outcome="regressed")).refused("not-found-regressed")


def test_every_work_has_a_next_step():
    """No reminder is without words for what answers it."""
    assert set(STEPS) == set(get_args(Work))


# Breaks


def test_a_step_up_stops_the_window_and_a_step_down_begins_another():
    """Between the two nothing of the window is left; the new one counts from its own day."""
    up = fact(e.SteppedUp, date(2013, 3, 4), reason="relapse")
    down = fact(e.SteppedDown, date(2013, 4, 8))
    assert (owed(*LOWERED, up), requests(*LOWERED, up)) == ({"plan-review": date(2013, 6, 4)}, [])
    assert owed(*LOWERED, up, down) == {"check": date(2013, 10, 8)}
    assert requests(*LOWERED, up, down) == [(date(2013, 9, 9), date(2013, 10, 8), 6)]
    early = ask(c.RecordCheck, SIX_MONTHS_ON, verdict="sustained")
    Given(*LOWERED, up, down).when(early).refused("too-early", "2013-10-08")


def test_checks_passed_before_a_step_up_count_for_nothing_after_it():
    """The new window has every check of the programme to pass, and a new extension."""
    up = fact(e.SteppedUp, date(2013, 9, 2), reason="relapse")
    down = fact(e.SteppedDown, date(2013, 10, 7))
    stream = [*LOWERED, unclear, unclear_again, up, down]
    assert owed(*stream) == {"check": date(2014, 4, 7)}
    again = checked("insufficient", date(2014, 4, 7))
    assert set(owed(*stream, again)) == {"check"}


def test_a_re_referral_stops_the_window_and_the_new_journey_has_its_own():
    """Closed as referred anew, the first journey falls due no more; the second counts from its own step-down."""
    closed = fact(e.JourneyClosed, date(2013, 3, 4), outcome="re-referred")
    assert requests(*LOWERED, closed) == []
    assert [one for one in agenda(fold([*LOWERED, closed]), ASKING, ENGLAND) if one.kind != "evaluate"] == []
    later = timedelta(days=400)
    second = [event.model_copy(update={"on": event.on + later, "at": event.at + later}) for event in LOWERED]
    second[0] = second[0].model_copy(update={"earlier": (referred.journey_id,)})
    assert owed(*second) == {"check": date(2014, 7, 7)}
    assert STEPPED_DOWN_ON + later == date(2014, 1, 7)
