"""The absence of a status over a window: nobody held it, and the partner has said so.

Decided here:

- Absence proves nothing. It is met only where returns of the kind hold every day of the window together.
- A single day of the status within the window breaks it, whatever the returns say. An open end runs to as-of.
- A spell that names no member may be anybody's: it leaves a rule about one member open. So do days that a spell may
  have held and that nobody has seen (`domain/rules/spells.py`).
- Days on which a member did not belong to the family are not asked about.
"""

from domain.rules.case import Case
from domain.rules.finding import Dates, Finding, not_asked, sources_of
from domain.rules.grammar import NotHeld
from domain.rules.member import Subject
from domain.rules.spans import Spans, intersect, merge, subtract, total_days
from domain.rules.spells import Spell


def not_held(rule: NotHeld, case: Case, subject: Subject) -> Finding:
    """Judge whether nobody looked at held the status on any day of the window."""
    window = case.span_of(rule.window)
    asked = case.belonging(subject, (window,))
    if not asked:
        return not_asked((window,))
    touched = [spell for spell in case.spells(rule.of) if _touches(rule, case, subject, spell, asked)]
    unnamed = [spell for spell in touched if subject is not None and spell.member is None]
    own = [spell for spell in touched if spell not in unnamed]
    held = merge(day for spell in own for day in intersect(_asked(case, spell, asked), _certain(rule, case, spell)))
    returns = case.returns(rule.of, subject, (window,))
    missing = subtract(asked, returns.values())
    unseen = [name for spell in own for name in spell.ids if not held]
    notes = [f"no return of {rule.of} for {', '.join(str(span) for span in missing)}"] * bool(missing)
    notes += [f"{len(unnamed)} of {rule.of} cannot be placed: no member named"] * bool(unnamed)
    notes += [f"{', '.join(unseen)} may have held it on days that nobody has seen"] * bool(unseen)
    notes += [note for spell in touched for note in spell.notes_of_reports()]
    return Finding(
        verdict="not_met" if held else "insufficient" if missing or touched else "met",
        figure=f"{total_days(held)} days",
        threshold="not on any day",
        window=Dates.around((window,)),
        evidence=tuple(sorted({*(name for spell in touched for name in spell.ids), *returns})),
        note="; ".join([*notes, *case.notes_of_reports((rule.of,), subject, asked)]),
        sources=sources_of(rule.window.n),
    )


def _touches(rule: NotHeld, case: Case, subject: Subject, spell: Spell, asked: Spans) -> bool:
    """Tell whether a spell may have been held by somebody looked at, on a day that the rule asks about."""
    if subject is not None and spell.member not in {None, subject.id}:
        return False
    return bool(intersect(_asked(case, spell, asked), spell.possible(case.as_of, rule.where)))


def _asked(case: Case, spell: Spell, asked: Spans) -> Spans:
    return case.belonging(case.member(spell.member), asked)


def _certain(rule: NotHeld, case: Case, spell: Spell) -> Spans:
    return spell.certain(case.as_of, rule.where)
