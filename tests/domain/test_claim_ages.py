"""A claim whose dates of birth are gone is judged from the ages that its rules asked for, to the same report."""

import json
from datetime import date

import pytest
from claim_random import claim_of
from claim_random_lived import lived

from domain.claims.ages import ages_asked, with_ages
from domain.claims.claim_file import check
from domain.claims.reading import read
from domain.rules.member import Age, FamilyMember
from programmes import load, names

SEEDS = range(40)
PACKS = [name for name in names() if load(name).results]


def _claims(pack):
    for seed in SEEDS:
        told = (lived if seed % 3 == 0 else claim_of)(seed) | {"programme": pack.name, "programme_hash": pack.hash}
        yield read(json.dumps({name: value for name, value in told.items() if name != "paid"}).encode())


@pytest.mark.parametrize("name", PACKS)
def test_the_report_is_the_same_byte_for_byte(name):
    """For every shipped pack, a file with the asked ages in place of dates of birth gives the very same report."""
    pack = load(name)
    for claim in _claims(pack):
        without = read(with_ages(claim, ages_asked(claim, pack)).model_dump_json(by_alias=True).encode())
        assert all(member.born is None for member in without.family.members)
        assert check(claim, pack).model_dump_json() == check(without, pack).model_dump_json()


def test_ages_decide_some_of_these():
    """Among the random claims are reports that the ages make, so that leaving them out would be seen."""
    pack = load("troubled-families-2012")
    differing = [claim for claim in _claims(pack) if check(claim, pack) != check(with_ages(claim, {}), pack)]
    assert len(differing) > len(SEEDS) // 4


def test_ages_are_kept_of_whom_a_rule_asks():
    """Where rules ask for the ages of children alone, no age of an adult is kept; and none where no rule asks."""
    pack = load("expanded-2015")
    claims = list(_claims(pack))
    children = {each.id for claim in claims for each in claim.family.members if each.role == "child"}
    asked = {name for claim in claims for name in ages_asked(claim, pack)}
    assert asked
    assert asked <= children
    assert [ages_asked(claim, pack.model_copy(update={"results": ()})) for claim in claims] == [{}] * len(claims)


@pytest.mark.parametrize(
    ("on", "proven", "kept"),
    [
        ("2012-11-23", True, False),  # the day before the window of six months
        ("2012-11-24", True, True),
        ("2013-05-23", True, True),
        ("2013-05-24", True, False),  # after the day the claim is made as of
        ("2012-02-29", True, True),  # in the baseline, before the engagement
        ("2011-08-30", True, True),
        ("2011-08-29", True, False),
        ("2013-05-20", False, False),
    ],
)
def test_an_age_is_kept_where_an_incident_is_counted(on, proven, kept):
    """Of an incident that no rule counts, for its day or for what it was, no age is kept."""
    seen = {"source": "police", "observed_on": "2013-05-25", "proven": proven}
    told = {
        "programme": "troubled-families-2012",
        "as_of": "2013-05-23",
        "engaged_from": "2012-03-01",
        "family": {"members": [{"id": "a1", "role": "adult", "born": "1994-01-01"}]},
        "evidence": [{"id": "o1", "kind": "offence", "member": "a1", "on": on, **seen}],
    }
    ages = ages_asked(read(json.dumps(told).encode()), load("troubled-families-2012"))
    assert [age.on.isoformat() for each in ages.values() for age in each] == [on] * kept


def test_an_unknown_date_of_birth_gives_no_age():
    """Of whom nothing was known when the claim was made, nothing is known after."""
    pack = load("troubled-families-2012")
    for claim in _claims(pack):
        assert ages_asked(with_ages(claim, {}), pack) == {}


def test_an_age_stands_for_its_day_alone():
    """An age is known on the day that a rule asked for it, and on no other."""
    child = FamilyMember(id="c1", role="child", ages=(Age(on=date(2013, 5, 20), years=9),))
    assert (child.ages_on(date(2013, 5, 20)), child.ages_on(date(2013, 5, 21))) == ((9, 9), None)
