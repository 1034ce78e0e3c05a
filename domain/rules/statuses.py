"""Statuses: held for days of a window, held without a break, or begun in a window.

Decided here:

- A status is judged for one member by evidence that names that member, for the days on which they belonged to the
  family. What spells there are, and which of their days are certain, `domain/rules/spells.py` says.
- A spell without a member may be anybody's. It earns nobody a status, and where it would earn or bar one, that stays
  open. So do days that a spell may have held and that nobody has seen.
- Spells that overlap or lie on adjacent days are one spell without a break.
- "Since the end of" a status: every spell of it that had begun by as-of must have ended before as-of, whatever
  `where` says; the last one to end decides which rule applies. Days count from the day after. Of two that end on
  the same day, `any_of` needs one of them to match and `none_of` all. It is asked of the person, also for the time
  before they belonged to the family; where the end is not certain the rule is open.
- "Not while on" something: a day on it does not count, and it breaks a run. Where it began after enough days, or ended
  before them, those days still count.
- A run must lie inside the window; it need not reach as-of.
- No evidence at all is `insufficient`, unless a return says there was none. Evidence that falls short is `not_met`,
  and so is a status that could not have been held long enough whatever else is reported.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from domain.rules.case import Case
from domain.rules.endings import ending_of
from domain.rules.finding import Dates, Finding, not_asked, sources_of
from domain.rules.grammar import Held, Started
from domain.rules.logic import Verdict
from domain.rules.member import Subject
from domain.rules.spans import Span, Spans, intersect, longest_run, merge, subtract, total_days
from domain.rules.spells import Spell
from domain.rules.where import Where


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, the spells that name nobody and leave it open, and what to say of it."""

    verdict: Verdict
    unnamed: Sequence[Spell] = ()
    notes: Sequence[str] = field(default_factory=list)


def held(rule: Held, case: Case, subject: Subject) -> Finding:
    """Judge whether a status was held long enough."""
    window = case.span_of(rule.window)
    asked = case.belonging(subject, (window,))
    if not asked:
        return not_asked((window,))
    ending = ending_of(rule.since_end_of, case, subject)
    after, may_follow = (subtract(asked, [Span(date.min, end)]) for end in (ending.on, ending.earliest))
    barred = [spell for kind in rule.not_while for spell in _spells(case, kind, subject, window)]
    spells = [spell for spell in _spells(case, rule.of, subject, window) if spell.possible(case.as_of, rule.where)]
    days_held = intersect(subtract(after, _possible(barred, case)), _certain(spells, case, rule.where))
    judged = _judged(rule, case, subject, may_follow, spells, barred, days_held)
    if ending.verdict is not None:
        judged = Judged(ending.verdict)
    further = [note for spell in (*spells, *barred) for note in spell.notes_of_reports()]
    notes = [ending.note, *judged.notes, *further, *case.notes_of_reports(_kinds(rule), subject, asked)]
    return Finding(
        verdict=judged.verdict,
        figure=f"{_measure(rule, days_held)} days" if ending.verdict is None else None,
        threshold=f"at least {rule.days: days}{' without a break' if rule.unbroken else ''} of {window.days}",
        window=Dates.around((window,)),
        evidence=tuple(sorted({*ending.evidence, *_ids((*spells, *barred, *judged.unnamed))})),
        note="; ".join(note for note in notes if note),
        sources=sources_of(rule.days, rule.window.n),
    )


def started(rule: Started, case: Case, subject: Subject) -> Finding:
    """Judge whether a status began in the window."""
    window = case.span_of(rule.window)
    begun = [spell for kind in rule.of for spell in case.spells(kind) if _may_begin(case, spell, window)]
    own = [spell for spell in begun if subject is None or spell.member == subject.id]
    sure = [spell for spell in own if _begins(case, spell, window)]
    doubtful = [spell for spell in begun if spell not in sure and (spell in own or spell.member is None)]
    returns = {kind: case.returns(kind, subject, (window,)) for kind in rule.of}
    silent = [kind for kind in rule.of if subtract((window,), returns[kind].values())]
    notes = ["" if sure or not silent else f"no return of {' or '.join(silent)} for the whole window"]
    notes += [note for spell in own for note in spell.notes_of_reports()]
    return Finding(
        verdict="met" if sure else "insufficient" if silent or doubtful else "not_met",
        figure=f"{len(sure)} begun",
        threshold=f"{' or '.join(rule.of)} begun",
        window=Dates.around((window,)),
        evidence=tuple(sorted({*_ids((*sure, *doubtful))}.union(*returns.values()))),
        note="; ".join(note for note in (*notes, *case.notes_of_reports(rule.of, subject, (window,))) if note),
        sources=sources_of(rule.window.n),
    )


