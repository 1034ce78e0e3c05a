"""A child's attendance over school terms: which reports count, which dispute each other, which days are missing.

Decided here:

- A report tells of the school days from its first day to its last, and of none after it was observed. School days are
  the days of a term but weekends and bank holidays: no other holidays are known, and there is no tolerance.
- Two reports that share a school day are never added. Of one source the later (by `observed_on`, then by the order of
  recording) replaces the earlier on the days that they share. A report that keeps no day of its own is replaced. One
  that keeps some cannot be split: what it says of them is open, and so is the limb.
- Nobody can say which is right of two sources, or which is later of two reports of one source that were observed on one
  day and differ: the limb is open. Where they do not differ they are one report, sent twice.
- A report that runs over two terms cannot be split between them, and counts for neither.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import combinations, groupby

from domain.calendar import Nation, calendar_of
from domain.evidence import SchoolAttendance
from domain.rules.spans import Span, Spans

Days = frozenset[date]
SAME = ("source", "observed_on", "from_", "to", "sessions", "authorised", "unauthorised")


@dataclass(frozen=True, slots=True)
class Attendance:
    """The reports that count, those that dispute each other, whether a school day is missing, and what to say of it."""

    counted: tuple[SchoolAttendance, ...]
    disputed: tuple[str, ...]
    complete: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Covering:
    """A report with the school days it tells of: all of them in `days`, by the terms they lie in."""

    report: SchoolAttendance
    days: Days
    terms: int

    def is_replaced_by(self, other: "Covering") -> bool:
        """Tell whether another is a later report of the same source on some of the same days."""
        one, later = self.report, other.report
        return one.source == later.source and later.is_later_than(one) and not self.days.isdisjoint(other.days)

    def repeats(self, other: "Covering") -> bool:
        """Tell whether this is another report sent twice, the one with the lower id taken as the first."""
        same = all(getattr(self.report, name) == getattr(other.report, name) for name in SAME)
        return same and other.report.id < self.report.id


def attendance_of(
    reports: Iterable[SchoolAttendance], window: Spans, belonged: Spans, terms: Spans, nation: Nation
) -> Attendance:
    """Return what the reports about one child tell of the terms of a window, on the days when the child belonged."""
    needed = _within(_school_days_of(window, nation), belonged)
    covering = [one for report in reports if (one := _covering(report, terms, nation)).days]
    firsts = [one for one in covering if not any(one.repeats(other) for other in covering)]
    later = {one.report.id: [other for other in firsts if one.is_replaced_by(other)] for one in firsts}
    current = [one for one in firsts if (one.days & needed).difference(*(by.days for by in later[one.report.id]))]
    disputes = [*_cut(current, later), *_rivals(current, needed)]
    disputed = {name for ids, _ in disputes for name in ids}
    sound = [one for one in current if one.report.id not in disputed]
    answered = [one for one in current if one.terms == 1 or one.report.id in disputed]
    missing = needed.difference(*(one.days for one in answered))
    return Attendance(
        counted=tuple(one.report for one in sound if one.terms == 1),
        disputed=tuple(sorted(disputed)),
        complete=not missing,
        notes=(
            *_missing(window, needed, missing, nation),
            *(f"{' and '.join(ids)} {why}" for ids, why in disputes),
            *(f"{one.report.id} runs over more than one term and cannot be split" for one in sound if one.terms > 1),
            *_replaced([one for one in firsts if one not in current], current, later),
        ),
    )


Dispute = tuple[tuple[str, str], str]


def _cut(current: Sequence[Covering], later: Mapping[str, Sequence[Covering]]) -> Iterator[Dispute]:
    """Find the reports that a later one replaces for some of their days alone."""
    for one in current:
        for by in later[one.report.id]:
            yield (
                (one.report.id, by.report.id),
                "overlap: the second is later, and what the first says of its other days is unknown",
            )


def _rivals(current: Sequence[Covering], needed: Days) -> Iterator[Dispute]:
    """Find reports of the same days of which nothing says that the one is later than the other."""
    for one, other in combinations(current, 2):
        if one.days.isdisjoint(other.days & needed) or one.is_replaced_by(other) or other.is_replaced_by(one):
            continue
        two_sources = one.report.source != other.report.source
        why = "come from two sources" if two_sources else "were observed on one day"
        yield (one.report.id, other.report.id), f"overlap and {why}: which is right is unknown"


def _replaced(
    replaced: Sequence[Covering], current: Sequence[Covering], later: Mapping[str, Sequence[Covering]]
) -> Iterator[str]:
    for by in current:
        earlier = [one.report.id for one in replaced if by in later[one.report.id]]
        if earlier:
            yield f"{by.report.id} is a later report of the same days and replaces {', '.join(earlier)}"


def _missing(window: Spans, needed: Days, missing: Days, nation: Nation) -> Iterator[str]:
    """Name the terms without any record, and the school days that are missing of the others."""
    terms = [(term, needed & _school_days(term, nation)) for term in window]
    silent = [str(term) for term, days in terms if days and days <= missing]
    if silent:
        yield f"no attendance record for the term {', '.join(silent)}"
    runs = [str(run) for _, days in terms if not days <= missing for run in _runs(sorted(days), missing)]
    if runs:
        yield f"no attendance record for the school days {', '.join(runs)}"


def _runs(days: Sequence[date], missing: Days) -> Iterator[Span]:
    """Yield the runs of missing days, in which no school day lies that is not missing."""
    for gone, run in groupby(days, missing.__contains__):
        if gone:
            first, *rest = run
            yield Span(first, rest[-1] if rest else first)


def _covering(report: SchoolAttendance, terms: Spans, nation: Nation) -> Covering:
    span = Span(report.from_, min(report.to, report.observed_on))
    by_term = [_within(_school_days(term, nation), (span,)) for term in terms if term.overlaps(span)]
    return Covering(report, frozenset[date]().union(*by_term), sum(bool(days) for days in by_term))


def _within(days: Days, spans: Spans) -> Days:
    return frozenset(day for day in days if any(day in span for span in spans))


def _school_days_of(terms: Spans, nation: Nation) -> Days:
    return frozenset[date]().union(*(_school_days(term, nation) for term in terms))


@lru_cache(maxsize=256)
def _school_days(term: Span, nation: Nation) -> Days:
    calendar = calendar_of(nation)
    days = (term.first + timedelta(days=n) for n in range(term.days))
    return frozenset(day for day in days if calendar.is_working(day))
