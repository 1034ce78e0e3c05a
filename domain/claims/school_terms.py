"""The school terms that a claim is judged by: those of the pack, and those that were added since it was written.

Decided here:

- Terms are facts of the calendar, not rules: a journey is pinned to its pack, and takes every term that is added for
  its area. An added term stands in the place of those of the pack with which it shares a day.
- A pack has terms of its area, or else of the area `default`.
- A claim file names its terms once any were added; otherwise those of its pack are meant, which its hash fixes.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

from domain.model import Code
from domain.programme.results import Period, SchoolTerms
from domain.rules.spans import Span, Spans


class AreaTerm(Period):
    """A school term of one area, as a council adds it."""

    area: Code


class Tables(Protocol):
    """What is asked of a programme."""

    @property
    def terms(self) -> tuple[SchoolTerms, ...]:
        """Return its school terms."""

    @property
    def area(self) -> str:
        """Return the area whose school terms it takes."""


def terms_of(pack: Tables) -> Spans:
    """Return the terms that a pack has for its area, else those of its default table, in order."""
    tables: defaultdict[str, list[Period]] = defaultdict(list)
    for table in pack.terms:
        tables[table.area].extend(table.terms)
    return spans_of(tables.get(pack.area) or tables["default"])


def terms_with(pack: Tables, added: Spans) -> tuple[Period, ...]:
    """Return the terms of a pack with those that were added; nothing where none were."""
    kept = [term for term in terms_of(pack) if not any(term.overlaps(more) for more in added)]
    return tuple(Period(from_=term.first, to=term.last) for term in sorted({*kept, *added})) if added else ()


def spans_of(periods: Iterable[Period]) -> Spans:
    """Return periods as spans of days, in order, each once."""
    return tuple(sorted({Span(period.from_, period.to) for period in periods}))
