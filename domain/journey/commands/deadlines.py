"""What people may make of a deadline: move, pause, resume, cancel."""

from datetime import date
from typing import ClassVar, Literal

from domain.access import Action
from domain.journey.commands.command import Command
from domain.model import Code
from domain.programme.clocks import Work


class MoveDeadline(Command):
    """Set the deadline of a piece of work to another day."""

    action: ClassVar[Action | None] = "reschedule"

    type: Literal["move-deadline"] = "move-deadline"
    on: date
    work: Work
    to: date
    reason: Code


class PauseDeadline(Command):
    """Stop the clock of a piece of work."""

    action: ClassVar[Action | None] = "reschedule"

    type: Literal["pause-deadline"] = "pause-deadline"
    on: date
    work: Work
    reason: Code


class ResumeDeadline(Command):
    """Let a clock that was paused run again; the deadline is later by the working days it stood still."""

    action: ClassVar[Action | None] = "reschedule"

    type: Literal["resume-deadline"] = "resume-deadline"
    on: date
    work: Work
    reason: Code


class CancelDeadline(Command):
    """Take the deadline off a piece of work, which stays owed."""

    action: ClassVar[Action | None] = "reschedule"

    type: Literal["cancel-deadline"] = "cancel-deadline"
    on: date
    work: Work
    reason: Code


DeadlineCommand = MoveDeadline | PauseDeadline | ResumeDeadline | CancelDeadline
