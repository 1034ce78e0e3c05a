"""Attendance: school days, reports that overlap, and the days that nobody tells of."""

import pytest
from rule_help import CHILD, TERMS, case, item
from test_rules_rates import ABSENCE, LAST_THREE, record

from domain.rules.evaluate import evaluate
from domain.rules.member import FamilyMember

SUMMER, AUTUMN, SPRING = LAST_THREE
OTHERS = [record(SUMMER, 100, 0), record(SPRING, 100, 0)]


def told(name, sessions, unauthorised, seen="2013-01-07", **fields):
    return record(AUTUMN, sessions, unauthorised, id=name, observed_on=seen, **fields)


def judged(*reports, child=CHILD):
    return evaluate(ABSENCE, case(*OTHERS, *reports, members=(child,)), child)


def test_a_later_report_of_the_same_term_replaces_the_earlier():
    """Only the later counts, up or down, and the explanation says which took whose place."""
    for first, second, verdict in ((0, 60, "not_met"), (60, 0, "met")):
        found = judged(told("a", 100, first), told("b", 100, second, seen="2013-02-01"))
        assert (found.verdict, found.figure.split(" ")[0]) == (verdict, str(second))
        assert found.note == "b is a later report of the same days and replaces a"
        assert "a" not in found.evidence


def test_the_order_of_recording_decides_between_two_of_one_day():
    """Without it nobody can tell which is right, and both are named."""
    found = judged(told("a", 100, 0, recorded=1), told("b", 100, 60, recorded=2))
    assert (found.verdict, found.figure) == ("not_met", "60 of 300 sessions (20%)")
    for more in ({}, {"recorded": 1}):
        found = judged(told("a", 100, 0), told("b", 100, 60, **more))
        assert (found.verdict, found.figure) == ("insufficient", "0 of 200 sessions (0%)")
        assert {"a", "b"} <= set(found.evidence)
        assert found.note == "a and b overlap and were observed on one day: which is right is unknown"


def test_one_report_sent_twice_is_one():
    """Two ids of the same words are counted once; from another source they are two that overlap."""
    assert judged(told("a", 100, 9), told("b", 100, 9)).figure == "9 of 300 sessions (3%)"
    found = judged(told("a", 100, 9), told("b", 100, 9, source="another"))
    assert found.verdict == "insufficient"
    assert found.note == "a and b overlap and come from two sources: which is right is unknown"


def test_two_sources_that_do_not_overlap_are_added():
    """A child who changed school has the days of each; a weekend between is no gap."""
    halves = [told("a", 50, 5, to="2012-10-26"), told("b", 50, 40, from_="2012-10-29", source="another")]
    assert judged(*halves).figure == "45 of 300 sessions (15%)"


def test_weekly_reports_that_grow_are_each_replaced_by_the_next():
    """A school that tells the term so far again and again is heard at its last word."""
    weeks = [told(f"w{n}", 10 * n, n, to=f"2012-{9 + n}-01", seen=f"2012-{9 + n}-05") for n in range(1, 4)]
    found = judged(*weeks, told("whole", 100, 10))
    assert (found.verdict, found.figure) == ("met", "10 of 300 sessions (3.33%)")
    assert found.note == "whole is a later report of the same days and replaces w1, w2, w3"


@pytest.mark.parametrize("part", [{"to": "2012-10-26"}, {"from_": "2012-10-29"}])
def test_a_later_report_of_a_part_of_a_term_leaves_the_rest_open(part):
    """What the earlier one says of the other days cannot be told apart, and both are named."""
    found = judged(told("a", 100, 0), told("b", 50, 0, seen="2013-02-01", **part))
    assert (found.verdict, set(found.evidence) >= {"a", "b"}) == ("insufficient", True)
    assert found.note == ("a and b overlap: the second is later, and what the first says of its other days is unknown")


