"""Spans of days and the windows that rules look at."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from rule_help import TERMS, case, window

from domain.rules.spans import Span, intersect, longest_run, merge, subtract, total_days
from domain.rules.windows import LONGEST_HOLIDAYS, Window, after, months_to, terms_missing

WINDOW = TypeAdapter(Window)
START = date(2013, 1, 1)
SPANS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 8)).map(
        lambda pair: Span(START + timedelta(days=pair[0]), START + timedelta(days=sum(pair)))
    ),
    max_size=6,
)


def held(spans):
    return {span.first + timedelta(days=n) for span in spans for n in range(span.days)}


def span(first, last):
    return Span(date.fromisoformat(first), date.fromisoformat(last))


@given(SPANS, SPANS)
def test_spans_behave_as_sets_of_days(some, others):
    """Merging, taking away and sharing give the days that sets of days give."""
    assert held(merge(some)) == held(some)
    assert held(subtract(some, others)) == held(some) - held(others)
    assert held(intersect(some, others)) == held(some) & held(others)
    assert total_days(merge(some)) == len(held(some))


@pytest.mark.parametrize("last", [date.max, date(9999, 10, 1), date(9999, 9, 30)])
def test_terms_at_the_end_of_the_calendar(last):
    """Terms that end with the calendar are looked at as any others: what would come after it is its last day."""
    asked = WINDOW.validate_python(window("last-terms", 1))
    assert terms_missing(asked, date.max, (Span(date(9999, 9, 1), min(last, date(9999, 12, 30))),)) == ""
    assert after(last, LONGEST_HOLIDAYS) == min(date.max, date(9999, 12, 30) if last.month == 9 else date.max)


@given(SPANS)
def test_merged_spans_have_a_day_between_them(spans):
    """Spans that touch are one span, so the longest of them is the longest run without a break."""
    merged = merge(spans)
    assert all((later.first - span.last).days > 1 for span, later in pairwise(merged))
    assert longest_run(merged) == max((span.days for span in merged), default=0)


def test_spans_may_reach_the_ends_of_the_calendar():
    """A partner's 9999-12-31 for `no end` overflows nothing."""
    ever = Span(date.min, date.max)
    assert subtract([ever], [span("2013-01-01", "2013-01-01")])[1].last == date.max
    assert merge([ever, ever]) == (ever,)
    assert subtract([span("2013-01-01", "2013-01-05")], [ever]) == ()


@pytest.mark.parametrize(
    ("last", "first"),
    [
        ("2014-08-31", "2014-03-01"),
        ("2012-08-31", "2012-03-01"),
        ("2012-08-29", "2012-03-01"),
        ("2012-08-28", "2012-02-29"),
        ("2013-05-20", "2012-11-21"),
        ("2013-10-31", "2013-05-01"),
        ("2013-02-28", "2012-08-29"),
        ("2012-02-29", "2011-08-30"),
        ("2013-06-30", "2012-12-31"),
    ],
)
def test_six_months_are_calendar_months_clipped_at_the_end_of_a_month(last, first):
    """The window of six months to a day begins on the day after that day six months before."""
    assert months_to(date.fromisoformat(last), 6) == span(first, last)


@pytest.mark.parametrize(
    ("engaged", "expected"),
    [
        ("2013-06-10", ("2012-12-10", "2013-06-09")),
        ("2011-11-02", ("2011-05-02", "2011-11-01")),
        ("2013-03-01", ("2012-08-29", "2013-02-28")),
        ("2012-03-01", ("2011-08-30", "2012-02-29")),
    ],
)
def test_the_baseline_ends_the_day_before_engagement(engaged, expected):
    """The baseline is the six months to the day before `engaged_from`."""
    asked = WINDOW.validate_python(window("months-before-engagement", 6))
    assert case(engaged=date.fromisoformat(engaged)).days_of(asked) == (span(*expected),)


def test_the_last_days_count_as_of_itself():
    """The last 210 days of a day end with that day and hold 210 days."""
    (found,) = case().days_of(WINDOW.validate_python(window("last-days", 210)))
    assert (found.last, found.days) == (date(2013, 5, 20), 210)


@pytest.mark.parametrize(
    ("as_of", "last"), [("2013-07-23", 3), ("2013-07-24", 4), ("2013-03-29", 3), ("2013-03-28", 2)]
)
def test_a_term_that_ends_on_as_of_is_not_yet_complete(as_of, last):
    """The last three terms are those whose last day lies before as-of."""
    asked = WINDOW.validate_python(window("last-terms", 3))
    expected = TERMS[last - 2 : last + 1]
    assert case(as_of=date.fromisoformat(as_of)).days_of(asked) == expected


def test_too_few_terms_are_no_window():
    """With two complete terms known, three terms are no window at all."""
    assert case(terms=TERMS[:2]).days_of(WINDOW.validate_python(window("last-terms", 3))) == ()


@pytest.mark.parametrize(
    ("terms", "as_of", "lacks"),
    [
        ((), "2013-08-01", "of the last 2 complete school terms before 2013-08-01 0 are known"),
        (TERMS[:1], "2013-08-01", f"2013-08-01 1, {TERMS[0].first} to {TERMS[0].last}, are known"),
        (TERMS[:5], "2026-11-20", f"terms known end on {TERMS[4].last}, so those before 2026-11-20 are missing"),
        ((TERMS[2], TERMS[4]), "2013-08-01", f"terms are missing from {TERMS[2].last} to {TERMS[4].first}"),
        (TERMS[:5], "2013-08-01", ""),
    ],
)
def test_what_terms_are_missing_is_told_with_where_to_add_them(terms, as_of, lacks):
    """How many are known of how many, where the table ends, or between which days it has a gap."""
    asked = WINDOW.validate_python(window("last-terms", 2))
    told = case(terms=terms, as_of=date.fromisoformat(as_of)).terms_missing(asked)
    assert lacks in told
    assert told.endswith("; add them with: journeys terms add FILE.csv (a claim file may carry its own)") is bool(lacks)


@pytest.mark.parametrize(("as_of", "known"), [("2014-01-23", True), ("2014-01-24", False), ("2016-06-01", False)])
def test_a_table_of_terms_that_ended_long_ago_knows_no_last_terms(as_of, known):
    """Six months after the last term known, the terms since are missing, and the window with them."""
    asked = WINDOW.validate_python(window("last-terms", 3))
    assert bool(case(as_of=date.fromisoformat(as_of)).days_of(asked)) is known


@pytest.mark.parametrize("missing", [2, 3])
def test_a_table_with_a_term_missing_knows_no_consecutive_terms(missing):
    """Three terms with another one between them that is not in the table are not the last three."""
    asked = WINDOW.validate_python(window("last-terms", 3))
    gappy = (*TERMS[:missing], *TERMS[missing + 1 :])
    assert case(terms=gappy, as_of=date(2013, 8, 1)).days_of(asked) == ()
    assert case(terms=gappy[-2:], as_of=date(2013, 8, 1)).days_of(asked) == ()
