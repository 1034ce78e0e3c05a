"""Needs and their outcomes: every one must be shown, and absence is shown by returns only."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from rule_help import ADULT, CHILD, RULE, SIX_MONTHS, THREE_TERMS, case, item, number, returns, rule, verdict

from domain.rules.evaluate import evaluate
from domain.rules.member import FamilyMember

WHOLE = ("2012-11-21", "2013-05-20")
FIRST, LAST = (date.fromisoformat(day) for day in WHOLE)
CALM = rule("count", of="police-callout", window=SIX_MONTHS, compare="fewer-than", threshold=number(1))
SAFE = rule("not-held", of="child-status", window=SIX_MONTHS)
CHILDREN_SAFE = rule("each-child", rule=SAFE)
OUTCOMES = rule(
    "each-need", outcomes=[{"needs": ["crime"], "rule": CALM}, {"needs": ["in-need", "on-plan"], "rule": CHILDREN_SAFE}]
)
QUIET, CLEAR = returns("police-callout", *WHOLE), returns("child-status", *WHOLE)
CALLOUT = item("police-callout", on="2013-05-20", member="c1")


def status(first, last=None, member="c1", code="cin", **fields):
    return item("child-status", from_=first, to=last, member=member, status=code, **fields)


@pytest.mark.parametrize(
    ("needs", "evidence", "expected"),
    [
        (("crime",), (QUIET,), "met"),
        (("crime", "in-need"), (QUIET, CLEAR), "met"),
        (("crime", "in-need"), (QUIET,), "insufficient"),
        (("crime", "in-need"), (CALLOUT,), "not_met"),
        (("crime", "on-plan"), (QUIET, status("2013-05-20")), "not_met"),
        (("crime", "debt"), (QUIET,), "insufficient"),
        (("crime", "debt"), (CALLOUT,), "not_met"),
        ((), (QUIET, CLEAR), "insufficient"),
    ],
)
def test_every_need_must_have_its_outcome(needs, evidence, expected):
    """One outcome missing leaves it open, one failed decides; a need without a rule and no need at all stay open."""
    assert verdict(OUTCOMES, *evidence, needs=needs) == expected


def test_a_need_that_cannot_be_judged_says_why():
    """The finding names each need, and says of one without a rule, and of a family without needs, that it is open."""
    found = evaluate(OUTCOMES, case(QUIET, needs=("crime", "debt")))
    assert [(part.name, part.verdict) for part in found.parts] == [("crime", "met"), ("debt", "insufficient")]
    assert found.note == "debt: the programme has no rule for the outcome of this need"
    assert evaluate(OUTCOMES, case(QUIET)).note == "no need of the family is known"


def test_a_need_whose_rule_does_not_apply_has_no_outcome():
    """A need of children in a family without children is not an outcome that was reached."""
    found = evaluate(OUTCOMES, case(CLEAR, members=(ADULT,), needs=("in-need",)))
    assert (found.verdict, found.note) == (
        "insufficient",
        "in-need: no outcome can be shown: no child in the family",
    )
    silent = rule("each-need", outcomes=[{"needs": ["x"], "rule": {"type": "all-of", "rules": [CHILDREN_SAFE]}}])
    assert verdict(silent, members=(ADULT,), needs=("x",)) == "insufficient"


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ((), "insufficient"),
        ((CLEAR,), "met"),
        ((returns("child-status", "2012-11-22", "2013-05-20"),), "insufficient"),
        ((returns("child-status", *WHOLE, member="c1"),), "met"),
        ((returns("child-status", *WHOLE, member="c2"),), "insufficient"),
        ((CLEAR, status("2010-01-01", "2012-11-20")), "met"),
        ((CLEAR, status("2010-01-01", "2012-11-21")), "not_met"),
        ((CLEAR, status("2013-05-20")), "not_met"),
        ((CLEAR, status("2013-05-21")), "met"),
        ((status("2010-01-01"),), "not_met"),
        ((CLEAR, status("2010-01-01", member="a1")), "met"),
        ((CLEAR, status("2010-01-01", member=None)), "insufficient"),
        ((CLEAR, status("2010-01-01", observed_on="2012-01-01"), status("2010-01-01", "2012-01-31")), "met"),
    ],
)
def test_absence_is_shown_by_returns_and_broken_by_a_day(evidence, expected):
    """Returns must hold the window; one day of the status breaks it; the last report of a spell stands."""
    assert verdict(SAFE, *evidence, subject=CHILD) == expected


def test_the_absence_of_one_status_says_nothing_of_others():
    """A limit by code looks at spells of that code only, and the family is looked at as a whole without a subject."""
    plan = rule("not-held", of="child-status", where={"field": "status", "any_of": ["cp-plan"]}, window=SIX_MONTHS)
    assert verdict(plan, CLEAR, status("2010-01-01")) == "met"
    assert verdict(plan, CLEAR, status("2010-01-01", code="cp-plan", member="a1")) == "not_met"
    assert verdict(plan, CLEAR, status("2010-01-01", code="cp-plan", member=None)) == "not_met"


def test_absence_explains_itself():
    """The finding tells the days held, the days no return speaks of, and the evidence used."""
    held, doubtful = status("2013-05-01", "2013-05-10"), status("2013-05-01", member=None)
    found = evaluate(SAFE, case(held, doubtful), CHILD)
    assert (found.figure, found.threshold) == ("10 days", "not on any day")
    assert found.note == (
        "no return of child-status for 2012-11-21 to 2013-05-20; 1 of child-status cannot be placed: no member named"
    )
    assert found.evidence == tuple(sorted((held.id, doubtful.id)))


def test_one_child_is_enough_and_none_is_too_few():
    """Any child may meet the rule; a family without children does not."""
    any_child = rule("any-child", rule=CALM)
    second = FamilyMember(id="c2", role="child")
    assert verdict(any_child, QUIET, CALLOUT, members=(ADULT, CHILD, second)) == "met"
    assert verdict(any_child, QUIET, CALLOUT) == "not_met"
    assert verdict(any_child, QUIET, members=(ADULT,)) == "not_met"


TERM_DAYS = (("2012-04-16", "2012-07-20"), ("2012-09-04", "2012-12-21"), ("2013-01-07", "2013-03-28"))
TIGHTENED = number(15) | {"then": [{"from": "2013-05-20", **number(10)}, {"from": "2014-05-20", **number(5)}]}


@pytest.mark.parametrize(
    ("as_of", "threshold"),
    [("2013-05-19", "below 15%"), ("2013-05-20", "below 10%"), ("2014-05-19", "below 10%"), ("2014-05-20", "below 5%")],
)
def test_a_threshold_that_changes_is_the_one_in_force_on_as_of(as_of, threshold):
    """The first holds until the day before the next begins."""
    school = rule(
        "rate",
        of="school-attendance",
        absences=["authorised", "unauthorised"],
        window=THREE_TERMS,
        compare="below",
        threshold=TIGHTENED,
    )
    records = [
        item("school-attendance", member="c1", from_=a, to=b, sessions=100, authorised=6, unauthorised=6)
        for a, b in TERM_DAYS
    ]
    found = evaluate(school, case(*records, as_of=date.fromisoformat(as_of)), CHILD)
    assert found.threshold == threshold
    assert evaluate(school, case(*records, as_of=date(2013, 5, 19)), CHILD).verdict == "met"
    assert evaluate(school, case(*records, as_of=date(2013, 5, 20)), CHILD).verdict == "not_met"
    assert RULE.dump_python(school, mode="json")["threshold"]["then"][0]["from"] == "2013-05-20"


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "each-need", "outcomes": []},
        {"type": "each-need", "outcomes": [{"needs": [], "rule": CALM}]},
        {"type": "each-need", "outcomes": [{"needs": ["a"], "rule": CALM}, {"needs": ["a"], "rule": SAFE}]},
        {"type": "not-held", "of": "exclusion", "window": SIX_MONTHS},
        {
            "type": "not-held",
            "of": "employment",
            "where": {"field": "benefit", "any_of": ["jsa"]},
            "window": SIX_MONTHS,
        },
        {
            "type": "rate",
            "of": "school-attendance",
            "absences": ["unauthorised", "unauthorised"],
            "window": THREE_TERMS,
            "compare": "below",
            "threshold": number(1),
        },
        {
            "type": "rate",
            "of": "school-attendance",
            "absences": ["unauthorised"],
            "window": THREE_TERMS,
            "compare": "below",
            "threshold": number(1)
            | {"then": [{"from": "2013-01-01", **number(2)}, {"from": "2013-01-01", **number(3)}]},
        },
    ],
)
def test_a_rule_of_needs_that_cannot_work_is_refused(wrong):
    """Two outcomes of one need, an incident that cannot be held, and days out of order are faults of the pack."""
    with pytest.raises(ValidationError):
        RULE.validate_python(wrong)


def drawn(seed):
    """Spells, callouts and returns with luck, crowded at the edges of the window, drawn from one seed."""
    rng = random.Random(seed)

    def near():
        return rng.choice((FIRST, LAST)) + timedelta(days=rng.randint(-2, 2))

    evidence = []
    for _ in range(rng.choice((0, 0, 1, 2))):
        begin = near()
        end = rng.choice((None, begin + timedelta(days=rng.randint(0, 3))))
        evidence.append(status(begin, end, member=rng.choice(("c1", "c1", "a1", None))))
    evidence += [item("police-callout", on=near(), member="c1") for _ in range(rng.choice((0, 0, 1)))]
    for kind in ("child-status", "police-callout"):
        cut = FIRST + timedelta(days=rng.randint(0, 180))
        pieces = ((FIRST, cut), (cut + timedelta(days=rng.choice((1, 1, 1, 2))), LAST))
        evidence += [returns(kind, a, b) for a, b in pieces if a <= b and rng.random() < 0.9]
    needs = tuple(sorted(rng.sample(("crime", "in-need", "on-plan", "debt"), rng.randint(0, 3))))
    return evidence, needs, rng


@given(st.integers(0, 2**32))
def test_needs_are_judged_alike_in_any_order_of_evidence(seed):
    """Shuffled and repeated evidence gives the same finding, byte for byte."""
    evidence, needs, rng = drawn(seed)
    shuffled = rng.sample([*evidence, *evidence[:2]], len([*evidence, *evidence[:2]]))
    findings = [evaluate(OUTCOMES, case(*items, needs=needs)) for items in (evidence, shuffled, evidence)]
    assert len({found.model_dump_json() for found in findings}) == 1


@given(st.integers(0, 2**32))
def test_returns_settle_needs_and_never_turn_them(seed):
    """Without some returns a need is judged the same or stays insufficient."""
    evidence, needs, rng = drawn(seed)
    fewer = [held for held in evidence if held.kind != "return" or rng.random() < 0.5]
    after = evaluate(OUTCOMES, case(*evidence, needs=needs))
    before = evaluate(OUTCOMES, case(*fewer, needs=needs))
    assert before.verdict in {after.verdict, "insufficient"}
    for part, was in zip(after.parts, before.parts, strict=True):
        assert was.verdict in {part.verdict, "insufficient"}


@given(st.integers(0, 2**32))
def test_what_speaks_of_nothing_a_need_asks_changes_no_byte(seed):
    """Other kinds, days after as-of and returns outside the window alter no finding."""
    evidence, needs, rng = drawn(seed)
    extra = [
        item("eviction-notice", on=LAST),
        item("treatment", from_=FIRST, status="engaged", member="a1"),
        item("police-callout", on=LAST + timedelta(days=1), member="c1"),
        status(LAST + timedelta(days=1), member="c1"),
        returns("child-status", "2010-01-01", FIRST - timedelta(days=1)),
        returns("offence", *WHOLE),
    ]
    added = [*evidence, *rng.sample(extra, 3)]
    found, same = (evaluate(OUTCOMES, case(*items, needs=needs)) for items in (evidence, added))
    assert found.model_dump_json() == same.model_dump_json()


@given(st.integers(0, 2**32))
def test_another_need_never_makes_a_claim_easier(seed):
    """With one more need the outcome is the same or worse, unless no need was known before."""
    evidence, needs, rng = drawn(seed)
    order = ("not_met", "insufficient", "met")
    more = tuple(sorted({*needs, rng.choice(("crime", "in-need", "on-plan", "debt"))}))
    before, after = (order.index(verdict(OUTCOMES, *evidence, needs=known)) for known in (needs, more))
    assert not needs or after <= before
