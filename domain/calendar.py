"""Working days of a UK nation, and the moment within working hours at which a family's reminders go out."""

import hashlib
from bisect import bisect_left
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import holidays

Nation = Literal["ENG", "WLS", "SCT", "NIR"]

LONDON = ZoneInfo("Europe/London")
OPENS = time(8, 0)
CLOSES = time(18, 0)
OPEN_MINUTES = 600  # 08:00 to 18:00
SATURDAY = 5
REFERENCES = 10_000  # whose place in the day is kept


class Calendar:
    """The working days of one nation; bank holidays come from the `holidays` library."""

    def __init__(self, nation: Nation) -> None:
        self.nation = nation
        self._holidays = holidays.country_holidays("GB", subdiv=nation)
        # Asked of every deadline of every command, and the library is slow to ask.
        self._working: dict[date, bool] = {}
        self._years: dict[int, list[date]] = {}
        self._opens: dict[date, datetime] = {}

    def is_working(self, day: date) -> bool:
        """Tell whether offices are open on `day`."""
        known = self._working.get(day)
        if known is None:
            known = self._working[day] = day.weekday() < SATURDAY and day not in self._holidays
        return known

    def roll(self, day: date) -> date:
        """Return `day`, or the first working day after it."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def shift(self, day: date, working_days: int) -> date:
        """Move by working days, forwards or back; a day off counts as the working day that follows it."""
        day = self.roll(day)
        year = day.year
        place = bisect_left(self._days_of(year), day) + working_days
        while place < 0:
            year -= 1
            place += len(self._days_of(year))
        while place >= len(self._days_of(year)):
            place -= len(self._days_of(year))
            year += 1
        return self._days_of(year)[place]

    def working_days(self, start: date, end: date) -> int:
        """Count the working days from `start` up to, and without, `end`."""
        return sum(self.is_working(start + timedelta(days=number)) for number in range((end - start).days))

    def moment(self, day: date, reference: str) -> datetime:
        """Return when on `day` (rolled to a working day) messages for `reference` go out, in UTC.

        A stable hash of the reference spreads families over the ten open hours, so that a date on which
        thousands fall due does not arrive in one second.
        """
        opens = self._opens.get(day)
        if opens is None:
            opens = self._opens[day] = datetime.combine(self.roll(day), OPENS, tzinfo=LONDON).astimezone(UTC)
        return opens + _spread(reference)

    def is_open(self, moment: datetime) -> bool:
        """Tell whether `moment` lies within working hours."""
        local = moment.astimezone(LONDON)
        return OPENS <= local.time() < CLOSES and self.is_working(local.date())

    def next_open(self, moment: datetime, reference: str) -> datetime:
        """Return `moment` within working hours, else the family's own moment of the next working day to come."""
        if self.is_open(moment):
            return moment
        local = moment.astimezone(LONDON)
        return self.moment(local.date() + timedelta(days=local.time() >= CLOSES), reference)

    def _days_of(self, year: int) -> list[date]:
        """Return the working days of a year, in order."""
        known = self._years.get(year)
        if known is None:
            first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
            days = map(date.fromordinal, range(first, last + 1))
            known = self._years[year] = [day for day in days if self.is_working(day)]
        return known


@lru_cache(maxsize=4)
def calendar_of(nation: Nation) -> Calendar:
    """Return the calendar of a nation."""
    return Calendar(nation)


def local_date(moment: datetime) -> date:
    """Return the date in Britain at `moment` (aware)."""
    return moment.astimezone(LONDON).date()


def add_months(day: date, months: int) -> date:
    """Move by calendar months; the 31st becomes the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


@lru_cache(maxsize=REFERENCES)
def _spread(reference: str) -> timedelta:
    """Return how long after the opening messages for `reference` go out."""
    return timedelta(seconds=int.from_bytes(hashlib.sha256(reference.encode()).digest()[:4]) % (OPEN_MINUTES * 60))
