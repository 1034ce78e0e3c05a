"""Births that are not known to the day, and people of one name: taken as they are, and never a proof of who it is."""

from datetime import date, timedelta

import pytest

from domain.births import BIRTH, Expected, birth_of
from domain.claims.claim_file import check
from domain.claims.journey_claim import claim_file_of
from domain.family import Member
from domain.intake.differences import HeldPerson, Known, differences
from domain.intake.identity import PersonFacts, asked_of, likenesses, weigh
from domain.intake.known_families import KnownFamily, Referred, compare
from domain.intake.questions import Reader
from domain.intake.referral import Checked
from domain.intake.referral_columns import BadCell
from domain.intake.referring import check_family, check_person
from domain.intake.written_days import written_part
from domain.journey import events as e
from domain.journey.evolve import fold
from domain.stays import Away, stays
from tests.domain.given import AT_WORK, fact
from tests.domain.test_claim_of_journey import AS_OF, PACK, seen
from tests.domain.test_intake import TERMS, child, codes, row

TODAY = TERMS.today


def taken(checked: Checked) -> list[tuple[str, str, object, object]]:
    assert checked.referral is not None, checked.faults
    return [(each.forename, each.surname, each.born, each.expected) for each in checked.referral.people]


@pytest.mark.parametrize(
    ("cells", "born"),
    [
        ({"date_of_birth": ""}, None),
        ({"date_of_birth": "Unknown"}, None),
        ({"date_of_birth": "n/k"}, None),
        ({"date_of_birth": "2003"}, "2003"),
        ({"date_of_birth": "2003-05"}, "2003-05"),
        ({"date_of_birth": "5/2003"}, "2003-05"),
        ({"date_of_birth": "May 2003"}, "2003-05"),
        ({"date_of_birth": "20/05/2003"}, date(2003, 5, 20)),
        ({"date_of_birth": "1992"}, "1992"),  # 19 or 20 at the referral: a child may be 19
    ],
)
def test_a_birth_is_taken_as_it_is_known(cells: dict[str, str], born: object):
    """A child whose birth is not known, or by month or year only, is taken, and with it the family."""
    assert taken(check_family([row(), child(**cells)], TERMS))[1][2] == born


@pytest.mark.parametrize(
    ("cells", "names"),
    [({"surname": ""}, ("Wren", "")), ({"forename": ""}, ("", "Chestnut")), ({"forename": " "}, ("", "Chestnut"))],
)
def test_one_name_is_enough(cells: dict[str, str], names: tuple[str, str]):
    """Who has one name only is taken with that one."""
    assert taken(check_family([row(**cells)], TERMS))[0][:2] == names


def test_an_unborn_child():
    """A child who is expected is taken without a birth, and without a name."""
    unborn = child(forename="", surname="", date_of_birth="", expected="01/09/2012")
    assert taken(check_family([row(), unborn], TERMS))[1] == ("", "", None, date(2012, 9, 1))


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"surname": "", "forename": ""}, ("surname", "missing")),
        ({"date_of_birth": "2013"}, ("date_of_birth", "future-date")),
        ({"date_of_birth": "2012-06"}, ("date_of_birth", "future-date")),
        ({"date_of_birth": "1991"}, ("role", "wrong-role")),
        ({"date_of_birth": "1890"}, ("date_of_birth", "bad-date")),
        ({"date_of_birth": "2003-13"}, ("date_of_birth", "bad-date")),
        ({"expected": "2012-09-01"}, ("expected", "born-and-expected")),
        ({"date_of_birth": "", "expected": "2013-09-01"}, ("expected", "bad-date")),
        ({"date_of_birth": "", "expected": "2012-02-01"}, ("expected", "bad-date")),
        ({"date_of_birth": "", "expected": "2012"}, ("expected", "bad-date")),
        ({"date_of_birth": "", "expected": "2012-09-01", "role": "adult"}, ("role", "wrong-role")),
        ({"date_of_birth": "1997", "role": "adult"}, ("role", "wrong-role")),
    ],
)
def test_what_cannot_be(cells: dict[str, str], fault: tuple[str, str]):
    """What cannot be so on any day of the year or month is refused, and so is a person without a name."""
    assert codes(check_family([row(line=1), child(**cells)], TERMS)) == [(3, *fault)]


@pytest.mark.parametrize("cells", [{"date_of_birth": "1996", "role": "adult"}, {"date_of_birth": "2012"}])
def test_what_may_be(cells: dict[str, str]):
    """Who may be old enough, or born by now, on some day of the year is taken."""
    assert codes(check_family([row(line=1), child(**cells)], TERMS)) == []


