"""The absence of a status over a window: nobody held it, and the partner has said so.

Decided here:

- Absence proves nothing. It is met only where returns of the kind hold every day of the window together.
- A single day of the status within the window breaks it, whatever the returns say. An open end runs to as-of.
- A spell that names no member may be anybody's: it leaves a rule about one member open.
"""

from domain.rules.case import Case, Subject, holds
from domain.rules.finding import Dates, Finding, sources_of
from domain.rules.grammar import NotHeld
from domain.rules.spans import Span, intersect, merge, subtract, total_days


def not_held(rule: NotHeld, case: Case, subject: Subject) -> Finding:
    """Judge whether nobody looked at held the status on any day of the window."""
    window = case.span_of(rule.window)
    days = {
        spell: Span(spell.from_, spell.to or case.as_of)
        for spell in case.spells(rule.of)
        if holds(rule.where, spell) and spell.from_ <= window.last and (spell.to is None or spell.to >= window.first)
    }
    own = {spell: span for spell, span in days.items() if subject is None or spell.member == subject.id}
    unnamed = [spell for spell in days if spell.member is None and spell not in own]
    returns = case.returns(rule.of, subject, (window,))
    missing = subtract((window,), returns.values())
    notes = [f"no return of {rule.of} for {', '.join(str(span) for span in missing)}"] * bool(missing)
    notes += [f"{len(unnamed)} of {rule.of} cannot be placed: no member named"] * bool(unnamed)
    return Finding(
        verdict="not_met" if own else "insufficient" if missing or unnamed else "met",
        figure=f"{total_days(intersect((window,), merge(own.values())))} days",
        threshold="not on any day",
        window=Dates.around((window,)),
        evidence=tuple(sorted({*(spell.id for spell in (*own, *unnamed)), *returns})),
        note="; ".join(notes),
        sources=sources_of(rule.window.n),
    )
