"""The tests that several steps share: each refuses what does not fit, with a reason and a remedy."""

from datetime import date, datetime

from domain.calendar import local_date
from domain.errors import Rejected
from domain.journey.state import Journey

EARLIEST = date(1990, 1, 1)  # an earlier day is a slip of the keyboard, such as 1012 for 2012


def happened(on: date, at: datetime, not_before: date | None, what: str) -> None:
    """Refuse a day in the future, one before the step it follows, or one that nobody can mean."""
    today = local_date(at)
    if on > today:
        raise Rejected("future-date", f"{what} {on} is in the future (today is {today})", "correct the date")
    if not_before is not None and on < not_before:
        raise Rejected("bad-dates", f"{what} {on} is before the step it follows ({not_before})", "correct the date")
    if on < EARLIEST:
        raise Rejected("bad-dates", f"{what} {on} is too long ago (before {EARLIEST})", "correct the year")


def is_held(journey: Journey, done: str) -> None:
    """Refuse while nobody holds the family."""
    if journey.key_worker is None:
        raise out_of_order(
            journey, done, f"allocate a key worker first: journeys allocate {journey.reference} --to NAME"
        )


def before_close(journey: Journey, on: date) -> None:
    """Refuse what happened after the close of a journey; of a day before it, it may be recorded after it."""
    if journey.closed_on is not None and on > journey.closed_on:
        raise Rejected(
            "closed",
            f"{journey.reference} was closed on {journey.closed_on} ({journey.outcome})",
            f"give a day up to the close, or ask a manager: journeys reopen {journey.reference} --reason CODE",
        )


def out_of_order(journey: Journey, done: str, remedy: str) -> Rejected:
    """Return the refusal of a step that this stage does not allow."""
    return Rejected("out-of-order", f"{journey.reference} is in {journey.stage} and cannot be {done} now", remedy)
