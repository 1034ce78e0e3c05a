"""Three-valued logic: missing evidence is never success, and what does not apply does not count."""

from collections.abc import Collection
from typing import Literal

Verdict = Literal["met", "not_met", "insufficient", "not_applicable"]


def all_of(verdicts: Collection[Verdict]) -> Verdict:
    """Return `met` only if every verdict that applies is; one `not_met` decides whatever else is missing."""
    if "not_met" in verdicts:
        return "not_met"
    if "insufficient" in verdicts:
        return "insufficient"
    return "met" if "met" in verdicts else "not_applicable"


def any_of(verdicts: Collection[Verdict]) -> Verdict:
    """Return `met` if one verdict is; one `insufficient` leaves it open."""
    return at_least(1, verdicts)


def at_least(n: int, verdicts: Collection[Verdict]) -> Verdict:
    """Return `met` if `n` verdicts are, `not_met` if even the open ones could not make up `n`."""
    met = sum(verdict == "met" for verdict in verdicts)
    still_open = sum(verdict == "insufficient" for verdict in verdicts)
    if met >= n:
        return "met"
    if met + still_open >= n:
        return "insufficient"
    return "not_met" if set(verdicts) - {"not_applicable"} else "not_applicable"
