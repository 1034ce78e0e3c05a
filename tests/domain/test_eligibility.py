"""Who is eligible: criteria or groups, those required, the household, and when it is judged; all said in words."""

import pytest
from given import (
    ALLOCATED_ON,
    HELD,
    IDENTIFIED_ON,
    MEMBERS,
    PLANNED_ON,
    PROGRAMME,
    Given,
    ask,
    fact,
    identified,
    referred,
)
from pydantic import ValidationError

from domain.family import Member
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.evolve import fold
from domain.journey.explain import HOUSEHOLD, WAITS, explain, sentences
from domain.journey.next_steps import STEPS, next_steps
from domain.programme.eligibility import Eligibility, Household, Judgement

SOURCED = {"source": "the tests", "confidence": "verified"}
ADULT, CHILD = Member(id="m1", role="adult"), Member(id="m2", role="child")
GROUPED = [
    {"id": name, "title": name, "group": group, **SOURCED}
    for name, group in (("truant", "school"), ("jobless", "work"), ("neet", "work"), ("care", "services"))
]


def rule(**fields):
    return Eligibility.model_validate({"at_least": 3, "criteria": GROUPED, "counting": "groups", **SOURCED, **fields})


def household(**fields):
    return Household.model_validate({**SOURCED, **fields})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"at_least": 4}, "at_least is 4 but only 3 groups are listed"),
        ({"at_least": 5, "counting": "criteria"}, "at_least is 5 but only 4 criteria are listed"),
        ({"required": ["rich"]}, "required rich is no criterion; use truant, jobless, neet, care"),
        ({"criteria": [*GROUPED, {**GROUPED[0], "group": None}]}, "a criterion is listed twice"),
        ({"criteria": [{**GROUPED[0], "group": None}, *GROUPED[1:]]}, "groups are counted but truant is in none"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(fields, message):
    """Each contradiction in an eligibility rule is refused when it is read, in words that name it."""
    with pytest.raises(ValidationError, match=message):
        rule(**fields)


def test_groups_are_counted_once_each():
    """Two criteria of one group count as one; a criterion of each of three groups is enough."""
    assert rule().judge(["jobless", "neet", "truant"]) == Judgement(
        eligible=False, counting="groups", needed=3, counted=("truant", "jobless", "neet"), groups=("school", "work")
    )
    assert rule().judge(["care", "neet", "truant"]).eligible


def test_a_required_criterion_must_be_met_whatever_else_is():
    """Enough criteria without the required one are not eligible, and the missing one is named."""
    judged = rule(counting="criteria", required=["care"]).judge(["truant", "jobless", "neet"])
    assert (judged.eligible, judged.missing) == (False, ("care",))
    assert sentences(judged) == (
        "criteria met: truant, jobless, neet; needs 3 criteria",
        "required and not met: care",
    )


def test_what_is_no_criterion_does_not_count():
    """A criterion that only is allowed in place of children, and no code twice, makes no one eligible."""
    judged = rule(counting="criteria", at_least=2).judge(["truant", "truant", "expecting"])
    assert (judged.eligible, judged.counted) == (False, ("truant",))


@pytest.mark.parametrize(
    ("fields", "members", "met", "faults"),
    [
        ({"children": "required"}, [ADULT], [], ("no-child",)),
        ({"children": "required"}, [ADULT, CHILD], [], ()),
        ({"children": "required", "or_criterion": "expecting"}, [ADULT], ["expecting"], ()),
        ({"children": "required", "or_criterion": "expecting"}, [ADULT], ["poverty"], ("no-child",)),
        ({"children": "none"}, [ADULT, CHILD], [], ("has-children",)),
        ({"children": "none", "people_at_most": 1}, [ADULT], [], ()),
        ({"people_at_most": 1}, [ADULT, ADULT], [], ("too-many-people",)),
        ({"adults_at_least": 2}, [ADULT, CHILD], [], ("too-few-adults",)),
    ],
)
def test_the_household_is_held_against_each_condition(fields, members, met, faults):
    """Children, adults and people are counted, and the criterion in place of children excuses none but them."""
    assert faults == household(**fields).faults(members, met)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"children": "any", "or_criterion": "expecting"}, "or_criterion is allowed in place of children"),
        ({"children": "required", "adults_at_least": 1, "people_at_most": 1}, "people_at_most is 1 but 2 are needed"),
    ],
)
def test_a_household_that_cannot_be_is_refused(fields, message):
    """Conditions that no family meets together, or that say nothing, are refused when the pack is read."""
    with pytest.raises(ValidationError, match=message):
        household(**fields)


