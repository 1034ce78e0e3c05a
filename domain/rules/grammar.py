"""The parts that every rule of every programme is built from, told apart by `type`.

A rule looks at a subject: the whole family, unless it stands inside `each-child` or `any-adult`.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from domain.evidence import IncidentKind, StatusKind
from domain.model import Code, Value
from domain.rules.where import Where, known_field
from domain.rules.windows import AnyNumber, CalendarWindow, LastTerms, Length, Number, Window

PracticeDate = Literal["lawful_basis_on", "key_worker_from", "assessed_on", "plan_on", "first_contact_on"]
Absence = Literal["authorised", "unauthorised"]
_WHOLE = 100


class AgeRange(Value):
    """From the `youngest` to the `oldest` age in completed years, both included, on the first day of a window."""

    youngest: Number
    oldest: Number
    on_first_day_of: Window


class AllOf(Value):
    """Every rule must be met."""

    type: Literal["all-of"]
    rules: tuple["Rule", ...] = Field(min_length=1)


class AnyOf(Value):
    """One rule must be met."""

    type: Literal["any-of"]
    rules: tuple["Rule", ...] = Field(min_length=1)


class AtLeast(Value):
    """At least `n` of the rules must be met."""

    type: Literal["at-least"]
    n: Length
    rules: tuple["Rule", ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.n.value > len(self.rules):
            raise ValueError(f"n is {self.n.value} but there are only {len(self.rules)} rules")
        return self


class EachChild(Value):
    """Every child, or every child of these ages, must meet the rule; without such a child it does not apply."""

    type: Literal["each-child"]
    ages: AgeRange | None = None
    rule: "Rule"


class AnyAdult(Value):
    """One adult must meet the rule; a family without adults does not."""

    type: Literal["any-adult"]
    rule: "Rule"


class AnyChild(Value):
    """One child must meet the rule; a family without children does not."""

    type: Literal["any-child"]
    rule: "Rule"


class WholeFamily(Value):
    """The rule looks at the evidence of the whole family."""

    type: Literal["whole-family"]
    rule: "Rule"


class Count(Value):
    """A count of incidents in a window, against a threshold."""

    type: Literal["count"]
    of: IncidentKind
    where: Where | None = None
    under_age: Number | None = None
    window: Window
    compare: Literal["fewer-than", "at-least"]
    threshold: Number

    @model_validator(mode="after")
    def _sound(self) -> Self:
        known_field(self.of, self.where)
        return self


class Fall(Value):
    """A fall of a count from a baseline window to a window, in percent."""

    type: Literal["fall"]
    of: IncidentKind
    where: Where | None = None
    under_age: Number | None = None
    window: CalendarWindow
    baseline: CalendarWindow
    at_least_percent: Length

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.at_least_percent.value > _WHOLE:
            raise ValueError("at_least_percent must be 1 to 100; 33 is a third")
        known_field(self.of, self.where)
        return self


class Rate(Value):
    """Sessions missed as a share of all sessions over some school terms, in percent."""

    type: Literal["rate"]
    of: Literal["school-attendance"]
    absences: tuple[Absence, ...] = Field(min_length=1)
    window: LastTerms
    compare: Literal["below", "above"]
    threshold: AnyNumber

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.absences)) < len(self.absences):
            raise ValueError("an absence is named twice and would be counted twice; name each once")
        return self


class Ended(Value):
    """A status that has ended before as-of: the last spell of it matches `where`."""

    of: StatusKind
    where: Where | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        known_field(self.of, self.where)
        return self


class Held(Value):
    """A status held for some days of a window, or for some days without a break."""

    type: Literal["held"]
    of: StatusKind
    where: Where | None = None
    since_end_of: Ended | None = None
    not_while: tuple[StatusKind, ...] = ()
    days: Length
    unbroken: bool = False
    window: CalendarWindow

    @model_validator(mode="after")
    def _sound(self) -> Self:
        known_field(self.of, self.where)
        return self


class NotHeld(Value):
    """A status that nobody looked at held on any day of a window, as returns of it say."""

    type: Literal["not-held"]
    of: StatusKind
    where: Where | None = None
    window: CalendarWindow

    @model_validator(mode="after")
    def _sound(self) -> Self:
        known_field(self.of, self.where)
        return self


class Started(Value):
    """A status of one of these kinds that began in a window."""

    type: Literal["started"]
    of: tuple[StatusKind, ...] = Field(min_length=1)
    window: CalendarWindow


class DatesBefore(Value):
    """Steps of practice that were all dated before a window began."""

    type: Literal["dates-before"]
    dates: tuple[PracticeDate, ...] = Field(min_length=1)
    window: CalendarWindow


class Outcome(Value):
    """The rule that each of some needs must meet."""

    needs: tuple[Code, ...] = Field(min_length=1)
    rule: "Rule"


class EachNeed(Value):
    """Every need of the family must meet the rule of its outcome."""

    type: Literal["each-need"]
    outcomes: tuple[Outcome, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_outcome_a_need(self) -> Self:
        needs = [need for outcome in self.outcomes for need in outcome.needs]
        repeated = sorted({need for need in needs if needs.count(need) > 1})
        if repeated:
            raise ValueError(f"more than one outcome for {', '.join(repeated)}; keep one of them")
        return self

    def rule_of(self, need: str) -> "Rule | None":
        """Return the rule that this need must meet, None where there is none."""
        return next((outcome.rule for outcome in self.outcomes if need in outcome.needs), None)


Joined = AllOf | AnyOf | AtLeast
OfMembers = EachChild | AnyChild | AnyAdult | WholeFamily
OfEvidence = Count | Fall | Rate | Held | NotHeld | Started
Rule = Annotated[Joined | OfMembers | OfEvidence | DatesBefore | EachNeed, Field(discriminator="type")]
