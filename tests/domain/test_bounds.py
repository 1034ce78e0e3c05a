"""The bounds of a scheme: stages, localities, cohorts, needs and places, each refused in words that name the remedy."""

import pytest
from given import (
    ALLOCATED_ON,
    AT_WORK,
    HELD,
    IDENTIFIED_ON,
    LATER,
    LOWERED,
    PROGRAMME,
    REFERRAL,
    REFERRED_ON,
    ROOM,
    STEPPED_DOWN_ON,
    Given,
    ask,
    fact,
    identified,
    noon,
    referred,
)
from pydantic import ValidationError

from domain.calendar import calendar_of
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.agenda import agenda, checks_left, owed_now
from domain.journey.evolve import fold
from domain.journey.explain import explain
from domain.journey.facts import PlacesTaken
from domain.programme.local_scheme import Cohorts, Localities, Need, Places
from domain.programme.programme import Programme

SOURCED = {"source": "the tests", "confidence": "verified"}
CALENDAR = calendar_of("ENG")


def bounded(**changes):
    return PROGRAMME.model_copy(update=changes)


@pytest.mark.parametrize(
    ("stages", "message"),
    [
        (["referral", "closed"], "stages leave out identification, assessment, intervention"),
        (["identification", "referral", "assessment", "intervention", "closed"], "not each once in the order"),
        (
            ["referral", "identification", "assessment", "intervention", "sustained-outcome", "closed"],
            "stage sustained-outcome is never reached without step-down",
        ),
    ],
)
def test_stages_that_are_no_path_are_refused(stages, message):
    """A pack whose stages leave out what every journey needs, or that cannot be reached, is refused with the fault."""
    with pytest.raises(ValidationError, match=message):
        Programme.model_validate({**PROGRAMME.model_dump(by_alias=True), "stages": stages})


SHORT = bounded(stages=("referral", "identification", "assessment", "intervention", "closed"))
LOW = bounded(stages=(*SHORT.stages[:-1], "step-down", "closed"))


def test_without_step_down_there_is_none():
    """A programme without step-down refuses it, and its journey closes from the intervention, but not as sustained."""
    down = ask(c.StepDown, STEPPED_DOWN_ON)
    Given(*AT_WORK, programme=SHORT).when(down).refused("no-such-stage", "test has no step-down")
    Given(*AT_WORK, programme=SHORT).when(ask(c.CloseJourney, LATER, outcome="sustained")).refused(
        "no-such-stage", "use --outcome no-longer-needed"
    )
    Given(*AT_WORK, programme=SHORT).when(ask(c.CloseJourney, LATER, outcome="no-longer-needed")).then(
        fact(e.JourneyClosed, LATER, outcome="no-longer-needed")
    )


def test_without_sustained_outcome_no_check_is_owed_and_none_left():
    """After the step-down of a programme that makes no checks, the close is owed and a check is refused."""
    low = fold(LOWERED)
    assert (checks_left(low, LOW), [owed.work for owed in owed_now(low, LOW)]) == ((), ["close"])
    assert (checks_left(low, PROGRAMME), owed_now(low, PROGRAMME)[-1].work) == ((6, 12), "check")
    Given(*LOWERED, programme=LOW).when(ask(c.RecordCheck, LATER, verdict="sustained")).refused(
        "no-such-stage", "test has no sustained-outcome"
    )


def test_a_referral_from_another_locality_is_refused():
    """A programme of some localities takes a family from one of them, however it is spelled, and from no other."""
    margate = bounded(localities=Localities(names=("Margate", "Leasowe"), **SOURCED))
    refer = ask(c.ReferFamily, REFERRED_ON, **REFERRAL)
    Given(programme=margate).when(refer.model_copy(update={"locality": "Dover"})).refused(
        "other-locality", "use one of Margate, Leasowe"
    )
    Given(programme=margate).when(refer.model_copy(update={"locality": "LEASOWE"})).then(
        referred.model_copy(update={"locality": "LEASOWE"})
    )


def test_a_need_outside_the_list_is_refused():
    """Where a pack lists needs, an assessment or its correction names those, or criteria, and nothing else."""
    debts = bounded(needs=(Need(id="debt", title="Debt", headline="Money", **SOURCED),))
    find = ask(c.AssessFamily, ALLOCATED_ON, needs=("debt", "noise"))
    Given(*HELD, programme=debts).when(find).refused(
        "unknown-need", "noise is not a need of test; use one or more of debt, poverty, addiction, crime"
    )
    found = fact(e.FamilyAssessed, ALLOCATED_ON, needs=("debt", "crime"))
    Given(*HELD, programme=debts).when(find.model_copy(update={"needs": found.needs})).then(found)
    free = debts.model_copy(update={"eligibility": None})
    Given(*HELD, programme=free).when(find).refused("unknown-need", "use one or more of debt")


