"""What a programme pays for: results with their limbs, what they pay by period, and the school terms they look at."""

from datetime import date
from itertools import pairwise
from typing import Self

from pydantic import ConfigDict, Field, model_validator

from domain.model import Amount, Sourced, Value
from domain.rules.grammar import DatesBefore, Rule


class Period(Value):
    """The days from `from` to `to`, both included."""

    model_config = ConfigDict(serialize_by_alias=True)

    from_: date = Field(alias="from")
    to: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to < self.from_:
            raise ValueError(f"`to` ({self.to}) is before `from` ({self.from_}); swap or correct them")
        return self


class SchoolTerms(Sourced):
    """The terms of one school year in one area; the area `default` serves claim files that carry none."""

    area: str
    school_year: str = Field(pattern=r"^\d{4}-\d{2}$")
    terms: tuple[Period, ...] = Field(min_length=1)


class Tariff(Period):
    """What a result pays when claimed in this period, and the most that a family's results may come to."""

    pays: Amount
    maximum: Amount


class Attachment(Period):
    """What is paid in this period when work with a family begins: a figure to show, which no evidence earns."""

    pays: Amount


class Limb(Value):
    """One condition of a result."""

    name: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str
    rule: Rule


class Result(Value):
    """Something that is paid for once per family: every limb that applies, and the practice, must be met.

    It pays only together with the results of `beside`, and never together with those of `instead_of`.
    """

    name: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str
    beside: tuple[str, ...] = ()
    instead_of: tuple[str, ...] = ()
    limbs: tuple[Limb, ...] = Field(min_length=1)
    practice: DatesBefore | None = None
    tariffs: tuple[Tariff, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        names = [limb.name for limb in self.limbs]
        repeated = sorted({name for name in names if names.count(name) > 1 or name == "practice"})
        if repeated:
            raise ValueError(f"limb {', '.join(repeated)} is listed twice; `practice` is a limb of its own")
        if any(later.from_ <= tariff.to for tariff, later in pairwise(sorted(self.tariffs, key=_begin))):
            raise ValueError("tariff periods overlap")
        return self

    def tariff_on(self, day: date) -> Tariff | None:
        """Return the tariff in force on `day`, None where there is none."""
        return next((tariff for tariff in self.tariffs if tariff.from_ <= day <= tariff.to), None)


def _begin(period: Period) -> date:
    return period.from_
