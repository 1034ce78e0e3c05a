"""The decisions on deadlines: moved, paused, resumed or cancelled, each with a reason; the work stays owed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import assert_never

from domain.calendar import add_months, calendar_of, local_date
from domain.errors import Rejected
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.agenda import due_on, owed_now, set_day
from domain.journey.refusals import happened
from domain.journey.state import Changed, Journey, Owed
from domain.programme.clocks import Work
from domain.programme.programme import Programme

INSTEAD: Mapping[Work, str] = {
    "action": "move the action itself: journeys action move {} A3 --to DAY --reason CODE",
    "concern-answer": "answer it: journeys concern answer {} C1 --answer CODE",
}
HORIZON = 24  # months: what is moved further is forgotten, not planned


def decide_deadline(journey: Journey, command: c.DeadlineCommand, programme: Programme) -> Sequence[e.AnyEvent]:
    """Return what a change of a deadline makes happen; raise `Rejected` where it does not fit."""
    match command:
        case c.MoveDeadline():
            return _move_deadline(journey, command, programme)
        case c.PauseDeadline():
            return _pause_deadline(journey, command, programme)
        case c.ResumeDeadline():
            return _resume_deadline(journey, command, programme)
        case c.CancelDeadline():
            return _cancel_deadline(journey, command, programme)
        case _:
            assert_never(command)


def _move_deadline(journey: Journey, command: c.MoveDeadline, programme: Programme) -> list[e.AnyEvent]:
    """Set a deadline to another day from today on; one that was cancelled comes back so, a check never comes early."""
    owed = _clocked(journey, command.work, programme)
    happened(command.on, command.at, None, "moved on")
    changed = _changed(owed)
    if changed is not None and changed.state == "paused":
        raise Rejected(
            "deadline-paused",
            f"the deadline of {command.work} is paused",
            f"resume it first: journeys deadline resume {journey.reference} {command.work} --why CODE",
        )
    calendar = calendar_of(programme.nation)
    if command.to == due_on(journey, owed, programme, calendar):
        return []
    _bounded(command.to, local_date(command.at))
    earliest = set_day(journey, owed, programme, calendar) if owed.work == "check" else None
    if earliest is not None and command.to < earliest:
        raise Rejected("too-early", f"the check is due on {earliest}", f"move it to {earliest} or later")
    return [e.DeadlineMoved(**_about(command, owed), due_on=command.to)]


def _pause_deadline(journey: Journey, command: c.PauseDeadline, programme: Programme) -> list[e.AnyEvent]:
    """Stop a clock; one that stands still already is left alone."""
    owed = _clocked(journey, command.work, programme)
    changed = _changed(owed)
    if changed is not None and changed.state == "paused":
        return []
    due = due_on(journey, owed, programme, calendar_of(programme.nation))
    if due is None:
        raise _unclocked(command.work, "give it one first: journeys deadline move REF WORK --to DAY --why CODE")
    happened(command.on, command.at, max(owed.since, changed.on) if changed else owed.since, "paused on")
    return [e.DeadlinePaused(**_about(command, owed), due_on=due)]


def _resume_deadline(journey: Journey, command: c.ResumeDeadline, programme: Programme) -> list[e.AnyEvent]:
    """Let a paused clock run again: each working day it stood still is a working day more; others run already."""
    owed = _clocked(journey, command.work, programme)
    changed = _changed(owed)
    if changed is not None and changed.state == "cancelled":
        raise _unclocked(command.work, "give it one first: journeys deadline move REF WORK --to DAY --why CODE")
    if changed is None or changed.state != "paused" or changed.due_on is None:
        return []
    happened(command.on, command.at, changed.on, "resumed on")
    calendar = calendar_of(programme.nation)
    stood_still = calendar.working_days(changed.on, command.on)
    due = calendar.shift(changed.due_on, stood_still) if stood_still else changed.due_on
    return [e.DeadlineResumed(**_about(command, owed), due_on=due)]


def _cancel_deadline(journey: Journey, command: c.CancelDeadline, programme: Programme) -> list[e.AnyEvent]:
    """Take the deadline off a piece of work; one without a deadline is left as it is."""
    owed = _clocked(journey, command.work, programme)
    happened(command.on, command.at, None, "cancelled on")
    changed = _changed(owed)
    if changed is not None and changed.state == "cancelled":
        return []
    return [e.DeadlineCancelled(**_about(command, owed))]


def _clocked(journey: Journey, work: Work, programme: Programme) -> Owed:
    """Return the work as it is owed now; refuse work that is not, or that the programme sets no clock for."""
    works = {owed.work: owed for owed in owed_now(journey, programme)}
    if work in works and work in INSTEAD:
        raise Rejected("no-deadline", f"the day of each {work} is its own", INSTEAD[work].format(journey.reference))
    if work not in works:
        known = ", ".join(works) or "nothing"
        raise Rejected("not-owed", f"{journey.reference} has no outstanding {work}", f"outstanding work: {known}")
    if programme.clock(work) is None:
        raise _unclocked(work, f"{programme.name} sets no deadline for it, so nothing needs to be changed")
    return works[work]


def _changed(owed: Owed) -> Changed | None:
    """Return what people made of the deadline, if that was meant for the work as it reads now."""
    return owed.changed if owed.changed is not None and owed.changed.work == owed.work else None


def _unclocked(work: Work, remedy: str) -> Rejected:
    return Rejected("no-deadline", f"{work} has no deadline", remedy)


def _bounded(to: date, today: date) -> None:
    latest = add_months(today, HORIZON)
    if to < today:
        raise Rejected("past-date", f"{to} is past (today is {today})", f"choose a day from {today} to {latest}")
    if to > latest:
        raise Rejected("too-far", f"{to} is more than {HORIZON} months ahead", f"choose a day up to {latest}")


def _about(command: c.DeadlineCommand, owed: Owed) -> dict[str, object]:
    return {
        "at": command.at,
        "on": command.on,
        "work": owed.work,
        "generation": owed.generation,
        "reason": command.reason,
    }