def test_a_report_of_the_whole_settles_those_of_its_parts():
    """Whatever overlapped before, a later report of the whole term replaces it."""
    parts = [told("a", 100, 60), told("b", 50, 50, seen="2013-02-01", to="2012-10-26")]
    found = judged(*parts, told("c", 100, 3, seen="2013-03-01"))
    assert (found.verdict, found.figure) == ("met", "3 of 300 sessions (1%)")
    assert found.note == "c is a later report of the same days and replaces a, b"


def test_a_first_week_is_no_term():
    """The school days that are missing are named, from the first to the last of each run."""
    found = judged(told("a", 8, 0, to="2012-09-07"), told("b", 10, 0, from_="2012-10-01", to="2012-10-05"))
    assert found.verdict == "insufficient"
    assert found.note == ("no attendance record for the school days 2012-09-10 to 2012-09-28, 2012-10-08 to 2012-12-21")


@pytest.mark.parametrize(
    ("dates", "missing"),
    [
        ({"from_": "2012-04-17"}, "2012-04-16"),
        ({"to": "2012-07-19"}, "2012-07-20"),
        ({"observed_on": "2012-07-19"}, "2012-07-20"),
        ({"observed_on": "2012-07-18"}, "2012-07-19 to 2012-07-20"),
    ],
)
def test_a_single_school_day_that_nobody_tells_of_is_missing(dates, missing):
    """There is no tolerance; the day of observation is told of, and the day after is not."""
    short = record(SUMMER, 100, 0, **dates)
    whole = [record(AUTUMN, 100, 0), record(SPRING, 100, 0)]
    found = evaluate(ABSENCE, case(short, *whole), CHILD)
    assert (found.verdict, found.note) == ("insufficient", f"no attendance record for the school days {missing}")


def test_weekends_and_bank_holidays_are_no_school_days():
    """The early May and the spring bank holiday, and the jubilee of 2012, need no report."""
    pieces = [
        ("2012-04-16", "2012-05-04"),
        ("2012-05-08", "2012-06-01"),
        ("2012-06-06", "2012-07-20"),
    ]
    summer = [record(SUMMER, 30, 0, from_=first, to=last) for first, last in pieces]
    assert evaluate(ABSENCE, case(*summer, record(AUTUMN, 100, 0), record(SPRING, 100, 0)), CHILD).verdict == "met"


def test_what_runs_over_two_terms_counts_for_neither_and_yet_replaces():
    """A later report that cannot be split takes the place of those of its days, and leaves them open."""
    both = record(AUTUMN, 200, 0, id="z", to=SPRING.last, observed_on="2013-05-21")
    found = judged(told("a", 100, 0), both)
    assert found.verdict == "insufficient"
    assert "z runs over more than one term and cannot be split" in found.note


def test_a_report_that_was_observed_before_it_begins_tells_of_nothing():
    """It was written about days that nobody had seen."""
    found = judged(told("a", 100, 0, seen="2012-09-03"))
    assert found.note == f"no attendance record for the term {AUTUMN}"


def test_a_child_is_asked_for_the_days_on_which_it_belonged():
    """Days before it joined need no report, one of the whole term is good for the rest, and none is asked of no day."""
    joined = CHILD.model_copy(update={"from_": SPRING.first})
    found = evaluate(ABSENCE, case(record(SPRING, 100, 3), members=(joined,)), joined)
    assert (found.verdict, found.figure) == ("met", "3 of 100 sessions (3%)")
    late = FamilyMember(**{"id": "c1", "role": "child", "from": TERMS[4].first})
    assert evaluate(ABSENCE, case(members=(late,)), late).verdict == "not_applicable"


def test_the_whole_family_is_asked_for_every_child_that_anybody_reports_on():
    """A child with one report needs those of the other terms; without any report every term is missing."""
    records = [record(term, 100, 0) for term in LAST_THREE]
    sister = item(
        "school-attendance",
        member="c2",
        from_=SUMMER.first,
        to=SUMMER.last,
        sessions=10,
        authorised=0,
        unauthorised=0,
    )
    assert evaluate(ABSENCE, case(*records)).verdict == "met"
    assert evaluate(ABSENCE, case(*records, sister)).verdict == "insufficient"
    assert evaluate(ABSENCE, case()).note.startswith("no attendance record for the term")
