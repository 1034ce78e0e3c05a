"""Two packs differ where they mean something else, and numbers are counted with their confidence."""

from datetime import date

from programmes import load
from programmes.difference import differences
from programmes.figures import figures

WIRRAL = load("wirral-2012")


def told(after, before=WIRRAL):
    return [(change.where, change.what, change.before, change.after) for change in differences(before, after)]


def replaced(**parts):
    """Make a pack of the same content with some parts given anew."""
    return type(WIRRAL).model_validate(WIRRAL.model_dump(by_alias=True) | parts)


def part(name):
    return WIRRAL.model_dump(by_alias=True)[name]


def test_a_pack_means_the_same_as_itself():
    """The same content, or content in another order, does not differ."""
    assert told(WIRRAL) == []
    assert told(replaced(agreements=part("agreements")[::-1], clocks=part("clocks")[::-1])) == []


def test_a_pack_by_another_name_and_version_means_the_same():
    """Name, version and the pack's own title and source are not compared."""
    assert told(replaced(name="wirral-2013", version="2", title="W", source="elsewhere")) == []


def test_a_number_that_changed_is_told_by_what_it_sets():
    """A clock made longer is told by its work, with both numbers."""
    clocks = part("clocks")
    clocks[0]["within"]["working_days"] = 7
    assert told(replaced(clocks=clocks)) == [("clocks[identification].within.working_days", "changed", 5, 7)]


def test_a_threshold_deep_in_a_rule_is_told_with_its_limb():
    """A threshold is told under its result and limb, and its confidence beside it."""
    results = part("results")
    results[0]["limbs"][0]["rule"]["rule"]["threshold"] |= {"value": 10, "confidence": "verified"}
    where = "results[crime-asb-education].limbs[attendance].rule.rule.threshold"
    changes = [(where, "changed", 15, 10), (f"{where}.confidence", "changed", "secondary", "verified")]
    assert sorted(told(replaced(results=results))) == changes


def test_criteria_and_words_of_lists_come_and_go():
    """A criterion taken out, a kind added and a check dropped are told one by one."""
    eligibility, agreements = part("eligibility"), part("agreements")
    poverty, *rest = eligibility["criteria"]
    agreements[0]["kinds"] = [*agreements[0]["kinds"], "offence"]
    changed = replaced(
        eligibility={**eligibility, "criteria": rest},
        agreements=agreements,
        checks={**part("checks"), "months": [6]},
    )
    assert [change[:2] for change in told(changed)] == [
        ("eligibility.criteria[poverty]", "removed"),
        ("checks.months", "removed"),
        ("agreements[wirral-schools 2011-04-01].kinds", "added"),
    ]
    assert poverty["id"] == "poverty"


def test_another_kind_of_rule_is_one_difference():
    """A rule of another type is told whole, not field by field."""
    results = part("results")
    results[1]["limbs"][0]["rule"] = {"type": "any-adult", "rule": results[2]["limbs"][0]["rule"]["rule"]}
    assert [change[:2] for change in told(replaced(results=results))] == [
        ("results[progress-to-work].limbs[start].rule.rule", "changed")
    ]


def test_wording_is_told_apart():
    """Another title or source of the same number is a change of wording."""
    caseload = {**part("caseload"), "source": "another paper"}
    [change] = differences(WIRRAL, replaced(caseload=caseload))
    assert (change.where, change.wording) == ("caseload.source", True)


def test_a_day_that_moved_is_told():
    """A tariff is told by its first day, an end that moved as a change."""
    results = part("results")
    results[0]["tariffs"][0]["to"] = date(2013, 3, 30)
    where = "results[crime-asb-education].tariffs[2012-04-01].to"
    assert told(replaced(results=results)) == [(where, "changed", "2013-03-31", "2013-03-30")]


def test_every_number_is_counted_with_its_source():
    """Each number of a part with a source counts once, those of a list each; words and dates do not count."""
    sourced = {"source": "s", "confidence": "unverified"}
    checks = {"months": [6, 12], "grace_months": 1, **sourced}
    bare = {"checks": checks, "caseload": {"families": 10, "source": "s", "confidence": "verified"}}
    pack = type(WIRRAL).model_validate({"name": "p", "version": "1", "title": "P", "source": "s", **bare})
    found = [(number.where, number.value, number.confidence) for number in figures(pack)]
    given = [
        ("caseload.families", 10, "verified"),
        ("checks.months", 6, "unverified"),
        ("checks.months", 12, "unverified"),
        ("checks.grace_months", 1, "unverified"),
    ]
    assert [number for number in found if number in given] == given  # what the shape adds by default counts beside them
    assert ("results[0].limbs[0].rule.rule.threshold", 15) in {number[:2] for number in figures(WIRRAL)}
