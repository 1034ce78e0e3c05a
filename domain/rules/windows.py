"""The windows of days that a rule looks at, as data, and the days they mean for one claim.

Decided here:

- "Last 6 months" of a day D runs from D minus 6 calendar months plus one day to D. A day that the earlier month does
  not have is clipped to its end (31 August minus 6 months is 28 February, so the window begins on 1 March).
- The baseline is the same window of the day before `engaged_from`.
- "Last 210 days" holds as-of itself and the 209 days before.
- A school term is complete when its last day lies before as-of; one that ends on as-of is not yet complete.
  The days between terms belong to no window of terms.
- The last terms known are the last terms there were only if no term is missing: none between two of them, where more
  than three months would lie, and none since, where more than six would (a long term after the summer holidays).
  Otherwise the table of terms is out of date, and as good as too short.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Literal, Self, assert_never

from dateutil.relativedelta import relativedelta
from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator

from domain.model import Sourced, Value
from domain.rules.spans import DAY, Span, Spans

LONGEST_HOLIDAYS, LONGEST_WAIT = relativedelta(months=3), relativedelta(months=6)


class Number(Sourced):
    """A whole number of a rule: a threshold, an age, a length."""

    value: int = Field(ge=0, strict=True)

    def __format__(self, unit: str) -> str:
        """Write the number, its unit, and how far it may be trusted where that is not all the way."""
        return f"{self.value}{unit}" + ("" if self.confidence == "verified" else f" ({self.confidence})")


class Length(Number):
    """A whole number above nought: of days, months, terms or rules."""

    value: int = Field(ge=1, strict=True)


class Later(Number):
    """A number that holds from a day on."""

    model_config = ConfigDict(serialize_by_alias=True)

    from_: date = Field(alias="from")


class ChangingNumber(Number):
    """A number that changes by date: `value` first, then each later one from its day on."""

    then: tuple[Later, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if any(later.from_ <= earlier.from_ for earlier, later in pairwise(self.then)):
            raise ValueError("the days in `then` must follow one another; put them in order, each once")
        return self


def _tag(raw: object) -> str:
    """Tell by `then` whether a number changes, so that its faults are told as those of one kind of number."""
    return CHANGING if isinstance(raw, ChangingNumber) or (isinstance(raw, Mapping) and "then" in raw) else PLAIN


PLAIN, CHANGING = "a number", "a number that changes"
AnyNumber = Annotated[Annotated[Number, Tag(PLAIN)] | Annotated[ChangingNumber, Tag(CHANGING)], Discriminator(_tag)]


def number_on(number: Number | ChangingNumber, day: date) -> Number:
    """Return the number that holds on `day`."""
    begun = [later for later in number.then if later.from_ <= day] if isinstance(number, ChangingNumber) else []
    return begun[-1] if begun else number


class LastMonths(Value):
    """The calendar months up to as-of."""

    type: Literal["last-months"]
    n: Length


class MonthsBeforeEngagement(Value):
    """The calendar months that end the day before work with the family began: the baseline."""

    type: Literal["months-before-engagement"]
    n: Length


class LastDays(Value):
    """The days up to as-of, as-of included."""

    type: Literal["last-days"]
    n: Length


class LastTerms(Value):
    """The last complete school terms before as-of."""

    type: Literal["last-terms"]
    n: Length


CalendarWindow = Annotated[LastMonths | MonthsBeforeEngagement | LastDays, Field(discriminator="type")]
Window = Annotated[LastMonths | MonthsBeforeEngagement | LastDays | LastTerms, Field(discriminator="type")]


def span_of(window: CalendarWindow, as_of: date, engaged_from: date) -> Span:
    """Return the days that `window` means."""
    match window:
        case LastMonths():
            return months_to(as_of, window.n.value)
        case MonthsBeforeEngagement():
            return months_to(engaged_from - DAY, window.n.value)
        case LastDays():
            return Span(as_of - timedelta(days=window.n.value - 1), as_of)
        case _:
            assert_never(window)


def last_terms(window: LastTerms, as_of: date, terms: Spans) -> Spans:
    """Return the school terms that `window` means, in order; none where too few are known."""
    return () if terms_missing(window, as_of, terms) else _complete(window, as_of, terms)


def terms_missing(window: LastTerms, as_of: date, terms: Spans) -> str:
    """Say which school terms `window` lacks, and where to add them; nothing where it has all it asks for."""
    last, asked = _complete(window, as_of, terms), window.n.value
    known = f", {last[0].first} to {last[-1].last}," if last else ""
    if len(last) < asked:
        lacks = f"of the last {asked} complete school terms before {as_of} {len(last)}{known} are known"
    elif after(last[-1].last, LONGEST_WAIT) < as_of:
        lacks = f"the school terms known end on {last[-1].last}, so those before {as_of} are missing"
    else:
        gaps = [f"{a.last} to {b.first}" for a, b in pairwise(last) if b.first > after(a.last, LONGEST_HOLIDAYS)]
        lacks = f"school terms are missing from {' and from '.join(gaps)}" if gaps else ""
    return lacks and f"{lacks}; add them with: journeys terms add FILE.csv (a claim file may carry its own)"


def after(day: date, length: relativedelta) -> date:
    """Return the day so long after `day`, and the last of the calendar where that ends before."""
    return day + length if day <= date.max - length else date.max


def _complete(window: LastTerms, as_of: date, terms: Spans) -> Spans:
    return tuple(term for term in terms if term.last < as_of)[-window.n.value :]


def months_to(last: date, months: int) -> Span:
    """Return the `months` calendar months that end with the day `last`."""
    return Span(last - relativedelta(months=months) + DAY, last)
