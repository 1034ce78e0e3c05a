"""The days that steps are held against: the latest of several, and the day of the last check."""

from datetime import date

from domain.journey.state import Journey


def last_checked(journey: Journey) -> date | None:
    """Return the day of the last check since the step-down, or else of the step-down itself."""
    return latest(journey.stepped_down_on, *(check.on for check in journey.checks))


def latest(*days: date | None) -> date | None:
    """Return the latest of the days that there are, None where there are none."""
    return max((day for day in days if day is not None), default=None)
