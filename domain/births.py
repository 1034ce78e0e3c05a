"""When somebody was born, as far as that is known: the day, the month or the year, or the day a birth is expected.

Decided here:

- A birth known by year or month may have been on any day of it. Ages are told as the least and the most they may be.
- A child expected on a day is born no earlier than the forty weeks before it, and no later than four weeks after.
- Who was born on 29 February completes a year on 1 March in other years.
"""

import re
from datetime import date, timedelta
from typing import Annotated

from dateutil.relativedelta import relativedelta
from pydantic import BeforeValidator, TypeAdapter

from domain.evidence import Day
from domain.model import Value
from domain.rules.spans import DAY, Span

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PART = re.compile(r"(\d{4})(?:-(\d{2}))?")
_LONGEST_EARLIER, _LONGEST_LATER = timedelta(weeks=40), timedelta(weeks=4)


def _born(value: object) -> object:
    """Read a day as a date, and leave a year or a month as it is written."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        return date.fromisoformat(value)
    if isinstance(value, str) and _PART.fullmatch(value) and _days_of(value):
        return value
    raise ValueError("not a date of birth; write YYYY-MM-DD, or YYYY-MM or YYYY where no more is known")


Born = Annotated[date | str, BeforeValidator(_born)]
BORN: TypeAdapter[date | str] = TypeAdapter(Born)


class Expected(Value):
    """The day on which an unborn child is expected, in the place of a date of birth."""

    expected: Day


Birth = Born | Expected
BIRTH: TypeAdapter[date | str | Expected] = TypeAdapter(Birth)


def birth_of(born: date | str | None, expected: date | None) -> date | str | Expected | None:
    """Return what is known of a birth, None where nothing is."""
    return born if born is not None or expected is None else Expected(expected=expected)


def birth_days(born: date | str | None, expected: date | None = None) -> Span | None:
    """Return the days on which a birth may have been, None where nothing is known of it."""
    if isinstance(born, date):
        return Span(born, born)
    if born is not None:
        return _days_of(born)
    return None if expected is None else Span(expected - _LONGEST_EARLIER, expected + _LONGEST_LATER)


def years_on(day: date, born: date) -> int:
    """Return the completed years on a day, negative before birth."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _days_of(part: str) -> Span:
    year, _, month = part.partition("-")
    first = date(int(year), int(month or 1), 1)
    return Span(first, first + (relativedelta(months=1) if month else relativedelta(years=1)) - DAY)
