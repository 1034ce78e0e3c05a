"""The changes that several events make of a journey: a field, a piece of work owed, one settled."""

from datetime import date, datetime

from domain.journey.state import Journey, Owed
from domain.programme.programme import Work


def with_changes(journey: Journey, **changes: object) -> Journey:
    """Return the journey with these fields changed."""
    return journey.model_copy(update=changes)


def owe(journey: Journey, work: Work, since: date, known: datetime) -> Journey:
    """Begin a new generation of `work`, in place of any earlier one."""
    others = tuple(owed for owed in journey.owed if owed.work != work)
    return with_changes(journey, owed=(*others, Owed(work=work, since=since, known=known, generation=journey.version)))


def settle(journey: Journey, *works: Work) -> Journey:
    """Mark `works` as no longer owed."""
    return with_changes(
        journey,
        owed=tuple(owed.model_copy(update={"done": True}) if owed.work in works else owed for owed in journey.owed),
    )
