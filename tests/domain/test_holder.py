"""Who holds a family: room, waivers, leave, and the two sides of a handover."""

from datetime import UTC, date, datetime, timedelta

import pytest
from given import (
    ALLOCATED_ON,
    ASSESSED_ON,
    HELD,
    PLANNED_ON,
    PROGRAMME,
    ROOM,
    Given,
    allocated,
    ask,
    at,
    fact,
    identified,
    noon,
)
from given import referred as referral

from domain.calendar import calendar_of, local_date
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.agenda import agenda
from domain.journey.evolve import fold
from domain.journey.facts import Caseload, PlacesTaken
from domain.programme.clocks import Rung
from domain.programme.local_scheme import Places
from programmes import load

WAITS = (referral, identified)
FULL = Caseload(known=True, held=10, cap=10, worker="kim", place=4)
LEAVING = ROOM.model_copy(update={"leaving": True})
MANAGER = {"actor": "manager:mo"}
offered = fact(e.HandoverOffered, ASSESSED_ON, to="lee")


def allocate(**fields):
    return ask(c.AllocateKeyWorker, ALLOCATED_ON, **{"key_worker": "kim", "caseload": FULL, **fields})


def accept(**fields):
    return ask(c.AcceptHandover, PLANNED_ON, **{"key_worker": "lee", "caseload": FULL, **fields})


def test_a_full_worker_is_refused_with_those_who_have_room():
    """Whoever is refused for want of room is told who has some."""
    counted = FULL.model_copy(update={"room": ("lee", "max")})
    Given(*WAITS).when(allocate(caseload=counted)).refused("caseload-full", "choose one who has room: lee or max")


def test_where_nobody_has_room_the_place_in_the_queue_is_told():
    """Where all are full, the family keeps its place, which is told."""
    Given(*WAITS).when(allocate()).refused("caseload-full", "number 4 in the queue")
    Given(*WAITS).when(allocate(key_worker=None)).refused("caseload-full", "no key worker has room")
    Given(*HELD, offered).when(accept(caseload=FULL.model_copy(update={"place": None}))).refused(
        "caseload-full", "nobody has room"
    )


def test_anybody_is_whoever_was_counted_with_the_most_room():
    """Without a name the family goes to the key worker that was counted."""
    Given(*WAITS).when(allocate(key_worker=None, caseload=ROOM.model_copy(update={"worker": "kim"}))).then(allocated)


def test_anybody_where_there_is_nobody_is_refused_with_the_area():
    """An area without key workers says so."""
    none = Caseload(known=False, held=0, cap=10)
    Given(*WAITS).when(allocate(key_worker=None, caseload=none)).refused("unknown-key-worker", "in wirral")


def test_anybody_for_a_family_that_is_held_is_refused():
    """Asking for anybody never moves a family that someone holds."""
    Given(*HELD).when(allocate(key_worker=None, caseload=ROOM)).refused("out-of-order", "kim holds it")


def test_a_manager_exceeds_the_cap_with_a_reason():
    """A waiver stands on the event, whether the family is allocated or taken over."""
    Given(*WAITS).when(allocate(waiver="sibling-group", **MANAGER)).then(
        allocated.model_copy(update={"waiver": "sibling-group"})
    )
    taken = fact(e.HandoverAccepted, PLANNED_ON, key_worker="lee", waiver="sibling-group")
    Given(*HELD, offered).when(accept(waiver="sibling-group", **MANAGER)).then(taken)
    assert fold([*HELD, offered, taken]).waiver == "sibling-group"
    assert fold([*HELD, offered, taken, offered, fact(e.HandoverAccepted, PLANNED_ON, key_worker="max")]).waiver is None


def test_a_waiver_lifts_the_places_of_the_programme_too():
    """Where the programme has no place left, a manager's waiver makes one; without it the family waits."""
    limited = PROGRAMME.model_copy(update={"places": Places(families=2, source="the tests", confidence="verified")})
    taken = {"caseload": ROOM, "places": PlacesTaken(families=2, key_workers=1, holds=True)}
    Given(*WAITS, programme=limited).when(allocate(**taken)).refused("places-full")
    Given(*WAITS, programme=limited).when(allocate(**taken, waiver="sibling-group", **MANAGER)).then(
        allocated.model_copy(update={"waiver": "sibling-group"})
    )


def test_a_waiver_that_is_not_needed_is_not_used():
    """Within the cap a family is held without a waiver, which would count against the worker for nothing."""
    Given(*WAITS).when(allocate(caseload=ROOM, waiver="sibling-group", **MANAGER)).then(allocated)


@pytest.mark.parametrize("actor", ["coordinator:ann", "key-worker:kim"])
@pytest.mark.parametrize("caseload", [FULL, ROOM])
def test_nobody_else_exceeds_the_cap(actor, caseload):
    """Another role's waiver is refused, needed or not."""
    Given(*WAITS).when(allocate(waiver="sibling-group", actor=actor, caseload=caseload)).refused("waiver-not-allowed")


@pytest.mark.parametrize(
    ("before", "command"),
    [
        (WAITS, allocate(caseload=LEAVING)),
        (HELD, ask(c.OfferHandover, ASSESSED_ON, to="lee", caseload=LEAVING)),
        ((*HELD, offered), accept(caseload=LEAVING)),
    ],
)
def test_whoever_is_on_leave_takes_no_family(before, command):
    """A leaver is not allocated a family, not offered one, and takes none over."""
    Given(*before).when(command).refused("on-leave")


def test_an_offer_to_nobody_is_refused():
    """A family is offered to key workers that are known, for nobody else could take it over."""
    unknown = Caseload(known=False, held=0, cap=10, worker="lee")
    Given(*HELD).when(ask(c.OfferHandover, ASSESSED_ON, to="lee", caseload=unknown)).refused("unknown-key-worker")


