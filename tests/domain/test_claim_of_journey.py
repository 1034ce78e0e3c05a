"""The claim file of a journey: what its events and the vault know of the family, ready for anyone to check."""

from datetime import date, timedelta

import pytest

from domain.claims.claim_file import check
from domain.claims.journey_claim import claim_file_of
from domain.claims.reading import BadClaimFile, fit, read
from domain.evidence import EVIDENCE
from domain.family import Consent, Member
from domain.journey import events as e
from domain.journey.evolve import fold
from domain.programme.eligibility import Criterion, Eligibility, Household
from domain.rules.spans import Span
from programmes import load
from tests.domain.given import (
    ALLOCATED_ON,
    ASSESSED_ON,
    AT_WORK,
    CONTACTED_ON,
    IDENTIFIED_ON,
    PLANNED_ON,
    REFERRED_ON,
    assessed,
    fact,
    referred,
)

PACK = load("wirral-2012")
AS_OF = date(2013, 5, 20)
AGAIN_ON = date(2012, 9, 3)
BORN = {member.id: date(1980, 2, 3) for member in referred.members}
GIVEN = Consent(id="c1", basis="consent", purpose="family-support", on=REFERRED_ON)
consented = fact(e.ConsentRecorded, IDENTIFIED_ON, consent=GIVEN)


def seen(kind, name, day, **fields):
    """Evidence recorded on the day it was observed."""
    told = {"id": name, "kind": kind, "source": "police", "observed_on": day, **fields}
    return fact(e.EvidenceRecorded, day, evidence=EVIDENCE.validate_python(told))


def test_a_family_that_nobody_holds_has_no_claim_file():
    """Before a key worker is allocated there is nothing to claim for."""
    assert claim_file_of(fold([referred]), PACK, BORN, AS_OF, {}) is None


def test_the_claim_file_says_when_each_step_was_taken():
    """Practice and engagement are the days of the journey's own first steps, members come with their birth dates."""
    file = claim_file_of(fold([*AT_WORK, consented]), PACK, BORN, AS_OF, {"progress-to-work": 100})
    assert file is not None
    assert (file.engaged_from, file.as_of) == (ALLOCATED_ON, AS_OF)
    assert dict(file.practice) == {
        "lawful_basis_on": REFERRED_ON,
        "key_worker_from": ALLOCATED_ON,
        "assessed_on": ASSESSED_ON,
        "plan_on": PLANNED_ON,
        "first_contact_on": CONTACTED_ON,
    }
    assert {member.id: member.born for member in file.family.members} == BORN
    assert [(paid.result, paid.amount) for paid in file.paid] == [("progress-to-work", 100)]


def test_a_basis_that_no_longer_holds_counts_for_nothing():
    """A consent that was withdrawn before the day of the claim is no lawful basis for it."""
    withdrawn = fact(e.ConsentWithdrawn, AS_OF - timedelta(days=1), consent_id="c1")
    file = claim_file_of(fold([*AT_WORK, consented, withdrawn]), PACK, BORN, AS_OF, {})
    assert file is not None
    assert file.practice.lawful_basis_on is None


def test_the_claim_file_of_a_journey_can_be_checked():
    """Without evidence nothing is met and nothing paid, whatever the steps."""
    file = claim_file_of(fold([*AT_WORK, consented]), PACK, BORN, AS_OF, {})
    assert file is not None
    report = check(file, PACK)
    assert (report.payable.amount, [each.result for each in report.results if each.verdict == "met"]) == (0, [])


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (ASSESSED_ON, ("crime", "debt", "poverty", "school")),
        (AGAIN_ON - timedelta(days=1), ("crime", "debt", "poverty", "school")),
        (AGAIN_ON, ("abuse", "crime", "debt", "poverty", "school")),
    ],
)
def test_the_claim_file_names_every_need_known_by_its_day(day, expected):
    """Criteria met at identification and needs of each assessment: one dropped later stays, one found later waits."""
    again = fact(e.FamilyAssessed, AGAIN_ON, needs=("abuse", "debt"))
    file = claim_file_of(fold([*AT_WORK, again]), PACK, BORN, day, {})
    assert file is not None
    assert file.needs == expected


@pytest.mark.parametrize(("listed", "expected"), [(False, ("debt", "poverty", "school")), (True, None)])
def test_what_stands_in_place_of_children_is_no_need(listed, expected):
    """A pregnancy makes a household eligible without being a problem, unless the programme lists it as one."""
    found = {"source": "test", "confidence": "verified"}
    household = Household(children="required", or_criterion="crime", **found)
    rule = Eligibility(
        at_least=1, criteria=(Criterion(id="crime" if listed else "poverty", title="x", **found),), **found
    )
    pack = PACK.model_copy(update={"household": household, "eligibility": rule})
    file = claim_file_of(fold(AT_WORK), pack, BORN, AS_OF, {})
    assert file is not None
    assert file.needs == (expected or ("crime", "debt", "poverty", "school"))


