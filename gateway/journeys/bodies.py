"""What each step of the path is told, besides the family it is about; `on` is today unless given."""

import unicodedata
from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from domain.categories import Category
from domain.family import Basis
from domain.journey.commands import MOST, ReminderId
from domain.journey.events import CheckVerdict, ContactKind, Outcome, ReviewOutcome
from domain.journey.replies import Reply
from domain.model import Code
from domain.programme.programme import Work

LARGEST = 2**31


def _storable(changes: dict[str, Any]) -> dict[str, Any]:
    """Refuse what the journal cannot hold, or what no field can mean, naming the field."""
    for name, value in changes.items():
        if not _clean(name):
            raise ValueError("a field's name holds control characters; see the event for its fields")
        _fits(name, value)
    return changes


def _fits(name: str, value: object) -> None:
    if isinstance(value, str) and not _clean(value):
        raise ValueError(f"{name} holds control characters; write it without them")
    if isinstance(value, int | float) and not abs(value) <= LARGEST:  # so NaN is refused too
        raise ValueError(f"{name} is too large a number; the largest is {LARGEST}")
    services = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in services:
        _fits(name, part)


def _clean(text: str) -> bool:
    return not any(unicodedata.category(symbol).startswith("C") for symbol in text)


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
    partners: tuple[Code, ...] = Field(default=(), max_length=MOST)
    categories: tuple[Category, ...] = Field(default=(), max_length=MOST)
    expires_on: date | None = None
    consent_id: Code | None = Field(default=None, description="Made up unless given.")


class WithdrawConsent(Step):
    """The basis that no longer holds."""

    consent_id: Code


class Identify(Step):
    """The criteria met, and the cohort where the programme has cohorts."""

    criteria: tuple[Code, ...] = Field(max_length=MOST)
    cohort: Code | None = None


class Allocate(Step):
    """Who holds the family from now on: `key_worker`, or with `any` whoever has the most room."""

    key_worker: Code | None = None
    any: bool = Field(default=False, exclude=True)
    waiver: Code | None = Field(default=None, description="Why the cap may be exceeded; managers only.")

    @model_validator(mode="after")
    def _someone(self) -> Self:
        if (self.key_worker is None) != self.any:
            raise ValueError("give a key_worker, or any: true for the one with the most room")
        return self


class AcceptHandover(Step):
    """Who takes the family over."""

    key_worker: Code
    waiver: Code | None = Field(default=None, description="Why the cap may be exceeded; managers only.")


class RefuseHandover(Step):
    """Why the family is not taken over."""

    reason: Code


class OfferHandover(Step):
    """Who is asked to take over."""

    to: Code


class Contact(Step):
    """How the contact was made."""

    kind: ContactKind = "visit"


class Needs(Step):
    """The needs found, or planned for."""

    needs: tuple[Code, ...] = Field(min_length=1, max_length=MOST)


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


class Deadline(Step):
    """The work whose deadline is meant, and why, as a code."""

    work: Work
    reason: Code


class MoveDeadline(Deadline):
    """The day it is due on from now on."""

    to: date


class Acknowledge(Body):
    """The reminder that was seen."""

    reminder_id: ReminderId


class Correct(Body):
    """An event of the timeline by its number, why it is wrong, and the fields that should read otherwise."""

    version: int = Field(ge=1)
    journey: int | None = Field(
        default=None, ge=1, description="Of which of the family's journeys; the newest if not said."
    )
    reason: Code
    changes: Annotated[dict[str, Any], Field(min_length=1), AfterValidator(_storable)]


class Answer(BaseModel):
    """What a command came to; `explanation` says why a family was found eligible or not, `remarks` whatever else."""

    reference: str
    journey_id: str
    version: int
    stage: str
    happened: list[str]
    explanation: list[str] = []
    remarks: list[str] = []

    @classmethod
    def of(cls, reference: str, reply: Reply) -> "Answer":
        """Read a reply of the engine."""
        return cls(
            reference=reference,
            **reply.model_dump(include={"journey_id", "version", "stage", "happened", "explanation"}),
        )
