"""Arithmetic on spans of days, both ends included; spans that touch are one span without a break."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """The days from `first` to `last`."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Count the days."""
        return (self.last - self.first).days + 1

    def overlaps(self, other: "Span") -> bool:
        """Tell whether at least one day is shared."""
        return self.first <= other.last and other.first <= self.last

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.first} to {self.last}" if self.first != self.last else f"{self.first}"


Spans = tuple[Span, ...]


def merge(spans: Iterable[Span]) -> Spans:
    """Join spans that overlap or lie on adjacent days; the answer is in order."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and (span.first - merged[-1].last).days <= 1:
            merged[-1] = Span(merged[-1].first, max(merged[-1].last, span.last))
        else:
            merged.append(span)
    return tuple(merged)


def subtract(spans: Sequence[Span], taken: Iterable[Span]) -> Spans:
    """Return the days of `spans` that no span of `taken` holds."""
    left = merge(spans)
    for hole in merge(taken):
        left = tuple(piece for span in left for piece in _without(span, hole))
    return left


def intersect(spans: Sequence[Span], others: Sequence[Span]) -> Spans:
    """Return the days held by both."""
    return merge(
        Span(max(a.first, b.first), min(a.last, b.last)) for a in merge(spans) for b in merge(others) if a.overlaps(b)
    )


def total_days(spans: Sequence[Span]) -> int:
    """Count the days of spans that do not overlap."""
    return sum(span.days for span in spans)


def longest_run(spans: Sequence[Span]) -> int:
    """Count the days of the longest span, 0 where there is none."""
    return max((span.days for span in spans), default=0)


def _without(span: Span, hole: Span) -> Spans:
    if not span.overlaps(hole):
        return (span,)
    before = (Span(span.first, hole.first - DAY),) if span.first < hole.first else ()
    after = (Span(hole.last + DAY, span.last),) if hole.last < span.last else ()
    return before + after