WITH_CHILDREN = PROGRAMME.model_copy(
    update={"household": household(children="required", or_criterion="expecting", adults_at_least=1)}
)
ALONE = referred.model_copy(update={"members": MEMBERS[:1]})


def told(programme, *happened):
    return explain(fold(happened), happened[-1], programme)


def test_a_household_that_does_not_fit_is_found_not_eligible():
    """Criteria enough, but no child and none expected: not eligible, and it is said which condition failed."""
    met = ("poverty", "crime")
    found = identified.model_copy(update={"eligible": False})
    Given(ALONE, programme=WITH_CHILDREN).when(ask(c.IdentifyFamily, IDENTIFIED_ON, criteria=met)).then(found)
    assert told(WITH_CHILDREN, ALONE, found) == (
        "not eligible",
        "criteria met: poverty, crime; needs 2 criteria",
        HOUSEHOLD["no-child"],
    )


def test_a_family_that_expects_a_child_stands_in_for_one_with_children():
    """The criterion in place of children is known to the programme although it is none of those that count."""
    met = ("poverty", "crime", "expecting")
    Given(ALONE, programme=WITH_CHILDREN).when(ask(c.IdentifyFamily, IDENTIFIED_ON, criteria=met)).then(
        identified.model_copy(update={"criteria": met})
    )
    Given(referred, programme=PROGRAMME).when(ask(c.IdentifyFamily, IDENTIFIED_ON, criteria=met)).refused(
        "unknown-criterion", "expecting is not a criterion of test"
    )


def test_a_refused_allocation_says_why_the_family_is_not_eligible():
    """Whoever tries to allocate a family that is not eligible reads what counted and what is needed."""
    give = ask(c.AllocateKeyWorker, ALLOCATED_ON, key_worker="kim")
    one = identified.model_copy(update={"criteria": ("poverty",), "eligible": False})
    Given(referred, one).when(give).refused("out-of-order", "criteria met: poverty; needs 2 criteria")
    Given(referred).when(give).refused("out-of-order", "its criteria are not recorded")


LATE_RULE = PROGRAMME.model_copy(
    update={"eligibility": PROGRAMME.eligibility.model_copy(update={"judged_at": "assessment", "at_least": 1})}
)
UNFIT = fact(e.FamilyAssessed, PLANNED_ON, needs=("debt",), judged=Judgement(eligible=False, needed=1))
FIT = fact(e.FamilyAssessed, PLANNED_ON, needs=("crime",), judged=Judgement(needed=1, counted=("crime",)))


def test_judged_at_assessment_a_family_is_taken_in_without_criteria():
    """Identification takes the family in whatever is known of it, and says that the needs will decide."""
    taken = identified.model_copy(update={"criteria": ()})
    Given(referred, programme=LATE_RULE).when(ask(c.IdentifyFamily, IDENTIFIED_ON, criteria=())).then(taken)
    assert told(LATE_RULE, referred, taken) == ("eligible", WAITS)


