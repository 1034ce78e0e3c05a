"""Everything that falls due on a journey if nothing else happens, soonest first."""

from datetime import UTC, date, datetime, timedelta
from typing import Literal

from domain.calendar import LONDON, Calendar, add_months, local_date
from domain.journey.state import EXTENSIONS, Journey, Owed
from domain.model import Value
from domain.programme.clocks import Clock, Holder, Rung, Span, Work
from domain.programme.programme import Programme

# Why a message did not go out where telling somebody else of it would not help either.
HELPLESS = frozenset({"reason-ended", "no-mail-server"})
DeadlineKind = Literal["remind", "ask", "evaluate"]


class Deadline(Value):
    """A moment at which something must happen: a reminder, an escalation, or an evaluation of results.

    `id` names the work, its generation, its due date and the rung; a deadline of an earlier generation, or of a date
    that was corrected, is never on the agenda, so one that was moved or whose reason is gone cannot fire.
    """

    id: str
    at: datetime
    due_on: date
    work: Work | None = None
    generation: int = 0
    to: Holder = "holder"
    escalation: bool = False
    months: int | None = None
    kind: DeadlineKind = "remind"
    urgent: bool = False


def agenda(journey: Journey, programme: Programme, calendar: Calendar) -> tuple[Deadline, ...]:
    """Return what falls due, soonest first; of a closed journey only evaluations as of days before it closed."""
    if journey.stage == "unreferred":
        return ()
    due = [
        *_reminders(journey, programme, calendar),
        *_unheard(journey, programme, calendar),
        *_requests(journey, programme, calendar),
        *_evaluations(journey, programme, calendar),
    ]
    return tuple(sorted(due, key=lambda deadline: (deadline.at, deadline.id)))


def due_on(journey: Journey, owed: Owed, programme: Programme, calendar: Calendar) -> date | None:
    """Return the day by which `owed` is to be done, or None where no clock runs: none is set, or it was stopped."""
    changed = owed.changed
    if changed is not None and changed.work == owed.work:
        return changed.due_on if changed.state == "moved" else None
    return set_day(journey, owed, programme, calendar)


def set_day(journey: Journey, owed: Owed, programme: Programme, calendar: Calendar) -> date | None:
    """Return the day by which the programme wants `owed` done, whatever people made of it since."""
    if owed.work == "check":
        return _next_check(journey, owed, programme)
    if owed.by is not None:
        return owed.by
    clock = programme.clock(owed.work)
    return None if clock is None or clock.within is None else _after(owed.since, clock.within, calendar)


def owed_now(journey: Journey, programme: Programme) -> tuple[Owed, ...]:
    """Return what is owed; once no check is left to be made, closing is owed in place of a further check."""
    owed = tuple(item for item in journey.owed if not item.done)
    if checks_left(journey, programme):
        return owed
    return tuple(item.model_copy(update={"work": "close"}) if item.work == "check" else item for item in owed)


def checks_left(journey: Journey, programme: Programme) -> tuple[int, ...]:
    """Return the checks still to pass, in months after step-down; none before it, or where the programme has none."""
    if journey.stepped_down_on is None or programme.checks is None or not programme.goes_through("sustained-outcome"):
        return ()
    return tuple(months for months in programme.checks.months if months not in journey.sustained_months)


def _reminders(journey: Journey, programme: Programme, calendar: Calendar) -> list[Deadline]:
    fired = {reminder.id for reminder in journey.reminders}
    return [
        deadline
        for owed in owed_now(journey, programme)
        if (clock := programme.clock(owed.work)) is not None
        and (due := due_on(journey, owed, programme, calendar)) is not None
        for deadline in _ladder(journey, owed, clock, due, calendar)
        if deadline.id not in fired
    ]


def _unheard(journey: Journey, programme: Programme, calendar: Calendar) -> list[Deadline]:
    """Escalate each reminder that could not be sent: whoever owes the work has not heard of it."""
    owed = {(item.work, item.generation) for item in owed_now(journey, programme)}
    fired = {reminder.id for reminder in journey.reminders}
    return [
        Deadline(
            id=name,
            at=reminder.unsent_at if clock.urgent else calendar.next_open(reminder.unsent_at, journey.reference),
            due_on=reminder.due_on,
            work=reminder.work,
            generation=reminder.generation,
            to=clock.escalate_to,
            escalation=True,
            urgent=clock.urgent,
        )
        for reminder in journey.reminders
        if reminder.state == "not-sent" and not reminder.escalation and reminder.unsent not in HELPLESS
        if (reminder.work, reminder.generation) in owed and (name := f"{reminder.id}.unsent") not in fired
        if reminder.unsent_at is not None and reminder.due_on is not None
        if (clock := programme.clock(reminder.work)) is not None
    ]


