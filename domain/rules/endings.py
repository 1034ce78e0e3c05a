"""How an earlier status ended: on a day, or, where it did not or nobody can tell, the verdict that this leads to.

Decided here:

- An end is told twice: as early and as late as the reports of a spell allow. Days are certain after the latest, and
  possible after the earliest. Where it depends on the reports which spell was the last, the rule is open.
- An end that was announced for a day after the observation is no end until it is reported.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from domain.evidence import OpenSpan
from domain.rules.case import Case
from domain.rules.grammar import Ended
from domain.rules.logic import Verdict
from domain.rules.member import Subject
from domain.rules.spells import Spell
from domain.rules.where import holds


@dataclass(frozen=True, slots=True)
class Ending:
    """How an earlier status ended: on a day from `earliest` to `on`, or, where it did not, the verdict of that."""

    earliest: date
    on: date
    verdict: Verdict | None
    evidence: tuple[str, ...]
    note: str


def ending_of(rule: Ended | None, case: Case, subject: Subject) -> Ending:
    """Return how the status of a rule ended for the subject before as-of."""
    if rule is None:
        return Ending(date.min, date.min, None, (), "")
    spells = [spell for spell in case.spells(rule.of) if subject is None or spell.member == subject.id]
    begun = [spell for spell in spells if any(report.from_ <= case.as_of for report in spell.reports)]
    ids = tuple(name for spell in begun for name in spell.ids)
    if not begun:
        return Ending(date.min, date.min, "insufficient", ids, f"no {rule.of} is recorded, so none can have ended")
    ended = _ended(rule, case.as_of, begun)
    further = [note for spell in begun for note in spell.notes_of_reports()]
    return replace(ended, evidence=ids, note="; ".join([ended.note, *further]))


def _ended(rule: Ended, as_of: date, spells: Sequence[Spell]) -> Ending:
    earliest = [(min(_earliest(report) for report in spell.reports), spell) for spell in spells]
    latest = [(max(_latest(report) for report in spell.reports), spell) for spell in spells]
    first, last = max(end for end, _ in earliest), max(end for end, _ in latest)
    if first >= as_of:
        return Ending(date.min, date.min, "not_met", (), f"{rule.of} had not ended before as-of")
    may_be_last = [spell for end, spell in latest if end >= first]
    groups = [[spell for end, spell in ends if end == last] for ends in (earliest, latest)]
    answers = {_matches(rule, spells) for spells in (groups if first == last else [[spell] for spell in may_be_last])}
    if last >= as_of or len(answers) > 1 or None in answers:
        return Ending(date.min, date.min, "insufficient", (), f"when {rule.of} ended is unknown")
    if False in answers:
        return Ending(first, last, "not_applicable", (), f"the last {rule.of} to end falls under another rule")
    return Ending(first, last, None, (), f"{rule.of} ended {last}")


def _earliest(report: OpenSpan) -> date:
    """Return the day on which a spell may have ended at the earliest: never while it is open."""
    return date.max if report.to is None else min(report.to, max(report.from_, report.observed_on))


def _latest(report: OpenSpan) -> date:
    """Return the day on which a spell had ended at the latest: never while nobody has seen it end."""
    return date.max if report.to is None or report.to > report.observed_on else report.to


def _matches(rule: Ended, last: Sequence[Spell]) -> bool | None:
    """Tell whether the last spells to end match; None where that depends on which report of them is right."""
    groups = [{holds(rule.where, report) for report in spell.reports} for spell in last]
    if any(len(answers) > 1 for answers in groups):
        return None
    wanted = any if rule.where and rule.where.any_of else all
    return wanted(True in answers for answers in groups)