def _judged(  # noqa: PLR0913, PLR0917 - what was looked at, one by one
    rule: Held,
    case: Case,
    subject: Subject,
    may_follow: Spans,
    spells: Sequence[Spell],
    barred: Sequence[Spell],
    days_held: Spans,
) -> Judged:
    window, enough, notes = case.span_of(rule.window), rule.days.value, _note(rule, spells, barred)
    if _measure(rule, days_held) >= enough:
        against = _against(rule, case, subject, window)
        return Judged("insufficient" if against else "met", against, [*notes, *_unplaced(against)])
    possible = subtract(may_follow, _certain(barred, case))
    if _measure(rule, intersect(possible, _possible(spells, case, rule.where))) >= enough:
        unseen = f"{', '.join(_ids((*spells, *barred)))} tell of days that nobody has seen"
        return Judged("insufficient", (), [*notes, unseen])
    unnamed = [spell for spell in _unnamed(case, rule.of, subject, window) if spell.possible(case.as_of, rule.where)]
    if _measure(rule, intersect(possible, _possible([*spells, *unnamed], case, rule.where))) >= enough:
        return Judged("insufficient", unnamed, [*notes, *_unplaced(unnamed)])
    silent = not spells and subtract(
        case.belonging(subject, (window,)), case.returns(rule.of, subject, (window,)).values()
    )
    return Judged("insufficient" if silent and _measure(rule, possible) >= enough else "not_met", (), notes)


def _measure(rule: Held, days: Spans) -> int:
    return longest_run(days) if rule.unbroken else total_days(days)


def _against(rule: Held, case: Case, subject: Subject, window: Span) -> list[Spell]:
    """Return spells that name no member and would stand against this one, were they theirs."""
    kinds = [*rule.not_while, *([rule.since_end_of.of] if rule.since_end_of else [])]
    return [spell for kind in kinds for spell in _unnamed(case, kind, subject, window)]


def _unnamed(case: Case, kind: str, subject: Subject, window: Span) -> list[Spell]:
    return [spell for spell in _spells(case, kind, None, window) if subject is not None and spell.member is None]


def _spells(case: Case, kind: str, subject: Subject, window: Span) -> list[Spell]:
    """Return the spells of a kind about the subject that may have held a day of the window."""
    return [
        spell
        for spell in case.spells(kind)
        if (subject is None or spell.member == subject.id) and intersect((window,), spell.possible(case.as_of))
    ]


def _certain(spells: Iterable[Spell], case: Case, where: Where | None = None) -> Spans:
    return merge(days for spell in spells for days in spell.certain(case.as_of, where))


def _possible(spells: Iterable[Spell], case: Case, where: Where | None = None) -> Spans:
    return merge(days for spell in spells for days in spell.possible(case.as_of, where))


def _may_begin(case: Case, spell: Spell, window: Span) -> bool:
    """Tell whether by any report a spell began in the window, while its member belonged to the family."""
    who = case.member(spell.member)
    return any(report.from_ in window and (who is None or who.belongs(report.from_)) for report in spell.reports)


def _begins(case: Case, spell: Spell, window: Span) -> bool:
    """Tell whether every report says, and saw, that a spell began in the window."""
    who = case.member(spell.member)
    return all(
        report.from_ in window and report.from_ <= report.observed_on and (who is None or who.belongs(report.from_))
        for report in spell.reports
    )


def _ids(spells: Iterable[Spell]) -> list[str]:
    return [name for spell in spells for name in spell.ids]


def _kinds(rule: Held) -> list[str]:
    return [rule.of, *rule.not_while, *([rule.since_end_of.of] if rule.since_end_of else [])]


def _unplaced(spells: Sequence[Spell]) -> list[str]:
    kinds = sorted({spell.kind for spell in spells})
    return [f"{' and '.join(kinds)} cannot be placed: no member named"] if kinds else []


def _note(rule: Held, spells: Sequence[Spell], barred: Sequence[Spell]) -> list[str]:
    if not spells:
        return [f"no {rule.of} is recorded in the window"]
    kinds = sorted({spell.kind for spell in barred})
    return [f"days on {' or '.join(kinds)} do not count"] if kinds else []
