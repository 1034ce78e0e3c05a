"""What the claims ledger tells the journey, and what a manager decides about a clawback."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from domain.journey.commands.command import Command
from domain.journey.events import ClawbackDecision, Verdict
from domain.model import Code, Value


class Judged(Value):
    """The verdict on one result and the pounds it may be claimed for; `claim_id` names its place in the ledger."""

    result: Code
    verdict: Verdict
    amount: int = Field(ge=0)
    claim_id: str | None = None


class RecordEligibility(Command):
    """Record the verdicts on the results of the programme, as the claims ledger took them.

    `version` counts the events of the journey that they were judged on.
    """

    after_close: ClassVar[bool] = True
    after_merging: ClassVar[bool] = True
    after_erasing: ClassVar[bool] = True
    writes_beside: ClassVar[bool] = True

    type: Literal["record-eligibility"] = "record-eligibility"
    as_of: date
    results: tuple[Judged, ...] = ()
    version: int = 0
    effect_id: str = ""


class Proposed(Value):
    """A claim that does not hold any more: what it came to, what it comes to now, and the first part that changed."""

    claim_id: str
    result: Code
    limb: Code
    verdict_before: Verdict
    verdict_after: Verdict
    amount_before: int = Field(ge=0)
    amount_after: int = Field(ge=0)
    as_of: date
    cause: str


class Restored(Value):
    """A claim that holds again, and the cause that is gone."""

    claim_id: str
    result: Code
    cause: str


class RecordReview(Command):
    """Record which claims no longer hold on today's evidence and which hold again, as the claims ledger took it."""

    after_close: ClassVar[bool] = True
    after_merging: ClassVar[bool] = True
    after_erasing: ClassVar[bool] = True
    writes_beside: ClassVar[bool] = True

    type: Literal["record-review"] = "record-review"
    proposed: tuple[Proposed, ...] = ()
    restored: tuple[Restored, ...] = ()
    effect_id: str = ""


class DecideClawback(Command):
    """Uphold a claim against a proposed clawback, or claw it back."""

    after_close: ClassVar[bool] = True
    after_merging: ClassVar[bool] = True
    after_erasing: ClassVar[bool] = True
    needs_facts: ClassVar[bool] = True
    writes_beside: ClassVar[bool] = True

    type: Literal["decide-clawback"] = "decide-clawback"
    claim_id: str
    decision: ClawbackDecision
    reason: Code


ClaimCommand = RecordEligibility | RecordReview | DecideClawback
