"""What each step of the path is told, besides the family it is about; `on` is today unless given."""

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from domain.events import CheckVerdict, ContactKind, Outcome, ReviewOutcome
from domain.family import Basis
from domain.model import Code
from domain.replies import Reply


class Body(BaseModel):
    """A body that refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid")


class Step(Body):
    """A step on a day."""

    on: date | None = Field(default=None, description="The day it happened; today unless given.")


class Consent(Step):
    """A lawful basis; partners and categories left out mean all that the sharing agreements name."""

    basis: Basis = "consent"
    purpose: Code = "family-support"
    partners: tuple[Code, ...] = ()
    categories: tuple[Code, ...] = ()
    expires_on: date | None = None
    consent_id: str | None = Field(default=None, max_length=80, description="Made up unless given.")


class WithdrawConsent(Step):
    """The basis that no longer holds."""

    consent_id: str


class Identify(Step):
    """The criteria met."""

    criteria: tuple[Code, ...]


class Allocate(Step):
    """Who holds the family from now on."""

    key_worker: Code


class OfferHandover(Step):
    """Who is asked to take over."""

    to: Code


class Contact(Step):
    """How the contact was made."""

    kind: ContactKind = "visit"


class Needs(Step):
    """The needs found, or planned for."""

    needs: tuple[Code, ...] = Field(min_length=1)


class Review(Step):
    """How the plan goes."""

    outcome: ReviewOutcome = "on-track"


class StepUp(Step):
    """Why the family needs more again."""

    reason: Code


class Check(Step):
    """What the check found."""

    verdict: CheckVerdict


class Close(Step):
    """How the journey ended."""

    outcome: Outcome


class Acknowledge(Body):
    """The reminder that was seen."""

    reminder_id: str


class Correct(Body):
    """An event of the timeline by its number, why it is wrong, and the fields that should read otherwise."""

    version: int = Field(ge=1)
    reason: Code
    changes: dict[str, Any] = Field(min_length=1)


class Answer(BaseModel):
    """What a command came to."""

    reference: str
    journey_id: str
    version: int
    stage: str
    happened: list[str]

    @classmethod
    def of(cls, reference: str, reply: Reply) -> "Answer":
        """Read a reply of the engine."""
        return cls(reference=reference, **reply.model_dump(include={"journey_id", "version", "stage", "happened"}))
