"""The people of a family on its journey: who joins, leaves, comes back, is corrected, and where the family lives."""

from datetime import date, timedelta

import pytest
from given import ALLOCATED_ON, HELD, IDENTIFIED_ON, MEMBERS, REFERRED_ON, Given, ask, fact, referred

from domain.evidence import EVIDENCE
from domain.family import Member
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.disclosure import disclosed
from domain.journey.effects import Notify
from domain.journey.evolve import fold
from domain.journey.explain import explain
from domain.journey.facts import Household, Taken
from domain.journey.members import concerns
from domain.journey.stream import fingerprint
from domain.programme.local_scheme import Localities
from domain.stays import Away
from tests.domain.given import PROGRAMME

DAY = date(2012, 9, 3)
WEEK = timedelta(days=7)
KNOWN = Household(people=tuple(member.id for member in MEMBERS), news=True)
NEXT = f"m{len(MEMBERS) + 1}"
closed = fact(e.JourneyClosed, DAY, outcome="moved-away")
went = fact(e.MemberLeft, DAY, member_id="m2", why="moved-out")


def add(day=DAY, household=KNOWN, **fields):
    return ask(c.AddMember, day, **{"role": "child", "how": "moved-in", "household": household, **fields})


def leave(day=DAY, member_id="m2", why="moved-out", **fields):
    return ask(c.RecordLeaving, day, member_id=member_id, why=why, household=KNOWN, **fields)


def correct(day=DAY, household=KNOWN, **fields):
    return ask(c.CorrectMember, day, **{"member_id": "m2", "reason": "typing-error", "household": household, **fields})


def identifier(change="added", household=KNOWN, **fields):
    told = {"member_id": "m1", "scheme": "nino", "change": change, "reason": "found"}
    return ask(c.ChangeIdentifier, DAY, **told, household=household, **fields)


def move(day=DAY, household=KNOWN, **fields):
    return ask(c.MoveHousehold, day, household=household, **fields)


def member(name, role="child", **fields):
    return Member(id=name, role=role, **fields)


def members(*events):
    return fold([*HELD, *events]).members


# Who joins


@pytest.mark.parametrize("how", ["born", "moved-in", "expected"])
def test_who_joins_belongs_from_that_day(how):
    """A person who joins has the next id of the family and belongs from the day of joining."""
    joined = fact(e.MemberJoined, DAY, how=how, member=member(NEXT, from_=DAY))
    Given(*HELD).when(add(how=how)).then(joined)
    assert members(joined)[-1] == member(NEXT, from_=DAY)


def test_who_was_found_later_belonged_all_along():
    """A person who was missed at the referral is of the family without a beginning."""
    Given(*HELD).when(add(how="found-later")).then(fact(e.MemberJoined, DAY, how="found-later", member=member(NEXT)))


def test_no_id_is_given_twice():
    """Also the ids of people whom only the vault knows, from an earlier journey, are somebody's."""
    known = Household(people=("m1", "m2", "m9"), news=True)
    (joined,) = Given(*HELD).when(add(household=known)).happened
    assert joined.member.id == "m10"


def test_two_newborns_are_two_people():
    """The same command under another id is another child."""
    given = Given(*HELD).when(add(how="born"), add(how="born", household=Household(people=(*KNOWN.people, NEXT))))
    assert [each.id for each in fold([*given.events, *given.happened]).members][-2:] == [NEXT, f"m{len(MEMBERS) + 2}"]


def test_a_family_has_ids_for_so_many_people():
    """The last id is not followed by one that nobody could read."""
    Given(*HELD).when(add(household=Household(people=("m999",)))).refused("too-many-members")


def test_nobody_joins_in_the_future_or_after_the_close():
    """A birth of before the close is taken after it; one after it is not, and no day to come."""
    Given(*HELD).when(add(DAY + WEEK, at=ask(c.PassTime, DAY).at)).refused("future-date")
    Given(*HELD, closed).when(add(DAY + WEEK)).refused("closed", f"journeys reopen {referred.reference}")
    born = fact(e.MemberJoined, DAY - WEEK, how="born", member=member(NEXT, from_=DAY - WEEK))
    Given(*HELD, closed).when(add(DAY - WEEK, how="born")).then(born)


def test_a_number_of_somebody_else_is_refused():
    """A new person, or a known one, is given no number that is another's; the refusal says whose it is."""
    taken = KNOWN.model_copy(update={"taken": (Taken(scheme="upn", reference="F-2222-2222", member_id="m3"),)})
    Given(*HELD).when(add(household=taken)).refused("identifier-taken", "m3 of F-2222-2222")
    Given(*HELD).when(identifier(household=taken)).refused("identifier-taken", "journeys member identifier F-2222-2222")


