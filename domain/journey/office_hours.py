"""When what is due goes out: at its moment, or after an outage at the next moment within working hours."""

from datetime import datetime

from domain.calendar import Calendar
from domain.journey.agenda import Deadline


def rings_at(deadline: Deadline, now: datetime, calendar: Calendar, reference: str) -> datetime:
    """Return when `deadline` falls due, asked at `now`: one that has passed waits for working hours, unless urgent.

    Nobody but the system itself hears of an evaluation, so that it never waits.
    """
    if deadline.at > now or deadline.urgent or deadline.kind == "evaluate":
        return deadline.at
    return calendar.next_open(now, reference)
