"""What can go wrong with a stack, in words that say what to do."""

from pathlib import Path


class StackError(Exception):
    """The stack cannot do this."""


class PortTaken(StackError):
    """A wanted port is in use by something else."""

    def __init__(self, port: int, wanted_by: str, flag: str, free: int | None = None) -> None:
        another = f"take the next free one with {flag} {free}" if free else f"choose another port with {flag}"
        super().__init__(
            f"Port {port}, wanted for {wanted_by}, is taken by another program. Stop that program, or {another}."
        )
        self.port, self.free = port, free


class FolderRefused(StackError):
    """The data folder cannot be used without opening somebody's private folder."""

    def __init__(self, folder: Path, closed: Path, user: str) -> None:
        super().__init__(
            f"Postgres cannot keep its data in {folder}: it does not run as root but as the user {user}, who may not "
            f"enter {closed}. The stack opens nobody's folders; choose another one with --data, "
            "for example /var/lib/family-journeys."
        )
        self.closed = closed


class ProgramMissing(StackError):
    """A program that the stack starts is not installed."""


class PartFailed(StackError):
    """A part of the stack did not come up."""

    def __init__(self, part: str, why: str, log: str = "") -> None:
        super().__init__(f"The {part} did not come up: {why}." + (f" Its log ends with:\n{log}" if log else ""))
        self.part, self.why = part, why
