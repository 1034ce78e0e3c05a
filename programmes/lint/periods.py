"""The days that entries of a pack's lists speak of, and two of one list that speak of the same day."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise

from programmes.lint.issues import Issue, Table
from programmes.lint.source_map import Path

Span = tuple[date, date]


def span_of(entry: Table) -> Span | None:
    """Return the days from `from` to `to`, None where either is missing or no day."""
    return _span(_day(entry.get("from")), _day(entry.get("to")))


def window_of(entry: Table) -> Span | None:
    """Return the days on which a claim window is open, None where either end is missing or no day."""
    return _span(_day(entry.get("opens")), _day(entry.get("closes")))


def validity(agreement: Table) -> Span | None:
    """Return the days on which an agreement is in force, None where its days are of the wrong shape."""
    last = agreement.get("valid_to")
    return _span(_day(agreement.get("valid_from")), date.max if last is None else _day(last))


def _span(first: date | None, last: date | None) -> Span | None:
    return (first, last) if first and last else None


def _day(raw: object) -> date | None:
    if isinstance(raw, str):
        try:
            return date.fromisoformat(raw)
        except ValueError:
            return None
    return raw if isinstance(raw, date) else None


def overlaps(path: Path, spans: Iterable[tuple[int, Span | None]], noun: str) -> Iterator[Issue]:
    """Find entries of the list at `path` that begin before an earlier one has ended."""
    ordered = sorted((span, n) for n, span in spans if span)
    for (earlier, _), (later, n) in pairwise(ordered):
        if later[0] <= earlier[1]:
            what = f"begins on {later[0]}, before {noun} from {earlier[0]} ends ({earlier[1]})"
            yield Issue((*path, n), what, "correct one of the two, so that each day has one answer")
