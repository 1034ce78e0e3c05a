"""Rates of absence over school terms."""

import pytest
from rule_help import CHILD, TERMS, THREE_TERMS, case, item, number, rule, verdict

from domain.rules.evaluate import evaluate

ABSENCE = rule(
    "rate",
    of="school-attendance",
    absences=["unauthorised"],
    window=THREE_TERMS,
    compare="below",
    threshold=number(15),
)
ALL_ABSENCE = ABSENCE.model_copy(update={"absences": ("authorised", "unauthorised")})
LAST_THREE = TERMS[1:4]


def record(term, sessions, unauthorised, *, authorised=0, member="c1", **dates):
    span = {"from_": term.first, "to": term.last} | dates
    return item(
        "school-attendance", sessions=sessions, authorised=authorised, unauthorised=unauthorised, member=member, **span
    )


@pytest.mark.parametrize(("missed", "expected"), [(44, "met"), (45, "not_met"), (46, "not_met")])
def test_exactly_the_percentage_is_not_below_it(missed, expected):
    """45 of 300 sessions are 15%, and that is not below 15%."""
    records = [record(term, 100, n) for term, n in zip(LAST_THREE, (20, 20, missed - 40), strict=True)]
    assert verdict(ABSENCE, *records, subject=CHILD) == expected


def test_above_is_strict_too():
    """Exactly the percentage is not above it."""
    above = ABSENCE.model_copy(update={"compare": "above"})
    exactly = [record(term, 100, 15) for term in LAST_THREE]
    assert verdict(above, *exactly, subject=CHILD) == "not_met"
    more = [*exactly[:2], record(LAST_THREE[2], 100, 16)]
    assert verdict(above, *more, subject=CHILD) == "met"


def test_the_terms_are_added_up_before_the_rate_is_taken():
    """One bad term among good ones counts with its sessions, not as a third."""
    records = [record(LAST_THREE[0], 10, 10), record(LAST_THREE[1], 100, 0), record(LAST_THREE[2], 100, 0)]
    found = evaluate(ABSENCE, case(*records), CHILD)
    assert (found.verdict, found.figure) == ("met", "10 of 210 sessions (4.76%)")


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_missing_term_leaves_it_open_however_bad_the_others_are(missing):
    """Three terms of records are needed, and the note names the one that is not there."""
    records = [record(term, 100, 100) for n, term in enumerate(LAST_THREE) if n != missing]
    found = evaluate(ABSENCE, case(*records), CHILD)
    assert found.verdict == "insufficient"
    assert found.note == f"no attendance record for the term {LAST_THREE[missing]}"


def test_other_terms_and_other_children_do_not_count():
    """The term before, the running term and a sister's records change nothing."""
    records = [record(term, 100, 10) for term in LAST_THREE]
    others = [record(TERMS[0], 100, 100), record(TERMS[4], 100, 100), record(LAST_THREE[0], 100, 100, member="c2")]
    assert evaluate(ABSENCE, case(*records, *others), CHILD) == evaluate(ABSENCE, case(*records), CHILD)


def test_a_record_that_cannot_be_placed_in_one_term_is_left_out():
    """A record over two terms or in the holidays fills no term."""
    two = record(LAST_THREE[0], 300, 0, to=LAST_THREE[1].last)
    holidays = record(LAST_THREE[0], 5, 0, from_="2012-07-21", to="2012-07-22")
    found = evaluate(ABSENCE, case(two, holidays), CHILD)
    assert (found.verdict, found.evidence, found.figure) == ("insufficient", (), None)


def test_two_records_of_one_term_are_added():
    """A child who changed school has a record from each."""
    first = [record(LAST_THREE[0], 100, 0), record(LAST_THREE[2], 100, 0)]
    halves = [record(LAST_THREE[1], 100, 0, to="2012-10-31"), record(LAST_THREE[1], 50, 50, from_="2012-11-01")]
    assert evaluate(ABSENCE, case(*first, *halves), CHILD).figure == "50 of 350 sessions (14.28%)"


def test_a_rate_may_count_every_absence():
    """Authorised and unauthorised absences may be counted together."""
    records = [record(term, 100, 10, authorised=5) for term in LAST_THREE]
    assert verdict(ABSENCE, *records, subject=CHILD) == "met"
    assert verdict(ALL_ABSENCE, *records, subject=CHILD) == "not_met"


def test_the_whole_familys_rate_takes_every_record():
    """Without a member the rate is that of all children together."""
    records = [record(term, 100, 0) for term in LAST_THREE] + [record(LAST_THREE[0], 100, 100, member="c2")]
    assert evaluate(ABSENCE, case(*records)).figure == "100 of 400 sessions (25%)"


def test_without_terms_a_rate_is_open():
    """Too few known terms leave nothing to measure."""
    found = evaluate(ABSENCE, case(terms=TERMS[:1]), CHILD)
    assert (found.verdict, found.window) == ("insufficient", None)
    assert found.note.startswith("of the last 3 complete school terms before 2013-05-20 1, ")
