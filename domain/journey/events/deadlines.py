"""What people made of a deadline: moved, paused, resumed, cancelled."""

from datetime import date
from typing import Literal

from domain.journey.events.event import Event
from domain.model import Code
from domain.programme.clocks import Work


class DeadlineMoved(Event):
    """The deadline of a piece of work was set to `due_on`; `generation` is the one that ended with it."""

    type: Literal["deadline-moved"] = "deadline-moved"
    on: date
    work: Work
    generation: int
    due_on: date
    reason: Code


class DeadlinePaused(Event):
    """The clock of a piece of work stands still from `on`; it stood at `due_on`."""

    type: Literal["deadline-paused"] = "deadline-paused"
    on: date
    work: Work
    generation: int
    due_on: date
    reason: Code


class DeadlineResumed(Event):
    """The clock runs again from `on`, towards a day later by the working days it stood still."""

    type: Literal["deadline-resumed"] = "deadline-resumed"
    on: date
    work: Work
    generation: int
    due_on: date
    reason: Code


class DeadlineCancelled(Event):
    """The work has no deadline any more, and is still owed."""

    type: Literal["deadline-cancelled"] = "deadline-cancelled"
    on: date
    work: Work
    generation: int
    reason: Code


DeadlineEvent = DeadlineMoved | DeadlinePaused | DeadlineResumed | DeadlineCancelled
