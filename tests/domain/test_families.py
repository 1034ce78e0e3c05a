"""Two families that are one, one that parts, and what undoing either brings back."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from given import HELD, MEMBERS, REFERRAL, REFERRED_ON, Given, ask, fact, noon, referred

from domain.calendar import calendar_of
from domain.evidence import EVIDENCE
from domain.family import Member
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.agenda import agenda
from domain.journey.beside import beside
from domain.journey.chronicle import chronology
from domain.journey.decide import advance, decide
from domain.journey.evolve import fold
from domain.journey.explain import explain
from domain.journey.facts import Facts, Household
from domain.journey.families import since_merged
from domain.journey.react import react
from domain.journey.state import Journey, Link
from domain.journey.stream import Recorded
from domain.stays import Away
from tests.domain.given import PROGRAMME, allocated, identified, started
from tests.facts import apart

DAY = date(2012, 9, 3)
LATER = date(2012, 10, 1)
OURS, THEIRS = REFERRAL["reference"], "F-QK5D-FY8M"
SAME = (c.Same(member="m1", here="m1"),)
ONE = e.Counterpart(member="m1", here="m1", known=True)
NEW = e.Counterpart(member="m2", here="m3")
KNOWN = Household(people=("m1", "m2"))


AWAY = Away(from_=date(2012, 7, 2), to=date(2012, 9, 2))


def exclusion(name, member="m2", on=date(2012, 8, 1), **more):
    told = {"id": f"schools:{name}", "kind": "exclusion", "member": member, "source": "schools", "on": on, **more}
    return EVIDENCE.validate_python({"observed_on": max(on, DAY), "type": "fixed", **told})


def heard(*evidence, day=DAY):
    return [fact(e.EvidenceRecorded, day, evidence=item) for item in evidence]


def theirs(*events, **more):
    """Another family, referred by health with a grown-up and a child."""
    told = {**REFERRAL, "reference": THEIRS, "journey_id": f"journey:wirral:{THEIRS}:1", "referrer": "health", **more}
    return fold([fact(e.FamilyReferred, REFERRED_ON, **told), *events])


OTHER = theirs(*heard(exclusion("x1")))


def merging(other=OTHER, day=DAY, **fields):
    told = {"of": THEIRS, "reason": "referred-twice", "same": SAME, "household": KNOWN, **fields}
    return ask(c.MergeFamily, day, **told, other=other)


def taken(day=DAY, **fields):
    told = {"of": THEIRS, "how": "merged", "reason": "referred-twice", "people": (ONE, NEW), **fields}
    return fact(e.FamilyTakenIn, day, **told)


def merged(day=DAY):
    return fact(e.FamilyMerged, day, into=OURS, reason="referred-twice", people=(ONE, NEW))


def splitting(day=DAY, **fields):
    told = {"into": THEIRS, "members": ("m2",), "reason": "parted", "household": Household(), "other": Journey()}
    return ask(c.SplitFamily, day, **{**told, **fields})


CAME = taken(
    members=(Member(id="m3", role="child"),),
    referrals=(e.JoinedReferral(on=REFERRED_ON, referrer="health"),),
    evidence=(exclusion("x1", "m3"),),
)


# Merged


def test_a_family_is_taken_in_with_its_people_referrals_and_evidence():
    """Whom both know stays as known here; who is new gets the next free id, and what was recorded of them that id."""
    Given(*HELD).when(merging()).then(CAME)


def test_the_other_journey_ends_with_where_it_went():
    """The other half is decided with the first, under an id that follows from it, and ends reminders as merged."""
    before = fold(HELD)
    command, facts = apart(merging())
    [other] = beside(before, command, facts, decide(before, command, facts, PROGRAMME))
    assert (other.journey_id, [each.type for each in other.commands]) == (OTHER.journey_id, ["end-as-merged"])
    waiting = theirs(
        fact(
            e.ReminderFellDue,
            DAY,
            reminder_id="r",
            work="identification",
            generation=1,
            due_on=DAY,
            to="coordinator",
            planned_for=noon(DAY),
            late=False,
            escalation=False,
        )
    )
    ended, reminder = [event for event, _ in advance(waiting, other.commands[0], Facts(), PROGRAMME)]
    assert (ended.type, ended.into, reminder.because) == ("family-merged", OURS, "merged")
    assert other.commands == beside(before, command, facts, decide(before, command, facts, PROGRAMME))[0].commands


def test_a_merged_journey_is_closed_and_takes_nothing_but_what_is_under_way():
    """It owes nothing, leads to the family that goes on, and refuses steps and evidence with its reference."""
    ended = theirs(merged())
    assert (ended.stage, ended.outcome, ended.merged_into, ended.owes("identification")) == (
        "closed",
        "merged",
        OURS,
        None,
    )
    evidence = ask(c.RecordEvidence, DAY, evidence=exclusion("x2"))
    stream = [fact(e.FamilyReferred, REFERRED_ON, **{**REFERRAL, "reference": THEIRS}), merged()]
    Given(*stream).when(evidence).refused("merged", OURS)
    Given(*stream).when(ask(c.EraseFamily, DAY, reason="request")).refused("merged", OURS)


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (theirs(fact(e.FamilyMerged, DAY, into="F-2222-2222", reason="referred-twice", people=())), "merged"),
        (theirs(area="kent"), "other-area"),
        (Journey(), "unknown-reference"),
        (None, "family-not-read"),
        (theirs(fact(e.FamilyErased, DAY, reason="request")), "erased"),
    ],
)
def test_what_cannot_be_merged(other, code):
    """A family that is merged already, of another area, unknown, not read, or erased."""
    Given(*HELD).when(merging(other)).refused(code)


def test_a_family_is_not_merged_with_itself():
    """Both references name one family."""
    Given(*HELD).when(merging(of=OURS)).refused("same-family")


def test_an_open_family_is_not_merged_into_a_closed_one():
    """The remedy is the other way round; two closed ones may be merged."""
    closed = fact(e.JourneyClosed, DAY, outcome="moved-away")
    Given(*HELD, closed).when(merging()).refused("closed", f"merge {OURS} {THEIRS}")
    journey = Given(*HELD, closed).when(merging(theirs(closed)))
    assert [event.type for event in journey.happened] == ["family-taken-in"]
    ended = theirs(closed, merged())
    assert (ended.outcome, ended.merged_into) == ("moved-away", OURS)


def test_a_merge_that_was_made_is_not_made_again():
    """The same merge again changes nothing."""
    Given(*HELD, CAME).when(merging(theirs(merged()))).then()


def test_a_merge_into_an_earlier_journey_is_said():
    """A family that was referred again since it took another in is told so, and nothing is done twice."""
    Given(*HELD).when(merging(theirs(merged()))).refused("merged")


@pytest.mark.parametrize(
    "same",
    [
        (c.Same(member="m1", here="m9"),),
        (c.Same(member="m9", here="m1"),),
        (c.Same(member="m1", here="m1"), c.Same(member="m2", here="m1")),
    ],
)
def test_who_is_said_to_be_the_same_is_of_the_families(same):
    """A stranger is nobody's counterpart, and nobody is two people."""
    Given(*HELD).when(merging(same=same)).refused("unknown-member")


