"""A referral held against the families we know: one of them, a new one, or a question."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Rejected
from domain.intake.identity import PersonFacts
from domain.intake.known_families import Home, KnownFamily, Referred, Settled, compare, settle, where

BORN = {"Tess": date(1985, 4, 1), "Rob": date(1983, 6, 7), "Mia": date(2014, 9, 2), "Kay": date(1988, 8, 8)}
SAFE, NEW = Home(lines="5 Safe Close", postcode="CH41 1AA"), Home(lines="77 New Road", postcode="CH42 2BB")


def person(key: str, forename: str, surname: str = "Lark", born: date | None = None, **numbers: str) -> PersonFacts:
    identifiers = {scheme.replace("_", "-"): number for scheme, number in numbers.items()}
    day = born or BORN.get(forename, date(2016, 1, 5))
    return PersonFacts(key=key, surname=surname, forename=forename, born=day, identifiers=identifiers)


def family(*people: PersonFacts, reference: str = "F1", home: Home = SAFE, begun: date | None = None) -> KnownFamily:
    everybody = frozenset(each.key for each in people)
    return KnownFamily(reference=reference, people=people, members=everybody, home=home, begun=begun)


def referral(*people: PersonFacts, home: Home = SAFE) -> Referred:
    return Referred(people=people, home=home)


LARKS = family(person("m1", "Tess"), person("m2", "Rob"), person("m3", "Mia"))
GONE = referral(person("1", "Tess"), person("2", "Mia"), home=NEW)
TWO_KHANS = family(person("m1", "Ali", "Khan", nhs_number="1"), person("m2", "Aisha", "Khan"), home=Home())
OTHER_KHAN = referral(person("1", "Ali", "Khan", nhs_number="2"), person("2", "Yusuf", "Khan", date(2015, 5, 5)))


def asked(settled: Settled) -> list[str]:
    return [each.reference for each in settled.questions]


def test_nobody_is_known():
    """People who are like nobody are a new family."""
    assert settle(referral(person("1", "Ann", "Other", date(1970, 2, 2))), [LARKS]) == Settled()


def test_the_same_family():
    """A family referred again with everybody, also from a new address, is that family, whoever is named first."""
    people = [person("1", "Mia"), person("2", "Tess"), person("3", "Rob")]
    settled = settle(referral(*people, home=NEW), [LARKS])
    assert settled == Settled(reference="F1", members={"1": "m3", "2": "m1", "3": "m2"})


def test_a_baby_born_since():
    """A child born since the family was last referred makes it no other family, although somebody is missing."""
    later = family(*LARKS.people, home=Home(), begun=date(2015, 1, 1))
    assert settle(referral(person("1", "Tess"), person("2", "Nell")), [later]).reference == "F1"


def test_a_household_that_parts():
    """Mother and daughter at a new address, without the father, are asked about; so is the father with others."""
    father = referral(person("1", "Rob"), person("2", "Kay", "Moss"), home=NEW)
    unplaced = referral(person("1", "Rob"), person("2", "Kay", "Moss"), home=Home())
    for each in (GONE, father, unplaced):
        (question,) = settle(each, [LARKS]).questions
        assert (question.reference, question.of_household) == ("F1", True)
    assert settle(referral(*GONE.people), [LARKS]).reference == "F1"  # at their address they are that family


def test_answers_for_a_household():
    """They go on as that family, or are a new family: of people who left it, or who are in both."""
    settled = {answer: settle(GONE, [LARKS], {"F1": answer}) for answer in ("same-as", "joins", "left", "also-of")}
    assert [settled[answer].reference for answer in settled] == ["F1", "F1", None, None]
    assert settled["joins"].members == {"1": "m1", "2": "m3"}
    assert [(share.line, share.member, share.answer) for share in settled["left"].shares] == [
        ("1", "m1", "left"),
        ("2", "m3", "left"),
    ]
    assert {share.answer for share in settled["also-of"].shares} == {"also-of"}


def test_two_of_one_name():
    """Two men of one name and birthday and two NHS numbers are a question; each is kept as the answer says."""
    (question,) = settle(OTHER_KHAN, [TWO_KHANS]).questions
    (pair,) = question.pairs
    assert (pair.weighing.contradictions, question.missing, question.added) == (("nhs-number",), ("m2",), ("2",))
    assert settle(OTHER_KHAN, [TWO_KHANS], {"F1": "not-the-same"}) == Settled()
    assert settle(OTHER_KHAN, [TWO_KHANS], {"F1": "joins"}) == Settled(reference="F1")
    assert settle(OTHER_KHAN, [TWO_KHANS], {"F1": "same-as"}) == Settled(
        reference="F1", members={"1": "m1"}, left_out=(("1", "nhs-number"),)
    )


def test_an_answer_is_not_asked_for_again():
    """Once two men of one name are known apart, each is found again by his number, or by who is with him."""
    other = family(person("m1", "Ali", "Khan", nhs_number="2"), person("m2", "Yusuf", "Khan"), reference="F2")
    assert settle(referral(person("1", "Ali", "Khan", nhs_number="2")), [TWO_KHANS, other]).reference == "F2"
    without = referral(person("1", "Ali", "Khan"), person("2", "Yusuf", "Khan"), home=Home())
    assert settle(without, [TWO_KHANS, other]).reference == "F2"
    assert asked(settle(referral(person("1", "Ali", "Khan")), [TWO_KHANS, other])) == ["F1", "F2"]


def test_a_number_of_another_family():
    """A number that is held in another family is asked about, and stays with its holder unless they are one."""
    bronte = family(person("m1", "Chloe", "Bronte", upn="A1"), reference="F2")
    told = referral(person("1", "Tess", upn="A1"), person("2", "Rob"), person("3", "Mia"))
    assert asked(settle(told, [LARKS, bronte])) == ["F2"]
    settled = settle(told, [LARKS, bronte], {"F2": "not-the-same"})
    assert (settled.reference, settled.left_out) == ("F1", (("1", "upn"),))


def test_hints():
    """Two forenames with their birthdays, or one at the same address, are asked about; one alone is chance."""
    two = [person("1", "Tess", "Brown"), person("2", "Mia", "Brown")]
    assert asked(settle(referral(*two, home=NEW), [LARKS])) == ["F1"]
    assert asked(settle(referral(two[0]), [LARKS])) == ["F1"]
    assert settle(referral(two[0], home=NEW), [LARKS]) == Settled()


def test_unnamed_children():
    """Twins without a name are two people, and the children of one mother; of two mothers they are not one child."""
    twins = [person(key, "Baby", born=date(2016, 1, 5)) for key in ("m2", "m3")]
    known = family(person("m1", "Tess"), *twins)
    told = [person("1", "Tess"), person("2", "Baby"), person("3", "Baby")]
    assert settle(referral(*told), [known]).members == {"1": "m1", "2": "m2", "3": "m3"}
    named = settle(referral(told[0], person("2", "Rose"), told[2]), [known])
    assert [pair.weighing.verdict for pair in named.questions[0].pairs] == ["same", "hint", "same"]
    assert settle(referral(person("1", "Kay"), person("2", "Baby"), home=NEW), [known]) == Settled()
    numbered = family(person("m1", "Tess"), person("m2", "Baby", upn="1"))
    assert settle(referral(told[0], person("2", "Baby", upn="1")), [numbered]).members == {"1": "m1", "2": "m2"}


def test_a_name_and_a_birthday_elsewhere():
    """One person with nothing but a name and a birthday, at another address, is a question; with a number, the same."""
    one = family(person("m1", "Tess", nino="A"))
    assert asked(settle(referral(person("1", "Tess"), home=NEW), [one])) == ["F1"]
    assert settle(referral(person("1", "Tess", nino="A"), home=NEW), [one]).reference == "F1"


def test_of_two_families():
    """People of two families are asked about; one of the two can be their family, and they may have left the other."""
    moss = family(person("m1", "Kay", "Moss"), reference="F2")
    both = referral(person("1", "Rob"), person("2", "Kay", "Moss"))
    assert asked(settle(both, [LARKS, moss])) == ["F1", "F2"]
    settled = settle(both, [LARKS, moss], {"F1": "left", "F2": "same-as"})
    assert (settled.reference, settled.members) == ("F2", {"2": "m1"})
    assert [(share.line, share.reference) for share in settled.shares] == [("1", "F1")]


def test_a_child_of_two_households():
    """A child known in two families is referred again with the one that its mother is of, and alone is asked about."""
    fathers = family(person("m1", "Rob"), person("m2", "Mia"), reference="F1")
    mothers = family(person("m1", "Tess"), person("m2", "Mia"), reference="F2")
    told = referral(person("1", "Tess"), person("2", "Mia"))
    assert settle(told, [fathers, mothers]) == Settled(reference="F2", members={"1": "m1", "2": "m2"})
    assert asked(settle(referral(person("1", "Mia")), [fathers, mothers])) == ["F1", "F2"]


def test_answers_that_contradict():
    """A referral is of one family, and only who is like somebody can be the same."""
    with pytest.raises(Rejected, match="cannot be of F1 and of F2"):
        settle(GONE, [LARKS], {"F1": "same-as", "F2": "joins"})
    stranger = referral(person("1", "Ann", "Other", date(1970, 2, 2)))
    with pytest.raises(Rejected, match="nobody in the referral is like anybody of F1"):
        settle(stranger, [LARKS], {"F1": "same-as"})
    assert settle(stranger, [LARKS], {"F1": "joins"}).reference == "F1"


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (SAFE, NEW, "contradicts"),
        (SAFE, Home(postcode="ch411aa"), "agrees"),
        (SAFE, Home(lines="5 safe close, Leasowe", postcode="CH41 1AA"), "agrees"),
        (SAFE, Home(lines="7 Safe Close", postcode="CH41 1AA"), "contradicts"),
        (Home(lines="5 Safe Close"), Home(lines="5 SAFE CLOSE"), "agrees"),
        (Home(uprn="042"), Home(uprn="42", postcode="CH1 1AA"), "agrees"),
        (Home(uprn="43"), Home(uprn="42"), "contradicts"),
        (Home(), SAFE, "silent"),
        (Home(lines="x"), Home(postcode="y"), "silent"),
    ],
)
def test_where(one: Home, other: Home, said: str):
    """Addresses are one by UPRN, else by postcode and how they are written."""
    assert (where(one, other), where(other, one)) == (said, said)


FORENAMES = st.sampled_from(["Tess", "Rob", "Mia", "Kay", "Baby", "Zoë", "Zoe"])
KEYS = ("1", "2", "3", "4")


@st.composite
def households(draw: st.DrawFn, prefix: str) -> tuple[PersonFacts, ...]:
    names = draw(st.lists(FORENAMES, min_size=1, max_size=4))
    numbers = st.dictionaries(st.sampled_from(["upn", "nino"]), st.sampled_from(["1", "2"]))
    return tuple(
        PersonFacts(key=f"{prefix}{at}", surname="Lark", forename=name, born=BORN.get(name, date(2016, 1, 5)),
                    identifiers=draw(numbers))
        for at, name in enumerate(names, start=1)
    )  # fmt: skip


@given(households(""), st.lists(households("m"), min_size=1, max_size=3), st.randoms())
def test_order(told: Sequence[PersonFacts], known: list[Sequence[PersonFacts]], chance):
    """The order of people and of families makes no difference to whose referral it is."""
    families = [family(*people, reference=f"F{at}") for at, people in enumerate(known)]
    turned = [
        each.model_copy(update={"people": tuple(chance.sample(each.people, len(each.people)))}) for each in families
    ]
    mixed = chance.sample(turned, len(turned))
    assert settle(referral(*chance.sample(told, len(told))), mixed) == settle(referral(*told), families)


@given(households(""), st.lists(households("m"), min_size=1, max_size=3))
def test_nothing_is_merged_over_a_contradiction(told: Sequence[PersonFacts], known: list[Sequence[PersonFacts]]):
    """Without an answer nobody becomes a member whom anything contradicts, and nobody becomes two."""
    settled = settle(referral(*told), [family(*people, reference=f"F{at}") for at, people in enumerate(known)])
    assert len(set(settled.members.values())) == len(settled.members)
    if settled.reference:
        chosen = family(*known[int(settled.reference[1:])], reference=settled.reference)
        weighed = {pair.line: pair for pair in compare(referral(*told), chosen).pairs}
        assert not any(weighed[line].weighing.contradictions for line in settled.members)