STUDIED = bounded(cohorts=Cohorts(names=("supported", "comparison"), **SOURCED))
COMPARED = identified.model_copy(update={"cohort": "comparison"})


def test_a_comparison_family_is_identified_and_gets_no_key_worker():
    """It is eligible and followed, owes no allocation, is never evaluated, and an allocation is refused."""
    Given(referred, programme=STUDIED).when(
        ask(c.IdentifyFamily, IDENTIFIED_ON, criteria=identified.criteria, cohort="comparison")
    ).then(COMPARED)
    followed = fold([referred, COMPARED])
    assert ((), True) == (agenda(followed, STUDIED, CALENDAR), followed.eligible)
    assert explain(followed, COMPARED, STUDIED)[-1] == "in the comparison group: followed without a key worker"
    give = ask(c.AllocateKeyWorker, ALLOCATED_ON, key_worker="kim", caseload=ROOM)
    Given(referred, COMPARED, programme=STUDIED).when(give).refused("comparison-group", "gets no key worker")


def test_a_cohort_must_be_one_of_the_programme():
    """An unknown cohort is refused with the known ones; a programme without cohorts takes none."""
    asked = ask(c.IdentifyFamily, IDENTIFIED_ON, criteria=identified.criteria, cohort="placebo")
    Given(referred, programme=STUDIED).when(asked).refused("unknown-cohort", "use one of supported, comparison")
    Given(referred).when(asked).refused("unknown-cohort", "leave the cohort out")


def test_a_cohort_is_corrected_before_help_began_and_not_after():
    """A family wrongly compared is owed a key worker again; one that had a key worker cannot become a comparison."""
    right = COMPARED.model_copy(update={"cohort": "supported"})
    fix = ask(c.CorrectEvent, IDENTIFIED_ON, version=2, reason="misread", replacement=right, original=COMPARED)
    asked = Given(referred, COMPARED, programme=STUDIED).when(fix)
    (corrected,) = asked.happened
    assert fold([referred, COMPARED, corrected]).owes("allocation")
    back = fix.model_copy(update={"replacement": COMPARED, "original": identified, "at": noon(ALLOCATED_ON)})
    Given(*HELD, programme=STUDIED).when(back).refused("comparison-group", "has had a key worker")


FULL = bounded(places=Places(families=2, key_workers=2, **SOURCED))


@pytest.mark.parametrize(
    ("taken", "code", "saying"),
    [
        (None, "places-not-counted", "the places of test were not counted"),
        ({"families": 2, "key_workers": 1, "holds": True}, "places-full", "has 2 families and places for 2"),
        ({"families": 1, "key_workers": 2, "holds": False}, "key-workers-full", "2 key workers hold families of test"),
    ],
)
def test_a_family_without_a_place_is_refused(taken, code, saying):
    """No more families than places, and no more key workers than the programme has; uncounted places are no places."""
    places = None if taken is None else PlacesTaken(**taken)
    give = ask(c.AllocateKeyWorker, ALLOCATED_ON, key_worker="kim", caseload=ROOM, places=places)
    Given(referred, identified, programme=FULL).when(give).refused(code, saying)


@pytest.mark.parametrize(
    ("places", "taken"),
    [
        (FULL.places, {"families": 1, "key_workers": 1, "holds": False}),
        (FULL.places, {"families": 1, "key_workers": 2, "holds": True}),
        (Places(families=2, **SOURCED), {"families": 1, "key_workers": 9, "holds": False}),
        (Places(key_workers=2, **SOURCED), {"families": 9, "key_workers": 1, "holds": False}),
    ],
)
def test_a_family_with_a_place_is_allocated(places, taken):
    """The last place may be taken, by a key worker who holds families already or is within their number."""
    give = ask(c.AllocateKeyWorker, ALLOCATED_ON, key_worker="kim", caseload=ROOM, places=PlacesTaken(**taken))
    Given(referred, identified, programme=bounded(places=places)).when(give).then(
        fact(e.KeyWorkerAllocated, ALLOCATED_ON, key_worker="kim")
    )


def test_a_handover_too_needs_a_place_for_its_key_worker():
    """A handover to one key worker too many is refused like an allocation."""
    offered = fact(e.HandoverOffered, ALLOCATED_ON, to="lee")
    taken = PlacesTaken(families=1, key_workers=2, holds=False)
    take = ask(c.AcceptHandover, ALLOCATED_ON, key_worker="lee", caseload=ROOM, places=taken)
    Given(*HELD, offered, programme=FULL).when(take).refused("key-workers-full")


def test_places_that_bound_nothing_are_refused():
    """Places without a number of families or of key workers say nothing, and are refused when the pack is read."""
    with pytest.raises(ValidationError, match="places bound nothing"):
        Places(**SOURCED)
