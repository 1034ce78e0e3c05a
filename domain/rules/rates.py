"""Rates: sessions missed as a share of all sessions, over school terms.

Decided here:

- A record belongs to the one school term that its days overlap. A record across two terms cannot be split and is
  left out, and so is one that lies in holidays. Records of one term are added up (a child may change school).
- Every term of the window needs a record; with fewer, nothing is decided, since a term may hold any number of
  sessions.
- A threshold that changes by date is the one in force on as-of.
- Rates are compared as whole numbers, never as floats: exactly 15% is not below 15%.
"""

from domain.evidence import SchoolAttendance
from domain.rules.case import Case, Subject
from domain.rules.finding import Dates, Finding, percentage, sources_of
from domain.rules.grammar import Rate
from domain.rules.logic import Verdict
from domain.rules.spans import Span, Spans
from domain.rules.windows import number_on


def rate(rule: Rate, case: Case, subject: Subject) -> Finding:
    """Judge the share of sessions missed over the terms of the window."""
    terms = case.days_of(rule.window)
    threshold = number_on(rule.threshold, case.as_of)
    records = [
        (term, record)
        for record in case.attendance()
        if (subject is None or record.member == subject.id) and (term := _term_of(record, case.terms)) in terms
    ]
    missing = [term for term in terms if term not in {held for held, _ in records}]
    missed = sum(getattr(record, absence) for _, record in records for absence in rule.absences)
    sessions = sum(record.sessions for _, record in records)
    return Finding(
        verdict="insufficient"
        if missing or not terms
        else _against_threshold(rule.compare, threshold.value, missed, sessions),
        figure=f"{missed} of {sessions} sessions ({percentage(missed, sessions)})" if sessions else None,
        threshold=f"{rule.compare} {threshold:%}",
        window=Dates.around(terms),
        evidence=tuple(sorted(record.id for _, record in records)),
        note=case.terms_missing(rule.window) or _note(missing),
        sources=sources_of(threshold, rule.window.n),
    )


def _term_of(record: SchoolAttendance, terms: Spans) -> Span | None:
    touched = [term for term in terms if term.overlaps(Span(record.from_, record.to))]
    return touched[0] if len(touched) == 1 else None


def _against_threshold(compare: str, percent: int, missed: int, sessions: int) -> Verdict:
    found, limit = 100 * missed, percent * sessions
    return "met" if (found < limit if compare == "below" else found > limit) else "not_met"


def _note(missing: list[Span]) -> str:
    return f"no attendance record for the term {', '.join(str(term) for term in missing)}" if missing else ""
