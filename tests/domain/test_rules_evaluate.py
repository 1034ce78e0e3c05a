"""The parts that join rules, choose their subjects, and explain them."""

from datetime import date

import pytest
from pydantic import ValidationError
from rule_help import ADULT, BASELINE, CHILD, RULE, SIX_MONTHS, THREE_TERMS, case, item, number, returns, rule, verdict

from domain.rules.evaluate import evaluate
from domain.rules.member import FamilyMember

WHOLE = ("2012-11-21", "2013-05-20")
CALM = rule("count", of="police-callout", window=SIX_MONTHS, compare="fewer-than", threshold=number(1))
SAFE = rule("count", of="domestic-abuse-incident", window=SIX_MONTHS, compare="fewer-than", threshold=number(1))
QUIET, LOUD = returns("police-callout", *WHOLE), item("police-callout", on="2013-05-20", member="c1")
DATES = ("lawful_basis_on", "key_worker_from", "assessed_on", "plan_on", "first_contact_on")
PRACTICE = rule("dates-before", dates=DATES, window=SIX_MONTHS)
AGES = {"youngest": number(5), "oldest": number(15), "on_first_day_of": THREE_TERMS}
AT_SCHOOL = rule("each-child", ages=AGES, rule=CALM)


def practice(**changes):
    return dict.fromkeys(DATES, date(2012, 11, 20)) | changes


def child(born, name="c1"):
    return FamilyMember(id=name, role="child", born=date.fromisoformat(born) if born else None)


@pytest.mark.parametrize(
    ("type_", "extra", "expected"),
    [
        ("all-of", {}, ("insufficient", "met", "not_met")),
        ("any-of", {}, ("met", "met", "insufficient")),
        ("at-least", {"n": number(1)}, ("met", "met", "insufficient")),
        ("at-least", {"n": number(2)}, ("insufficient", "met", "not_met")),
    ],
)
def test_rules_join_by_three_valued_logic(type_, extra, expected):
    """One rule met and one open, both met, one failed and one open."""
    both = rule(type_, rules=[CALM, SAFE], **extra)
    evidence = ([QUIET], [QUIET, returns("domestic-abuse-incident", *WHOLE)], [LOUD])
    assert tuple(verdict(both, *items) for items in evidence) == expected


def test_the_whole_family_stands_above_each_member():
    """Inside a rule for each child, `whole-family` counts everybody's incidents again."""
    each = rule("each-child", rule={"type": "whole-family", "rule": CALM})
    others = item("police-callout", on="2013-05-20", member="a1")
    assert verdict(each, QUIET, others) == "not_met"
    assert verdict(rule("each-child", rule=CALM), QUIET, others) == "met"


def test_each_child_must_meet_the_rule():
    """One child's failure is the family's, and the finding tells of both."""
    second = FamilyMember(id="c2", role="child", born=CHILD.born)
    found = evaluate(AT_SCHOOL, case(QUIET, LOUD, members=(ADULT, CHILD, second)))
    assert (found.verdict, found.figure) == ("not_met", "c1: 1; c2: 0")
    assert [part.name for part in found.parts] == ["c1", "c2"]


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("2007-04-16", "met"),
        ("2007-04-17", "not_applicable"),
        ("1996-04-17", "met"),
        ("1996-04-16", "not_applicable"),
        (None, "insufficient"),
    ],
)
def test_school_age_is_taken_on_the_first_day_of_the_first_term(born, expected):
    """Five on 16 April 2012 is in, the day after is not; sixteen on that day is out."""
    assert verdict(AT_SCHOOL, QUIET, members=(ADULT, child(born))) == expected


def test_without_a_child_of_the_ages_the_rule_does_not_apply():
    """The finding still says which window was looked at."""
    found = evaluate(AT_SCHOOL, case(QUIET, members=(ADULT,)))
    assert (found.verdict, found.note) == ("not_applicable", "no child aged 5 to 15 in the family")
    assert str(found.window.from_) == "2012-04-16"
    anybody = evaluate(rule("each-child", rule=CALM), case(members=(ADULT,)))
    assert (anybody.verdict, anybody.note) == ("not_applicable", "no child in the family")


def test_without_enough_terms_no_child_can_be_aged():
    """The rule stays open for every child, and does not apply without one."""
    assert verdict(AT_SCHOOL, QUIET, terms=()) == "insufficient"
    assert verdict(AT_SCHOOL, QUIET, terms=(), members=(ADULT,)) == "not_applicable"


def test_one_adult_is_enough_and_none_is_too_few():
    """Any adult may meet the rule; a family without adults does not."""
    any_adult = rule("any-adult", rule=CALM)
    second = FamilyMember(id="a2", role="adult")
    own = item("police-callout", on="2013-05-20", member="a1")
    found = evaluate(any_adult, case(QUIET, own, members=(ADULT, second)))
    assert (found.verdict, found.figure, found.evidence) == ("met", "a2: 0", (QUIET.id,))
    assert verdict(any_adult, QUIET, members=(CHILD,)) == "not_met"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "met"),
        ({"plan_on": date(2012, 11, 21)}, "not_met"),
        ({"plan_on": None}, "insufficient"),
        ({"plan_on": None, "assessed_on": date(2013, 1, 1)}, "not_met"),
    ],
)
def test_practice_must_be_dated_before_the_window(changes, expected):
    """On the first day is too late; a missing date is insufficient; a late one decides."""
    assert verdict(PRACTICE, practice=practice(**changes)) == expected


def test_practice_says_what_is_missing_and_what_is_late():
    """The note names the steps in words."""
    found = evaluate(PRACTICE, case(practice=practice(plan_on=None, key_worker_from=date(2013, 1, 1))))
    assert found.note == "missing: plan; not before: key worker (2013-01-01)"
    assert found.figure == "3 of 5 dates"


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "count", "of": "rumour", "window": SIX_MONTHS, "compare": "fewer-than", "threshold": number(1)},
        {"type": "all-of", "rules": []},
        {"type": "at-least", "n": number(2), "rules": [CALM]},
        {"type": "fall", "of": "offence", "window": SIX_MONTHS, "baseline": BASELINE, "at_least_percent": number(101)},
        {"type": "held", "of": "employment", "days": number(0), "window": SIX_MONTHS},
        {"type": "started", "of": ["employment"], "window": THREE_TERMS},
        {
            "type": "held",
            "of": "employment",
            "where": {"field": "benefit", "any_of": ["jsa"]},
            "days": number(1),
            "window": SIX_MONTHS,
        },
        {
            "type": "held",
            "of": "treatment",
            "where": {"field": "status", "any_of": ["engaged"], "none_of": ["started"]},
            "days": number(1),
            "window": SIX_MONTHS,
        },
    ],
)
def test_a_rule_that_cannot_work_is_refused(wrong):
    """Unknown kinds and fields, empty lists and thresholds out of reach are faults of the pack."""
    with pytest.raises(ValidationError):
        RULE.validate_python(wrong)


def test_a_number_that_is_not_verified_says_so_wherever_it_is_shown():
    """The threshold of a finding carries the confidence, its sources the rest."""
    doubtful = rule(
        "count",
        of="police-callout",
        window=SIX_MONTHS,
        compare="at-least",
        threshold=number(1) | {"confidence": "unverified"},
    )
    found = evaluate(doubtful, case())
    assert found.threshold == "at least 1 (unverified)"
    assert found.sources == ("test (unverified)", "test (verified)")
