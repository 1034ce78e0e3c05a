"""Statuses: held for days, held without a break, begun."""

from datetime import date, timedelta

import pytest
from rule_help import ADULT, AS_OF, CHILD, SIX_MONTHS, case, item, number, returns, rule, verdict, window

from domain.rules.evaluate import evaluate

BARRED = ["work-programme", "esf-provision"]
DAYS_210 = window("last-days", 210)


def ended(**where):
    return {"of": "out-of-work-benefit", "where": {"field": "benefit", **where}}


AFTER_JSA = rule(
    "held",
    of="employment",
    since_end_of=ended(any_of=["jsa"]),
    not_while=BARRED,
    days=number(182),
    window=DAYS_210,
)
AFTER_OTHER = rule(
    "held",
    of="employment",
    since_end_of=ended(none_of=["jsa"]),
    not_while=BARRED,
    days=number(91),
    unbroken=True,
    window=SIX_MONTHS,
)
EITHER = rule("any-of", rules=[AFTER_JSA, AFTER_OTHER])
JOINED = rule("started", of=BARRED, window=SIX_MONTHS)
IN_TREATMENT = rule(
    "held",
    of="treatment",
    where={"field": "status", "any_of": ["engaged", "completed"]},
    days=number(30),
    unbroken=True,
    window=SIX_MONTHS,
)


def ago(days):
    return AS_OF - timedelta(days=days)


def benefit(to, kind="jsa", begin="2010-01-04", **fields):
    return item("out-of-work-benefit", benefit=kind, from_=begin, to=to, **{"member": "a1"} | fields)


def job(first, last=None, **fields):
    return item("employment", from_=first, to=last, hours=30, **{"member": "a1"} | fields)


@pytest.mark.parametrize(
    ("named", "unnamed", "expected"),
    [
        ((ago(60), None), (ago(119), ago(61)), "insufficient"),
        ((ago(60), None), (ago(110), ago(80)), "not_met"),
        ((ago(119), None), (ago(300), None), "met"),
    ],
)
def test_a_spell_that_names_nobody_leaves_a_status_open_that_it_may_complete(named, unnamed, expected):
    """It earns nobody a status; but where it would be enough with what is known, nothing is decided against them."""
    esa = benefit(ago(120), "esa")
    found = evaluate(AFTER_OTHER, case(esa, job(*named), job(*unnamed, member=None)), ADULT)
    assert (found.verdict, "employment cannot be placed" in found.note) == (expected, expected == "insufficient")
    still_on = benefit(None, "esa")
    assert verdict(AFTER_OTHER, still_on, job(*named), job(*unnamed, member=None), subject=ADULT) == "not_met"


@pytest.mark.parametrize(("days", "expected"), [(181, "not_met"), (182, "met"), (210, "met"), (400, "met")])
def test_after_jsa_enough_days_of_the_last_210(days, expected):
    """181 days in work up to as-of are too few, 182 are enough."""
    assert verdict(EITHER, benefit(ago(days)), job(ago(days - 1)), subject=ADULT) == expected


def test_after_jsa_breaks_are_allowed():
    """28 days out of work among the last 210 leave 182; one more does not."""
    for gap, expected in ((28, "met"), (29, "not_met")):
        jobs = [job(ago(209), ago(150)), job(ago(149 - gap))]
        assert verdict(EITHER, benefit(ago(300)), *jobs, subject=ADULT) == expected


def test_after_jsa_days_before_the_window_do_not_count():
    """A job that ended before the last 210 days, and then 181 days, are too few."""
    jobs = [job(ago(290), ago(210)), job(ago(180))]
    assert verdict(EITHER, benefit(ago(300)), *jobs, subject=ADULT) == "not_met"


@pytest.mark.parametrize(("days", "expected"), [(90, "not_met"), (91, "met")])
@pytest.mark.parametrize("kind", ["esa", "is", "ib", "uc", "carers-allowance"])
def test_after_any_other_benefit_91_days_without_a_break(kind, days, expected):
    """90 days are too few, 91 are enough, for every benefit but jsa."""
    assert verdict(EITHER, benefit(ago(days), kind), job(ago(days - 1)), subject=ADULT) == expected


def test_spells_that_touch_or_overlap_are_one_run_and_a_day_between_breaks_it():
    """A new job on the next day is no break; a day off is."""
    for gap, expected in ((-5, "met"), (1, "met"), (2, "not_met")):
        jobs = [job(ago(150), ago(90)), job(ago(90 - gap), ago(40))]
        assert verdict(EITHER, benefit(ago(160), "esa"), *jobs, subject=ADULT) == expected