def test_the_same_person_without_a_birth():
    """Two rows of one name, and of one birth as far as it is known, are one person; of two families they are two."""
    twice = [child(line, forename="Toni", date_of_birth="", upn=upn) for line, upn in ((3, ""), (4, "K388837901156"))]
    assert codes(check_family([row(), *twice], TERMS)) == [(4, "surname", "repeated-person")]
    apart = [child(line, forename="", date_of_birth="2003", police_urn=urn) for line, urn in ((3, ""), (4, "MP/1"))]
    assert [each[0] for each in taken(check_family([row(), *apart], TERMS))] == ["Wren", "", "(2)"]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("2012", "2012"),
        ("2012-5", "2012-05"),
        ("12/2012", "2012-12"),
        ("may 2012", "2012-05"),
        ("sept. 2012", "2012-09"),
    ],
)
def test_a_month_or_a_year(text: str, part: str):
    """A month and a year are read in the ways in which people write them."""
    assert written_part(text) == part


@pytest.mark.parametrize("text", ["may-12", "29/05/2012", "wet 2012", "12", "2012-05-29"])
def test_no_month_and_no_year(text: str):
    """A day, and what may be one, is no month."""
    assert written_part(text) is None


def test_a_month_that_is_none():
    """A thirteenth month is a slip."""
    with pytest.raises(BadCell):
        written_part("13/2012")


def test_one_person_by_the_same_rules():
    """A person who joins is judged by the rules of a referral, cell by cell and together."""
    person, faults = check_person({"role": "child", "surname": "Thyme", "expected": "2012-09-01"}, TODAY)
    assert (person and person.expected, faults) == (date(2012, 9, 1), [])
    for cells, column in (({"role": "child"}, "surname"), ({"surname": "Thyme"}, "role")):
        person, (fault,) = check_person(cells, TODAY)
        assert (person, fault.field) == (None, column)
    person, (fault,) = check_person({"role": "adult", "surname": "Thyme", "date_of_birth": "2011"}, TODAY)
    assert (person, fault.code) == (None, "wrong-role")


# Who somebody is


def known(born=None, surname="Khan", forename="Aisha", **more) -> PersonFacts:
    return PersonFacts(key="m1", surname=surname, forename=forename, born=born, **more)


DAY = date(2012, 5, 20)


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        (known("2012"), known(DAY), "ask"),
        (known("2012-05"), known(DAY), "ask"),
        (known("2012-05"), known("2012"), "ask"),
        (known("2012-06"), known(DAY), "different"),
        (known("2011"), known("2012"), "different"),
        (known(), known(DAY), "hint"),
        (known(), known(), "hint"),
        (known(expected=DAY), known(DAY), "hint"),
        (known(expected=DAY), known(date(2002, 5, 20)), "different"),
        (known("2012", "Moss"), known(DAY), "different"),
        (known(DAY, surname=""), known(DAY), "hint"),
        (known(DAY, surname=""), known(DAY, surname=""), "hint"),
        (known(DAY, forename=""), known(DAY), "hint"),
        (known(DAY, forename=""), known(DAY, forename=""), "hint"),
        (known(DAY, surname=""), known(DAY, forename="Yusuf"), "different"),
        (known(DAY, surname="", identifiers={"upn": "A1"}), known(DAY, identifiers={"upn": "A1"}), "same"),
        (known("2012", identifiers={"upn": "A1"}), known(DAY, identifiers={"upn": "A1"}), "ask"),
    ],
)
def test_nothing_is_merged_by_half_a_birth_or_one_name(one: PersonFacts, other: PersonFacts, verdict: str):
    """A birth in part, and a single name, make a question of what a whole one would settle; a number settles it."""
    assert (weigh(one, other).verdict, weigh(other, one).verdict) == (verdict, verdict)


def test_a_further_number_is_theirs_too():
    """Of two numbers of one kind either is the person's; another one contradicts."""
    two = known(DAY, identifiers={"upn": "A1"}, further=(("upn", "b 2"), ("nino", "QQ1")))
    assert weigh(known(DAY, identifiers={"upn": "B2"}), two).numbers == ("upn",)
    assert weigh(known(DAY, identifiers={"upn": "C3"}), two).contradictions == ("upn",)


@pytest.mark.parametrize("one", [known(), known("2012"), known("2012-05"), known(DAY)])
@pytest.mark.parametrize("other", [known(), known("2012"), known(DAY)])
def test_who_may_be_the_same_is_found(one: PersonFacts, other: PersonFacts):
    """Whoever weighs as more than different has a key in common with the one asked for."""
    assert asked_of(one) & likenesses(other)


