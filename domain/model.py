"""The frozen base of every value in the domain, and numbers that carry their source."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Confidence = Literal["verified", "secondary", "unverified"]

# A coded value. Events hold only these, numbers and dates: free text would be personal data kept for ever.
Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]


def absent(value: object) -> bool:
    """Tell whether a field is left out where it is written, as it was before there was such a field."""
    return value is None


def not_said(value: object) -> bool:
    """Tell whether a field is left out where it is written, as what it would say is what goes without saying."""
    return not value


class Value(BaseModel):
    """A frozen value: equal by content, refusing fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Sourced(Value):
    """A figure of a rule pack with where it was read and how far it may be trusted."""

    source: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    confidence: Confidence


class Amount(Sourced):
    """Whole pounds."""

    value: int = Field(ge=0)