def _ladder(journey: Journey, owed: Owed, clock: Clock, due: date, calendar: Calendar) -> list[Deadline]:
    """Place the rungs around the due date, none before the working day after the work became known.

    Whom a family is offered to has not recorded that, and hears of it at once, in office hours.
    Steps are often recorded days late. Where the due date has passed by then, the ladder stands on that next working
    day instead, so that nobody hears of late work before whoever owes it; rungs that fall together become one.
    """
    if clock.urgent:
        return _urgent_ladder(owed, clock, due)
    first = calendar.roll(local_date(owed.known) + timedelta(days=1))
    around = max(due, first)
    days = {(max(calendar.shift(around, rung.at), first), rung.escalate): rung for rung in clock.rungs}
    moments = {place: calendar.moment(place[0], journey.reference) for place in days}
    if clock.owner == "offered" and owed.changed is None:
        moments |= _heard_at_once(days, first, calendar.next_open(owed.known, journey.reference))
    return [_rung(owed, clock, rung, due, moments[place]) for place, rung in days.items()]


def _heard_at_once(days: dict[tuple[date, bool], Rung], first: date, at: datetime) -> dict[tuple[date, bool], datetime]:
    """Bring the first reminder forward to `at`: whom a family is offered to did not record that.

    One for the due date itself keeps to it, unless the ladder begins there.
    """
    early = [place for place, rung in days.items() if not place[1] and (rung.at < 0 or place[0] == first)]
    return {min(early): at} if early else {}


def _urgent_ladder(owed: Owed, clock: Clock, due: date) -> list[Deadline]:
    """Place the rungs on the days around the due date, none before the day after the work became known.

    Of what is for a named colleague the ladder begins with the moment it became known: somebody else recorded it.
    """
    known = owed.known.astimezone(LONDON)
    first = known.date() + (timedelta(0) if clock.owner == "named" else timedelta(days=1))
    around = first if clock.owner == "named" else max(due, first)
    days = {(max(around + timedelta(days=rung.at), first), rung.escalate): rung for rung in clock.rungs}
    return [
        _rung(owed, clock, rung, due, datetime.combine(day, known.time(), tzinfo=LONDON).astimezone(UTC))
        for (day, _), rung in days.items()
    ]


def _rung(owed: Owed, clock: Clock, rung: Rung, due: date, at: datetime) -> Deadline:
    to = rung.to or (clock.escalate_to if rung.escalate else clock.owner)
    kind = "escalate" if rung.escalate else "remind"
    return Deadline(
        id=f"{owed.work}.{owed.generation}.{due}.{kind}{rung.at:+d}",
        at=at,
        due_on=due,
        work=owed.work,
        generation=owed.generation,
        to=to,
        escalation=rung.escalate,
        urgent=clock.urgent,
    )


def _next_check(journey: Journey, owed: Owed, programme: Programme) -> date | None:
    """Return when the next check is due; after an insufficient or regressed one, the grace counts from it.

    Insufficient again after its extension, it has no day any more: a decision is owed instead.
    """
    left = checks_left(journey, programme)
    if journey.insufficient_in_a_row > EXTENSIONS:
        return None
    if not left or journey.stepped_down_on is None or programme.checks is None:
        return None
    if journey.checks and journey.checks[-1].verdict != "sustained":
        return add_months(owed.since, programme.checks.grace_months)
    return add_months(journey.stepped_down_on, left[0])


def _after(since: date, span: Span, calendar: Calendar) -> date:
    if span.months is not None:
        return calendar.roll(add_months(since, span.months))
    return calendar.shift(since, span.working_days or 0)


def _requests(journey: Journey, programme: Programme, calendar: Calendar) -> list[Deadline]:
    """Ask partners for evidence some months before the next check, once for each day that the programme sets it on."""
    owed = next((item for item in owed_now(journey, programme) if item.work == "check"), None)
    if owed is None or programme.checks is None or programme.checks.ask_months_before is None:
        return []
    falls, due = set_day(journey, owed, programme, calendar), due_on(journey, owed, programme, calendar)
    months = checks_left(journey, programme)[0]
    name = f"request.{months}.{falls}"
    if falls is None or due is None or name in journey.requests:
        return []
    day = add_months(due, -programme.checks.ask_months_before.value)
    first = local_date(owed.known) + timedelta(days=1)
    at = calendar.moment(max(day, first), journey.reference)
    return [Deadline(id=name, at=at, due_on=due, months=months, kind="ask")]


def _evaluations(journey: Journey, programme: Programme, calendar: Calendar) -> list[Deadline]:
    start, evaluations = journey.first_intervention_from, programme.evaluations
    if start is None or evaluations is None or not programme.results or journey.erased_on is not None:
        return []
    if journey.merged_into is not None:
        return []  # the family is evaluated on the journey that goes on
    planned = [(months, add_months(start, months)) for months in evaluations.months]
    return [
        Deadline(
            id=name,
            at=calendar.moment(add_months(day, evaluations.lag_months), journey.reference),
            due_on=day,
            months=months,
            kind="evaluate",
        )
        for months, day in planned
        if (name := f"evaluation.{months}.{day}") not in journey.evaluations
        and (journey.closed_on is None or day <= journey.closed_on)
    ]
