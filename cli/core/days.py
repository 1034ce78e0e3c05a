"""Days and times as people say them: ISO, "yesterday", "next friday", "in 10 working days"; UK order, Europe/London.

Decided here:

- A bare weekday or a day without its year may mean the past or the future, and is refused: a step would be misdated.
- The time that a day names as a limit is its end in Britain, so that "until tomorrow" holds all of tomorrow.
- An hour that the clocks skip in spring is refused; the hour that comes twice in autumn means its first time.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cli.core.errors import BAD_INPUT, Trouble, plain

if TYPE_CHECKING:
    from domain.calendar import Nation

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)
NEAR = {"today": 0, "yesterday": -1, "tomorrow": 1}
LIKE = "write it like 2026-01-20, 20/1/2026, yesterday, next friday, 3 days ago or in 10 working days"
DAY_FIRST = "write the day before the month, as in 20/1/2026"
LIKE_TIME = f"{LIKE}, with a time if needed: tomorrow at 9:00, or 2026-01-20T09:00"
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_ISO_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[t ]\d{2}:\d{2}.*")
_WORKING = re.compile(r"(in )?(\d{1,3}) working days?( ago)?")
_SPAN = re.compile(r"(in )?(\d{1,4}) (hour|minute)s?( ago)?")
_FIGURES = re.compile(r"\b(?:\d{1,2}|\d{4})[/.-](\d+)[/.-]\d+\b")  # the month stands in the middle, also after a year
MONTHS = 12  # dateparser would take 01/13/2026 for 13 January, and a slip of the finger for another day
_WEEKDAY = re.compile(r"(next|last) (mon|tues|wednes|thurs|fri|satur|sun)day")


@dataclass(frozen=True)
class Clock:
    """The business clock, and the nation whose working days count."""

    now: datetime
    nation: "Nation" = "ENG"

    @property
    def today(self) -> date:
        """The day in Britain."""
        return self.now.astimezone(LONDON).date()


def day(text: str, clock: Clock) -> date:
    """Return the day that a text means; raise `Trouble` when it means none, or more than a day."""
    found = meant(text, clock)
    if found is None:
        raise _unread(text, "a day", LIKE)
    return found


def moment(text: str, clock: Clock) -> datetime:
    """Return the moment in UTC that a text means as a limit: a day means its end in Britain."""
    said = " ".join(text.split()).lower()
    if said == "now":
        return clock.now.astimezone(UTC)
    if _ISO_TIME.fullmatch(said):
        return _exact(said)
    if span := _SPAN.fullmatch(said):
        return _hours(clock, span, text)
    last = meant(said, clock)
    if last is not None:
        return _in_utc(datetime.combine(last + DAY, time()))
    found = _parsed(said, clock.now.astimezone(LONDON).replace(tzinfo=None))
    if found is None:
        raise _unread(text, "a time", LIKE_TIME)
    return _in_utc(found)


def meant(text: str, clock: Clock) -> date | None:
    """Return the day that a text means, None when it means none, or more than a day."""
    said = " ".join(text.split()).lower()
    if _ISO.fullmatch(said):
        return _iso(said)
    if said in NEAR:
        return clock.today + NEAR[said] * DAY
    if working := _WORKING.fullmatch(said):
        return _working_days(clock, working, text)
    if (figures := _FIGURES.search(said)) and int(figures[1]) > MONTHS:
        raise Trouble(f"{plain(text)}: there is no such day", DAY_FIRST, exit_code=BAD_INPUT)
    found = _parsed(said, datetime.combine(clock.today, time()))
    return None if found is None or found.tzinfo is not None or found.time() != time() else found.date()


def _iso(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Trouble(f"{text}: there is no such day", "correct the date", exit_code=BAD_INPUT) from None


def _exact(text: str) -> datetime:
    try:
        return _in_utc(datetime.fromisoformat(text.upper()))
    except ValueError:
        raise _unread(text, "a time", LIKE_TIME) from None


def _in_utc(found: datetime) -> datetime:
    """Read a time without a zone as Britain's."""
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    told = found.replace(tzinfo=LONDON).astimezone(UTC)
    if told.astimezone(LONDON).replace(tzinfo=None) != found:
        reason = f"{found:%Y-%m-%d %H:%M} does not exist: the clocks go forward over it"
        raise Trouble(reason, "give a time an hour later", exit_code=BAD_INPUT)
    return told


def _working_days(clock: Clock, said: re.Match[str], text: str) -> date:
    from domain.calendar import calendar_of

    return calendar_of(clock.nation).shift(clock.today, _signed(said, text))


def _hours(clock: Clock, said: re.Match[str], text: str) -> datetime:
    """Count hours as they pass, also over a night in which the clocks change."""
    return clock.now.astimezone(UTC) + timedelta(**{f"{said[3]}s": _signed(said, text)})


def _signed(said: re.Match[str], text: str) -> int:
    """Return the number of a span ahead (`in 3 ...`) or back (`3 ... ago`)."""
    if bool(said[1]) == (said[said.re.groups] is not None):
        raise _unread(text, "a time", f"say in {said[2]} ..., or {said[2]} ... ago")
    return int(said[2]) if said[1] else -int(said[2])


def _parsed(text: str, base: datetime) -> datetime | None:
    """Ask dateparser, which must find every part of the date in the text; a named weekday is enough with its week."""
    import dateparser

    settings = {"DATE_ORDER": "DMY", "RELATIVE_BASE": base, "STRICT_PARSING": not _WEEKDAY.fullmatch(text)}
    found: datetime | None = dateparser.parse(text, languages=["en"], settings=settings)
    return found


def _unread(text: str, what: str, remedy: str) -> Trouble:
    return Trouble(f"{plain(text)} is not {what} that can be read one way only", remedy, exit_code=BAD_INPUT)
