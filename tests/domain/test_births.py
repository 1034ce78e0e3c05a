"""Births known by day, month, year or expectation, and what rules make of ages that are not certain."""

import copy
from datetime import date, timedelta

import pytest
from claim_random import claim_of
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from rule_help import ADULT, case, item
from test_rules_counting import EXCLUSIONS, OFFENDING, both, offences
from test_rules_evaluate import AT_SCHOOL, LOUD, QUIET

from domain.births import birth_days
from domain.claims.claim_file import ClaimFile, check
from domain.rules.evaluate import evaluate
from domain.rules.member import FamilyMember
from domain.rules.spans import Span
from programmes import load

PACK = load("troubled-families-2012")


def child(born=None, name="c1", **fields):
    return FamilyMember.model_validate({"id": name, "role": "child", "born": born} | fields)


@pytest.mark.parametrize(
    ("born", "first", "last"),
    [
        ("2012-02-29", date(2012, 2, 29), date(2012, 2, 29)),
        ("2012-02", date(2012, 2, 1), date(2012, 2, 29)),
        ("2012", date(2012, 1, 1), date(2012, 12, 31)),
    ],
)
def test_a_birth_is_known_as_far_as_it_is_written(born, first, last):
    """A day is that day; a month and a year are any day of theirs, and come back as they were written."""
    member = child(born)
    assert birth_days(member.born) == Span(first, last)
    assert FamilyMember.model_validate_json(member.model_dump_json()) == member
    assert f'"born":"{born}"' in member.model_dump_json()


@pytest.mark.parametrize("wrong", ["", "12", "2012-13", "0000", "2012-02-30", "20120203", "spring 2012", 2012, True])
def test_what_is_no_birth_is_refused(wrong):
    """A word, a number, or a day that does not exist is refused with what to write."""
    with pytest.raises(ValidationError):
        child(wrong)


def test_who_leaves_before_they_join_is_refused():
    """The days that somebody belongs to the family are in order; one day is enough."""
    with pytest.raises(ValidationError, match="swap or correct them"):
        child(**{"from": "2013-05-20", "to": "2013-05-19"})
    assert child(**{"from": "2013-05-20", "to": "2013-05-20"}).belongs(date(2013, 5, 20))


def test_an_unborn_child_has_the_day_it_is_expected():
    """It is not of age before, and about as old as that day says after; its own birth stands before it."""
    unborn = child(expected="2013-08-01")
    assert unborn.ages_on(date(2013, 5, 20)) == (-1, 0)
    assert unborn.ages_on(date(2012, 5, 20)) == (-2, -1)
    assert unborn.ages_on(date(2020, 1, 1)) == (6, 7)
    assert child("2013-07-30", expected="2013-08-01").ages_on(date(2013, 7, 31)) == (0, 0)
    assert evaluate(AT_SCHOOL, case(QUIET, members=(ADULT, unborn))).verdict == "not_applicable"


@pytest.mark.parametrize(
    ("born", "verdict", "note"),
    [
        ("2003", "met", ""),
        ("2007-03", "met", ""),
        ("2007-05", "not_applicable", "no child aged 5 to 15 in the family"),
        ("2007", "insufficient", "aged 4 to 5 on 2012-04-16: the date of birth is not certain"),
        ("1996-04", "insufficient", "aged 15 to 16 on 2012-04-16: the date of birth is not certain"),
        (None, "insufficient", "the date of birth is missing"),
    ],
)
def test_a_year_is_enough_where_every_day_of_it_gives_one_answer(born, verdict, note):
    """A rule for ages is open for whoever may or may not be of them, and says so."""
    found = evaluate(AT_SCHOOL, case(QUIET, members=(ADULT, child(born))))
    assert found.verdict == verdict
    assert note in found.note


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [((QUIET,), "met"), ((QUIET, LOUD), "not_met"), ((), "insufficient")],
)
def test_an_age_that_makes_no_difference_leaves_nothing_open(evidence, expected):
    """Beside a sister of the ages, a child who meets the rule as she does changes nothing whatever its age."""
    sister = child("2003-01-01", "c2")
    loud = [each.model_copy(update={"member": "c2"}) if each is LOUD else each for each in evidence]
    assert evaluate(AT_SCHOOL, case(*loud, members=(child(), sister))).verdict == expected


def test_an_age_that_makes_a_difference_leaves_the_rule_open():
    """A child of unknown age who would fail the family leaves it open."""
    sister = child("2003-01-01", "c2")
    loud = LOUD.model_copy(update={"member": "c1"})
    found = evaluate(AT_SCHOOL, case(QUIET, loud, members=(child(), sister)))
    assert (found.verdict, found.parts[0].note) == ("insufficient", "the date of birth is missing")