def test_a_question_tells_what_is_known_of_a_birth():
    """A year, an expected day and every number stand beside the other in a question."""
    held = known("2012", identifiers={"upn": "B2"})
    family = KnownFamily(reference="F-2222-2222", people=(held,), members=frozenset({"m1"}))
    said = known(expected=DAY, identifiers={"upn": "A1"}, further=(("upn", "B2"),)).model_copy(update={"key": "1"})
    asking = Referred(people=(said,))
    (person,) = Reader(asking, family, names=True).question(compare(asking, family), "open").people
    facts = {fact.field: (fact.referred, fact.known) for fact in person.facts}
    assert (facts["date of birth"], facts["UPN"]) == (("expected 2012-05-20", "2012"), ("A1, B2", "B2"))


def test_what_a_later_file_says_of_people():
    """An empty birth says nothing; another one, and who is new or missing, are named with the step that does it."""
    referral = check_family([row(), child(date_of_birth="", forename="Toni")], TERMS).referral
    assert referral is not None
    held = [
        HeldPerson(member_id="m1", role="adult", surname="Chestnut", forename="Wren", born="1978", identifiers={}),
        HeldPerson(member_id="m2", role="child", surname="Chestnut", forename="Toni", born=DAY, identifiers={}),
        HeldPerson(member_id="m3", role="child", surname="Chestnut", forename="Bo", expected=DAY, identifiers={}),
        HeldPerson(member_id="m4", role="child", surname="", forename="Jo", identifiers={}),
    ]
    before = Known.model_validate(
        {
            "reference": "F-2222-2222",
            "journeys": [{"referrer": referral.referrer, "referred_on": referral.referred_on}],
            "members": {},
            "people": held,
            "locality": referral.locality,
            "criteria": referral.criteria,
        }
    )
    told = [(each.field, each.member, each.held, each.said, each.how) for each in differences(referral, before)]
    assert told == [
        ("date_of_birth", "m1", "1978", "1978-04-18", "journeys member correct"),
        ("member", "m3", "Bo Chestnut, child, expected 2012-05-20", "", "journeys member leave"),
        ("member", "m4", "Jo, child, birth not known", "", "journeys member leave"),
    ]


# What of it reaches a claim


def test_births_in_json():
    """A day, a month, a year and an expected day are read as they were written."""
    for birth in (DAY, "2012", "2012-05", Expected(expected=DAY)):
        assert BIRTH.validate_json(BIRTH.dump_json(birth)) == birth
    assert (birth_of("2012", None), birth_of(None, DAY), birth_of(None, None)) == ("2012", Expected(expected=DAY), None)


def test_who_was_of_the_family_and_when_reaches_the_claim():
    """A claim file has the days on which each member belonged, what is known of births, and no stranger's evidence."""
    joined = fact(e.MemberJoined, DAY, how="expected", member=Member(id="m4", role="child", from_=DAY))
    away = (Away(from_=date(2012, 9, 1), to=date(2012, 10, 1)),)
    gone = fact(e.MemberJoined, DAY, how="came-back", member=Member(id="m2", role="child", away=away))
    events = [
        *AT_WORK,
        joined,
        gone,
        seen("exclusion", "x1", date(2012, 9, 10), member="m2", on="2012-09-10", type="fixed"),
        seen("exclusion", "x2", date(2012, 10, 10), member="m2", on="2012-10-10", type="fixed"),
    ]
    births = {"m1": "1980", "m4": Expected(expected=date(2012, 9, 1))}
    file = claim_file_of(fold(events), PACK, births, AS_OF, {})
    assert file is not None
    members = {each.id: each for each in file.family.members}
    assert (members["m1"].born, members["m4"].expected, members["m4"].from_) == ("1980", date(2012, 9, 1), DAY)
    assert (members["m2"].born, members["m2"].away) == (None, away)
    assert [(each.id, each.recorded) for each in file.evidence] == [("x2", 2)]
    assert check(file, PACK).payable.amount == 0


def test_an_age_that_nobody_knows_leaves_the_limb_open():
    """A child whose birth is not known leaves what asks for its age insufficient, and never met."""
    file = claim_file_of(fold(AT_WORK), PACK, {}, AS_OF, {})
    assert file is not None
    education = next(each for each in check(file, PACK).results if each.result == "crime-asb-education")
    assert education.verdict != "met"


def test_stays():
    """Somebody without days always belonged; a time away parts one stay into two; its days are in order."""
    away = Away(from_=DAY, to=DAY + timedelta(days=6))
    first, second = stays(None, DAY + timedelta(days=30), [away])
    assert (first.last, second.first) == (DAY - timedelta(days=1), DAY + timedelta(days=7))
    with pytest.raises(ValueError, match="is before"):
        Away(from_=DAY, to=DAY - timedelta(days=1))
    present = Member(id="m1", role="adult", away=(away,))
    assert [present.belongs(DAY), present.belongs(DAY, DAY + timedelta(days=7)), present.belongs(date(1999, 1, 1))] == [
        False, True, True
    ]  # fmt: skip
