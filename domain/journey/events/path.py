"""What happened on the path itself, stage by stage: from the referral to the close, and the erasure long after it."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from domain.family import Consent, Member
from domain.journey.events.event import Event
from domain.journey.events.referrals import ReferralJoined
from domain.model import Code, absent
from domain.programme.eligibility import Judgement

CheckVerdict = Literal["sustained", "regressed", "insufficient"]
ContactKind = Literal["visit", "call", "meeting", "attempted"]
ReviewOutcome = Literal["on-track", "off-track"]
Outcome = Literal[
    "sustained",
    "regressed",
    "re-referred",
    "not-eligible",
    "declined",
    "moved-away",
    "transferred",
    "no-longer-needed",
    "died",
    "opened-in-error",
]
ErasureReason = Literal["retention-over", "request", "court-order", "no-lawful-basis", "opened-in-error"]


class FamilyReferred(Event):
    """A partner referred a family; the journey is open."""

    type: Literal["family-referred"] = "family-referred"
    on: date
    journey_id: str
    reference: str
    area: str
    locality: str
    programme: str
    programme_version: str
    programme_hash: str
    members: tuple[Member, ...]
    referrer: Code
    criteria: tuple[Code, ...]
    earlier: tuple[str, ...] = ()


class ConsentRecorded(Event):
    """A lawful basis for sharing was recorded."""

    unsettles_claims: ClassVar[bool] = True

    type: Literal["consent-recorded"] = "consent-recorded"
    consent: Consent


class ConsentWithdrawn(Event):
    """A recorded basis no longer holds from `on`."""

    unsettles_claims: ClassVar[bool] = True

    type: Literal["consent-withdrawn"] = "consent-withdrawn"
    on: date
    consent_id: str


class FamilyIdentified(Event):
    """The criteria were checked; the family is eligible, or it is not. `cohort` is the group it falls into, if any."""

    type: Literal["family-identified"] = "family-identified"
    on: date
    criteria: tuple[Code, ...]
    eligible: bool
    cohort: Code | None = None


class ContactRecorded(Event):
    """The key worker was in contact with the family, or tried to be."""

    unsettles_claims: ClassVar[bool] = True

    type: Literal["contact-recorded"] = "contact-recorded"
    on: date
    kind: ContactKind


class FamilyAssessed(Event):
    """The whole family was assessed and these needs were found.

    `judged` is what they came to where the needs decide who is eligible; no later change of the rule decides it anew.
    """

    unsettles_claims: ClassVar[bool] = True

    type: Literal["family-assessed"] = "family-assessed"
    on: date
    needs: tuple[Code, ...]
    judged: Judgement | None = None


class PlanAgreed(Event):
    """A plan for these needs was agreed with the family."""

    unsettles_claims: ClassVar[bool] = True

    type: Literal["plan-agreed"] = "plan-agreed"
    on: date
    needs: tuple[Code, ...]


class InterventionStarted(Event):
    """High-intensity work began."""

    type: Literal["intervention-started"] = "intervention-started"
    on: date


class PlanReviewed(Event):
    """The plan was looked at again."""

    type: Literal["plan-reviewed"] = "plan-reviewed"
    on: date
    outcome: ReviewOutcome


class SteppedDown(Event):
    """The family moved to low intensity; sustained-outcome checks are counted from `on`."""

    type: Literal["stepped-down"] = "stepped-down"
    on: date


class SteppedUp(Event):
    """The family moved back to high intensity; the checks start again at the next step-down."""

    type: Literal["stepped-up"] = "stepped-up"
    on: date
    reason: Code


class CheckRecorded(Event):
    """A sustained-outcome check was made."""

    type: Literal["check-recorded"] = "check-recorded"
    on: date
    months: int
    verdict: CheckVerdict


class JourneyClosed(Event):
    """The journey ended; `to` names the area that a transferred family goes to."""

    type: Literal["journey-closed"] = "journey-closed"
    on: date
    outcome: Outcome
    to: Code | None = Field(default=None, exclude_if=absent)


class JourneyReopened(Event):
    """A close was taken back; the journey goes on where it was."""

    type: Literal["journey-reopened"] = "journey-reopened"
    on: date
    reason: Code


class FamilyErased(Event):
    """The family's key was destroyed, and with it every name, date of birth, identifier and note.

    It stands on the newest journey, kept in the very transaction that destroyed the key.
    """

    type: Literal["family-erased"] = "family-erased"
    on: date
    reason: ErasureReason


PathEvent = (
    FamilyReferred
    | ReferralJoined
    | ConsentRecorded
    | ConsentWithdrawn
    | FamilyIdentified
    | ContactRecorded
    | FamilyAssessed
    | PlanAgreed
    | InterventionStarted
    | PlanReviewed
    | SteppedDown
    | SteppedUp
    | CheckRecorded
    | JourneyClosed
    | JourneyReopened
    | FamilyErased
)
