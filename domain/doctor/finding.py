"""A finding of the doctor: something wrong, with the command that mends it; and how many one look shows."""

from collections import Counter
from collections.abc import Sequence

from domain.model import Value

MOST = 500  # findings shown in one look: who has more mends these first and looks again


class Finding(Value):
    """Something wrong: a code, the family where there is one, what it is, and a command that mends it."""

    code: str
    reference: str | None
    what: str
    remedy: str


def shown(findings: Sequence[Finding]) -> tuple[list[Finding], list[str]]:
    """Return as many findings as one look shows, and a note about how many of which kinds are left out."""
    left = Counter(finding.code for finding in findings[MOST:])
    counts = ", ".join(f"{code} {count}" for code, count in left.items())
    return list(findings[:MOST]), [
        f"findings not shown: {counts}; mend these first, then run journeys doctor again"
    ] if left else []
