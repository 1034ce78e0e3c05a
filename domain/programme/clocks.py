"""Clocks: by when a piece of work is owed, by whom, and the reminder ladder of who hears of it."""

from typing import Literal, Self

from pydantic import Field, model_validator

from domain.model import Sourced, Value

Work = Literal[
    "identification",
    "allocation",
    "first-contact",
    "assessment",
    "plan",
    "intervention-start",
    "plan-review",
    "check",
    "regression-response",
    "check-decision",
    "handover-answer",
    "clawback-decision",
    "handover-refusal",
    "close",
    "action",
    "meeting",
    "concern-answer",
    "people-changed",
]


# `offered`: whom the family is offered to; the managers are those of the two sides of a handover. `named`: the
# colleague with whom a concern was raised, or who held a family as it was merged or split.
Holder = Literal["holder", "coordinator", "manager", "offered", "receiving-manager", "giving-manager", "named"]
NAMING: tuple[Work, ...] = ("concern-answer", "people-changed")


class Span(Sourced):
    """A length of time in exactly one unit: working days, or calendar months."""

    working_days: int | None = Field(default=None, ge=0)
    months: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if (self.working_days is None) == (self.months is None):
            raise ValueError("give working_days or months, one of the two")
        return self


class Rung(Value):
    """A step of a reminder ladder: `at` working days from the due date (negative: before it).

    It goes `to` the clock's owner, or escalates to whom the clock says, unless it names someone itself. With `every` it
    comes again after so many working days each time, until the day `until` at the latest, as long as the work is owed.
    """

    at: int = Field(ge=-60, le=60)
    escalate: bool = False
    to: Holder | None = None
    every: int | None = Field(default=None, ge=1)
    until: int | None = Field(default=None, le=260)

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if (self.every is None) != (self.until is None):
            raise ValueError(f"rung {self.at}: give `every` and `until` together, or neither of them")
        if self.every is not None and self.until is not None and self.at + self.every > self.until:
            raise ValueError(
                f"rung {self.at}: never comes again by {self.until}; set `until` later, or leave `every` out"
            )
        return self

    @property
    def times(self) -> tuple["Rung", ...]:
        """Each time that it comes, as a rung of its own."""
        if self.every is None or self.until is None:
            return (self,)
        days = range(self.at, self.until + 1, self.every)
        return tuple(Rung.model_construct(at=day, escalate=self.escalate, to=self.to) for day in days)


class Clock(Value):
    """By when a piece of work is owed, by whom, and who hears of it before, on and after the day.

    A check has no `within`: its days come from `checks`. An `urgent` clock knows no office hours: its rungs count
    every day, at the hour at which the work became known, and nothing of it waits for the morning.
    """

    work: Work
    within: Span | None = None
    owner: Holder
    escalate_to: Holder
    ladder: tuple[Rung, ...] = Field(min_length=1)
    urgent: bool = False

    @model_validator(mode="after")
    def _has_a_span(self) -> Self:
        if (self.within is None) != (self.work == "check"):
            raise ValueError(f"clock {self.work}: give `within`, except for check, whose days come from `checks`")
        return self

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        named = {self.owner, self.escalate_to, *(rung.to for rung in self.ladder)}
        if "named" in named and self.work not in NAMING:
            why = "only a concern and a change of people name somebody; use holder, coordinator or manager"
            raise ValueError(f"clock {self.work}: {why}")
        return self

    @model_validator(mode="after")
    def _distinct_rungs(self) -> Self:
        if len(set(self.rungs)) < len(self.rungs):
            raise ValueError(f"clock {self.work}: a rung is listed twice in its ladder; remove one")
        return self

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """Return the ladder with every repeated rung as often as it comes, the first at the foot."""
        return tuple(sorted((each for rung in self.ladder for each in rung.times), key=lambda rung: rung.at))


def _house(work: Work, owner: Holder, *ladder: Rung, urgent: bool = False) -> Clock:
    """Return a clock for work whose day is said with it; what it would be without one is never read."""
    day = Span(working_days=1, source="house default: its day is agreed with it", confidence="unverified")
    return Clock(work=work, within=day, owner=owner, escalate_to="manager", ladder=ladder, urgent=urgent)


# For packs that set none: journeys run for years on a pack from before there was such work.
HOUSE_CLOCKS = (
    _house("action", "holder", Rung(at=-1), Rung(at=0), Rung(at=3, escalate=True)),
    _house("meeting", "holder", Rung(at=-2), Rung(at=0), Rung(at=3, escalate=True)),
    _house("concern-answer", "named", Rung(at=0), Rung(at=1, every=1, until=14, escalate=True), urgent=True),
    _house("people-changed", "named", Rung(at=0), Rung(at=5, escalate=True)),
)
