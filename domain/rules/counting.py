"""Counting incidents: a count is known only where returns say that all there was has been reported.

Decided here:

- Returns of the kind must hold every day of the window together; those without a member speak for everyone, those
  of a member for that member only. A count across the family needs returns for the whole family.
- What is recorded can only grow, so an incomplete count is a lower bound. It decides once the threshold is broken
  (3 recorded exclusions are not fewer than 3), or reached where the rule asks for at least so many.
- An incident that may or may not belong (no member named, an age at the time that is not certain, a day after it was
  reported) leaves the count between two bounds, and the verdict stands only if every count that may be gives it. Who
  may have been under age at one incident was under age at those before it.
- A fall is never met on an incomplete baseline, even where more incidents in it could only help: the figure claimed
  could not be shown to an auditor. It is not met on an incomplete present once the recorded incidents are too many.
- From a baseline of nothing, nothing is met and anything is not.
- An adult without a date of birth is taken as of age; a child without one may be of any age.
- A count about one member asks for the days on which they belonged to the family, and for none where they never did.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from domain.evidence import Incident
from domain.rules.case import Case
from domain.rules.finding import Dates, Finding, not_asked, percentage, sources_of
from domain.rules.grammar import Count, Fall
from domain.rules.logic import Verdict
from domain.rules.member import Subject
from domain.rules.spans import Spans, subtract
from domain.rules.where import holds

Change = tuple[int, int]
NO_MEMBER, ANNOUNCED = "no member named", "reported before its day"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many incidents there were: `least` for certain, `most` at the highest, None if that is not known."""

    least: int
    most: int | None
    evidence: tuple[str, ...]
    note: str
    doubtful: tuple[Incident, ...] = ()

    def __str__(self) -> str:
        if self.most is None:
            return f"at least {self.least}"
        return f"{self.least}" if self.least == self.most else f"{self.least} to {self.most}"


def count(rule: Count, case: Case, subject: Subject) -> Finding:
    """Judge a count in a window against its threshold."""
    days = case.days_of(rule.window)
    own = case.belonging(subject, days)
    if days and not own:
        return not_asked(days)
    tally = tally_of(rule, case, subject, own)
    return Finding(
        verdict=_against_threshold(rule, tally),
        figure=f"{tally}" if days else None,
        threshold=f"{rule.compare.replace('-', ' ')} {rule.threshold}",
        window=Dates.around(days),
        evidence=tally.evidence,
        note=tally.note,
        sources=sources_of(rule.threshold, rule.under_age, rule.window.n),
    )


def fall(rule: Fall, case: Case, subject: Subject) -> Finding:
    """Judge the fall of a count from its baseline window."""
    now, before = case.span_of(rule.window), case.span_of(rule.baseline)
    present, baseline = tally_of(rule, case, subject, (now,)), tally_of(rule, case, subject, (before,))
    return Finding(
        verdict=_fallen(rule, case, baseline, present),
        figure=f"{baseline}, now {present}{_change(baseline, present)}",
        threshold=f"down by at least {rule.at_least_percent:%}",
        window=Dates.around((now,)),
        evidence=tuple(sorted({*present.evidence, *baseline.evidence})),
        note="; ".join(note for note in (f"baseline {before}", baseline.note, present.note) if note),
        sources=sources_of(rule.at_least_percent, rule.under_age, rule.window.n, rule.baseline.n),
    )


def tally_of(rule: Count | Fall, case: Case, subject: Subject, days: Spans) -> Tally:
    """Count what the rule counts in these days, and name the evidence that says so."""
    if not days:
        return Tally(0, None, (), case.terms_missing(rule.window))
    found = looked_at(rule, case, days)
    belongs = {item.id: _belongs(rule, case, subject, item) for item in found}
    least = sum(known is True for known in belongs.values())
    doubtful = tuple(item for item in found if belongs[item.id] is None)
    returns = case.returns(rule.of, subject, days)
    missing = subtract(days, returns.values())
    used = {item for item, known in belongs.items() if known is not False} | returns.keys()
    return Tally(
        least=least,
        most=None if missing else least + len(doubtful),
        evidence=tuple(sorted(used)),
        note="; ".join([*_notes(rule, case, missing, doubtful), *case.notes_of_reports((rule.of,), subject, days)]),
        doubtful=doubtful,
    )


