"""The national packs of 2015 and 2022: whom they take in, what each need asks, and what they pay, once a family."""

from datetime import date, timedelta

import pytest
from given import MEMBERS, REFERRAL, ROOM, Given, ask, at, noon
from rule_evidence import World, item, raw, returns

from domain.calendar import calendar_of
from domain.claims.claim_file import ClaimFile, Family, Practice, check
from domain.journey import commands as c
from domain.journey.agenda import due_on
from domain.journey.evolve import fold
from domain.rules.payment import payable
from domain.rules.spans import Span
from programmes import load

EXPANDED, SUPPORTING = load("expanded-2015"), load("supporting-families-2022")
PROGRESS, WORK = EXPANDED.results
(OUTCOME,) = SUPPORTING.results
ADULT_ONLY = MEMBERS[:1]
BY_HEADLINE = SUPPORTING.model_copy(
    update={"eligibility": SUPPORTING.eligibility.model_copy(update={"counting": "groups"})}
)


@pytest.mark.parametrize(
    ("criteria", "members", "expected"),
    [
        (("school", "health"), MEMBERS, True),
        (("school",), MEMBERS, False),
        (("school", "poverty"), MEMBERS, False),
        (("school", "health"), ADULT_ONLY, False),
    ],
)
def test_two_of_six_problems_and_a_dependent_child(criteria, members, expected):
    """The expanded programme takes a family with two of its problems and a child."""
    assert EXPANDED.judge(criteria, members).eligible is expected


@pytest.mark.parametrize(
    ("needs", "by_needs", "by_headlines"),
    [
        (("parenting", "missing", "radicalisation"), True, False),
        (("parenting", "missing", "workless-adult"), True, True),
        (("parenting", "missing"), False, False),
    ],
)
def test_three_needs_or_three_headlines_is_a_setting(needs, by_needs, by_headlines):
    """Three needs are enough where needs count; where headlines count they must stand under three."""
    assert SUPPORTING.judge_needs(needs).eligible is by_needs
    assert BY_HEADLINE.judge_needs(needs).eligible is by_headlines


@pytest.mark.parametrize(
    ("criteria", "members", "expected"),
    [((), MEMBERS, True), ((), ADULT_ONLY, False), (("expectant-parent",), ADULT_ONLY, True)],
)
def test_children_or_expectant_parents(criteria, members, expected):
    """Supporting Families takes in a household with a child, or one that expects one, and judges needs later."""
    assert SUPPORTING.judge(criteria, members).eligible is expected


def claimed(pack, as_of, needs, *evidence):
    """Check a claim of the family of the generator, its practice two years old."""
    world = World(as_of=as_of)
    claim = ClaimFile(
        programme=pack.name,
        as_of=as_of,
        engaged_from=world.engaged,
        family=Family(members=(world.adult, world.child)),
        evidence=evidence,
        practice=Practice(**dict.fromkeys(Practice.model_fields, world.engaged)),
        needs=needs,
    )
    return check(claim, pack)


TERMS_OF_2014 = (("2014-09-02", "2014-12-19"), ("2015-01-05", "2015-03-27"), ("2015-04-13", "2015-07-21"))


@pytest.mark.parametrize(
    ("as_of", "missed", "expected"),
    [
        ("2015-08-31", 14, "met"),
        ("2015-08-31", 15, "not_met"),
        ("2015-09-01", 10, "not_met"),
        ("2015-09-01", 9, "met"),
    ],
)
def test_school_attendance_above_85_becomes_90_in_september_2015(as_of, missed, expected):
    """Of the same three terms 14% missed is enough in August and too much in September."""
    terms = [Span(date.fromisoformat(first), date.fromisoformat(last)) for first, last in TERMS_OF_2014]
    records = [
        item("school-attendance", "c1", from_=t.first, to=t.last, sessions=100, authorised=missed, unauthorised=0)
        for t in terms
    ]
    report = claimed(EXPANDED, date.fromisoformat(as_of), ("school",), *records, *returns("exclusion", *terms))
    assert report.results[0].limbs[0].verdict == expected


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        (("domestic-abuse",), "met"),
        (("domestic-abuse", "crime-or-asb"), "insufficient"),
        (("domestic-abuse", "debt"), "insufficient"),
        ((), "insufficient"),
    ],
)
def test_progress_needs_an_outcome_on_every_problem(needs, expected):
    """A problem found later and not shown, one without a rule, or none known: nothing is paid."""
    as_of = date(2017, 5, 20)
    quiet = returns("domestic-abuse-incident", Span(date(2016, 11, 21), as_of))
    report = claimed(EXPANDED, as_of, needs, *quiet)
    assert report.results[0].verdict == expected
    assert report.payable.amount == (800 if expected == "met" else 0)