def test_the_needs_found_are_judged_and_what_was_judged_is_recorded():
    """Needs that fit make the plan owed; needs that do not make the close owed, and the plan is refused."""
    assess, plan = (
        ask(c.AssessFamily, PLANNED_ON, needs=("debt",)),
        ask(c.AgreePlan, PLANNED_ON, needs=("debt",)),
    )
    Given(*HELD, programme=LATE_RULE).when(assess).then(UNFIT)
    Given(*HELD, UNFIT, programme=LATE_RULE).when(plan).refused(
        "needs-do-not-fit", "do not meet the rule of test (criteria met: none; needs 1 criterion)"
    )
    assert fold([*HELD, UNFIT]).owes("close")
    assert not fold([*HELD, UNFIT]).owes("plan")
    Given(*HELD, UNFIT, programme=LATE_RULE).when(ask(c.CloseJourney, PLANNED_ON, outcome="not-eligible")).then(
        fact(e.JourneyClosed, PLANNED_ON, outcome="not-eligible")
    )
    assert told(LATE_RULE, *HELD, UNFIT) == ("not eligible", "criteria met: none; needs 1 criterion")


def test_whom_the_finding_sends_away_may_be_looked_at_again():
    """Where a family was found not eligible, the next step names the second look beside the close."""
    found = identified.model_copy(update={"criteria": (), "eligible": False})
    assert next_steps(fold([referred, found]), PROGRAMME) == (
        "identify the family again if more is known, or close it as not-eligible",
    )
    steps = next_steps(fold([*HELD, UNFIT]), LATE_RULE)
    assert "assess the family again if more is known, or close it as not-eligible" in steps
    assert STEPS["close"] in next_steps(fold([*HELD, UNFIT]), PROGRAMME)


def test_one_criterion_is_one():
    """What needs one says so in the singular, for criteria and for groups."""
    assert sentences(rule(at_least=1).judge([])) == ("groups met: none; needs 1 group",)


def test_assessed_again_the_needs_are_judged_again_until_a_plan_is_agreed():
    """More needs may come to light and fit; once a plan is agreed, a later assessment decides nothing any more."""
    Given(*HELD, UNFIT, programme=LATE_RULE).when(ask(c.AssessFamily, PLANNED_ON, needs=("crime",))).then(FIT)
    after = fold([*HELD, UNFIT, FIT])
    assert (after.eligible, bool(after.owes("plan")), after.owes("close")) == (True, True, None)
    planned = fact(e.PlanAgreed, PLANNED_ON, needs=("crime",))
    Given(*HELD, FIT, planned, programme=LATE_RULE).when(ask(c.AssessFamily, PLANNED_ON, needs=("debt",))).then(
        fact(e.FamilyAssessed, PLANNED_ON, needs=("debt",))
    )


def correction(original, **changes):
    replacement = original.model_copy(update=changes)
    return ask(c.CorrectEvent, PLANNED_ON, version=4, reason="misread", replacement=replacement, original=original)


def test_corrected_needs_are_judged_anew_where_they_were_judged():
    """A correction cannot set the judgement itself: it follows from the needs, and where none was made none is."""
    lie = correction(UNFIT, needs=("crime",), judged=Judgement(eligible=True, needed=9))
    asked = Given(*HELD, UNFIT, programme=LATE_RULE).when(lie)
    (corrected,) = asked.happened
    assert corrected.replacement == FIT
    assert told(LATE_RULE, *HELD, UNFIT, corrected) == ("eligible", "criteria met: crime; needs 1 criterion")
    plain = fact(e.FamilyAssessed, PLANNED_ON, needs=("debt",))
    (kept,) = Given(*HELD, plain).when(correction(plain, needs=("school",), judged=Judgement())).happened
    assert kept.replacement == plain.model_copy(update={"needs": ("school",)})
    assert explain(fold(HELD), referred, PROGRAMME) == ()


def test_groups_are_explained_with_the_criteria_behind_them():
    """Where groups count, the sentence names the groups and, behind them, the criteria met."""
    assert sentences(rule().judge(["neet"])) == ("groups met: work (neet); needs 3 groups",)
    assert sentences(rule().judge([])) == ("groups met: none; needs 3 groups",)
