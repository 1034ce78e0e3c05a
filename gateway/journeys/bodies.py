"""What each step of the path is told, besides the family it is about; `on` is today unless given."""

import unicodedata
from copy import copy
from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model, model_validator

from domain.categories import Category
from domain.family import Basis
from domain.journey import commands as c
from domain.journey.commands import MOST, ReminderId
from domain.journey.replies import Reply
from domain.model import Code

LARGEST = 2**31


def _storable(changes: dict[str, Any]) -> dict[str, Any]:
    """Refuse what the journal cannot hold, or what no field can mean, naming the field."""
    for name, value in changes.items():
        if not _clean(name):
            raise ValueError("a field's name contains control characters; copy the names from the event")
        _fits(name, value)
    return changes


def _fits(name: str, value: object) -> None:
    if isinstance(value, str) and not _clean(value):
        raise ValueError(f"{name} holds control characters; write it without them")
    if isinstance(value, int | float) and not abs(value) <= LARGEST:  # so NaN is refused too
        raise ValueError(f"{name} is too large a number; the largest is {LARGEST}")
    parts = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        _fits(name, part)


def _clean(text: str) -> bool:
    return not any(unicodedata.category(symbol).startswith("C") for symbol in text)


class Body(BaseModel):
    """A body that refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid")


class Step(Body):
    """A step on a day."""

    on: date | None = Field(default=None, description="The day it happened; default: today.")


class Consent(Step):
    """A lawful basis; partners and categories left out mean all that the sharing agreements name."""

    basis: Basis = "consent"
    purpose: Code = "family-support"
    partners: tuple[Code, ...] = Field(default=(), max_length=MOST)
    categories: tuple[Category, ...] = Field(default=(), max_length=MOST)
    expires_on: date | None = None
    consent_id: Code | None = Field(default=None, description="Default: a new id.")


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


# Steps whose bodies say more than their commands: what is made up, or chosen, when it is left out.
_OWN: dict[type[c.Command], type[Step]] = {c.RecordConsent: Consent, c.AllocateKeyWorker: Allocate}


def body_of(command: type[c.Command]) -> type[Step]:
    """Return the body of a step: the command's own fields, with `on` today unless given."""
    base = _OWN.get(command, Step)
    known = {*c.Command.model_fields, *base.model_fields, "type"}
    fields: dict[str, Any] = {
        name: (field.annotation, copy(field)) for name, field in command.model_fields.items() if name not in known
    }
    return create_model(command.__name__, __base__=base, __doc__=command.__doc__, **fields)


class Acknowledge(Body):
    """The reminder that was seen."""

    reminder_id: ReminderId


class Correct(Body):
    """An event of the timeline by its number, why it is wrong, and the fields that should read otherwise."""

    version: int = Field(ge=1)
    journey: int | None = Field(
        default=None, ge=1, description="The number of the family's journey; default: the newest."
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
