"""What must be done in the world after an event; the id of an effect is its idempotency key."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from domain.model import Code, Value, absent
from domain.programme.clocks import Holder, Work


class Remind(Value):
    """Send a reminder to whoever owes the work."""

    type: Literal["remind"] = "remind"
    effect_id: str
    reminder_id: str
    work: Work
    due_on: date
    to: Holder
    escalation: bool


class Notify(Value):
    """Tell a partner what happened, as far as consent and agreement allow when the message goes out.

    It tells of the journey as it was at `version`, so that each try says the same; 0: as it is. With an `entry` it is
    about an action that the partner has to do.
    """

    type: Literal["notify"] = "notify"
    effect_id: str
    partner: Code
    about: Code
    on: date
    purpose: Code
    categories: tuple[Code, ...]
    version: int = 0
    entry: str | None = Field(default=None, exclude_if=absent)


class EvaluateResults(Value):
    """Evaluate the results of the programme together and record which may be claimed."""

    type: Literal["evaluate-results"] = "evaluate-results"
    effect_id: str
    as_of: date


class ReviewClaims(Value):
    """Hold every claim of the family against what is known by now."""

    type: Literal["review-claims"] = "review-claims"
    effect_id: str


Message = Annotated[Remind | Notify, Field(discriminator="type")]
Effect = Annotated[Remind | Notify | EvaluateResults | ReviewClaims, Field(discriminator="type")]
EFFECT: TypeAdapter[Effect] = TypeAdapter(Effect)
