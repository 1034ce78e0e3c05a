"""When somebody belonged to a family: from a day, to a day, and the times between on which they were away."""

from collections.abc import Iterable
from datetime import date
from typing import Self

from pydantic import ConfigDict, Field, model_validator

from domain.evidence import Day
from domain.model import Value
from domain.rules.spans import Span, Spans, subtract


class Away(Value):
    """A time on which a member was not of the family, as between moving out and coming back."""

    model_config = ConfigDict(serialize_by_alias=True)

    from_: Day = Field(alias="from")
    to: Day

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to < self.from_:
            raise ValueError(f"`to` ({self.to}) is before `from` ({self.from_}); swap or correct them")
        return self


def stays(first: date | None, last: date | None, away: Iterable[Away] = ()) -> Spans:
    """Return the days on which somebody belonged: both ends included, without bounds where there is no end."""
    whole = Span(first or date.min, last or date.max)
    return subtract((whole,), (Span(each.from_, each.to) for each in away))
