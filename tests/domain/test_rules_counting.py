"""Counts and falls: thresholds, returns, bounds."""

from datetime import date

import pytest
from rule_help import ADULT, BASELINE, CHILD, SIX_MONTHS, THREE_TERMS, case, item, number, returns, rule, verdict

from domain.rules.evaluate import evaluate
from domain.rules.member import FamilyMember

TERM_DATES = [("2012-04-16", "2012-07-20"), ("2012-09-04", "2012-12-21"), ("2013-01-07", "2013-03-28")]
EXCLUSIONS = rule(
    "count",
    of="exclusion",
    where={"field": "type", "any_of": ["fixed"]},
    window=THREE_TERMS,
    compare="fewer-than",
    threshold=number(3),
)
CALLOUTS = rule("count", of="police-callout", window=SIX_MONTHS, compare="at-least", threshold=number(2))
ASB = rule("fall", of="asb-incident", window=SIX_MONTHS, baseline=BASELINE, at_least_percent=number(60))
OFFENDING = rule(
    "fall",
    of="offence",
    where={"field": "proven", "any_of": [True]},
    under_age=number(18),
    window=SIX_MONTHS,
    baseline=BASELINE,
    at_least_percent=number(33),
)
NOW, BEFORE = ("2012-11-21", "2013-05-20"), ("2011-05-02", "2011-11-01")


def exclusions(*days, type_="fixed", member="c1"):
    return [item("exclusion", on=day, type=type_, member=member) for day in days]


def term_returns(member="c1"):
    return [returns("exclusion", *dates, member) for dates in TERM_DATES]


def asb(before, now):
    incidents = [item("asb-incident", on=BEFORE[0], action="abc") for _ in range(before)]
    return incidents + [item("asb-incident", on=NOW[1], action="abc") for _ in range(now)]


def both(kind):
    return [returns(kind, *NOW), returns(kind, *BEFORE)]


def test_few_enough_exclusions_need_returns_for_every_term_day():
    """Two exclusions are fewer than three only where returns hold all three terms."""
    two = exclusions("2012-04-16", "2013-03-28")
    assert verdict(EXCLUSIONS, *two, *term_returns(), subject=CHILD) == "met"
    assert verdict(EXCLUSIONS, *two, *term_returns()[:2], subject=CHILD) == "insufficient"
    assert verdict(EXCLUSIONS, *two, subject=CHILD) == "insufficient"


@pytest.mark.parametrize("gap", ["2012-04-16", "2012-07-20", "2012-10-02"])
def test_one_day_without_a_return_leaves_a_count_open(gap):
    """A gap of one day at either edge or inside a term is a gap; days between terms are none."""
    day = date.fromisoformat(gap)
    pieces = [("2012-04-16", day.replace(day=day.day - 1)), (day.replace(day=day.day + 1), "2013-03-28")]
    covered = [returns("exclusion", *piece) for piece in pieces if str(piece[0]) <= str(piece[1])]
    assert verdict(EXCLUSIONS, *covered, subject=CHILD) == "insufficient"
    assert verdict(EXCLUSIONS, *covered, returns("exclusion", gap, gap), subject=CHILD) == "met"


def test_three_recorded_exclusions_decide_without_any_return():
    """The threshold is broken whatever else there was."""
    assert verdict(EXCLUSIONS, *exclusions("2012-04-16", "2012-09-04", "2013-03-28"), subject=CHILD) == "not_met"


def test_exclusions_outside_the_terms_or_of_another_type_or_child_do_not_count():
    """Holidays, permanent exclusions and other children lie outside the count."""
    others = exclusions("2012-04-15", "2012-07-21", "2013-03-29") + exclusions("2012-09-04", type_="permanent")
    others += exclusions("2012-09-05", member="c2")
    found = evaluate(EXCLUSIONS, case(*others, *term_returns()), CHILD)
    assert (found.verdict, found.figure) == ("met", "0")
    assert len(found.evidence) == 3


def test_returns_of_the_family_speak_for_each_child_and_those_of_another_child_do_not():
    """A return without a member holds for everyone; one of another member for nobody else."""
    assert verdict(EXCLUSIONS, *term_returns(member=None), subject=CHILD) == "met"
    assert verdict(EXCLUSIONS, *term_returns(member="c2"), subject=CHILD) == "insufficient"


def test_an_exclusion_without_a_member_may_be_any_childs():
    """Two of the child's own and one of nobody named are neither fewer than three nor three."""
    own, unnamed = exclusions("2012-04-16", "2012-04-17"), exclusions("2012-04-18", member=None)
    found = evaluate(EXCLUSIONS, case(*own, *unnamed, *term_returns()), CHILD)
    assert (found.verdict, found.figure) == ("insufficient", "2 to 3")
    assert "cannot be placed" in found.note
    assert verdict(EXCLUSIONS, own[0], *unnamed, *term_returns(), subject=CHILD) == "met"


def test_without_a_window_a_count_is_open():
    """Too few known terms leave nothing to count in."""
    found = evaluate(EXCLUSIONS, case(terms=()), CHILD)
    assert (found.verdict, found.figure, found.window) == ("insufficient", None, None)


