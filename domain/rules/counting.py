"""Counting incidents: a count is known only where returns say that all there was has been reported.

Decided here:

- Returns of the kind must hold every day of the window together; those without a member speak for everyone, those
  of a member for that member only. A count across the family needs returns for the whole family.
- What is recorded can only grow, so an incomplete count is a lower bound. It decides once the threshold is broken
  (3 recorded exclusions are not fewer than 3), or reached where the rule asks for at least so many.
- An incident that may or may not belong (no member named, or an age at the time that is unknown) leaves the count
  between two bounds, and the verdict stands only if both give it.
- A fall is never met on an incomplete baseline, even where more incidents in it could only help: the figure claimed
  could not be shown to an auditor. It is not met on an incomplete present once the recorded incidents are too many.
- From a baseline of nothing, nothing is met and anything is not.
- An adult without a date of birth is taken as of age; a child without one may be of any age.
"""

from dataclasses import dataclass

from domain.evidence import Incident
from domain.rules.case import Case, Subject, holds
from domain.rules.finding import Dates, Finding, percentage, sources_of
from domain.rules.grammar import Count, Fall
from domain.rules.logic import Verdict
from domain.rules.spans import Spans, subtract


@dataclass(frozen=True, slots=True)
class Tally:
    """How many incidents there were: `least` for certain, `most` at the highest, None if that is not known."""

    least: int
    most: int | None
    evidence: tuple[str, ...]
    note: str

    def __str__(self) -> str:
        if self.most is None:
            return f"at least {self.least}"
        return f"{self.least}" if self.least == self.most else f"{self.least} to {self.most}"


def count(rule: Count, case: Case, subject: Subject) -> Finding:
    """Judge a count in a window against its threshold."""
    days = case.days_of(rule.window)
    tally = tally_of(rule, case, subject, days)
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
        verdict=_fallen(rule.at_least_percent.value, baseline, present),
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
    doubtful = sum(known is None for known in belongs.values())
    returns = case.returns(rule.of, subject, days)
    missing = subtract(days, returns.values())
    used = {item for item, known in belongs.items() if known is not False} | returns.keys()
    return Tally(least, None if missing else least + doubtful, tuple(sorted(used)), _note(rule.of, missing, doubtful))


def looked_at(rule: Count | Fall, case: Case, days: Spans) -> list[Incident]:
    """Return the incidents of these days that the rule may count, whoever they are about."""
    return [item for item in case.incidents(rule.of) if holds(rule.where, item) and any(item.on in s for s in days)]


def _belongs(rule: Count | Fall, case: Case, subject: Subject, item: Incident) -> bool | None:
    if subject is not None and item.member != subject.id:
        return None if item.member is None else False
    if rule.under_age is None:
        return True
    who = case.member(item.member)
    age = who.age_on(item.on) if who else None
    if age is None:
        return False if who and who.role == "adult" else None
    return age < rule.under_age.value


def _against_threshold(rule: Count, tally: Tally) -> Verdict:
    if tally.least >= rule.threshold.value:
        return "met" if rule.compare == "at-least" else "not_met"
    if tally.most is None or tally.most >= rule.threshold.value:
        return "insufficient"
    return "not_met" if rule.compare == "at-least" else "met"


def _fallen(percent: int, baseline: Tally, present: Tally) -> Verdict:
    """A fall holds at all counts between the bounds if it holds from the least to the most; so with its failure."""
    if baseline.most is None:
        return "insufficient"
    if not _is_fall(percent, baseline.most, present.least):
        return "not_met"
    if present.most is None or not _is_fall(percent, baseline.least, present.most):
        return "insufficient"
    return "met"


def _is_fall(percent: int, before: int, now: int) -> bool:
    return now == 0 if before == 0 else 100 * (before - now) >= percent * before


def _change(baseline: Tally, present: Tally) -> str:
    if baseline.least != baseline.most or present.least != present.most or not baseline.least:
        return ""
    change = present.least - baseline.least
    return f", {'up' if change > 0 else 'down'} {percentage(abs(change), baseline.least)}"


def _note(kind: str, missing: Spans, doubtful: int) -> str:
    notes = []
    if missing:
        notes.append(f"no return of {kind} for {', '.join(str(span) for span in missing)}")
    if doubtful:
        notes.append(f"{doubtful} of {kind} cannot be placed: no member named, or no date of birth")
    return "; ".join(notes)