def test_a_need_counts_from_the_first_day_it_was_found():
    """Of two assessments that find a need the earlier day stands, also where a correction moved one of them."""
    again = fact(e.FamilyAssessed, AGAIN_ON, needs=("debt",))
    moved = fact(e.FamilyAssessed, AGAIN_ON + timedelta(days=9), needs=("debt", "school"))
    versions = [*AT_WORK, again]
    corrected = e.EventCorrected(
        at=moved.at, version=versions.index(assessed) + 1, reason="wrong-date", replacement=moved
    )
    assert fold([*versions, corrected]).needs_by(AGAIN_ON) == ("crime", "debt", "poverty")
    assert fold([referred]).needs_by(AGAIN_ON) == ()


def test_a_claim_fits_its_pack_by_the_results_it_names():
    """What was paid before must be a result of the pack; one that is not is named with its place."""
    file = claim_file_of(fold([*AT_WORK, consented]), PACK, BORN, AS_OF, {"progress-to-work": 100})
    assert file is not None
    fit(file, PACK)
    with pytest.raises(BadClaimFile):
        fit(file, PACK.model_copy(update={"results": PACK.results[:1]}))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hash": "0" * 64}, "decided under another version of wirral-2012"),
        ({"name": "other"}, "the pack given is other"),
    ],
)
def test_a_claim_is_judged_by_the_pack_it_names(changes, said):
    """A file that names its pack by hash fits no other version, and none of another programme."""
    file = claim_file_of(fold([*AT_WORK, consented]), PACK, BORN, AS_OF, {})
    assert file is not None
    fit(file.model_copy(update={"programme_hash": None}), PACK.model_copy(update={"hash": "0" * 64}))
    with pytest.raises(BadClaimFile, match=said):
        fit(file, PACK.model_copy(update=changes))


def test_evidence_of_whom_the_journey_does_not_hold_stays_out_of_its_file():
    """A claim file names its members only, so that every file that is written can be read, whoever left before."""
    left = seen("exclusion", "x9", AS_OF, on=AS_OF, type="fixed", member="m9")
    own = seen("exclusion", "x1", AS_OF, on=AS_OF, type="fixed", member="m2")
    file = claim_file_of(fold([*AT_WORK, left, own]), PACK, BORN, AS_OF, {})
    assert file is not None
    assert [item.id for item in file.evidence if item.kind == "exclusion"] == ["x1"]
    assert read(file.model_dump_json(by_alias=True).encode()) == file


def test_evidence_carries_its_place_in_the_order_of_recording():
    """Of two reports observed on one day the one recorded later is the later, also from a later journey."""
    told = [seen("police-callout", name, AS_OF, on=AS_OF) for name in ("b", "a")]
    later = [seen("police-callout", "c", AS_OF, on=AS_OF).evidence]
    file = claim_file_of(fold([*AT_WORK, *told]), PACK, BORN, AS_OF, {}, later)
    assert file is not None
    assert [(item.id, item.recorded) for item in file.evidence][-3:] == [("b", 1), ("a", 2), ("c", 3)]


def test_members_stand_in_the_file_with_the_days_they_belonged():
    """Who joined or left is named with the day; who did neither is as before."""
    members = (Member(id="m1", role="adult", **{"from": AS_OF}), Member(id="m2", role="child", to=AS_OF))
    file = claim_file_of(
        fold([AT_WORK[0].model_copy(update={"members": members}), *AT_WORK[1:]]), PACK, BORN, AS_OF, {}
    )
    assert file is not None
    assert [(each.from_, each.to) for each in file.family.members] == [(AS_OF, None), (None, AS_OF)]
    assert Member.model_validate_json(members[0].model_dump_json()) == members[0]
    assert Member(id="m1", role="adult").model_dump() == {"id": "m1", "role": "adult"}


def test_added_terms_stand_in_the_file_beside_those_of_the_pack():
    """One that shares a day with a term of the pack takes its place; without any the pack's own are meant."""
    added = (Span(date(2013, 1, 8), date(2013, 3, 27)), Span(date(2031, 9, 1), date(2031, 12, 19)))
    file = claim_file_of(fold([*AT_WORK, consented]), PACK, BORN, AS_OF, {}, terms=added)
    plain = claim_file_of(fold([*AT_WORK, consented]), PACK, BORN, AS_OF, {})
    assert file is not None
    assert plain is not None
    assert plain.terms is None
    told = [(term.from_, term.to) for term in file.terms or ()]
    assert set(told) >= {(term.first, term.last) for term in added}
    assert date(2013, 1, 7) not in {first for first, _ in told}
    assert date(2012, 9, 4) in {first for first, _ in told}