# Who leaves, and comes back


@pytest.mark.parametrize("why", ["moved-out", "died", "came-of-age", "into-care", "other-family"])
def test_who_leaves_belongs_up_to_that_day(why):
    """The day of leaving is the last day; from the next on they are no member."""
    left = fact(e.MemberLeft, DAY, member_id="m2", why=why)
    Given(*HELD).when(leave(why=why)).then(left)
    journey = fold([*HELD, left])
    assert [each.to for each in journey.members if each.id == "m2"] == [DAY]
    assert ("m2" in ids(journey, DAY), "m2" in ids(journey, DAY + timedelta(days=1))) == (True, False)
    assert "m2" not in [each.id for each in journey.present]


def ids(journey, day):
    return [each.id for each in journey.members_on(day)]


def test_left_twice():
    """The same day again changes nothing; another day is a correction, which the refusal spells out."""
    Given(*HELD, went).when(leave()).then()
    Given(*HELD, went).when(leave(DAY + WEEK)).refused("already-left", f"m2 --to {DAY + WEEK} --reason CODE")


def test_nobody_leaves_before_they_came():
    """A day before a member joined, or came back, is refused."""
    joined = fact(e.MemberJoined, DAY, how="born", member=member("m9", from_=DAY))
    Given(*HELD, joined).when(leave(DAY - WEEK, member_id="m9")).refused("bad-dates")
    back = fact(e.MemberJoined, DAY + WEEK, how="came-back", member=returned())
    Given(*HELD, went, back).when(leave(DAY + timedelta(days=3))).refused("bad-dates")


def returned(**fields):
    away = (Away(from_=DAY + timedelta(days=1), to=DAY + WEEK - timedelta(days=1)),)
    return member("m2", **{"away": away, **fields})


def test_who_comes_back_was_away_between():
    """A member who left and comes back keeps their id, and did not belong in between."""
    back = fact(e.MemberJoined, DAY + WEEK, how="came-back", member=returned())
    Given(*HELD, went).when(add(DAY + WEEK, member_id="m2")).then(back)
    journey = fold([*HELD, went, back])
    days = (DAY, DAY + timedelta(days=1), DAY + timedelta(days=6), DAY + WEEK)
    assert [("m2" in ids(journey, day)) for day in days] == [True, False, False, True]


def test_back_on_the_next_day():
    """Who comes back the day after they left was never away."""
    back = fact(e.MemberJoined, DAY + timedelta(days=1), how="came-back", member=member("m2"))
    Given(*HELD, went).when(add(DAY + timedelta(days=1), member_id="m2")).then(back)


def test_who_is_there_does_not_come_back():
    """A member who has not left is taken in once; one who is unknown, or had not left yet, is refused."""
    Given(*HELD).when(add(member_id="m2")).then()
    Given(*HELD).when(add(member_id="m7")).refused("unknown-member", "journeys show")
    Given(*HELD, went).when(add(DAY, member_id="m2")).refused("bad-dates", "m2 left on")


def test_a_person_of_an_earlier_journey_comes_back():
    """Whom only the vault knows joins this journey under their own id."""
    known = Household(people=(*KNOWN.people, "m7"))
    joined = fact(e.MemberJoined, DAY, how="came-back", member=member("m7", "adult", from_=DAY))
    Given(*HELD).when(add(member_id="m7", role="adult", household=known)).then(joined)


def test_who_never_belonged_is_no_member():
    """A person who was added by mistake is none of the family's people any more; somebody must be left."""
    wrong = fact(e.MemberLeft, DAY, member_id="m2", why="never-belonged")
    Given(*HELD).when(leave(why="never-belonged")).then(wrong)
    assert "m2" not in [each.id for each in members(wrong)]
    alone = fact(e.FamilyReferred, REFERRED_ON, **dict(_fields(referred), members=(member("m1", "adult"),)))
    Given(alone).when(leave(member_id="m1", why="never-belonged")).refused("last-member", "opened-in-error")


def _fields(event):
    return {name: value for name, value in event if name not in {"type", "at", "on"}}


def test_nobody_is_left():
    """When the last member has left, whoever recorded it hears what to do."""
    gone = [fact(e.MemberLeft, DAY, member_id=each.id, why="died") for each in MEMBERS]
    assert explain(fold([*HELD, *gone]), gone[-1], PROGRAMME) == (
        f"nobody of {referred.reference} is left: close it, or add who is",
    )
    assert explain(fold([*HELD, gone[0]]), gone[0], PROGRAMME) == ()