def test_an_offer_says_where_the_family_would_go():
    """The team and the area of the receiving side stand on the offer."""
    counted = FULL.model_copy(update={"team": "north", "area": "kent"})
    Given(*HELD).when(ask(c.OfferHandover, ASSESSED_ON, to="lee", caseload=counted)).then(
        fact(e.HandoverOffered, ASSESSED_ON, to="lee", to_team="north", to_area="kent")
    )


def test_an_offer_is_withdrawn_and_the_holder_stays():
    """The giver takes an unanswered offer back; taken back, it can be accepted no more."""
    withdrawn = fact(e.HandoverWithdrawn, PLANNED_ON)
    Given(*HELD, offered).when(ask(c.WithdrawHandover, PLANNED_ON)).then(withdrawn)
    Given(*HELD, offered, withdrawn).when(accept(caseload=ROOM)).refused("out-of-order")
    Given(*HELD, offered, withdrawn).when(ask(c.WithdrawHandover, PLANNED_ON)).then()
    Given(*HELD, offered).when(ask(c.WithdrawHandover, PLANNED_ON, on=ALLOCATED_ON)).refused("bad-dates")
    Given(*WAITS).when(ask(c.WithdrawHandover, PLANNED_ON)).refused("out-of-order")
    journey = fold([*HELD, offered, withdrawn])
    assert (journey.holder, journey.handover_to, journey.owes("handover-answer")) == ("kim", None, None)


def chased(*events):
    """Whom the ladders of these events tell, in order, and which work it is."""
    journey = fold([*HELD, *events])
    due = agenda(journey, load("base"), calendar_of("ENG"))
    return [(one.work, one.to, one.escalation) for one in due if one.work and one.work.startswith("handover")]


def test_an_unanswered_offer_is_chased_on_both_sides():
    """First whom it was made to hears of it, then the managers of the receiving side, then those of the giving side."""
    assert chased(offered) == [
        ("handover-answer", "offered", False),
        ("handover-answer", "offered", False),
        ("handover-answer", "receiving-manager", True),
        ("handover-answer", "giving-manager", True),
    ]


@pytest.mark.parametrize(
    ("known", "heard"),
    [
        (datetime(2012, 5, 28, 13, 5, tzinfo=UTC), datetime(2012, 5, 28, 13, 5, tzinfo=UTC)),
        (datetime(2012, 5, 26, 13, 5, tzinfo=UTC), date(2012, 5, 28)),
    ],
)
@pytest.mark.parametrize("on", [date(2012, 5, 25), date(2012, 3, 1)])
def test_an_offer_is_heard_of_at_once(known: datetime, heard: datetime | date, on: date):
    """Whom a family is offered to is written to within office hours at once, else when the office opens; once only."""
    made = e.HandoverOffered(at=known, on=on, to="lee")
    journey = fold([*HELD, made])
    due = [one for one in agenda(journey, load("base"), calendar_of("ENG")) if one.to == "offered"]
    assert heard == (due[0].at if isinstance(heard, datetime) else local_date(due[0].at))
    assert len(due) == len({one.at for one in due})
    told = {"work": "handover-answer", "generation": due[0].generation, "reason": "leave"}
    moved = e.DeadlineMoved(at=known, on=date(2012, 5, 28), due_on=date(2012, 7, 2), **told)
    later = agenda(fold([*HELD, made, moved]), load("base"), calendar_of("ENG"))
    assert all(local_date(one.at) > date(2012, 6, 20) for one in later if one.to == "offered")


def test_a_reminder_of_the_day_alone_keeps_to_it():
    """A ladder that begins on the day an answer is due is not brought forward."""
    pack = load("base")
    clocks = [
        clock.model_copy(update={"ladder": (Rung(at=0),)}) if clock.work == "handover-answer" else clock
        for clock in pack.clocks
    ]
    due = agenda(fold([*HELD, offered]), pack.model_copy(update={"clocks": tuple(clocks)}), calendar_of("ENG"))
    [only] = [one for one in due if one.to == "offered"]
    assert only.due_on == local_date(only.at)


def test_a_refused_offer_comes_back_to_its_holder():
    """A refusal is owed a look by the holder, and then by the holder's managers, until it is seen or offered again."""
    refused = fact(e.HandoverRefused, PLANNED_ON, reason="too-far")
    due = [("handover-refusal", "holder", False), ("handover-refusal", "giving-manager", True)]
    assert chased(offered, refused) == due
    again = fact(e.HandoverOffered, PLANNED_ON, to="max")
    assert fold([*HELD, offered, refused, again]).owes("handover-refusal") is None


def test_a_refusal_that_was_seen_is_settled():
    """Acknowledging its reminder settles it; acknowledging another settles nothing."""
    refused = fact(e.HandoverRefused, PLANNED_ON, reason="too-far")
    base, later = load("base"), noon(PLANNED_ON) + timedelta(days=6)
    given = Given(*HELD, offered, refused, programme=base).when(at(later))
    fell = {event.work: event.reminder_id for event in given.happened if event.type == "reminder-fell-due"}
    given.events += given.happened
    journey = fold(given.events)
    for work, waits in (("first-contact", True), ("handover-refusal", False)):
        seen = fact(e.ReminderAcknowledged, PLANNED_ON, reminder_id=fell[work])
        assert (fold([*given.events, seen]).owes("handover-refusal") is not None) == waits
    assert journey.owes("handover-refusal") is not None


def test_a_pack_without_a_cap_has_the_house_default():
    """A programme that sets no caseload cap is run under the house default of ten."""
    pack = load("base")
    assert (pack.caseload, pack.cap) == (None, 10)
    assert load("wirral-2012").cap == load("wirral-2012").caseload.families
