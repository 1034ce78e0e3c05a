"""Whatever ends a command: what went wrong and what to do, in one line each, and the exit code that says which."""

import json

OK, REJECTED, BAD_INPUT, PARTLY, UNREACHABLE, NOT_ALLOWED = 0, 1, 2, 3, 4, 5
FOUND = 6  # `doctor` found something
INTERRUPTED = 130  # as a shell tells it

EXIT_CODES = """Exit codes: 0 done; 1 rejected, with the reason; 2 wrong usage or bad input; 3 an import refused some
rows; 4 the gateway cannot be reached or failed; 5 not allowed; 130 interrupted. Besides: `up` 0 it is up, 1 it cannot
come up; `status` 0 it is up, 3 it is not. See each command's --help for more."""


class Trouble(Exception):
    """A command cannot be done."""

    def __init__(self, reason: str, remedy: str, *, exit_code: int = REJECTED, told: object = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy
        self.exit_code = exit_code
        self.told = told

    def text(self, *, as_json: bool) -> str:
        """Return what stands on stderr: the problem as the gateway told it, or reason and remedy."""
        if as_json:
            return json.dumps(self.told or {"detail": self.reason, "remedy": self.remedy})
        return f"{plain(self.reason)}\n  {plain(self.remedy)}"


def plain(value: object) -> str:
    """Return text without control characters, so that data cannot steer a terminal."""
    return "".join(symbol if symbol.isprintable() else "?" for symbol in str(value))
