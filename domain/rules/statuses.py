"""Statuses: held for days of a window, held without a break, or begun in a window.

Decided here:

- A status is judged for one member by evidence that names that member. An open end runs to as-of.
- A spell without a member may be anybody's. It earns nobody a status, and where it would earn or bar one, that stays
  open.
- Spells that overlap or lie on adjacent days are one spell without a break.
- "Since the end of" a status: every spell of it that had begun by as-of must have ended before as-of, whatever
  `where` says; the last one to end decides which rule applies. Days count from the day after. Of two that end on
  the same day, `any_of` needs one of them to match and `none_of` all.
- "Not while on" something: a day on it does not count, and it breaks a run. Where it began after enough days, or ended
  before them, those days still count.
- A run must lie inside the window; it need not reach as-of.
- No evidence at all is `insufficient`, unless a return says there was none. Evidence that falls short is `not_met`,
  and so is a status that could not have been held long enough whatever else is reported.
"""

from dataclasses import dataclass
from datetime import date

from domain.evidence import OpenSpan
from domain.rules.case import Case, Subject, holds
from domain.rules.finding import Dates, Finding, sources_of
from domain.rules.grammar import Ended, Held, Started
from domain.rules.logic import Verdict
from domain.rules.spans import Span, Spans, intersect, longest_run, merge, subtract, total_days


@dataclass(frozen=True, slots=True)
class Ending:
    """How an earlier status ended: on a day, or, where it did not, the verdict that this leads to."""

    on: date
    verdict: Verdict | None
    evidence: tuple[str, ...]
    note: str


def held(rule: Held, case: Case, subject: Subject) -> Finding:
    """Judge whether a status was held long enough."""
    window = case.span_of(rule.window)
    ending = _ending(rule.since_end_of, case, subject)
    barred = [spell for kind in rule.not_while for spell in _spells(case, kind, subject, window)]
    spells = [spell for spell in _spells(case, rule.of, subject, window) if holds(rule.where, spell)]
    possible = subtract((window,), [Span(date.min, ending.on), *_spans(barred, case.as_of)])
    days_held = intersect(possible, _spans(spells, case.as_of))
    reported = bool(spells) or not subtract((window,), case.returns(rule.of, subject, (window,)).values())
    verdict = ending.verdict or _long_enough(rule, days_held, possible, reported=reported)
    against = _doubtful(rule, case, subject, window) if verdict == "met" else []
    short = verdict == "not_met" and ending.verdict is None
    doubtful = against or (_may_earn(rule, case, subject, spells, possible) if short else [])
    return Finding(
        verdict="insufficient" if doubtful else verdict,
        figure=f"{_measure(rule, days_held)} days" if ending.verdict is None else None,
        threshold=f"at least {rule.days: days}{' without a break' if rule.unbroken else ''} of {window.days}",
        window=Dates.around((window,)),
        evidence=tuple(sorted({*ending.evidence, *(spell.id for spell in (*spells, *barred, *doubtful))})),
        note="; ".join(
            note
            for note in (ending.note, "" if ending.verdict else _note(rule, spells, barred), _doubt(doubtful))
            if note
        ),
        sources=sources_of(rule.days, rule.window.n),
    )


def started(rule: Started, case: Case, subject: Subject) -> Finding:
    """Judge whether a status began in the window."""
    window = case.span_of(rule.window)
    begun = [spell for kind in rule.of for spell in case.spells(kind) if spell.from_ in window]
    own = [spell for spell in begun if subject is None or spell.member == subject.id]
    unnamed = [spell for spell in begun if spell.member is None and spell not in own]
    returns = {kind: case.returns(kind, subject, (window,)) for kind in rule.of}
    silent = [kind for kind in rule.of if subtract((window,), returns[kind].values())]
    return Finding(
        verdict="met" if own else "insufficient" if silent or unnamed else "not_met",
        figure=f"{len(own)} begun",
        threshold=f"{' or '.join(rule.of)} begun",
        window=Dates.around((window,)),
        evidence=tuple(sorted({spell.id for spell in (*own, *unnamed)}.union(*returns.values()))),
        note="" if own or not silent else f"no return of {' or '.join(silent)} for the whole window",
        sources=sources_of(rule.window.n),
    )