def looked_at(rule: Count | Fall, case: Case, days: Spans) -> list[Incident]:
    """Return the incidents of these days that the rule may count, whoever they are about."""
    return [item for item in case.incidents(rule.of) if holds(rule.where, item) and any(item.on in s for s in days)]


def _belongs(rule: Count | Fall, case: Case, subject: Subject, item: Incident) -> bool | None:
    if subject is not None and item.member not in {None, subject.id}:
        return False
    under_age = rule.under_age is None or _under_age(case, item, rule.under_age.value)
    if under_age is False:
        return False
    unplaced = subject is not None and item.member is None
    return None if unplaced or item.on > item.observed_on else under_age


def _under_age(case: Case, item: Incident, limit: int) -> bool | None:
    who = case.member(item.member)
    ages = who.ages_on(item.on) if who else None
    if ages is None:
        return False if who and who.role == "adult" else None
    return None if ages[0] < limit <= ages[1] else ages[1] < limit


def _against_threshold(rule: Count, tally: Tally) -> Verdict:
    if tally.least >= rule.threshold.value:
        return "met" if rule.compare == "at-least" else "not_met"
    if tally.most is None or tally.most >= rule.threshold.value:
        return "insufficient"
    return "not_met" if rule.compare == "at-least" else "met"


def _fallen(rule: Fall, case: Case, baseline: Tally, present: Tally) -> Verdict:
    """A fall holds where it does for every pair of counts that there may be; so with its failure."""
    if baseline.most is None:
        return "insufficient"
    percent = rule.at_least_percent.value
    falls = {_is_fall(percent, before, now) for before, now in _counts(case, baseline, present)}
    if True not in falls:
        return "not_met"
    return "insufficient" if present.most is None or False in falls else "met"


def _counts(case: Case, baseline: Tally, present: Tally) -> set[Change]:
    """Return every pair of counts, before and now, that the incidents in doubt may lead to."""
    counts = {(baseline.least, present.least)}
    before, now = {item.id for item in baseline.doubtful}, {item.id for item in present.doubtful}
    doubtful = {item.id: item for item in (*baseline.doubtful, *present.doubtful)}
    for group in _together(case, doubtful.values()):
        adds = {(0, 0)} | {
            (sum(item.id in before for item in group[:n]), sum(item.id in now for item in group[:n]))
            for n in range(1, len(group) + 1)
            if n == len(group) or group[n].on > group[n - 1].on
        }
        counts = {(b + more_before, n + more_now) for b, n in counts for more_before, more_now in adds}
    return counts


def _together(case: Case, doubtful: Iterable[Incident]) -> list[Sequence[Incident]]:
    """Group incidents that only the age of one member leaves in doubt, in order; any other is in doubt by itself."""
    alone: list[Sequence[Incident]] = []
    by_age: defaultdict[str, list[Incident]] = defaultdict(list)
    for item in sorted(doubtful, key=_when):
        who = case.member(item.member)
        if who is None or item.on > item.observed_on:
            alone.append((item,))
        else:
            by_age[who.id].append(item)
    return [*alone, *by_age.values()]


def _when(item: Incident) -> tuple[date, str]:
    return item.on, item.id


def _is_fall(percent: int, before: int, now: int) -> bool:
    return now == 0 if before == 0 else 100 * (before - now) >= percent * before


def _change(baseline: Tally, present: Tally) -> str:
    if baseline.least != baseline.most or present.least != present.most or not baseline.least:
        return ""
    change = present.least - baseline.least
    return f", {'up' if change > 0 else 'down'} {percentage(abs(change), baseline.least)}"


def _notes(rule: Count | Fall, case: Case, missing: Spans, doubtful: Sequence[Incident]) -> list[str]:
    notes = []
    if missing:
        notes.append(f"no return of {rule.of} for {', '.join(str(span) for span in missing)}")
    if doubtful:
        why = ", or ".join(dict.fromkeys(_why(case, item) for item in doubtful))
        notes.append(f"{len(doubtful)} of {rule.of} cannot be placed: {why}")
    return notes


def _why(case: Case, item: Incident) -> str:
    if item.on > item.observed_on:
        return ANNOUNCED
    who = case.member(item.member)
    return NO_MEMBER if who is None else f"the age of {who.id} is not certain"