def test_a_run_must_lie_inside_the_window_but_need_not_reach_as_of():
    """91 days from the first day of the window count; of a run that began before it only the days inside."""
    first = date(2012, 11, 21)
    esa = benefit("2012-01-01", "esa")
    assert verdict(EITHER, esa, job(first, first + timedelta(days=90)), subject=ADULT) == "met"
    assert verdict(EITHER, esa, job("2012-06-01", first + timedelta(days=89)), subject=ADULT) == "not_met"


def test_a_spell_that_names_nobody_earns_nothing_and_bars_until_it_is_placed():
    """A job of no named member is nobody's; a benefit or provision of none leaves the claim open."""
    esa, work = benefit(ago(120), "esa"), job(ago(119))
    assert verdict(EITHER, esa, work, subject=ADULT) == "met"
    assert verdict(EITHER, esa, job(ago(119), member=None), subject=ADULT) == "insufficient"
    for doubtful in (
        benefit(None, "uc", begin=ago(30), member=None),
        item("work-programme", from_=ago(60), to=ago(50)),
    ):
        assert verdict(EITHER, esa, work, doubtful, subject=ADULT) == "insufficient"
    assert (
        verdict(EITHER, esa, work, item("work-programme", from_="2011-01-01", to="2011-02-01"), subject=ADULT) == "met"
    )
    found = evaluate(EITHER, case(esa, work, item("work-programme", from_=ago(60))), ADULT)
    assert "work-programme cannot be placed: no member named" in found.note


def test_days_in_work_while_still_on_benefit_do_not_count():
    """Only the days since the benefit ended count, though the job began before."""
    assert verdict(EITHER, benefit(ago(91), "esa"), job(ago(400)), subject=ADULT) == "met"
    assert verdict(EITHER, benefit(ago(90), "esa"), job(ago(400)), subject=ADULT) == "not_met"


def test_a_benefit_that_is_open_or_ends_on_as_of_or_later_has_not_ended():
    """Still on benefit is not met, whatever the work."""
    for end in (None, AS_OF, ago(-10)):
        found = evaluate(EITHER, case(benefit(end), job(ago(400))), ADULT)
        assert found.verdict == "not_met"
        assert "had not ended" in found.note


def test_every_benefit_must_have_ended_and_the_last_to_end_decides_the_rule():
    """An open second benefit fails; of ended ones the later makes the rule, jsa where both end together."""
    work = job(ago(99))
    assert verdict(EITHER, benefit(ago(100)), benefit(None, "esa"), work, subject=ADULT) == "not_met"
    assert verdict(EITHER, benefit(ago(200)), benefit(ago(100), "esa"), work, subject=ADULT) == "met"
    assert verdict(EITHER, benefit(ago(200), "esa"), benefit(ago(100)), work, subject=ADULT) == "not_met"
    assert verdict(EITHER, benefit(ago(100), "esa"), benefit(ago(100)), work, subject=ADULT) == "not_met"


def test_a_benefit_reported_open_and_later_closed_has_ended():
    """Reports of one spell are one spell, as last observed; on one day the one with an end stands."""
    work = job(ago(99))
    for opened, closed, expected in (
        ("2012-04-20", "2013-02-15", "met"),
        ("2013-02-15", "2013-02-15", "met"),
        ("2013-03-01", "2013-02-15", "not_met"),
    ):
        reports = [benefit(None, "esa", observed_on=opened), benefit(ago(100), "esa", observed_on=closed)]
        assert verdict(EITHER, *reports, work, subject=ADULT) == expected
        assert verdict(EITHER, *reversed(reports), work, subject=ADULT) == expected


def test_a_job_that_is_reported_again_with_its_end_is_over():
    """An open report does not run on beside the later one that closes it; another job is another spell."""
    esa, begun = benefit(ago(100), "esa"), job(ago(99), observed_on="2013-03-01")
    over = job(ago(99), ago(50), observed_on="2013-04-10")
    assert verdict(EITHER, esa, begun, over, subject=ADULT) == "not_met"
    assert verdict(EITHER, esa, begun, over, job(ago(49)), subject=ADULT) == "met"


def test_a_benefit_after_as_of_plays_no_part():
    """What begins later has not happened yet."""
    later = benefit(None, "esa", begin=ago(-1))
    assert verdict(EITHER, benefit(ago(200)), later, job(ago(199)), subject=ADULT) == "met"