@pytest.mark.parametrize(
    ("there", "back"),
    [
        (Member(id="m1", role="adult"), Member(id="m1", role="adult")),
        (Member(id="m1", role="adult", from_=DAY), Member(id="m1", role="adult", away=(AWAY,))),
        (Member(id="m1", role="adult", to=DAY), None),
    ],
)  # fmt: skip
def test_who_had_left_and_is_of_the_other_family_has_come_back(there, back):
    """Whoever left here and is there now is back since when they were there; who left there, too, has left."""
    left = fact(e.MemberLeft, date(2012, 7, 1), member_id="m1", why="moved-out")
    journey = Given(*HELD, left).when(merging(theirs(members=(there, MEMBERS[1]))))
    came = [member for member in journey.happened[0].members if member.id == "m1"]
    assert came == ([back] if back else [])


def test_partners_of_a_merged_family_are_told():
    """Whoever referred the other family is told that the referral was added to this one."""
    journey = fold([*HELD, CAME])
    assert [(each.partner, each.about) for each in react(journey, CAME, PROGRAMME)] == [("health", "referral-joined")]


def test_it_is_said_what_counts_here_from_now_on():
    """A merge says how many observations came with it; the chronology of a family of its own tells what came back."""
    journey = fold([*HELD, CAME])
    assert explain(journey, CAME, PROGRAMME) == (f"evidence of {THEIRS} that counts on {OURS} from now on: 1",)
    assert explain(journey, taken(), PROGRAMME) == ()
    restored = fact(e.FamilyRestored, LATER, out_of=OURS, reason="not-the-same", evidence=(exclusion("x6"),))
    events = [fact(e.FamilyReferred, REFERRED_ON, **{**REFERRAL, "reference": THEIRS}), merged(), restored]
    recorded = [
        Recorded(version, event, uuid4(), "manager:max", "c", event.at, event.at, b"")
        for version, event in enumerate(events, start=1)
    ]
    assert [each.what for each in chronology([(1, recorded, fold(events))])][1:] == [
        "Exclusion, reported by schools", f"Merged into {OURS}", f"A family of its own again, out of {OURS}"
    ]  # fmt: skip


