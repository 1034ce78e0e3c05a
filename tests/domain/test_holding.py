"""What came due while nobody could send it: once, marked late, within working hours unless it is urgent."""

from datetime import UTC, date, datetime, timedelta

import pytest
from given import HELD, PROGRAMME, Given, assessed, at, fact, noon, referred
from test_calendar import NATIONS, within_hours

from domain.calendar import LONDON, calendar_of
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.agenda import agenda
from domain.journey.evolve import fold
from domain.journey.office_hours import rings_at
from domain.journey.owed_work import owed_work

ENGLAND = calendar_of("ENG")
REFERENCE = referred.reference
ON_TIME = ENGLAND.moment(date(2012, 5, 9), REFERENCE)  # the reminder on the day itself, a Wednesday


def local(*when):
    return datetime(*when, tzinfo=LONDON)


def back(moment):
    """What falls due when the worker comes back at `moment`, after it was away since the referral."""
    return [event for event in Given(referred).when(at(moment)).happened if event.type == "reminder-fell-due"]


def first_ring(moment):
    journey = fold([referred])
    due = agenda(journey, PROGRAMME, ENGLAND)
    return min(rings_at(deadline, moment, ENGLAND, REFERENCE) for deadline in due)


@pytest.mark.parametrize(
    ("returns", "rings_on"),
    [
        (local(2012, 5, 10, 3, 0), date(2012, 5, 10)),  # at night: the same morning
        (local(2012, 5, 10, 22, 0), date(2012, 5, 11)),  # in the evening: the next morning
        (local(2012, 5, 12, 11, 0), date(2012, 5, 14)),  # on a Saturday: on Monday
        (local(2012, 6, 4, 11, 0), date(2012, 6, 6)),  # on a bank holiday: after the second one
    ],
)
def test_what_is_back_outside_working_hours_is_held(returns, rings_on):
    """At night, at a weekend or on a bank holiday nothing goes out before the family's next working moment."""
    assert back(returns) == []
    assert first_ring(returns) == ENGLAND.moment(rings_on, REFERENCE)
    fallen = back(first_ring(returns))
    assert all(within_hours(event.at, "ENG") for event in fallen)
    assert [event.late for event in fallen[:2]] == [True, True]
    assert [event.planned_for for event in fallen[:2]] == [ENGLAND.moment(date(2012, 5, 8), REFERENCE), ON_TIME]


def test_what_is_back_in_the_day_goes_out_at_once_and_once():
    """Back at eleven on a working day, everything due goes out then, marked late, and never again."""
    returns = local(2012, 5, 10, 11, 0)
    fallen = back(returns)
    assert [(event.late, event.at) for event in fallen] == [(True, returns)] * 2
    again = Given(referred, *Given(referred).when(at(returns)).happened).when(at(returns + timedelta(hours=1)))
    assert again.happened == []


def test_what_is_on_time_is_not_late():
    """At its own moment nothing is held and nothing marked late."""
    assert [event.late for event in back(ON_TIME)] == [True, False]


def test_results_are_evaluated_at_any_hour():
    """Nobody hears of an evaluation, so that none waits for the morning."""
    evaluation = next(
        deadline
        for deadline in agenda(
            fold([*HELD, assessed, fact(e.InterventionStarted, date(2012, 6, 11))]), PROGRAMME, ENGLAND
        )
        if deadline.kind == "evaluate"
    )
    night = local(2013, 6, 16, 3, 0)
    assert rings_at(evaluation, night, ENGLAND, REFERENCE) == evaluation.at


# Urgent


def urgent(ladder=({"at": -1}, {"at": 0}, {"at": 2, "escalate": True})):
    clock = PROGRAMME.clock("identification")
    changed = type(clock).model_validate(clock.model_dump() | {"urgent": True, "ladder": ladder})
    return PROGRAMME.model_copy(update={"clocks": (changed,)})