def test_at_least_so_many_is_met_by_the_record_and_failed_only_by_returns():
    """Enough recorded incidents decide; too few need returns to say that there were no more."""
    one = item("police-callout", on="2013-05-20")
    two = item("police-callout", on="2012-11-21")
    assert verdict(CALLOUTS, one, two) == "met"
    assert verdict(CALLOUTS, one) == "insufficient"
    assert verdict(CALLOUTS, one, returns("police-callout", *NOW)) == "not_met"


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (5, 2, "met"),
        (5, 3, "not_met"),
        (10, 4, "met"),
        (1, 1, "not_met"),
        (1, 0, "met"),
        (2, 1, "not_met"),
        (3, 4, "not_met"),
    ],
)
def test_a_fall_by_exactly_the_percentage_is_enough(before, now, expected):
    """Five to two is down by 60%; the comparison is of whole numbers."""
    assert verdict(ASB, *asb(before, now), *both("asb-incident")) == expected


@pytest.mark.parametrize(("now", "expected"), [(0, "met"), (1, "not_met")])
def test_from_nothing_only_nothing_is_met(now, expected):
    """With a baseline of nought, nought is met and one is not."""
    assert verdict(ASB, *asb(0, now), *both("asb-incident")) == expected


def test_incidents_on_the_edges_of_both_windows_count_and_those_just_outside_do_not():
    """Both ends of a window are included."""
    inside = [item("asb-incident", on=day, action="abc") for day in (*BEFORE, *NOW)]
    outside = [
        item("asb-incident", on=day, action="abc") for day in ("2011-05-01", "2011-11-02", "2012-11-20", "2013-05-21")
    ]
    found = evaluate(ASB, case(*inside, *outside, *both("asb-incident")))
    assert found.figure == "2, now 2, down 0%"


def test_too_many_now_decide_though_the_present_is_incomplete():
    """Recorded incidents that already break the fall decide; too few leave it open."""
    baseline = returns("asb-incident", *BEFORE)
    assert verdict(ASB, *asb(5, 3), baseline) == "not_met"
    assert verdict(ASB, *asb(5, 2), baseline) == "insufficient"


@pytest.mark.parametrize(("before", "now"), [(0, 0), (9, 0), (9, 1), (1, 9)])
def test_nothing_is_decided_on_an_incomplete_baseline(before, now):
    """More incidents in the baseline could turn a failure, and a success could not be shown."""
    assert verdict(ASB, *asb(before, now), returns("asb-incident", *NOW)) == "insufficient"


def test_a_familys_count_needs_the_familys_returns():
    """A return of one member does not speak for the family."""
    partly = [returns("asb-incident", *BEFORE), returns("asb-incident", *NOW, "c1")]
    assert verdict(ASB, *asb(5, 0), *partly) == "insufficient"


def offences(*days, member="c1", proven=True):
    return [item("offence", on=day, proven=proven, member=member) for day in days]


def test_only_proven_offences_by_members_under_age_count():
    """Adults' and unproven offences lie outside the count, and a minor's role plays no part."""
    young = FamilyMember(id="a2", role="adult", born=date(1994, 5, 2))
    before = offences("2011-06-01", "2011-06-02") + offences("2011-06-03", member="a2")
    now = (
        offences("2013-05-01", member="a1") + offences("2013-05-02", proven=False) + offences("2013-05-03", member="a2")
    )
    found = evaluate(OFFENDING, case(*before, *now, *both("offence"), members=(ADULT, CHILD, young)))
    assert (found.verdict, found.figure) == ("met", "3, now 0, down 100%")


def test_the_eighteenth_birthday_is_no_longer_under_age():
    """On the day before the birthday an offence counts, on the birthday it does not."""
    member = FamilyMember(id="c1", role="child", born=date(1995, 5, 10))
    before = offences("2011-06-01")
    for day, expected in (("2013-05-09", "not_met"), ("2013-05-10", "met")):
        assert verdict(OFFENDING, *before, *offences(day), *both("offence"), members=(member,)) == expected


def test_who_was_born_on_29_february_comes_of_age_on_1_march():
    """On 28 February of a common year the eighteenth year is not complete."""
    assert FamilyMember(id="c1", role="child", born=date(2004, 2, 29)).ages_on(date(2022, 2, 28)) == (17, 17)
    assert FamilyMember(id="c1", role="child", born=date(2004, 2, 29)).ages_on(date(2022, 3, 1)) == (18, 18)


@pytest.mark.parametrize("member", ["c1", None])
def test_an_offence_of_unknown_age_leaves_the_count_between_bounds(member):
    """A child without a date of birth, or nobody named, may or may not be under age."""
    unknown = FamilyMember(id="c1", role="child")
    now = offences("2013-05-01", member=member)
    assert verdict(OFFENDING, *now, *both("offence"), members=(unknown,)) == "insufficient"
    before = offences("2011-06-01", "2011-06-02", member="c2")
    known = FamilyMember(id="c2", role="child", born=date(2000, 1, 1))
    found = evaluate(OFFENDING, case(*before, *now, *both("offence"), members=(unknown, known)))
    assert (found.verdict, found.figure) == ("met", "2, now 0 to 1")


def test_an_adult_without_a_date_of_birth_is_of_age():
    """The role says so where the date is missing."""
    unknown = FamilyMember(id="a9", role="adult")
    assert verdict(OFFENDING, *offences("2013-05-01", member="a9"), *both("offence"), members=(unknown,)) == "met"


def test_a_finding_names_the_days_without_a_return():
    """The note tells the coordinator which return to ask for."""
    found = evaluate(
        ASB, case(*asb(1, 0), returns("asb-incident", *BEFORE), returns("asb-incident", NOW[0], "2013-05-18"))
    )
    assert found.note == "baseline 2011-05-02 to 2011-11-01; no return of asb-incident for 2013-05-19 to 2013-05-20"
    assert found.figure == "1, now at least 0"