def test_a_new_member_is_told_by_id():
    """Whoever adds a person hears under which id."""
    joined = fact(e.MemberJoined, DAY, how="born", member=member("m4", from_=DAY))
    assert explain(fold([*HELD, joined]), joined, PROGRAMME) == (f"m4 is a member from {DAY} (born)",)


# What is corrected


def test_a_wrong_birth_date_unsettles_claims():
    """A correction of a name or a birth is an event without either, after which claims are looked at again."""
    corrected = fact(e.MemberCorrected, DAY, reason="typing-error", member=MEMBERS[1], fields=("date-of-birth",))
    Given(*HELD).when(correct(fields=("date-of-birth",))).then(corrected)
    assert [kind.unsettles_claims for kind in (e.MemberCorrected, e.MemberJoined, e.MemberLeft)] == [True] * 3


def test_what_is_the_same_is_no_correction():
    """What the vault and the journey say already changes nothing."""
    same = KNOWN.model_copy(update={"news": False})
    Given(*HELD).when(correct(household=same, fields=("surname",), role="child")).then()


def test_a_role_and_the_days_are_corrected():
    """A role, the day somebody joined and the day they left can be corrected, and be taken back."""
    other = member("m2", "adult", from_=DAY - WEEK, to=DAY)
    given = Given(*HELD).when(correct(role="adult", from_=DAY - WEEK, to=DAY))
    given.then(fact(e.MemberCorrected, DAY, reason="typing-error", member=other))
    back = correct(role="child", from_="always", to="open")
    given.when(back).then(fact(e.MemberCorrected, DAY, reason="typing-error", member=MEMBERS[1]))


def test_days_that_cannot_be():
    """Who would have left before they came, or in the future, is refused; who was never away is said to be so."""
    Given(*HELD).when(correct(from_=DAY, to=DAY - WEEK)).refused("bad-dates", "correct both days at once")
    Given(*HELD).when(correct(to=DAY + WEEK)).refused("future-date")
    back = fact(e.MemberJoined, DAY + WEEK, how="came-back", member=returned())
    later = DAY + WEEK + WEEK
    Given(*HELD, went, back).when(correct(later, to=DAY)).refused("bad-dates", "--never-away")
    never = fact(e.MemberCorrected, later, reason="typing-error", member=member("m2", to=DAY))
    Given(*HELD, went, back).when(correct(later, to=DAY, never_away=True)).then(never)


def test_of_whom_nothing_is_known():
    """A person of an earlier journey is corrected there."""
    Given(*HELD).when(correct(member_id="m8")).refused("unknown-member", "--journey N")


# Numbers, contact details, addresses


def test_a_number_is_added_and_taken_away():
    """The event says which kind of number and why, and nothing where the vault has it so already."""
    for change in ("added", "removed"):
        told = {"member_id": "m1", "scheme": "nino", "change": change, "reason": "found"}
        Given(*HELD).when(identifier(change)).then(fact(e.IdentifierChanged, DAY, **told))
        Given(*HELD).when(identifier(change, household=Household())).then()


def test_how_an_adult_is_reached():
    """Telephone and e-mail are an adult's; a child has none."""
    told = {"member_id": "m1", "fields": ("phone",), "household": KNOWN}
    adult = ask(c.ChangeContacts, DAY, **told)
    Given(*HELD).when(adult).then(fact(e.ContactsChanged, DAY, member_id="m1", fields=("phone",)))
    Given(*HELD).when(ask(c.ChangeContacts, DAY, **{**told, "household": Household()})).then()
    Given(*HELD).when(ask(c.ChangeContacts, DAY, **{**told, "member_id": "m2"})).refused("not-an-adult")


def test_the_family_moves():
    """From the day of the move the family is of another locality; the address itself is in no event."""
    Given(*HELD).when(move(locality="Bidston")).then(fact(e.HouseholdMoved, DAY, locality="Bidston"))
    assert fold([*HELD, fact(e.HouseholdMoved, DAY, locality="Bidston")]).locality == "Bidston"
    assert fold([*HELD, fact(e.HouseholdMoved, DAY)]).locality == referred.locality
    Given(*HELD).when(move(household=Household())).then()
    Given(*HELD).when(move(household=Household(), locality=referred.locality)).then()


