"""The steps of the path, stage by stage: from the referral to the close, and the erasure long after it."""

from datetime import date
from typing import Literal

from pydantic import Field

from domain.categories import Category
from domain.family import Basis, Member
from domain.journey.commands.command import MOST, Command
from domain.journey.events import CheckVerdict, ContactKind, ErasureReason, Outcome, ReviewOutcome
from domain.model import Code, Value


class ReferFamily(Command):
    """Open a journey; `family_erased` is read under lock when the command is carried out."""

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
    family_erased: bool = False


class RecordConsent(Command):
    """Record a lawful basis: consent given, or another basis in its place."""

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

    type: Literal["withdraw-consent"] = "withdraw-consent"
    on: date
    consent_id: Code


class IdentifyFamily(Command):
    """Check the criteria the family was found to meet against the programme."""

    type: Literal["identify"] = "identify"
    on: date
    criteria: tuple[Code, ...] = Field(max_length=MOST)
    cohort: Code | None = None


class RecordContact(Command):
    """Record a contact with the family."""

    type: Literal["record-contact"] = "record-contact"
    on: date
    kind: ContactKind = "visit"


class AssessFamily(Command):
    """Record the whole-family assessment and the needs found."""

    type: Literal["assess"] = "assess"
    on: date
    needs: tuple[Code, ...] = Field(min_length=1, max_length=MOST)


class AgreePlan(Command):
    """Record the plan agreed with the family."""

    type: Literal["agree-plan"] = "agree-plan"
    on: date
    needs: tuple[Code, ...] = Field(min_length=1, max_length=MOST)


class StartIntervention(Command):
    """Begin high-intensity work."""

    type: Literal["start-intervention"] = "start-intervention"
    on: date


class ReviewPlan(Command):
    """Record a review of the plan."""

    type: Literal["review-plan"] = "review-plan"
    on: date
    outcome: ReviewOutcome = "on-track"


class StepDown(Command):
    """Move to low intensity and start the count towards the checks."""

    type: Literal["step-down"] = "step-down"
    on: date


class StepUp(Command):
    """Move back to high intensity."""

    type: Literal["step-up"] = "step-up"
    on: date
    reason: Code


class RecordCheck(Command):
    """Record a sustained-outcome check."""

    type: Literal["record-check"] = "record-check"
    on: date
    verdict: CheckVerdict


class CloseJourney(Command):
    """End the journey."""

    type: Literal["close"] = "close"
    on: date
    outcome: Outcome


class StillOpen(Value):
    """What of a family is not over, as read under lock when the command is carried out.

    `newest` is its newest journey, `journeys` those that are open, `claims` those eligible, submitted or proposed to be
    clawed back, `evaluations` how often its results are still to be evaluated.
    """

    newest: str
    journeys: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    evaluations: int = 0


class EraseFamily(Command):
    """Destroy what is personal of a family whose journeys are closed, for ever; codes and dates stay.

    `despite_claims` says that claims under way stay as they are: nobody can judge them again.
    """

    type: Literal["erase"] = "erase"
    reason: ErasureReason
    despite_claims: bool = False
    still_open: StillOpen | None = None