def test_an_urgent_clock_knows_no_office_hours():
    """Its rungs stand on the days around the due date, weekends too, at the hour at which the work became known."""
    known = referred.model_copy(update={"at": datetime(2012, 5, 6, 2, 30, tzinfo=UTC), "on": date(2012, 5, 4)})
    due = agenda(fold([known]), urgent(), ENGLAND)
    assert {deadline.due_on for deadline in due} == {date(2012, 5, 14)}
    assert [deadline.at for deadline in due] == [datetime(2012, 5, day, 2, 30, tzinfo=UTC) for day in (13, 14, 16)]


def test_urgent_work_is_not_held():
    """Back at night, an urgent reminder goes out at once."""
    night = local(2012, 5, 10, 3, 0)
    fallen = Given(referred, programme=urgent()).when(at(night)).happened
    assert {(event.at, event.late) for event in fallen} == {(night, True)}


def test_urgent_work_known_late_is_reminded_of_a_day_later():
    """Known long after it was due, it is reminded of at the same hour of the next day, the rungs that meet as one."""
    known = referred.model_copy(update={"at": local(2012, 6, 2, 23, 0)})
    due = agenda(fold([known]), urgent(), ENGLAND)
    assert [(deadline.at, deadline.escalation) for deadline in due] == [
        (local(2012, 6, 3, 23, 0), False),
        (local(2012, 6, 5, 23, 0), True),
    ]


# A message that could not be sent


def unsent(reason="no-address", when=None, **changes):
    """The identification reminded of on 8 May, of which nobody heard."""
    moment = when or ENGLAND.moment(date(2012, 5, 8), REFERENCE)
    stream = [referred, *Given(referred).when(at(ENGLAND.moment(date(2012, 5, 8), REFERENCE))).happened]
    name = stream[-1].reminder_id
    told = e.ReminderNotSent(at=moment, reminder_id=name, fault="failed", reason=reason)
    return [*stream, told.model_copy(update=changes)]


@pytest.mark.parametrize("reason", ["no-address", "gave-up", "unconfirmed"])
def test_a_reminder_that_could_not_be_sent_goes_up(reason):
    """Whoever owes the work has not heard of it: whoever is above hears at once, and once."""
    stream = unsent(reason)
    moment = stream[-1].at + timedelta(seconds=1)
    happened = Given(*stream).when(at(moment)).happened
    assert [(event.type, event.reminder_id) for event in happened] == [
        ("reminder-escalated", "identification.1.2012-05-09.remind-1"),
        ("reminder-fell-due", "identification.1.2012-05-09.remind-1.unsent"),
    ]
    assert (happened[-1].to, happened[-1].escalation) == ("manager", True)
    assert Given(*stream, *happened).when(at(moment)).happened == []


@pytest.mark.parametrize("reason", ["reason-ended", "no-mail-server"])
def test_where_nobody_could_be_told_nothing_goes_up(reason):
    """A reminder whose work is done, or that no mail server could carry, is not sent to somebody else."""
    stream = unsent(reason)
    assert Given(*stream).when(at(stream[-1].at + timedelta(seconds=1))).happened == []


def test_an_escalation_that_could_not_be_sent_goes_no_further():
    """There is nobody above: it stands as not sent, for doctor and the failed list."""
    stream = unsent()
    stream += Given(*stream).when(at(stream[-1].at)).happened
    name = stream[-1].reminder_id
    stream.append(e.ReminderNotSent(at=stream[-1].at, reminder_id=name, fault="failed", reason="gave-up"))
    assert Given(*stream).when(at(stream[-1].at + timedelta(hours=1))).happened == []
    assert fold(stream).reminder(name).state == "not-sent"


def test_a_failure_at_night_goes_up_in_the_morning():
    """Given up on at two in the morning, the message is escalated within working hours."""
    stream = unsent("gave-up", when=local(2012, 5, 9, 2, 0))
    assert Given(*stream).when(at(local(2012, 5, 9, 2, 0))).happened == []
    happened = Given(*stream).when(at(ON_TIME)).happened
    assert "identification.1.2012-05-09.remind-1.unsent" in [event.reminder_id for event in happened]


