"""The errors a person can mend; each has a stable code, a reason and a remedy."""


class Rejected(Exception):
    """The command does not fit the journey as it stands."""

    def __init__(self, code: str, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}; {remedy}")
        self.code = code
        self.reason = reason
        self.remedy = remedy