# Undone

RECORDED_SINCE = [exclusion("x5", "m1"), exclusion("x6", "m3"), exclusion("x7", None)]


MERGED = theirs(merged())


def undoing(other=MERGED, **fields):
    return ask(c.UndoMerge, LATER, of=THEIRS, reason="not-the-same", household=KNOWN, other=other, **fields)


def test_undone_it_reads_as_before():
    """People, referrals and evidence of the other family are gone, what was recorded of others stays."""
    own = heard(exclusion("x4", "m1"))
    before = fold([*HELD, *own, *heard(RECORDED_SINCE[0], RECORDED_SINCE[2])])
    journey = Given(*HELD, *own, CAME, *heard(*RECORDED_SINCE)).when(undoing())
    [event] = journey.happened
    assert (event.gone, event.evidence) == (("m3",), ("schools:x1", "schools:x6"))
    after = fold([*journey.events, event])
    same = ("members", "joined", "evidence", "taken", "stage", "owed")
    assert [getattr(after, name) for name in same[:4]] == [getattr(before, name) for name in same[:4]]
    assert after.links == (Link(other=THEIRS, at=CAME.at, until=event.at),)


def test_what_was_recorded_of_its_own_people_goes_back_with_them():
    """The other journey goes on where it was, with what came meanwhile of whom only it had, under their ids there."""
    before = fold([*HELD, CAME, *heard(*RECORDED_SINCE)])
    command, facts = apart(undoing())
    [other] = beside(before, command, facts, decide(before, command, facts, PROGRAMME))
    assert [item.id for item in other.commands[0].evidence] == ["schools:x6"]
    restored = fold(
        [
            fact(e.FamilyReferred, REFERRED_ON, **{**REFERRAL, "reference": THEIRS}),
            *heard(exclusion("x1")),
            merged(),
            *decide(facts.other, other.commands[0], Facts(), PROGRAMME),
        ]
    )
    assert (restored.stage, restored.merged_into) == ("referral", None)
    assert restored.owes("identification") is not None
    assert [(item.id, item.member) for item in restored.evidence] == [("schools:x1", "m2"), ("schools:x6", "m2")]


def test_a_family_that_was_closed_before_stays_closed():
    """Undone, a journey that had ended before it was merged ends as it had."""
    closed = fact(e.JourneyClosed, DAY, outcome="moved-away")
    restored = theirs(closed, merged(), fact(e.FamilyRestored, LATER, out_of=OURS, reason="not-the-same"))
    assert (restored.stage, restored.outcome, restored.merged_into) == ("closed", "moved-away", None)


