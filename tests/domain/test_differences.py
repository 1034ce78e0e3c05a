"""A referral that comes again: taken before, dealt with, or different by now."""

from datetime import UTC, date, datetime

import pytest

from domain.intake.differences import Before, Change, HeldPerson, Known, began, corrected, paired, status_of
from domain.intake.referral import Person, Referral
from domain.intake.undoing import happened_since
from domain.journey import events as e

JANUARY, FEBRUARY, NOVEMBER = date(2025, 1, 6), date(2025, 2, 10), date(2025, 11, 3)
NOW = datetime(2025, 11, 30, tzinfo=UTC)


def person(line: int = 2, **changes: object) -> Person:
    told = {"role": "adult", "surname": "Lark", "forename": "Rob", "born": date(1980, 1, 1), "identifiers": {}}
    return Person(line=line, **told | changes)


def referral(*people: Person, **changes: object) -> Referral:
    told = {"family_no": "L1", "locality": "Leasowe", "referrer": "wirral-schools", "referred_on": JANUARY}
    return Referral(people=people or (person(),), **told | {"criteria": ("poverty", "addiction")} | changes)


def held(member: str = "m1", **changes: object) -> HeldPerson:
    told = person().model_dump(exclude={"line"}) | {"member_id": member}
    return HeldPerson(**told | changes)


def known(*journeys: Before, **changes: object) -> Known:
    told = {
        "reference": "F-7K3Q-9D2X",
        "journeys": journeys or (Before(referrer="wirral-schools", referred_on=JANUARY),),
        "members": {2: "m1"},
        "people": (held(),),
        "locality": "Leasowe",
        "criteria": ("addiction", "poverty"),
    }
    return Known(**told | changes)


CLOSED = Before(referrer="wirral-schools", referred_on=JANUARY, closed_on=FEBRUARY)
REOPENED = Before(referrer="wirral-schools", referred_on=NOVEMBER)


def test_the_same_referral_again():
    """The same referrer and day is the same referral: taken already, also when it is closed by now, or followed."""
    assert status_of(referral(locality="LEASOWE"), known()) == ("already-taken", ())
    assert status_of(referral(), known(CLOSED)) == ("already-taken", ())
    assert status_of(referral(address="9 Far Road"), known(CLOSED, REOPENED)) == ("already-taken", ())


@pytest.mark.parametrize("day", [JANUARY, date(2025, 1, 20), FEBRUARY])
def test_not_later_than_the_last_close(day: date):
    """A referral of a day not later than the last close was dealt with, whoever sends it."""
    assert status_of(referral(referrer="wirral-health", referred_on=day), known(CLOSED)) == ("already-taken", ())


def test_somebody_new_before_the_last_close():
    """With somebody whom nobody knows, it is a question and no journey."""
    told = referral(person(), person(3, forename="Zed", role="child", born=date(2015, 1, 1)), referrer="wirral-health")
    assert status_of(told, known(CLOSED)) == ("in-doubt", ())


def test_a_referral_after_the_close():
    """A later referral is a new one; so is another partner's of an open family, for the door to answer."""
    assert status_of(referral(referred_on=NOVEMBER), known(CLOSED)) == ("new", ())
    assert status_of(referral(referrer="wirral-health"), known()) == ("new", ())
    assert status_of(referral(referred_on=NOVEMBER), known(CLOSED, numbered=True)) == ("new", ())


def test_another_day_under_the_same_number():
    """The same referrer under the number of an earlier file corrects the day, while the journey is open."""
    stands, changes = status_of(referral(referred_on=date(2025, 1, 7)), known(numbered=True))
    assert (stands, [(change.field, change.held, change.said) for change in changes]) == (
        "changed",
        [("referred_on", "2025-01-06", "2025-01-07")],
    )


def test_every_field_that_differs():
    """Each difference is named with what is held, what the file says and what makes the change; empty says nothing."""
    told = referral(
        person(2, surname="Larke", identifiers={"nino": "QQ123456C"}),
        person(3, forename="Mia", role="child", born=date(2015, 2, 1)),
        person(4, forename="Zed", role="child", born=date(2018, 1, 1)),
        locality="Seacombe",
        criteria=("poverty",),
        address="9 Far Road",
    )
    mia = held("m2", forename="Mia", role="child", born=date(2015, 1, 2))
    kay = held("m3", forename="Kay", role="child", born=date(2012, 1, 1))
    later = held("m4", forename="Joined", born=date(1990, 1, 1), referred=False)
    stands, changes = status_of(
        told, known(people=(held(), mia, kay, later), address="5 Safe Close", postcode="CH1 1ZZ")
    )
    assert stands == "changed"
    assert [(one.line, one.member, one.field, one.held, one.said) for one in changes] == [
        (2, None, "locality", "Leasowe", "Seacombe"),
        (2, None, "criteria", "addiction;poverty", "poverty"),
        (2, None, "address", "5 Safe Close", "9 Far Road"),
        (2, "m1", "surname", "Lark", "Larke"),
        (2, "m1", "nino", "", "QQ123456C"),
        (3, "m2", "date_of_birth", "2015-01-02", "2015-02-01"),
        (4, None, "member", "", "Zed Lark, child, 2018-01-01"),
        (2, "m3", "member", "Kay Lark, child, 2012-01-01", ""),
    ]
    assert {one.field for one in changes if one.how == "--apply-changes"} == {"locality", "criteria", "address"}


def test_who_is_who():
    """Those known are paired first, then those of one name, then of one birth date; of two alike nobody is guessed."""
    twins = [held(f"m{n}", forename=name, born=date(2015, 1, 1), role="child") for n, name in ((2, "Ash"), (3, "Bo"))]
    people = (person(), person(3, forename="Ashe", born=date(2015, 1, 1), role="child"))
    found = paired(people, known(members={2: "m1", 9: "m9"}, people=(held(), *twins)))
    assert {line: other.member_id for line, other in found.items()} == {2: "m1"}
    found = paired(people, known(people=(held(), twins[0])))
    assert {line: other.member_id for line, other in found.items()} == {2: "m1", 3: "m2"}


def test_which_family_a_referral_began():
    """Only the same referrer and day began a journey."""
    assert [began(referral(referred_on=day), known(CLOSED)) for day in (JANUARY, NOVEMBER)] == [True, False]


def test_what_happened_since():
    """What the system does by itself is nothing that happened to a family; a step, or a result that is met, is."""
    closed = e.JourneyClosed(at=NOW, on=NOVEMBER, outcome="moved-away")
    sent = e.ReminderSent(at=NOW, reminder_id="r1")
    assert happened_since([sent, closed, closed]) == ("journey-closed",)
    told = {"at": NOW, "result": "work", "verdict": "not_met"}
    unmet = e.ClaimEligibilityRecorded.model_construct(type="claim-eligibility-recorded", **told)
    met = unmet.model_copy(update={"verdict": "met"})
    assert (happened_since([unmet]), happened_since([met])) == ((), ("claim-eligibility-recorded",))


def test_a_referral_as_the_file_has_it():
    """Of the event of a referral only what the file says otherwise is corrected."""
    event = e.FamilyReferred.model_construct(type="family-referred", on=JANUARY, locality="Leasowe", criteria=("x",))
    told = referral(locality="Seacombe", referred_on=NOVEMBER, address="9 Far Road")
    day = Change(line=2, field="referred_on", held="", said="")
    where = Change(line=2, field="address", held="", said="")
    after = corrected(event, told, (day, where))
    assert (after.on, after.locality, after.criteria) == (NOVEMBER, "Leasowe", ("x",))