def _ending(rule: Ended | None, case: Case, subject: Subject) -> Ending:
    if rule is None:
        return Ending(date.min, None, (), "")
    spells = [spell for spell in case.spells(rule.of) if _is_of(spell, subject) and spell.from_ <= case.as_of]
    ids = tuple(spell.id for spell in spells)
    if not spells:
        return Ending(date.min, "insufficient", ids, f"no {rule.of} is recorded, so none can have ended")
    ends = [spell.to for spell in spells if spell.to is not None and spell.to < case.as_of]
    if len(ends) < len(spells):
        return Ending(date.min, "not_met", ids, f"{rule.of} had not ended before as-of")
    last = [spell for spell in spells if spell.to == max(ends)]
    if not _matches(rule, last):
        return Ending(max(ends), "not_applicable", ids, f"the last {rule.of} to end falls under another rule")
    return Ending(max(ends), None, ids, f"{rule.of} ended {max(ends)}")


def _matches(rule: Ended, last: list[OpenSpan]) -> bool:
    wanted = any if rule.where and rule.where.any_of else all
    return wanted(holds(rule.where, spell) for spell in last)


def _long_enough(rule: Held, days_held: Spans, possible: Spans, *, reported: bool) -> Verdict:
    if _measure(rule, days_held) >= rule.days.value:
        return "met"
    too_short = _measure(rule, possible) < rule.days.value
    return "not_met" if reported or too_short else "insufficient"


def _measure(rule: Held, days: Spans) -> int:
    return longest_run(days) if rule.unbroken else total_days(days)


def _is_of(spell: OpenSpan, subject: Subject) -> bool:
    return subject is None or spell.member == subject.id


def _doubtful(rule: Held, case: Case, subject: Subject, window: Span) -> list[OpenSpan]:
    """Return spells that name no member and would stand against this one, were they theirs."""
    if subject is None:
        return []
    against = [*rule.not_while, *([rule.since_end_of.of] if rule.since_end_of else [])]
    return [spell for kind in against for spell in _spells(case, kind, None, window) if spell.member is None]


def _may_earn(rule: Held, case: Case, subject: Subject, own: list[OpenSpan], possible: Spans) -> list[OpenSpan]:
    """Return spells that name no member and would be long enough with the subject's own, were they theirs."""
    spells = _spells(case, rule.of, None, case.span_of(rule.window))
    unnamed = [spell for spell in spells if spell.member is None and holds(rule.where, spell)] if subject else []
    together = intersect(possible, _spans([*own, *unnamed], case.as_of))
    return unnamed if _measure(rule, together) >= rule.days.value else []


def _doubt(doubtful: list[OpenSpan]) -> str:
    kinds = sorted({spell.kind for spell in doubtful})
    return f"{' and '.join(kinds)} cannot be placed: no member named" if kinds else ""


def _spells(case: Case, kind: str, subject: Subject, window: Span) -> list[OpenSpan]:
    return [
        spell
        for spell in case.spells(kind)
        if _is_of(spell, subject) and spell.from_ <= window.last and (spell.to is None or spell.to >= window.first)
    ]


def _spans(spells: list[OpenSpan], as_of: date) -> Spans:
    return merge(Span(spell.from_, spell.to or as_of) for spell in spells)


def _note(rule: Held, spells: list[OpenSpan], barred: list[OpenSpan]) -> str:
    if not spells:
        return f"no {rule.of} is recorded in the window"
    kinds = sorted({spell.kind for spell in barred})
    return f"days on {' or '.join(kinds)} do not count" if kinds else ""
