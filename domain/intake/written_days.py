"""A day as councils write it in a file: `2012-05-29`, `29/05/2012`, `29-May-12`, or the number a spreadsheet keeps.

Decided here:

- The day stands before the month, as in Britain. A date with its month first is refused and never turned round.
- Of a two-digit year the century is this one for a referral; for a birth the last one where the year would lie ahead.
- A number of five digits is the day that a spreadsheet counts from 30 December 1899. A year or a month alone is no day;
  of a birth it may be all that is known (`2012`, `2012-05`, `05/2012`, `May 2012`).
- Midnight, which databases add to a day, is dropped. A birth with another time of day is refused: an export that counts
  hours in another zone puts births on the day before.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from domain.intake.bad_cell import BadCell

EPOCH = date(1899, 12, 30)  # day nought of a spreadsheet, for days after February 1900
SERIALS = range(10_000, 73_051)  # 18 May 1927 to 31 December 2099: fewer digits could be a year
MONTHS = 12
MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LIKE = "write it YYYY-MM-DD, such as 2012-05-29, or 29/05/2012 or 29-May-2012"
DAY_FIRST = "write the day before the month, as in 29/05/2012, or write 2012-05-29"
WEEKDAY = re.compile(r"^(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?,? (?=.*\d)")

_TIME = re.compile(r"[t ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$")
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_FIGURES = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})")
_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?(?: of)?[-/. ]?([a-z]{3,9})\.?,?[-/. ]?(\d{4}|\d{2})")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_SERIAL = re.compile(r"(\d{5})(?:\.0+)?")
_FULL_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

Century = Callable[[int], int]


def birth_year(today: date) -> Century:
    """Return how a birth's two-digit year is read: the latest such year that does not lie ahead."""
    return lambda year: _of_this_century(today, year) - (100 if _of_this_century(today, year) > today.year else 0)


def referral_year(today: date) -> Century:
    """Return how a referral's two-digit year is read: as one of this century."""
    return lambda year: _of_this_century(today, year)


def written_day(text: str, century: Century, *, timed: bool = False) -> date:
    """Return the day that `text` says; `timed` lets it carry any time of day. Raise `BadCell`."""
    plain = _without_time(" ".join(text.split()).lower(), timed=timed)
    plain = WEEKDAY.sub("", plain)
    if found := _ISO.fullmatch(plain):
        return _day(int(found[1]), int(found[3]), int(found[4]))
    if found := _FIGURES.fullmatch(plain):
        return _figures(int(found[1]), int(found[3]), _year(found[4], century))
    if (found := _NAMED.fullmatch(plain)) and _month(found[2]):
        return _day(_year(found[3], century), _month(found[2]), int(found[1]))
    if (found := _MONTH_FIRST.fullmatch(plain)) and _month(found[1]):
        return _day(int(found[3]), _month(found[1]), int(found[2]))
    if (found := _SERIAL.fullmatch(plain)) and int(found[1]) in SERIALS:
        return EPOCH + timedelta(days=int(found[1]))
    raise BadCell("bad-date", _what(plain), LIKE)


def written_part(text: str) -> str | None:
    """Return the month or the year that `text` says, as `2012-05` or `2012`; None where it says neither."""
    plain = " ".join(text.split()).lower()
    if re.fullmatch(r"(19|20)\d{2}", plain):
        return plain
    if found := re.fullmatch(r"((?:19|20)\d{2})[-/.](\d{1,2})|(\d{1,2})[-/.]((?:19|20)\d{2})", plain):
        year, month = found[1] or found[4], int(found[2] or found[3])
    elif (found := re.fullmatch(r"([a-z]{3,9})\.?[- ]((?:19|20)\d{2})", plain)) and _month(found[1]):
        year, month = found[2], _month(found[1])
    else:
        return None
    if not 1 <= month <= MONTHS:
        raise BadCell("bad-date", "there is no such month", LIKE)
    return f"{year}-{month:02d}"


def month_first(text: str) -> bool:
    """Tell whether a date in figures can only have its month first, such as 12/31/1988."""
    found = _FIGURES.match(text.strip())
    return found is not None and int(found[1]) <= MONTHS < int(found[3])


def either_first(text: str) -> bool:
    """Tell whether a date in figures means another day when its month is read first."""
    found = _FIGURES.match(text.strip())
    return found is not None and int(found[1]) <= MONTHS and int(found[3]) <= MONTHS and found[1] != found[3]


def day_first(text: str) -> bool:
    """Tell whether a date in figures can only have its day first, such as 31/12/1988."""
    found = _FIGURES.match(text.strip())
    return found is not None and int(found[3]) <= MONTHS < int(found[1])


def _of_this_century(today: date, year: int) -> int:
    return today.year - today.year % 100 + year


def _year(figures: str, century: Century) -> int:
    return int(figures) if len(figures) > len("yy") else century(int(figures))


def _without_time(text: str, *, timed: bool) -> str:
    found = _TIME.search(text)
    if found is None:
        return text
    if not timed and any(int(part or 0) for part in found.groups()):
        raise BadCell("bad-date", "a day with a time of day", "give the day alone, such as 2012-05-29")
    return text[: found.start()]


def _month(name: str) -> int:
    """Return the number of a month by its name, short or whole, or 0."""
    if name == "sept":
        return 9
    known = name in MONTH_NAMES or name in _FULL_NAMES
    return MONTH_NAMES.index(name[:3]) + 1 if known else 0


def _figures(day: int, month: int, year: int) -> date:
    if day <= MONTHS < month:
        raise BadCell("bad-date", "there is no such day: the month comes before the day", DAY_FIRST)
    return _day(year, month, day)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise BadCell("bad-date", "there is no such day", f"correct the date; {LIKE}") from None


def _what(plain: str) -> str:
    if re.fullmatch(r"(19|20)\d{2}", plain):
        return "a year, not a day"
    if re.fullmatch(r"\d{1,2}[-/. ]\d{4}|\d{4}[-/. ]\d{1,2}|[a-z]{3,9}[- ]\d{2,4}", plain):
        return "a month, not a day"
    return "not a date that can be read"