@pytest.mark.parametrize(("born", "expected"), [("1994", "met"), ("1995", "insufficient"), ("1996", "not_met")])
def test_an_offence_counts_where_every_day_of_the_year_makes_it_a_minors(born, expected):
    """Born in 1995, somebody was of age in May 2013 or not."""
    told = [*offences("2013-05-01"), *both("offence")]
    found = evaluate(OFFENDING, case(*told, members=(child(born),)))
    assert found.verdict == expected
    assert ("the age of c1 is not certain" in found.note) is (expected == "insufficient")


def test_who_may_have_been_a_minor_later_was_one_before():
    """Of one member's incidents the earlier are under age where the later are, so the fall may be certain."""
    before, now = offences("2011-06-01", "2011-06-02"), offences("2013-05-01")
    unknown = child()
    assert evaluate(OFFENDING, case(*before, *now, *both("offence"), members=(unknown,))).verdict == "met"
    alone = [*offences("2011-06-01"), *now, *both("offence")]
    assert evaluate(OFFENDING, case(*alone, members=(unknown,))).verdict == "insufficient"


def test_an_incident_that_was_told_before_its_day_may_not_have_happened():
    """It leaves the count between two bounds, with the reason."""
    told = item("offence", on="2013-05-01", proven=True, member="c1", observed_on="2013-04-30")
    found = evaluate(OFFENDING, case(told, *both("offence")))
    assert (found.verdict, found.figure) == ("insufficient", "0, now 0 to 1")
    assert found.note.endswith("1 of offence cannot be placed: reported before its day")


@given(st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_a_verdict_is_one_only_where_every_possible_day_gives_it(seed):
    """Each limb of a claim with a birth known by month is what all days of it come to, and otherwise open."""
    raw = claim_of(seed)
    member = raw["family"]["members"][seed % len(raw["family"]["members"])]
    month = member["born"][:7]
    span = birth_days(month)
    days = [span.first + timedelta(days=n) for n in range(span.days)]
    worlds = [_limbs(_born(raw, member["id"], str(day))) for day in days]
    for name, verdict in _limbs(_born(raw, member["id"], month)).items():
        found = {world[name] for world in worlds}
        assert verdict == (found.pop() if len(found) == 1 else "insufficient")


@given(st.integers(0, 2**32), st.lists(st.integers(0, 364), min_size=4, max_size=4))
@settings(max_examples=40, deadline=None)
def test_a_year_gives_no_verdict_that_a_day_of_it_would_not(seed, chosen):
    """Whatever day of the year it was, what was decided without knowing it is what it comes to."""
    raw = claim_of(seed)
    member = raw["family"]["members"][seed % len(raw["family"]["members"])]
    year = member["born"][:4]
    blurred = _limbs(_born(raw, member["id"], year))
    for day in {0, 364, *chosen}:
        world = _limbs(_born(raw, member["id"], str(birth_days(year).first + timedelta(days=day))))
        assert {name for name, verdict in blurred.items() if verdict not in {world[name], "insufficient"}} == set()


def _born(raw, name, born):
    told = copy.deepcopy(raw)
    for member in told["family"]["members"]:
        if member["id"] == name:
            member["born"] = born
    return told


def _limbs(raw):
    report = check(ClaimFile.model_validate(raw), PACK)
    return {limb.limb: limb.verdict for limb in report.results[0].limbs}


def test_a_count_about_a_child_asks_for_the_days_on_which_it_belonged():
    """Returns and incidents of other days are not asked for, and of a child that belonged on none, nothing is."""
    joined = child("2003-01-01", **{"from": "2013-01-07"})
    own = [item("exclusion", on=day, type="fixed", member="c1") for day in ("2012-09-05", "2012-09-06", "2012-09-07")]
    quiet = item("return", of="exclusion", from_="2013-01-07", to="2013-03-28")
    found = evaluate(EXCLUSIONS, case(*own, quiet, members=(joined,)), joined)
    assert (found.verdict, found.figure, found.evidence) == ("met", "0", (quiet.id,))
    late = child("2003-01-01", **{"from": "2013-04-01"})
    assert evaluate(EXCLUSIONS, case(*own, members=(late,)), late).verdict == "not_applicable"


def test_a_family_is_judged_by_who_belongs_to_it_on_the_day():
    """A child that left is not tested, and an adult that left earns nothing."""
    gone = child("2003-01-01", to="2013-05-19")
    assert evaluate(AT_SCHOOL, case(LOUD, members=(ADULT, gone))).verdict == "not_applicable"
    assert evaluate(AT_SCHOOL, case(QUIET, members=(gone.model_copy(update={"to": None}),))).verdict == "met"
