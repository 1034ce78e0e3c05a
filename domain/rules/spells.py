"""Spells of a status, each made of the reports of one stretch: what they say for certain, and what they leave open.

Decided here:

- A source speaks of its own spells: a report of another source, or about another member, is another spell.
- Reports with the same number of the partner's own (`spell`) are one spell, also where its beginning or code was
  corrected. Without numbers, reports of the same beginning and code are one spell, told again when it ends (the sample
  feed sends every benefit first open, then closed). Two jobs of different hours are two jobs: the end of the one ends
  nothing of the other.
- A spell is what its latest report says: by `observed_on`, then by the order of recording. Of two that cannot be put in
  order one with an end stands before one without; between any others either may be true. Then only the days that both
  hold are certain.
- An open report speaks until its spell is reported again: its source owes us the end. It runs to as-of.
- An end after the day of observation is announced, and so is a beginning: the days after are possible, not certain.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from domain.evidence import OpenSpan
from domain.rules.spans import Span, Spans, intersect, merge
from domain.rules.where import Where, holds

CODES = ("benefit", "status", "service")


@dataclass(frozen=True, slots=True)
class Spell:
    """One stretch of a status: the reports of which one is true, and those that they took the place of."""

    reports: tuple[OpenSpan, ...]
    earlier: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """Return the kind of status."""
        return self.reports[0].kind

    @property
    def member(self) -> str | None:
        """Return whose it is; None where nobody is named."""
        return self.reports[0].member

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the reports that count."""
        return tuple(report.id for report in self.reports)

    def certain(self, as_of: date, where: Where | None = None) -> Spans:
        """Return the days up to as-of on which every report has it held, and seen, within the limit of a rule."""
        days = _seen(self.reports[0], as_of, where)
        for report in self.reports[1:]:
            days = intersect(days, _seen(report, as_of, where))
        return days

    def possible(self, as_of: date, where: Where | None = None) -> Spans:
        """Return the days up to as-of on which any report has it held within the limit of a rule."""
        held = [report for report in self.reports if holds(where, report)]
        return merge(days for report in held for days in _span(report.from_, report.to or as_of))

    def notes_of_reports(self) -> list[str]:
        """Say which reports took the place of others, and between which nobody can tell."""
        replaced = [f"{self.ids[-1]} takes the place of {', '.join(self.earlier)}"] if self.earlier else []
        open_ = len(self.reports) > 1
        return replaced + [f"which of {' and '.join(self.ids)} is the later report is unknown"] * open_


def spells_of(reports: Iterable[OpenSpan]) -> tuple[Spell, ...]:
    """Return the spells that reports of one kind tell of, in the order of their ids."""
    groups: defaultdict[tuple[str, str | None], list[list[OpenSpan]]] = defaultdict(list)
    for report in sorted(reports, key=_order):
        _place(report, groups[report.source, report.member])
    return tuple(sorted((_spell(spell) for spells in groups.values() for spell in spells), key=lambda spell: spell.ids))


def _place(report: OpenSpan, spells: list[list[OpenSpan]]) -> None:
    """Add a report to the spell it is of, or to a new one."""
    for alike in (_same_number, _same_hours, _hours_unknown):
        found = next((spell for spell in spells if alike(report, spell)), None)
        if found is not None:
            found.append(report)
            return
    spells.append([report])


def _same_number(report: OpenSpan, spell: Sequence[OpenSpan]) -> bool:
    return report.spell is not None and _known(spell, "spell") == report.spell


def _same_hours(report: OpenSpan, spell: Sequence[OpenSpan]) -> bool:
    return _alike(report, spell) and _known(spell, "hours") == getattr(report, "hours", None)


def _hours_unknown(report: OpenSpan, spell: Sequence[OpenSpan]) -> bool:
    return _alike(report, spell) and None in {_known(spell, "hours"), getattr(report, "hours", None)}


def _alike(report: OpenSpan, spell: Sequence[OpenSpan]) -> bool:
    """Tell whether a report has the beginning and code of a spell, and they have not two numbers of the partner's."""
    numbered = None not in {report.spell, _known(spell, "spell")}
    return not numbered and _begun(report) == _begun(spell[-1])


def _known(spell: Sequence[OpenSpan], name: str) -> object:
    return next((value for report in reversed(spell) if (value := getattr(report, name, None)) is not None), None)


def _spell(spell: Sequence[OpenSpan]) -> Spell:
    last_seen = [report for report in spell if report.observed_on == spell[-1].observed_on]
    latest = [report for report in last_seen if not any(other.is_later_than(report) for other in last_seen)]
    ended = [report for report in latest if report.to is not None]
    one_each = {(report.to, *_begun(report)): report for report in reversed(ended or latest)}
    stands = tuple(sorted(one_each.values(), key=lambda report: report.id))
    ids = {report.id for report in stands}
    return Spell(stands, tuple(sorted(report.id for report in spell if report.id not in ids)))


def _order(report: OpenSpan) -> tuple[object, ...]:
    recorded = -1 if report.recorded is None else report.recorded
    return report.observed_on, recorded, report.to or date.min, report.spell or "", report.id


def _seen(report: OpenSpan, as_of: date, where: Where | None) -> Spans:
    if not holds(where, report) or report.from_ > report.observed_on:
        return ()
    return _span(report.from_, as_of if report.to is None else min(report.to, report.observed_on))


def _span(first: date, last: date) -> Spans:
    return (Span(first, last),) if first <= last else ()


def _begun(report: OpenSpan) -> tuple[object, ...]:
    return report.from_, *(getattr(report, code, "") for code in CODES)
