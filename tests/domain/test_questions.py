"""A question of identity in words, for who may read names and for who may not."""

from datetime import date

from domain.intake.identity import PersonFacts
from domain.intake.known_families import Home, KnownFamily, Referred, compare
from domain.intake.questions import Question, Reader, by_what, how_it_stands, listed

DAY = date(1990, 1, 1)


def person(key: str, forename: str, surname: str = "Lark", born: date | None = DAY, **numbers: str) -> PersonFacts:
    return PersonFacts(key=key, surname=surname, forename=forename, born=born, identifiers=numbers)


def asked(referred: Referred, *people: PersonFacts, names: bool = True, home: Home | None = None) -> Question:
    members = frozenset(each.key for each in people)
    known = KnownFamily(reference="F1", people=people, members=members, home=home or Home())
    return Reader(referred, known, names=names).question(compare(referred, known), "open")


def referral(*people: PersonFacts, home: Home | None = None) -> Referred:
    return Referred(people=people, home=home or Home())


def test_a_number_of_somebody_else():
    """Whose number it is is said by name, or by line and member."""
    told = referral(person("1", "Toni", "Teal", upn="A1"))
    chloe = person("m2", "Chloe", "Bronte", date(2012, 2, 2), upn="A1")
    assert asked(told, chloe).reason == "the UPN of Toni Teal is that of Chloe Bronte (F1)"
    assert asked(told, chloe, names=False).reason == "the UPN of person 1 is that of m2 (F1)"


def test_the_facts():
    """What either side says stands side by side; without names only the fields do."""
    told = referral(person("1", "Ann", upn="A1"), home=Home(lines="1 Old Street", postcode="CH41 1AA"))
    known = person("m1", "Ann", upn="A2")
    (facts,) = asked(told, known).people
    assert [(fact.field, fact.agreement, fact.referred, fact.known) for fact in facts.facts] == [
        ("name", "agrees", "Ann Lark", "Ann Lark"),
        ("date of birth", "agrees", "1990-01-01", "1990-01-01"),
        ("UPN", "contradicts", "A1", "A2"),
    ]
    assert asked(told, known).address.referred == "1 Old Street, CH41 1AA"
    (bare,) = asked(told, known, names=False).people
    assert {(fact.referred, fact.known) for fact in bare.facts} == {(None, None)}
    assert asked(told, known).answers[:2] == ("--same-as F1", "--not-the-same F1")


def test_a_doubt():
    """What agrees, is nearly the same and contradicts is said in one sentence a person."""
    near = asked(referral(person("1", "Zo\u00eb")), person("m1", "Zoe"))
    assert near.reason == "Zo\u00eb Lark may be Zoe Lark of F1: date of birth agrees, name is nearly the same"
    married = asked(
        referral(person("1", "Ann", "Gray"), person("2", "Bo", "Gray")), person("m1", "Ann"), person("m2", "Bo")
    )
    assert married.reason == (
        "Ann Gray may be Ann Lark of F1: forename and date of birth agree, surname contradicts;"
        " Bo Gray may be Bo Lark of F1: forename and date of birth agree, surname contradicts"
    )


def test_the_household():
    """Of a household it is said who is known, who is not in the referral, who is new, and of another address."""
    home, other = Home(postcode="CH41 1AA"), Home(postcode="CH42 2BB")
    family = person("m1", "Ann"), person("m2", "Bo")
    told = asked(referral(person("1", "Ann"), person("2", "Cy"), home=other), *family, home=home)
    assert told.reason == (
        "Ann Lark is of F1, but Bo Lark is not in this referral, Cy Lark is new and the address is another"
    )
    assert (told.missing, told.address.agreement) == (("Bo Lark",), "contradicts")
    both = referral(person("1", "Ann"), person("2", "Bo"))
    assert asked(both, *family).reason == "Ann Lark and Bo Lark are of F1"


def test_whoever_has_left():
    """Of people who are recorded as having left a family that is said."""
    known = KnownFamily(
        reference="F1", people=(person("m1", "Ann", born=None, upn="A1"),), members=frozenset(), left=frozenset({"m1"})
    )
    told = referral(person("1", "Ann", upn="A1"))
    comparison = compare(told, known)
    assert Reader(told, known, names=True).reason(comparison) == "Ann Lark is of F1, but recorded as having left"
    assert by_what(comparison.pairs[0]) == "name and UPN"


def test_how_a_journey_stands():
    """A family's newest journey is told in words."""
    assert [
        how_it_stands(None, None, None),
        how_it_stands("closed", "sustained", DAY),
        how_it_stands("check", None, DAY),
    ] == ["no journey yet", "closed 1990-01-01, sustained", "open at check, referred 1990-01-01"]
    assert [listed(list("abc")[:count]) for count in range(4)] == ["", "a", "a and b", "a, b and c"]
