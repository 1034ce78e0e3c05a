"""Spells: which reports are of one, which of them is the later word, and which days nobody has seen."""

import pytest
from rule_help import ADULT, AS_OF, CHILD, case, item, number, returns, rule, verdict, window
from test_rules_statuses import AFTER_JSA, AFTER_OTHER, EITHER, JOINED, SIX_MONTHS, ago, benefit, job

from domain.rules.evaluate import evaluate

NONE = rule("not-held", of="treatment", window=SIX_MONTHS)
ANY_STATUS = rule(
    "held",
    of="treatment",
    where={"field": "status", "any_of": ["engaged"]},
    days=number(30),
    window=window("last-days", 60),
)
OFF = benefit(ago(300))


def test_the_end_of_one_job_does_not_end_another_begun_the_same_day():
    """Two jobs of different hours are two; the number of the partner's own tells apart what hours do not."""
    first, second = job(ago(209), observed_on=ago(209)), {"observed_on": ago(170), "member": "a1"}
    short = item("employment", from_=ago(209), to=ago(171), hours=8, **second)
    assert verdict(EITHER, OFF, first, short, subject=ADULT) == "met"
    same_hours = item("employment", from_=ago(209), to=ago(171), hours=30, **second)
    assert verdict(EITHER, OFF, first, same_hours, subject=ADULT) == "not_met"
    numbered = [each.model_copy(update={"spell": name}) for each, name in ((first, "1"), (same_hours, "2"))]
    assert verdict(EITHER, OFF, *numbered, subject=ADULT) == "met"


@pytest.mark.parametrize(
    ("hours", "expected"),
    [((30, None), "not_met"), ((None, 30), "not_met"), ((None, None), "not_met"), ((30, 8), "met")],
)
def test_a_job_whose_hours_are_not_told_may_be_any_that_began_that_day(hours, expected):
    """Without hours a report that ends a job ends the one begun that day; other hours are another job."""
    begun, ended = hours
    reports = [
        item("employment", from_=ago(209), member="a1", hours=begun, observed_on=ago(209)),
        item("employment", from_=ago(209), to=ago(171), member="a1", hours=ended, observed_on=ago(170)),
    ]
    assert verdict(EITHER, OFF, *reports, subject=ADULT) == expected
    assert verdict(EITHER, OFF, *reversed(reports), subject=ADULT) == expected


def test_an_end_goes_to_the_job_of_its_hours():
    """Of two jobs begun one day the one whose hours the last report tells is over; the other goes on."""
    jobs = [job(ago(209), observed_on=ago(209)), item("employment", from_=ago(209), member="a1", hours=8)]
    over = item("employment", from_=ago(209), to=ago(100), member="a1", hours=8, observed_on=ago(-1))
    assert verdict(EITHER, OFF, *jobs, over, subject=ADULT) == "met"


def test_a_corrected_start_or_code_under_one_number_is_one_spell():
    """The later report stands in the place of the earlier one, and says so."""
    first = benefit(None, "jsa", begin="2012-01-02", spell="7", id="first", observed_on="2012-02-01")
    right = benefit(ago(100), "esa", begin="2012-01-09", spell="7", id="right", observed_on="2013-03-01")
    found = evaluate(AFTER_OTHER, case(first, right, job(ago(99))), ADULT)
    assert (found.verdict, "right takes the place of first" in found.note) == ("met", True)
    apart = [each.model_copy(update={"spell": None}) for each in (first, right)]
    assert verdict(AFTER_OTHER, *apart, job(ago(99)), subject=ADULT) == "not_met"


def test_a_number_that_comes_later_joins_the_spell_of_that_beginning():
    """A partner that begins to number ends what it told before without one; two numbers are two spells."""
    open_ = benefit(None, "esa", observed_on="2012-02-01")
    ended = benefit(ago(100), "esa", spell="7", observed_on="2013-03-01")
    assert verdict(AFTER_OTHER, open_, ended, job(ago(99)), subject=ADULT) == "met"
    other = benefit(None, "esa", spell="8", observed_on="2012-02-01")
    assert verdict(AFTER_OTHER, other, ended, job(ago(99)), subject=ADULT) == "not_met"