def test_a_need_that_no_evidence_shows_stays_open():
    """Parenting has no kind of evidence, so its outcome is told as missing and never taken for granted."""
    report = claimed(SUPPORTING, date(2023, 5, 20), ("parenting",))
    assert report.results[0].verdict == "insufficient"
    assert "parenting: the programme has no rule" in report.results[0].limbs[0].note


@pytest.mark.parametrize(
    ("met", "paid", "expected"),
    [
        ([PROGRESS, WORK], {}, 800),
        ([WORK], {PROGRESS.name: 800}, 0),
        ([PROGRESS], {WORK.name: 800}, 0),
        ([PROGRESS, WORK], {PROGRESS.name: 800}, 0),
        ([PROGRESS], {}, 800),
    ],
)
def test_one_result_a_family(met, paid, expected):
    """Progress and work are never both paid, in whatever order they come."""
    assert payable(met, paid, date(2017, 5, 20)).amount == expected


def test_the_longer_test_of_work_after_universal_credit():
    """Thirteen weeks in work are enough after other benefits, and too few after Universal Credit."""
    as_of = date(2017, 5, 20)
    begun, ended = as_of - timedelta(days=90), as_of - timedelta(days=91)
    job = item("employment", "a1", from_=begun)
    for benefit, expected in (("esa", "met"), ("uc", "not_met"), ("jsa", "not_met")):
        held = item("out-of-work-benefit", "a1", benefit=benefit, from_=date(2015, 1, 5), to=ended)
        assert claimed(EXPANDED, as_of, (), job, held).results[1].verdict == expected


def test_the_attachment_fee_is_shown_and_earned_by_no_evidence():
    """What attaching a family pays stands beside the results, and no claim holds it."""
    assert EXPANDED.attachment_on(date(2017, 5, 20)).pays.value == 1000
    assert EXPANDED.attachment_on(date(2014, 9, 1)) is None
    assert {result.tariff_on(date(2017, 5, 20)).maximum.value for result in EXPANDED.results} == {800}


def test_what_is_recollection_says_so():
    """Every number of the needs of 2022 is marked unverified, in the pack and in what a claim is told."""
    found = next(raw(OUTCOME.limbs[0].rule.rule_of("workless-adult"), "met", World(date(2023, 5, 20)), None))
    report = claimed(SUPPORTING, date(2023, 5, 20), ("workless-adult",), *found)
    assert report.results[0].limbs[0].threshold == "at least 182 days (unverified) without a break of 182"
    assert OUTCOME.tariffs[0].pays.confidence == "unverified"


@pytest.mark.parametrize(
    ("pack", "criteria", "needs"),
    [
        (EXPANDED, ("school", "health"), ("school", "health")),
        (SUPPORTING, (), ("parenting", "missing", "workless-adult")),
    ],
)
def test_a_family_goes_through_the_programme_to_its_close(pack, criteria, needs):
    """From referral to sustained, each step is taken on the day it is due."""
    day = date(2022, 9, 5)
    walk = Given(programme=pack)

    def step(kind, **fields):
        walk.when(ask(kind, day, **fields))
        assert walk.fault is None, walk.fault

    step(c.ReferFamily, **REFERRAL | {"criteria": criteria, "programme": pack.name})
    step(c.IdentifyFamily, criteria=criteria)
    step(c.AllocateKeyWorker, key_worker="kim", caseload=ROOM)
    step(c.RecordContact)
    step(c.AssessFamily, needs=needs)
    step(c.AgreePlan, needs=needs)
    step(c.StartIntervention)
    step(c.StepDown)
    for _ in pack.checks.months:
        journey = fold([*walk.events, *walk.happened])
        day = due_on(journey, journey.owes("check"), pack, calendar_of(pack.nation))
        step(c.RecordCheck, verdict="sustained")
    step(c.CloseJourney, outcome="sustained")
    walk.when(at(noon(day)))
    assert fold(walk.events).outcome == "sustained"
    assert fold(walk.events).needs_by(day) == tuple(sorted({*criteria, *needs}))