def test_an_urgent_message_that_failed_at_night_goes_up_at_night():
    """An urgent clock waits for nobody's morning."""
    night = local(2012, 5, 10, 3, 0)
    stream = [referred, *Given(referred, programme=urgent()).when(at(night)).happened]
    name = stream[-1].reminder_id
    stream.append(e.ReminderNotSent(at=night, reminder_id=name, fault="failed", reason="gave-up"))
    happened = Given(*stream, programme=urgent()).when(at(night)).happened
    assert f"{name}.unsent" in [event.reminder_id for event in happened]


def test_a_failed_message_of_work_that_is_done_goes_nowhere():
    """Done meanwhile, the work needs no escalation."""
    stream = unsent()
    done = Given(*stream).when(
        c.IdentifyFamily(
            command_id="c",
            at=stream[-1].at,
            actor="coordinator:ann",
            on=date(2012, 5, 8),
            criteria=("poverty", "crime"),
        )
    )
    stream = [*done.events, *done.happened]
    assert [
        name for name in (deadline.id for deadline in agenda(fold(stream), PROGRAMME, ENGLAND)) if "unsent" in name
    ] == []


# Clock changes and nations

CHANGES = [
    (date(2012, 3, 25), date(2012, 10, 28)),
    (date(2013, 3, 31), date(2013, 10, 27)),
    (date(2024, 3, 31), date(2024, 10, 27)),
    (date(2026, 3, 29), date(2026, 10, 25)),
    (date(2027, 3, 28), date(2027, 10, 31)),
]


@pytest.mark.parametrize("change", [day for pair in CHANGES for day in pair], ids=str)
@pytest.mark.parametrize("nation", NATIONS)
def test_over_a_clock_change_each_reminder_goes_out_once_within_hours(change, nation):
    """Asked every quarter of an hour over three weeks, no reminder comes twice, none is missed, none outside hours."""
    began = change - timedelta(days=10)
    known = referred.model_copy(update={"on": began, "at": noon(began)})
    programme = PROGRAMME.model_copy(update={"nation": nation})
    planned = agenda(fold([known]), programme, calendar_of(nation))
    stream, tick = [known], known.at
    while tick < planned[-1].at:
        tick += timedelta(minutes=15)
        stream += Given(*stream, programme=programme).when(at(tick)).happened
    fallen = [event for event in stream if event.type == "reminder-fell-due"]
    assert [event.reminder_id for event in fallen] == [deadline.id for deadline in planned]
    assert {deadline.at.astimezone(LONDON).time() for deadline in planned} == {ON_TIME.astimezone(LONDON).time()}
    assert all(within_hours(event.at, nation) and not event.late for event in fallen)


@pytest.mark.parametrize(
    ("began", "due"),
    [
        (date(2012, 12, 27), {"ENG": "2013-01-04", "WLS": "2013-01-04", "SCT": "2013-01-07", "NIR": "2013-01-04"}),
        (date(2013, 7, 8), {"ENG": "2013-07-15", "WLS": "2013-07-15", "SCT": "2013-07-15", "NIR": "2013-07-16"}),
        (date(2013, 11, 27), {"ENG": "2013-12-04", "WLS": "2013-12-04", "SCT": "2013-12-05", "NIR": "2013-12-04"}),
    ],
    ids=["2 January", "12 July", "St Andrew's Day"],
)
def test_the_same_work_is_due_by_the_holidays_of_its_nation(began, due):
    """Scotland keeps 2 January and St Andrew's Day, Northern Ireland 12 July; the others work on those days."""
    known = referred.model_copy(update={"on": began, "at": noon(began)})
    found = {nation: str(owed_work(fold([known]), PROGRAMME, calendar_of(nation))[0].due_on) for nation in NATIONS}
    assert found == due