def test_a_source_ends_only_what_it_told_itself():
    """Another source's end of a benefit ends nothing of this one's."""
    mine = benefit(None, "esa", observed_on="2012-02-01")
    theirs = benefit(ago(100), "esa", observed_on="2013-03-01", source="another")
    assert verdict(AFTER_OTHER, mine, theirs, job(ago(99)), subject=ADULT) == "not_met"


def test_two_ends_told_on_one_day_are_open_between_them():
    """Days that both hold are certain; the order of recording settles it, and so does one end told twice."""
    esa = benefit(ago(100), "esa")
    short, long = (job(ago(99), ago(end), id=f"j{end}", observed_on=AS_OF) for end in (20, 5))
    found = evaluate(AFTER_OTHER, case(esa, short, long), ADULT)
    assert found.verdict == "insufficient"
    assert "which of j20 and j5 is the later report is unknown" in found.note
    placed = [each.model_copy(update={"recorded": place}) for place, each in enumerate((short, long))]
    assert verdict(AFTER_OTHER, esa, *placed, subject=ADULT) == "met"
    assert verdict(AFTER_OTHER, esa, short, short.model_copy(update={"id": "again"}), subject=ADULT) == "not_met"
    assert verdict(AFTER_OTHER, esa, long, long.model_copy(update={"id": "again"}), subject=ADULT) == "met"


def test_an_end_that_two_reports_tell_differently_bars_where_it_matters():
    """Work after the later of two ends of a benefit is certain; work that the later end would take is open."""
    ends = [benefit(ago(end), "esa", id=f"b{end}") for end in (100, 95)]
    assert verdict(AFTER_OTHER, *ends, job(ago(94)), subject=ADULT) == "met"
    assert verdict(AFTER_OTHER, *ends, job(ago(99), ago(6)), subject=ADULT) == "insufficient"
    assert verdict(AFTER_OTHER, *ends, job(ago(99), ago(20)), subject=ADULT) == "not_met"


def test_which_benefit_was_the_last_may_be_open():
    """Where it depends on the right report whether the last was jobseeker's allowance, neither rule is met."""
    ends = [benefit(ago(end), "jsa", begin="2010-02-01", id=f"b{end}") for end in (200, 100)]
    between = benefit(ago(150), "esa", begin="2010-03-01")
    found = evaluate(AFTER_OTHER, case(*ends, between, job(ago(99))), ADULT)
    assert (found.verdict, "when out-of-work-benefit ended is unknown" in found.note) == ("insufficient", True)
    codes = [benefit(ago(100), code, spell="7", id=code) for code in ("jsa", "esa")]
    assert verdict(AFTER_OTHER, *codes, job(ago(99)), subject=ADULT) == "insufficient"
    assert verdict(AFTER_JSA, *codes, job(ago(99)), subject=ADULT) == "insufficient"


def test_an_open_report_speaks_until_its_spell_is_told_again():
    """A job told once, open, is held to as-of: its source owes us the end."""
    assert verdict(EITHER, OFF, job(ago(209), observed_on=ago(209)), subject=ADULT) == "met"


def test_an_end_that_was_announced_counts_no_further_than_its_observation():
    """Days after it may be, and are not certain; an announced end of a benefit is no end until it is told."""
    esa = benefit(ago(100), "esa")
    announced = job(ago(99), AS_OF, id="j", observed_on=ago(30))
    found = evaluate(AFTER_OTHER, case(esa, announced), ADULT)
    assert (found.verdict, found.figure) == ("insufficient", "70 days")
    assert "j tell of days that nobody has seen" in found.note
    assert verdict(AFTER_OTHER, esa, job(ago(99), AS_OF, observed_on=AS_OF), subject=ADULT) == "met"
    unseen = benefit(ago(100), "esa", observed_on=ago(101))
    assert verdict(AFTER_OTHER, unseen, job(ago(99)), subject=ADULT) == "insufficient"


