"""A person of the family as a rule sees them: how old they may have been on a day, and when they belonged.

Decided here:

- A member belongs to the family from `from` to `to`, both included; without them, always; but not while `away`.
- Of a family that was erased the births are gone; the `ages` on the days that rules asked about stand in their place.
"""

from collections.abc import Sequence
from datetime import date
from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator

from domain.births import Born, birth_days, years_on
from domain.evidence import Day, Text
from domain.model import Value
from domain.rules.spans import Span, Spans, intersect
from domain.stays import Away, stays


def _absent(value: object) -> bool:
    return value is None


class Age(Value):
    """How old somebody was on a day, in completed years, negative before birth; up to `most` if it is not certain."""

    on: Day
    years: int = Field(strict=True)
    most: int | None = Field(default=None, strict=True, exclude_if=_absent)


class FamilyMember(Value):
    """A person of the family. Unborn children have, in place of `born`, the day on which they are `expected`."""

    model_config = ConfigDict(serialize_by_alias=True)

    id: Text
    role: Literal["adult", "child"]
    born: Born | None = None
    expected: Day | None = Field(default=None, exclude_if=_absent)
    from_: Day | None = Field(default=None, alias="from", exclude_if=_absent)
    to: Day | None = Field(default=None, exclude_if=_absent)
    away: tuple[Away, ...] = Field(default=(), exclude_if=lambda away: not away)
    ages: tuple[Age, ...] = Field(default=(), exclude_if=lambda ages: not ages)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ is not None and self.to is not None and self.to < self.from_:
            raise ValueError(f"`to` ({self.to}) is before `from` ({self.from_}); swap or correct them")
        return self

    def ages_on(self, day: date) -> tuple[int, int] | None:
        """Return the least and the most completed years, negative before birth; None where nothing tells them."""
        born = birth_days(self.born, self.expected)
        if born is not None:
            return years_on(day, born.last), years_on(day, born.first)
        known = next((age for age in self.ages if age.on == day), None)
        return None if known is None else (known.years, known.years if known.most is None else known.most)

    def belongs(self, day: date) -> bool:
        """Tell whether they belonged to the family on a day."""
        return any(day in stay for stay in self._stays)

    def belonging(self, days: Sequence[Span]) -> Spans:
        """Return those of some days on which they belonged to the family."""
        return intersect(days, self._stays)

    @property
    def _stays(self) -> Spans:
        return stays(self.from_, self.to, self.away)


Subject = FamilyMember | None
"""Whom a rule looks at: one member, or None for the whole family."""