def test_one_address_a_day():
    """Another address from the same day is refused unless it says why the first is wrong."""
    moved = KNOWN.model_copy(update={"moved_that_day": True})
    Given(*HELD).when(move(household=moved)).refused("already-moved", f"--on {DAY} --correct CODE")
    Given(*HELD).when(move(household=moved, corrected="mistyped")).then(
        fact(e.HouseholdMoved, DAY, corrected="mistyped")
    )


def test_a_locality_of_another_programme():
    """A locality that the programme takes no families from is refused, and the address can be recorded without it."""
    wirral = Localities(source="t", confidence="verified", names=("Leasowe",))
    programme = PROGRAMME.model_copy(update={"localities": wirral})
    Given(*HELD, programme=programme).when(move(locality="Crewe")).refused("other-locality")
    Given(*HELD, programme=programme).when(move()).then(fact(e.HouseholdMoved, DAY))


# What all of them rest on


@pytest.mark.parametrize("order", [add(), leave(), correct(), identifier(), move()], ids=lambda order: order.type)
def test_of_an_erased_family_nothing_changes(order):
    """Of a family that is erased meanwhile, or was not read, nothing is recorded."""
    Given(*HELD).when(order.model_copy(update={"family_erased": True})).refused("erased")
    Given(*HELD).when(order.model_copy(update={"household": None})).refused("family-not-read")


def test_sealed_anew_it_is_the_same_command():
    """What is sealed differs each time; by the digest the same thing said twice is known, and another thing told."""
    sealed = [
        c.AddMember(
            command_id="c", at=ask(c.PassTime, DAY).at, actor="coordinator:ann", on=DAY, role="child", how="born",
            personal=c.Personal(sealed=text, digest=digest),
        )
        for text, digest in (("one", "d1"), ("two", "d1"), ("three", "d2"))
    ]  # fmt: skip
    first, again, other = (fingerprint("journey:wirral:F:1", command) for command in sealed)
    assert (first == again, first == other) == (True, False)


# Evidence, eligibility and messages of the day


def seen(kind, who, day, **fields):
    told = {"id": "x", "kind": kind, "member": who, "source": "police", "observed_on": day + WEEK, **fields}
    return EVIDENCE.validate_python(told)


@pytest.mark.parametrize(
    ("item", "theirs"),
    [
        (seen("offence", "m2", DAY, on=DAY, proven=True), True),
        (seen("offence", "m2", DAY, on=DAY + WEEK, proven=True), False),
        (seen("employment", "m2", DAY, **{"from": DAY + WEEK}), False),
        (seen("employment", "m2", DAY, **{"from": DAY - WEEK, "to": DAY + WEEK}), True),
        (seen("employment", "m2", DAY, **{"from": DAY + WEEK + WEEK}), False),
        (seen("return", "m2", DAY, of="offence", **{"from": DAY - WEEK, "to": DAY - WEEK}), True),
        (seen("offence", "m2", DAY, on=DAY + WEEK, proven=True, replaces="y"), True),
        (seen("withdrawal", "m2", DAY, withdraws="y"), True),
        (seen("police-callout", None, DAY, on=DAY + WEEK), True),
        (seen("offence", "m8", DAY, on=DAY, proven=True), False),
        (seen("withdrawal", "m8", DAY, withdraws="y"), False),
    ],
    ids=str,
)
def test_evidence_is_of_the_family_of_its_day(item, theirs):
    """Evidence about a person is the family's if they belonged on a day it is about; what takes it back goes along."""
    assert concerns(fold([*HELD, went]), item) is theirs


def test_eligibility_counts_the_people_of_the_day():
    """Who left before the family was identified does not count among its people."""
    early = [fact(e.MemberLeft, REFERRED_ON, member_id=each.id, why="moved-out") for each in MEMBERS[1:]]
    journey = fold([referred, *early])
    assert [each.id for each in journey.members_on(IDENTIFIED_ON)] == ["m1"]
    assert len(journey.members_on(None)) == len(MEMBERS)


def test_a_message_tells_of_the_people_of_its_day():
    """A partner hears how many adults and children the family had on the day that the message is about."""
    journey = fold([*HELD, went])
    base = {"effect_id": "x", "partner": "police", "about": "step", "purpose": "p", "categories": ("members",)}
    told = [disclosed(Notify(**base, on=day, version=1), journey) for day in (ALLOCATED_ON, DAY + WEEK)]
    roles = [each.role for each in MEMBERS]
    children = roles.count("child")
    assert [each["children"] for each in told] == [children, children - 1]
