"""Two records of a person weighed: what agrees, what contradicts, and what that makes of them."""

from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.intake.identity import NUMBERS, PersonFacts, asked_of, likenesses, may_be_alike, weigh
from domain.intake.spelling import Name, fold, near, near_days, plain, words
from domain.intake.unnamed import unnamed

DAY = date(1990, 1, 1)
NAMES = st.sampled_from(
    ["Khan", "Kahn", "O'Dell", "O\u2019Dell", "Odell", "Zoë", "Zoe", "Baby", "Smith-Jones", "Smith", "Łuc"]
)
DAYS = st.sampled_from([date(1990, 1, 2), date(1990, 2, 1), date(1990, 1, 12), date(2016, 3, 3), None])
NUMBERED = st.dictionaries(st.sampled_from(NUMBERS), st.sampled_from(["A1", "A2", "a 1"]))


@st.composite
def people(draw: st.DrawFn) -> PersonFacts:
    return PersonFacts(key="1", surname=draw(NAMES), forename=draw(NAMES), born=draw(DAYS), identifiers=draw(NUMBERED))


def person(surname: str = "Khan", forename: str = "Mohammed", born: date | None = DAY, **numbers: str) -> PersonFacts:
    identifiers = {scheme.replace("_", "-"): number for scheme, number in numbers.items()}
    return PersonFacts(key="1", surname=surname, forename=forename, born=born, identifiers=identifiers)


def said(one: PersonFacts, other: PersonFacts) -> Any:
    weighed = weigh(one, other)
    told = {field: agreement for field, agreement in weighed.fields.items() if agreement != "silent"}
    return weighed.verdict, told


def test_one_name_and_other_numbers():
    """Two men of one name and birthday whose NHS numbers differ are a question, and never one."""
    assert said(person(nhs_number="9991000003"), person(nhs_number="9991012370")) == (
        "ask",
        {"name": "agrees", "date_of_birth": "agrees", "nhs-number": "contradicts"},
    )


def test_a_number_of_somebody_else():
    """A number that is held by somebody of another name and birthday is a question."""
    toni, chloe = person("Teal", "Toni", upn="A1"), person("Bronte", "Chloe", date(2012, 2, 2), upn="A1")
    assert said(toni, chloe) == ("ask", {"name": "contradicts", "date_of_birth": "contradicts", "upn": "agrees"})


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        (person(), person(), "same"),
        (person("O'Dell", "Sam"), person("O\u2019Dell", "Sam"), "same"),
        (person("O'Neill", "Sam"), person("oneill", "SAM"), "same"),
        (person("Smith-Jones", "Mary Ann"), person("Smith Jones", "Mary-Ann"), "same"),
        (person("Brontë", "Zoë"), person("Bronte", "Zoe"), "ask"),
        (person("Østergård", "Åse"), person("Ostergard", "Ase"), "ask"),
        (person("Khan", "Aisha"), person("Aisha", "Khan"), "ask"),
        (person("Smyth", "Jonathon"), person("Smith", "Jonathan"), "ask"),
        (person("Jonathan", "Smyth"), person("Smith", "Jonathon"), "ask"),
        (person("Smith", "Katherine"), person("Smith", "Catherine"), "ask"),
        (person("Smith-Jones", "Ann"), person("Jones", "Ann"), "ask"),
        (person("Khan", "Mohammed Ali"), person("Khan", "Mohammed"), "ask"),
        (person(born=date(1990, 3, 4)), person(born=date(1990, 4, 3)), "ask"),
        (person(born=date(1990, 3, 4)), person(born=date(1980, 3, 4)), "hint"),
        (person(born=date(1990, 3, 12)), person(born=date(1990, 3, 21)), "hint"),
        (person(born=date(1990, 3, 4), upn="1"), person(born=date(1990, 4, 3), upn="2"), "different"),
        (person(nhs_number="1"), person("Khän", nhs_number="1"), "same"),
        (person(upn="A 1", nino="B"), person(upn="a1", nino="C"), "ask"),
        (person(upn="1"), person(upn="1", born=date(1990, 1, 2)), "ask"),
        (person(upn="1"), person("Brown", upn="1"), "ask"),
        (person(upn="1"), person(born=None, upn="1"), "same"),
        (person(upn="1"), person(born=None, upn="2"), "different"),
        (person("Thyme", "Baby"), person("Thyme", "Baby"), "hint"),
        (person("Thyme", "Baby"), person("Thyme", "Rose"), "hint"),
        (person("Thyme", "Baby", upn="1"), person("Thyme", "Rose", upn="1"), "same"),
        (person("Gray", "Grace"), person("Brown", "Grace"), "hint"),
        (person(born=None), person(), "hint"),
        (person("Khan", "Zoë", date(1990, 3, 4)), person("Khan", "Zoe", date(1990, 4, 3)), "different"),
        (person("Khan", "Ellie", upn="1"), person("Khan", "Ellis", upn="2"), "different"),
        (person("Khan", "Adam"), person("Khan", "Bilal"), "different"),
        (person(), person(born=date(1965, 7, 9)), "different"),
        (person("Smyth", born=None), person("Smith"), "different"),
        (person("Gray", "Grace"), person("Brown", "Grace", date(1990, 1, 3)), "different"),
    ],
)
def test_weighed(one: PersonFacts, other: PersonFacts, verdict: str):
    """One spelling is one person, a near one a question, a twin or a father somebody else."""
    assert weigh(one, other).verdict == verdict