def test_what_is_not_merged_is_not_undone():
    """Without the merge, or once it was undone, there is nothing to undo."""
    Given(*HELD).when(undoing(theirs())).refused("nothing-to-undo")
    Given(*HELD).when(undoing()).refused("newer-journey", "families split")
    Given(*HELD, CAME).when(undoing(theirs())).refused("nothing-to-undo")
    undone = fact(e.MergeUndone, DAY, of=THEIRS, reason="x", people=(ONE, NEW), gone=("m3",))
    assert since_merged(fold(HELD), undone) == ()


@pytest.mark.parametrize(
    "later",
    [
        fact(e.FamilySplit, DAY, into="F-2222-2222", reason="parted", people=(e.Counterpart(member="m3", here="m1"),)),
        taken(of="F-2222-2222", people=(e.Counterpart(member="m1", here="m3", known=True),)),
    ],
)
def test_the_later_change_is_undone_first(later):
    """A merge under a later one of the same people stays until that one is undone."""
    came = CAME.model_copy(update={"members": (Member(id="m3", role="child", from_=DAY),)})
    Given(*HELD, came, later).when(undoing()).refused("undo-the-later-first")


def test_what_puts_right_what_came_from_there_goes_back_with_it():
    """A withdrawal of evidence that came with the other family is true of it there, too, whoever it is about."""
    came = CAME.model_copy(update={"evidence": (exclusion("x1", "m1"),)})
    withdrawn = fact(e.EvidenceWithdrawn, DAY, evidence_id="schools:x1", reason="wrong-child")
    before = fold([*HELD, came, withdrawn])
    command, facts = apart(undoing())
    happened = decide(before, command, facts, PROGRAMME)
    [other] = beside(before, command, facts, happened)
    assert [item.id for item in other.commands[0].evidence] == ["withdrawn:schools:x1"]
    assert fold([*HELD, came, withdrawn, *happened]).evidence == ()


def test_who_held_the_family_is_to_see_that_it_changed():
    """The key worker of each journey owes a look at it, which an acknowledged reminder is; without one nobody does."""
    held, other = fold([*HELD, CAME]), theirs(identified, allocated, merged())
    owed = [journey.owes("people-changed") for journey in (held, other)]
    assert [(each.who, each.by) for each in owed] == [("kim", DAY), ("kim", DAY)]
    assert theirs(merged()).owes("people-changed") is None
    back = fact(e.FamilyRestored, LATER, out_of=OURS, reason="not-the-same")
    again = theirs(identified, allocated, merged(), back).owes("people-changed")
    assert (again.who, again.by) == ("kim", LATER)
    assert [each.id for each in agenda(other, PROGRAMME, calendar_of("ENG"))] == [
        f"people-changed.4.{DAY}.remind+0", f"people-changed.4.{DAY}.escalate+5"
    ]  # fmt: skip
    due = fact(
        e.ReminderFellDue,
        DAY,
        reminder_id="r",
        work="people-changed",
        generation=4,
        due_on=DAY,
        to="named",
        planned_for=noon(DAY),
        late=False,
        escalation=False,
    )
    seen = theirs(identified, allocated, merged(), due, fact(e.ReminderAcknowledged, DAY, reminder_id="r"))
    assert seen.owes("people-changed") is None


# Split


def test_who_parts_is_of_the_other_family_from_that_day():
    """Their last day here is the day before; what is recorded of days before it stays and counts here."""
    people = (e.Counterpart(member="m2", here="m1"),)
    parted = fact(e.FamilySplit, DAY, into=THEIRS, reason="parted", people=people)
    Given(*HELD).when(splitting()).then(parted)
    left = fold([*HELD, parted]).members[1]
    assert (left.to, left.belongs(DAY), left.belongs(DAY - timedelta(days=1))) == (DAY - timedelta(days=1), False, True)


