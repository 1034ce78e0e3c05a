"""What people may make of a deadline: move, pause, resume, cancel."""

from datetime import date
from typing import Literal

from domain.journey.commands.command import Command
from domain.model import Code
from domain.programme.programme import Work


class MoveDeadline(Command):
    """Set the deadline of a piece of work to another day."""

    type: Literal["move-deadline"] = "move-deadline"
    on: date
    work: Work
    to: date
    reason: Code


class PauseDeadline(Command):
    """Stop the clock of a piece of work."""

    type: Literal["pause-deadline"] = "pause-deadline"
    on: date
    work: Work
    reason: Code


class ResumeDeadline(Command):
    """Let a clock that was paused run again; the deadline is later by the working days it stood still."""

    type: Literal["resume-deadline"] = "resume-deadline"
    on: date
    work: Work
    reason: Code


class CancelDeadline(Command):
    """Take the deadline off a piece of work, which stays owed."""

    type: Literal["cancel-deadline"] = "cancel-deadline"
    on: date
    work: Work
    reason: Code
