"""Claim windows: when results may be submitted, and the sample that internal audit looks at before they are.

The sample is drawn from a seed that is recorded: claims are put in the order of the SHA-256 of seed and claim id, and
the first of them are taken. Anyone can repeat the draw, and nobody can know it before the seed is drawn.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Self

from pydantic import Field, model_validator

from domain.errors import Rejected
from domain.model import Code, Sourced

_WHOLE = 100


class ClaimWindow(Sourced):
    """The days, both included, on which claims may be submitted."""

    label: Code
    opens: date
    closes: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.closes < self.opens:
            raise ValueError(f"window {self.label} closes ({self.closes}) before it opens ({self.opens}); correct them")
        return self


class AuditShare(Sourced):
    """How much of the claims internal audit looks at before they are submitted, in percent, rounded up."""

    percent: int = Field(ge=1, le=_WHOLE)


def draw(claim_ids: Iterable[str], percent: int, seed: str) -> tuple[str, ...]:
    """Return the sample: at least `percent` of the claims, and one of any; the same for the same seed."""
    ordered = sorted(set(claim_ids), key=lambda name: hashlib.sha256(f"{seed}:{name}".encode()).digest())
    return tuple(ordered[: -(-len(ordered) * percent // _WHOLE)])


def may_submit(label: str, phase: str, ready: Sequence[str], unaudited: Collection[str]) -> None:
    """Refuse to submit outside the window, nothing, or before the whole sample was audited."""
    if phase != "open":
        raise Rejected(
            "window-not-open", f"claim window {label} is {phase}", "list the windows with: journeys claims windows"
        )
    if unaudited:
        names = ", ".join(sorted(unaudited))
        raise Rejected(
            "not-audited",
            f"the audit sample of window {label} is not complete: {names}",
            "an auditor marks each with: journeys claims audit CLAIM --sound, or --unsound",
        )
    if not ready:
        raise Rejected("nothing-to-submit", f"no claim is ready in window {label}", "see: journeys claims windows")
