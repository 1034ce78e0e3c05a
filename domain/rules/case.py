"""What is known of one family on one day: all that a rule may look at, in an order of its own.

Decided here:

- Evidence counts by the days it speaks of, not by `observed_on`, since partners report late. Days after as-of lie in
  no window, so what happens later changes nothing.
- The same evidence id twice is one piece of evidence; two ids are two incidents, even with equal content.
- A spell of a status is reported again when it ends (the sample feed sends every benefit first open, then closed).
  Reports of the same member, code and `from` are one spell, as last observed; of two observed on one day the one
  with an end stands, then the later end.
- An age is in completed years; who was born on 29 February completes a year on 1 March in other years.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from pydantic import Field

from domain.evidence import Day, Evidence, Incident, Observation, OpenSpan, Return, SchoolAttendance, Text
from domain.model import Value
from domain.rules.spans import Span, Spans
from domain.rules.where import Where
from domain.rules.windows import CalendarWindow, LastTerms, Window, last_terms, span_of, terms_missing


class Age(Value):
    """How old somebody was on a day, in completed years; negative before birth."""

    on: Day
    years: int = Field(strict=True)


class FamilyMember(Value):
    """A person of the family as a rule sees them.

    Of a family that was erased `born` is gone; the `ages` on the days that rules asked about stand in its place.
    """

    id: Text
    role: Literal["adult", "child"]
    born: Day | None = None
    ages: tuple[Age, ...] = Field(default=(), exclude_if=lambda ages: not ages)

    def age_on(self, day: date) -> int | None:
        """Return the age in completed years, negative before birth, None where nothing tells it."""
        if self.born is None:
            return next((age.years for age in self.ages if age.on == day), None)
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))


Subject = FamilyMember | None
"""Whom a rule looks at: one member, or None for the whole family."""


@dataclass(frozen=True, slots=True)
class Case:
    """A family, its needs, its evidence and its practice dates, as of one day."""

    as_of: date
    engaged_from: date
    members: tuple[FamilyMember, ...]
    terms: Spans = ()
    practice: Mapping[str, date | None] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    by_kind: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)

    def span_of(self, window: CalendarWindow) -> Span:
        """Return the days that `window` means here."""
        return span_of(window, self.as_of, self.engaged_from)

    def days_of(self, window: Window) -> Spans:
        """Return the spans of days that `window` means here; none where too few school terms are known."""
        if isinstance(window, LastTerms):
            return last_terms(window, self.as_of, self.terms)
        return (self.span_of(window),)

    def terms_missing(self, window: Window) -> str:
        """Say which school terms `window` lacks here; nothing where it has all it asks for, or asks for none."""
        return terms_missing(window, self.as_of, self.terms) if isinstance(window, LastTerms) else ""

    def incidents(self, kind: str) -> Iterable[Incident]:
        """Return the incidents of a kind."""
        return (item for item in self.by_kind.get(kind, ()) if isinstance(item, Incident))

    def spells(self, kind: str) -> Iterable[OpenSpan]:
        """Return the spells of a status."""
        return (item for item in self.by_kind.get(kind, ()) if isinstance(item, OpenSpan))

    def attendance(self) -> Iterable[SchoolAttendance]:
        """Return the attendance records."""
        return (item for item in self.by_kind.get("school-attendance", ()) if isinstance(item, SchoolAttendance))

    def returns(self, kind: str, subject: Subject, days: Spans) -> Mapping[str, Span]:
        """Return the days of each return of a kind that speaks for the subject about some of these days.

        A return without a member speaks for everyone; one of a member speaks for that member only.
        """
        own = {None, subject.id if subject else None}
        return {
            item.id: span
            for item in self.by_kind.get("return", ())
            if isinstance(item, Return) and item.of == kind and item.member in own
            if any((span := Span(item.from_, item.to)).overlaps(some) for some in days)
        }

    def member(self, member_id: str | None) -> Subject:
        """Return the member of this id, None where the evidence names no member."""
        return next((member for member in self.members if member.id == member_id), None)


def index(evidence: Iterable[Evidence]) -> Mapping[str, tuple[Evidence, ...]]:
    """Arrange evidence by kind and id: each id once, each spell as last reported."""
    kinds: defaultdict[str, list[Evidence]] = defaultdict(list)
    for item in sorted(_last_reports(evidence), key=lambda item: item.id):
        kinds[item.kind].append(item)
    return {kind: tuple(items) for kind, items in kinds.items()}


def _last_reports(evidence: Iterable[Evidence]) -> Iterable[Evidence]:
    reports = {item.id: item for item in evidence}
    spells = {_spell(item): item for item in sorted(reports.values(), key=_report_order)}
    return spells.values()


def _report_order(item: Evidence) -> tuple[date, date, str]:
    """Order reports so that the one that stands comes last: an open end before any end."""
    end = item.to if isinstance(item, OpenSpan) else None
    return item.observed_on, end or date.min, item.id


def _spell(item: Evidence) -> tuple[object, ...]:
    """Return what tells a spell from others; anything but a spell is told by its id."""
    if not isinstance(item, OpenSpan):
        return (item.id,)
    return item.kind, item.member, item.from_, *(getattr(item, code, "") for code in ("benefit", "status", "service"))


def holds(where: Where | None, item: Observation) -> bool:
    """Tell whether the item is within the limit that a rule sets on its fields."""
    if where is None:
        return True
    found = getattr(item, where.field)
    return found in where.any_of if where.any_of else found not in where.none_of
