"""The steps of the path, stage by stage: from the referral to the close, and the erasure long after it."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from domain.access import Action
from domain.categories import Category
from domain.family import Basis, Member
from domain.journey.commands.command import MOST, Command
from domain.journey.commands.referrals import JoinReferral
from domain.journey.events import CheckVerdict, ContactKind, ErasureReason, Outcome, ReviewOutcome
from domain.model import Code, absent, not_said


class ReferFamily(Command):
    """Open a journey."""

    after_close: ClassVar[bool] = True
    needs_facts: ClassVar[bool] = True

    type: Literal["refer"] = "refer"
    on: date
    journey_id: str
    reference: str
    area: Code
    locality: str = Field(min_length=1, max_length=80)
    programme: str
    programme_version: str
    programme_hash: str
    members: tuple[Member, ...] = Field(min_length=1)
    referrer: Code
    criteria: tuple[Code, ...] = ()
    earlier: tuple[str, ...] = ()


class RecordConsent(Command):
    """Record a lawful basis: consent given, or another basis in its place."""

    action: ClassVar[Action | None] = "work"

    type: Literal["consent"] = "consent"
    on: date
    consent_id: Code
    basis: Basis
    purpose: Code
    partners: tuple[Code, ...] = Field(default=(), max_length=MOST)
    categories: tuple[Category, ...] = Field(default=(), max_length=MOST)
    expires_on: date | None = None


class WithdrawConsent(Command):
    """End a recorded basis; messages already queued are stopped when they would be sent."""

    action: ClassVar[Action | None] = "work"
    after_close: ClassVar[bool] = True
    after_merging: ClassVar[bool] = True

    type: Literal["withdraw-consent"] = "withdraw-consent"
    on: date
    consent_id: Code


class IdentifyFamily(Command):
    """Check the criteria the family was found to meet against the programme."""

    action: ClassVar[Action | None] = "identify"

    type: Literal["identify"] = "identify"
    on: date
    criteria: tuple[Code, ...] = Field(max_length=MOST)
    cohort: Code | None = None


class RecordContact(Command):
    """Record a contact with the family; of a closed journey, one of a day before the close."""

    action: ClassVar[Action | None] = "work"
    after_close: ClassVar[bool] = True

    type: Literal["record-contact"] = "record-contact"
    on: date
    kind: ContactKind = "visit"


class AssessFamily(Command):
    """Record the whole-family assessment and the needs found."""

    action: ClassVar[Action | None] = "work"

    type: Literal["assess"] = "assess"
    on: date
    needs: tuple[Code, ...] = Field(min_length=1, max_length=MOST)


class AgreePlan(Command):
    """Record the plan agreed with the family."""

    action: ClassVar[Action | None] = "work"

    type: Literal["agree-plan"] = "agree-plan"
    on: date
    needs: tuple[Code, ...] = Field(min_length=1, max_length=MOST)


class StartIntervention(Command):
    """Begin high-intensity work."""

    action: ClassVar[Action | None] = "work"

    type: Literal["start-intervention"] = "start-intervention"
    on: date


class ReviewPlan(Command):
    """Record a review of the plan."""

    action: ClassVar[Action | None] = "work"

    type: Literal["review-plan"] = "review-plan"
    on: date
    outcome: ReviewOutcome = "on-track"


class StepDown(Command):
    """Move to low intensity and start the count towards the checks."""

    action: ClassVar[Action | None] = "work"

    type: Literal["step-down"] = "step-down"
    on: date


class StepUp(Command):
    """Move back to high intensity."""

    action: ClassVar[Action | None] = "work"

    type: Literal["step-up"] = "step-up"
    on: date
    reason: Code


class RecordCheck(Command):
    """Record a sustained-outcome check; of a closed journey, one of a day before the close."""

    action: ClassVar[Action | None] = "check"
    after_close: ClassVar[bool] = True

    type: Literal["record-check"] = "record-check"
    on: date
    verdict: CheckVerdict


class CloseJourney(Command):
    """End the journey; a transferred one says to which area."""

    action: ClassVar[Action | None] = "close"

    type: Literal["close"] = "close"
    on: date
    outcome: Outcome
    to: Code | None = Field(default=None, description="The area that a transferred family goes to.", exclude_if=absent)


class ReopenJourney(Command):
    """Take a close back: the journey goes on where it was."""

    action: ClassVar[Action | None] = "reopen"
    after_close: ClassVar[bool] = True
    needs_facts: ClassVar[bool] = True

    type: Literal["reopen"] = "reopen"
    on: date
    reason: Code


class EraseFamily(Command):
    """Destroy what is personal of a family whose journeys are closed, for ever; codes and dates stay.

    `despite_claims` says that claims under way stay as they are: nobody can judge them again. A family that was merged
    into another is erased with that one (`with_survivor`).
    """

    after_close: ClassVar[bool] = True
    after_merging: ClassVar[bool] = True
    after_erasing: ClassVar[bool] = True
    needs_facts: ClassVar[bool] = True

    type: Literal["erase"] = "erase"
    reason: ErasureReason
    despite_claims: bool = False
    with_survivor: bool = Field(default=False, exclude_if=not_said)


PathCommand = (
    ReferFamily
    | JoinReferral
    | RecordConsent
    | WithdrawConsent
    | IdentifyFamily
    | RecordContact
    | AssessFamily
    | AgreePlan
    | StartIntervention
    | ReviewPlan
    | StepDown
    | StepUp
    | RecordCheck
    | CloseJourney
    | ReopenJourney
    | EraseFamily
)
