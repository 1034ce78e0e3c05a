"""Rates: sessions missed as a share of all sessions, over school terms.

Decided here:

- Reports must hold every school day of the window's terms together; days without one are named. Which reports count,
  and which dispute each other, `domain/rules/attendance.py` says. What counts is added up (a child may change school).
- A child is asked for the school days on which it belonged to the family, and for nothing where there are none.
- A threshold that changes by date is the one in force on as-of.
- Rates are compared as whole numbers, never as floats: exactly 15% is not below 15%.
"""

from collections import defaultdict

from domain.evidence import SchoolAttendance
from domain.rules.attendance import Attendance, attendance_of
from domain.rules.case import Case
from domain.rules.finding import Dates, Finding, not_asked, percentage, sources_of
from domain.rules.grammar import Rate
from domain.rules.logic import Verdict
from domain.rules.member import Subject
from domain.rules.spans import Spans
from domain.rules.windows import number_on


def rate(rule: Rate, case: Case, subject: Subject) -> Finding:
    """Judge the share of sessions missed over the terms of the window."""
    terms = case.days_of(rule.window)
    if terms and not case.belonging(subject, terms):
        return not_asked(terms)
    threshold = number_on(rule.threshold, case.as_of)
    attended = _attendance(case, subject, terms) if terms else []
    counted = [report for each in attended for report in each.counted]
    missed = sum(getattr(report, absence) for report in counted for absence in rule.absences)
    sessions = sum(report.sessions for report in counted)
    decided = terms and all(each.complete and not each.disputed for each in attended)
    notes = [case.terms_missing(rule.window), *(note for each in attended for note in each.notes)]
    return Finding(
        verdict=_against_threshold(rule.compare, threshold.value, missed, sessions) if decided else "insufficient",
        figure=f"{missed} of {sessions} sessions ({percentage(missed, sessions)})" if sessions else None,
        threshold=f"{rule.compare} {threshold:%}",
        window=Dates.around(terms),
        evidence=tuple(
            sorted({*(report.id for report in counted), *(name for each in attended for name in each.disputed)})
        ),
        note="; ".join(note for note in (*notes, *case.notes_of_reports((rule.of,), subject, terms)) if note),
        sources=sources_of(threshold, rule.window.n),
    )


def _attendance(case: Case, subject: Subject, terms: Spans) -> list[Attendance]:
    """Return the attendance of the subject, or of every child of whom there is a report."""
    reports: defaultdict[str | None, list[SchoolAttendance]] = defaultdict(list)
    if subject is not None:
        reports[subject.id] = []
    for report in case.attendance():
        if subject is None or report.member == subject.id:
            reports[report.member].append(report)
    return [
        attendance_of(own, terms, case.belonging(case.member(name), terms), case.terms, case.nation)
        for name, own in sorted(reports.items(), key=lambda each: each[0] or "")
    ] or [attendance_of((), terms, terms, case.terms, case.nation)]


def _against_threshold(compare: str, percent: int, missed: int, sessions: int) -> Verdict:
    found, limit = 100 * missed, percent * sessions
    return "met" if (found < limit if compare == "below" else found > limit) else "not_met"
