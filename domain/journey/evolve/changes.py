"""The changes that several events make of a journey: a field, a piece of work owed, one settled."""

from datetime import date, datetime

from domain.journey.state import Journey, Owed
from domain.programme.clocks import Work


def with_changes(journey: Journey, **changes: object) -> Journey:
    """Return the journey with these fields changed."""
    return journey.model_copy(update=changes)


def owe(  # noqa: PLR0913, PLR0917 - the parts of what is owed
    journey: Journey,
    work: Work,
    since: date,
    known: datetime,
    about: str | None = None,
    by: date | None = None,
    who: str | None = None,
) -> Journey:
    """Begin a new generation of `work`, in place of any earlier one about the same.

    `about` an entry of the case file, `by` a day that was agreed, and `who` owes it, where these are known.
    """
    held = next((owed for owed in journey.owed if (owed.work, owed.about) == (work, about)), None)
    others = tuple(owed for owed in journey.owed if owed is not held)
    who = who or (held.who if held else None)
    new = Owed(work=work, since=since, known=known, generation=journey.version, about=about, by=by, who=who)
    return with_changes(journey, owed=(*others, new))


def settle(journey: Journey, *works: Work) -> Journey:
    """Mark `works` as no longer owed."""
    return with_changes(
        journey,
        owed=tuple(owed.model_copy(update={"done": True}) if owed.work in works else owed for owed in journey.owed),
    )


def settle_about(journey: Journey, entry: str | None = None, work: Work | None = None) -> Journey:
    """Mark as no longer owed what is about an entry of the case file, or one kind of work whatever it is about.

    On a closed journey, neither is it owed again once the close is taken back.
    """

    def left(owed: tuple[Owed, ...]) -> tuple[Owed, ...]:
        done = {"done": True}
        meant = [(entry is not None and each.about == entry) or each.work == work for each in owed]
        return tuple(
            each.model_copy(update=done) if settled else each for each, settled in zip(owed, meant, strict=True)
        )

    before = journey.before_close
    then = before.model_copy(update={"owed": left(before.owed)}) if before else None
    return with_changes(journey, owed=left(journey.owed), before_close=then)