def test_a_new_family_is_referred_with_what_is_recorded_of_days_from_then():
    """It is opened under the programme of the old one, by its referrer, with its people and their later evidence."""
    before = fold([*HELD, *heard(exclusion("x1"), exclusion("x2", on=LATER), exclusion("x3", "m1", on=LATER))])
    command, facts = apart(splitting())
    [other] = beside(before, command, facts, decide(before, command, facts, PROGRAMME))
    opening, taking = other.commands
    assert (other.journey_id, opening.type, opening.reference) == (f"journey:wirral:{THEIRS}:1", "refer", THEIRS)
    assert (opening.programme, opening.referrer, opening.on) == ("test", "police", DAY)
    assert taking.members == (Member(id="m1", role="child", from_=DAY),)
    assert [(item.id, item.member) for item in taking.evidence] == [("schools:x2", "m1")]
    [event] = decide(theirs(), taking, Facts(), PROGRAMME)
    assert (event.how, event.of, event.people) == ("split", OURS, taking.people)


def test_who_goes_back_was_never_away():
    """A split undone by letting its people go back leaves no gap there, and nothing where they had gone."""
    since = (Member(id="m3", role="child", from_=DAY),)
    came = taken(day=DAY, of="F-2222-2222", how="split", members=since, people=())
    journey = [*HELD, came]
    went = (e.Counterpart(member="m2", here="m3"),)
    home = theirs(fact(e.FamilySplit, DAY, into=OURS, reason="parted", people=went))
    back = (c.Same(member="m3", here="m2"),)
    command, facts = apart(splitting(members=("m3",), same=back, other=home, household=KNOWN))
    happened = decide(fold(journey), command, facts, PROGRAMME)
    [other] = beside(fold(journey), command, facts, happened)
    assert [member.id for member in fold([*journey, *happened]).members] == ["m1", "m2"]
    assert other.commands[0].members == (MEMBERS[1],)
    later = splitting(LATER, members=("m3",), same=back, other=home, household=KNOWN)
    command, facts = apart(later)
    [other] = beside(fold(journey), command, facts, decide(fold(journey), command, facts, PROGRAMME))
    assert other.commands[0].members[0].away[0].to == LATER - timedelta(days=1)
    there = splitting(members=("m3",), same=back, other=theirs(), household=KNOWN)
    command, facts = apart(there)
    [other] = beside(fold(journey), command, facts, decide(fold(journey), command, facts, PROGRAMME))
    assert other.commands[0].members == ()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"members": ("m1", "m2", "m3")}, "last-member"),
        ({"members": ("m7",)}, "unknown-member"),
        ({"on": date(2012, 12, 1)}, "future-date"),
        ({"on": date(2012, 4, 1)}, "bad-dates"),
        ({"members": ("m3",), "on": date(2012, 8, 1)}, "bad-dates"),
        ({"other": theirs(merged())}, "cannot-receive"),
        ({"other": theirs(fact(e.JourneyClosed, DAY, outcome="moved-away"))}, "cannot-receive"),
    ],
)
def test_what_cannot_be_split(fields, code):
    """Everybody, a stranger, a day to come, before the referral or the joining, and into a family that is not open."""
    joined = fact(e.MemberJoined, DAY, how="born", member=Member(id="m3", role="child", from_=DAY))
    Given(*HELD, joined).when(splitting(**fields)).refused(code)


# What follows


def test_a_family_is_evaluated_on_the_journey_that_goes_on():
    """A merged journey has no evaluation on its agenda any more."""
    begun = [fact(e.FamilyIdentified, DAY, criteria=("poverty", "crime"), eligible=True), started]
    kinds = [
        [each.kind for each in agenda(theirs(*begun, *more), PROGRAMME, calendar_of("ENG"))].count("evaluate")
        for more in ((), (merged(),))
    ]
    assert kinds == [2, 0]


def test_all_that_were_merged_are_erased_with_the_family():
    """An erasure is one for every family that was merged into it."""
    command, facts = apart(ask(c.EraseFamily, DAY, reason="request", merged=(OTHER.journey_id,)))
    [other] = beside(fold([referred]), command, facts, [fact(e.FamilyErased, DAY, reason="request")])
    assert (other.journey_id, other.commands[0].with_survivor) == (OTHER.journey_id, True)
