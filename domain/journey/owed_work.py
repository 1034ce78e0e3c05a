"""What is owed on a journey and by when, with the clocks that people changed or stopped."""

from datetime import date
from typing import Literal

from domain.calendar import Calendar
from domain.journey.agenda import due_on, owed_now
from domain.journey.state import Journey, Owed
from domain.model import Value
from domain.programme.clocks import Holder, Work
from domain.programme.programme import Programme

ClockState = Literal["running", "moved", "paused", "cancelled", "none"]


class OwedWork(Value):
    """A piece of work that is owed; without `due_on` no clock runs for it, and `clock` and `reason` say why.

    `about` is an entry of the case file, such as A3, and `who` has to do it, where that is known.
    """

    work: Work
    generation: int
    since: date
    due_on: date | None
    clock: ClockState
    reason: str | None = None
    to: Holder | None = None
    about: str | None = None
    who: str | None = None


def owed_work(journey: Journey, programme: Programme, calendar: Calendar) -> tuple[OwedWork, ...]:
    """Return what is owed, what is due first before what is due later, and what has no deadline at the end."""
    owed = [_standing(journey, item, programme, calendar) for item in owed_now(journey, programme)]
    return tuple(sorted(owed, key=lambda item: (item.due_on is None, item.due_on or item.since, item.work)))


def _standing(journey: Journey, owed: Owed, programme: Programme, calendar: Calendar) -> OwedWork:
    changed = owed.changed if owed.changed is not None and owed.changed.work == owed.work else None
    due, clock = due_on(journey, owed, programme, calendar), programme.clock(owed.work)
    unchanged: ClockState = "none" if due is None else "running"
    return OwedWork(
        work=owed.work,
        generation=owed.generation,
        since=owed.since,
        due_on=due,
        clock=changed.state if changed is not None else unchanged,
        reason=changed.reason if changed is not None else None,
        to=clock.owner if clock is not None else None,
        about=owed.about,
        who=owed.who,
    )
