"""What is known of one family on one day: all that a rule may look at, in an order of its own.

Decided here:

- Evidence counts by the days it speaks of, not by `observed_on`, since partners report late. Days after as-of lie in
  no window, so what happens later changes nothing. But nothing is told of a day after it was observed.
- What was replaced or withdrawn does not count (`domain/effective.py`); a finding that it would touch names it.
- The same evidence id twice is one piece of evidence; two ids are two incidents, even with equal content.
- What happened to a member while they did not belong to the family is not the family's.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from domain.calendar import Nation
from domain.effective import SetAside, effective, set_aside
from domain.evidence import Evidence, Incident, OpenSpan, Return, SchoolAttendance
from domain.rules.member import FamilyMember, Subject
from domain.rules.spans import Span, Spans
from domain.rules.spells import Spell, spells_of
from domain.rules.windows import CalendarWindow, LastTerms, Window, last_terms, span_of, terms_missing


@dataclass(frozen=True, slots=True)
class Known:
    """The evidence that counts, by kind and id, its spells by kind, and what was set aside."""

    by_kind: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    spells: Mapping[str, tuple[Spell, ...]] = field(default_factory=dict)
    aside: tuple[SetAside, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A family, its needs, its evidence and its practice dates, as of one day."""

    as_of: date
    engaged_from: date
    members: tuple[FamilyMember, ...]
    terms: Spans = ()
    practice: Mapping[str, date | None] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    known: Known = field(default_factory=Known)
    nation: Nation = "ENG"

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
        """Return the incidents of a kind, but for those of members who did not belong to the family on the day."""
        items = (item for item in self.known.by_kind.get(kind, ()) if isinstance(item, Incident))
        return (item for item in items if (who := self.member(item.member)) is None or who.belongs(item.on))

    def spells(self, kind: str) -> Sequence[Spell]:
        """Return the spells of a status."""
        return self.known.spells.get(kind, ())

    def attendance(self) -> Iterable[SchoolAttendance]:
        """Return the attendance records."""
        return (item for item in self.known.by_kind.get("school-attendance", ()) if isinstance(item, SchoolAttendance))

    def returns(self, kind: str, subject: Subject, days: Spans) -> Mapping[str, Span]:
        """Return the days of each return of a kind that speaks for the subject about some of these days.

        A return without a member speaks for everyone; one of a member speaks for that member only. It says nothing of
        days after it was observed.
        """
        own = {None, subject.id if subject else None}
        return {
            item.id: span
            for item in self.known.by_kind.get("return", ())
            if isinstance(item, Return) and item.of == kind and item.member in own and item.from_ <= item.observed_on
            if any((span := Span(item.from_, min(item.to, item.observed_on))).overlaps(some) for some in days)
        }

    def member(self, member_id: str | None) -> Subject:
        """Return the member of this id, None where the evidence names no member."""
        return next((member for member in self.members if member.id == member_id), None)

    def belonging(self, subject: Subject, days: Spans) -> Spans:
        """Return those of some days on which the subject belonged to the family."""
        return days if subject is None else subject.belonging(days)

    def notes_of_reports(self, kinds: Sequence[str], subject: Subject, days: Spans) -> list[str]:
        """Say what was set aside that a rule on these kinds would have looked at, for this subject and these days."""
        return [
            str(aside)
            for aside in self.known.aside
            if aside.item.kind in kinds or (isinstance(aside.item, Return) and aside.item.of in kinds)
            if subject is None or aside.item.member in {None, subject.id}
            if any(span.overlaps(touched) for span in days for touched in (_days(aside.item, self.as_of),))
        ]


def known(evidence: Iterable[Evidence]) -> Known:
    """Arrange evidence by kind and id, each id once, and what was set aside."""
    listed = tuple(evidence)
    kinds: defaultdict[str, list[Evidence]] = defaultdict(list)
    for item in effective(listed):
        kinds[item.kind].append(item)
    reports = {kind: [item for item in items if isinstance(item, OpenSpan)] for kind, items in kinds.items()}
    return Known(
        by_kind={kind: tuple(items) for kind, items in kinds.items()},
        spells={kind: spells_of(found) for kind, found in reports.items() if found},
        aside=set_aside(listed),
    )


def _days(item: Evidence, as_of: date) -> Span:
    """Return the days that a piece of evidence speaks of."""
    if isinstance(item, Incident):
        return Span(item.on, item.on)
    first = getattr(item, "from_", item.observed_on)
    return Span(first, max(first, getattr(item, "to", None) or as_of))