@given(people(), people())
def test_symmetric(one: PersonFacts, other: PersonFacts):
    """It makes no difference which record is weighed against which."""
    assert weigh(one, other) == weigh(other, one)


@given(people(), people())
def test_a_contradiction_is_never_merged(one: PersonFacts, other: PersonFacts):
    """Whatever contradicts, the two are not taken for one."""
    weighed = weigh(one, other)
    assert not (weighed.contradictions and weighed.verdict == "same")


@given(people())
def test_one_record_is_one_person(one: PersonFacts):
    """A record weighed against itself is the same, unless it is of a child without a name or a date."""
    assume(one.born and not unnamed(one.forename))
    assert weigh(one, one).verdict == "same"


@given(people(), people())
def test_the_order_of_numbers(one: PersonFacts, other: PersonFacts):
    """The order in which a record gives its numbers says nothing."""
    turned = one.model_copy(update={"identifiers": dict(reversed(one.identifiers.items()))})
    assert weigh(turned, other) == weigh(one, other)


@given(people(), people())
def test_whoever_is_alike_is_found(one: PersonFacts, other: PersonFacts):
    """Records that are alike by name and date have a key in common, and one that is looked up is found by it."""
    bare = one.model_copy(update={"identifiers": {}}), other.model_copy(update={"identifiers": {}})
    assume(weigh(*bare).verdict != "different")
    assert asked_of(bare[0]) & likenesses(bare[1])


@given(people(), people())
def test_the_cheap_look_misses_nobody(one: PersonFacts, other: PersonFacts):
    """Records that come to anything when they are weighed are weighed."""
    assert may_be_alike(one, other) or weigh(one, other).verdict == "different"


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("kate", "cate", True),
        ("ann", "amy", False),
        ("steven", "stephen", True),
        ("mohammed", "muhammad", True),
        ("khan", "kahn", True),
        ("smith", "jones", False),
        ("", "", True),
        ("", "a", False),
    ],
)
def test_near(one: str, other: str, *, verdict: bool):
    """A letter otherwise, or two in a longer name, is near."""
    assert (near(one, other), near(other, one)) == (verdict, verdict)


def test_near_days():
    """Day and month swapped, one digit wrong, or two swapped, is near; a neighbouring day may not be."""
    assert near_days(date(2012, 3, 4), date(2012, 4, 3))
    assert near_days(date(2012, 3, 4), date(2012, 3, 9))
    assert near_days(date(2012, 3, 4), date(2021, 3, 4))
    assert not near_days(date(2012, 3, 9), date(2012, 3, 10))
    assert not near_days(date(2012, 3, 4), date(2013, 3, 5))
    assert not near_days(date(2012, 11, 4), date(2012, 12, 5))


def test_spellings():
    """Case, apostrophes, dashes and spaces are folded; accents only in what is looked up."""
    assert fold(" D\u2019Arcy-O'Neil ") == fold("darcy oneil") == "darcyoneil"
    assert (fold("Zoë"), plain("Zoë"), plain("Groß")) == ("zoë", "zoe", "gross")
    assert words(Name(surname="Smith-Jones", forename="Mary Ann")) == {
        *("smith", "jones", "smithjones"),
        *("mary", "ann", "maryann"),
    }
    assert Name(surname="Khan", forename="Aisha").full == "Aisha Khan"


def test_children_without_a_name():
    """A placeholder is no forename."""
    assert [unnamed(each) for each in ("Baby", "Baby Girl", "Twin 1", "twin", "", "Unknown", "Baby (2)")] == [True] * 7
    assert [unnamed(each) for each in ("Nneka", "Rose", "Barbie")] == [False] * 3