def test_off_benefit_without_evidence_of_work_never_passes():
    """It is insufficient, and not met once a return says that there was no work."""
    off = benefit(ago(300))
    assert verdict(EITHER, off, subject=ADULT) == "insufficient"
    assert verdict(EITHER, off, job(ago(300), member="a2"), job(ago(300), member=None), subject=ADULT) == "insufficient"
    assert verdict(EITHER, off, returns("employment", ago(209), AS_OF, "a1"), subject=ADULT) == "not_met"
    assert verdict(EITHER, off, returns("employment", ago(208), AS_OF, "a1"), subject=ADULT) == "insufficient"


def test_too_short_a_time_since_the_benefit_decides_without_evidence_of_work():
    """Ninety days cannot hold 91, whatever is still reported."""
    assert verdict(EITHER, benefit(ago(90), "esa"), subject=ADULT) == "not_met"


def test_work_without_a_benefit_before_is_insufficient():
    """No benefit is recorded, so none is known to have ended."""
    found = evaluate(EITHER, case(job(ago(400))), ADULT)
    assert (found.verdict, found.note) == ("insufficient", "no out-of-work-benefit is recorded, so none can have ended")


@pytest.mark.parametrize("kind", BARRED)
def test_days_on_provision_do_not_count_and_break_a_run(kind):
    """A day on provision is lost to the count, and cuts a run in two."""
    day = item(kind, from_=ago(91), to=ago(91), member="a1")
    assert verdict(EITHER, benefit(ago(182)), job(ago(181)), day, subject=ADULT) == "not_met"
    assert verdict(EITHER, benefit(ago(183)), job(ago(182)), day, subject=ADULT) == "met"
    assert verdict(EITHER, benefit(ago(100), "esa"), job(ago(99)), day, subject=ADULT) == "met"
    assert verdict(EITHER, benefit(ago(99), "esa"), job(ago(98), ago(1)), day, subject=ADULT) == "not_met"


def test_provision_that_is_open_bars_every_day_since():
    """Open provision that began with the job leaves no day; a sister's provision bars nothing."""
    esa, work = benefit(ago(150), "esa"), job(ago(149))
    assert verdict(EITHER, esa, work, item("esf-provision", from_=ago(149), member="a1"), subject=ADULT) == "not_met"
    assert verdict(EITHER, esa, work, item("esf-provision", from_=ago(149), member="a2"), subject=ADULT) == "met"


def test_work_after_as_of_does_not_count():
    """A job known to begin tomorrow is no day in work today."""
    assert verdict(EITHER, benefit(ago(100), "esa"), job(ago(-1), "9999-12-31"), subject=ADULT) == "insufficient"


def test_a_status_may_be_held_without_an_earlier_one_and_only_in_some_codes():
    """Thirty days engaged in treatment count; days dropped out do not."""
    engaged = item("treatment", from_=ago(60), to=ago(31), status="engaged", member="a1")
    dropped = item("treatment", from_=ago(60), to=ago(31), status="dropped-out", member="a1")
    assert verdict(IN_TREATMENT, engaged, subject=ADULT) == "met"
    assert verdict(IN_TREATMENT, dropped, subject=ADULT) == "insufficient"
    assert verdict(IN_TREATMENT, engaged) == "met"


@pytest.mark.parametrize(
    ("begin", "expected"),
    [("2012-11-20", "insufficient"), ("2012-11-21", "met"), ("2013-05-20", "met"), ("2013-05-21", "insufficient")],
)
@pytest.mark.parametrize("kind", BARRED)
def test_a_start_counts_on_both_edges_of_the_window(kind, begin, expected):
    """The first and the last day of the window are in it, their neighbours are not."""
    assert verdict(JOINED, item(kind, from_=begin, member="a1"), subject=ADULT) == expected


def test_no_start_is_a_failure_only_where_returns_of_every_kind_say_so():
    """Silence of one kind leaves it open."""
    some = [returns("work-programme", "2012-11-21", "2013-05-20")]
    rest = [
        returns("esf-provision", "2012-11-21", "2013-02-01"),
        returns("esf-provision", "2013-02-02", "2013-05-20", "a1"),
    ]
    found = evaluate(JOINED, case(*some), ADULT)
    assert (found.verdict, found.note) == ("insufficient", "no return of esf-provision for the whole window")
    assert verdict(JOINED, *some, *rest, subject=ADULT) == "not_met"
    assert verdict(JOINED, *some, *rest, subject=CHILD) == "insufficient"


def test_a_start_of_nobody_named_is_nobodys_and_leaves_it_open():
    """It may be this adult's; for the whole family it counts."""
    silent = [returns(kind, "2012-11-21", "2013-05-20") for kind in BARRED]
    unnamed = item("esf-provision", from_="2013-01-01")
    assert verdict(JOINED, *silent, unnamed, subject=ADULT) == "insufficient"
    assert verdict(JOINED, *silent, unnamed) == "met"