def test_a_beginning_that_was_announced_is_no_beginning():
    """Provision that was told of before it began may have begun; what was seen to begin did."""
    fields = {"from_": ago(10), "member": "a1"}
    assert verdict(JOINED, item("work-programme", **fields, observed_on=ago(11)), subject=ADULT) == "insufficient"
    assert verdict(JOINED, item("work-programme", **fields, observed_on=ago(10)), subject=ADULT) == "met"
    assert verdict(EITHER, OFF, job(ago(209), observed_on=ago(210)), subject=ADULT) == "insufficient"


def test_what_bars_need_not_be_seen():
    """Provision that may have lasted takes the days it may have taken, and leaves the rule open where that decides."""
    esa, work = benefit(ago(100), "esa"), job(ago(99))
    announced = item("work-programme", from_=ago(99), to=ago(5), member="a1", observed_on=ago(98))
    assert verdict(AFTER_OTHER, esa, work, announced, subject=ADULT) == "insufficient"


def test_a_status_that_nobody_may_hold_is_open_on_days_that_nobody_has_seen():
    """A spell that was announced into the window neither breaks the rule nor leaves it met."""
    quiet = returns("treatment", "2012-11-21", "2013-05-20")
    fields = {"status": "engaged", "from_": "2012-10-01", "to": "2012-12-01", "member": "a1"}
    seen = item("treatment", **fields, observed_on="2012-12-01")
    unseen = item("treatment", id="t", **fields, observed_on="2012-11-20")
    assert verdict(NONE, seen, quiet) == "not_met"
    found = evaluate(NONE, case(unseen, quiet))
    assert (found.verdict, found.figure, found.evidence) == ("insufficient", "0 days", tuple(sorted(("t", quiet.id))))
    assert found.note == "t may have held it on days that nobody has seen"
    assert verdict(NONE, item("treatment", **fields | {"to": "2012-11-20"}, observed_on="2013-01-01"), quiet) == "met"


def test_a_code_that_two_reports_tell_differently_earns_nothing():
    """Where only one of two reports of a day has the code that a rule asks for, its days are open."""
    fields = {"from_": ago(50), "member": "c1", "spell": "1"}
    codes = [item("treatment", status=status, **fields) for status in ("engaged", "dropped-out")]
    assert verdict(ANY_STATUS, *codes, subject=CHILD) == "insufficient"


def test_statuses_count_for_the_days_on_which_somebody_belonged():
    """Work before joining counts for nothing, the benefit before it does; no window, no question."""
    joined = ADULT.model_copy(update={"from_": ago(90)})
    esa = benefit(ago(300), "esa")
    for first, expected in ((90, "met"), (89, "not_met")):
        who = ADULT.model_copy(update={"from_": ago(first)})
        assert evaluate(AFTER_OTHER, case(esa, job(ago(200)), members=(who,)), who).verdict == expected
    gone = ADULT.model_copy(update={"to": ago(300)})
    assert evaluate(AFTER_OTHER, case(esa, members=(gone,)), gone).verdict == "not_applicable"
    assert evaluate(NONE, case(members=(gone,)), gone).verdict == "not_applicable"
    early = item("work-programme", from_=ago(100), member="a1")
    assert verdict(JOINED, early, subject=joined, members=(joined,)) == "insufficient"
    treated = item("treatment", status="engaged", from_=ago(120), to=ago(100), member="a1")
    quiet = returns("treatment", ago(400), AS_OF)
    assert verdict(NONE, treated, quiet, members=(joined,)) == "met"
    assert verdict(NONE, treated, quiet, subject=joined, members=(joined,)) == "met"
