"""The case file: what each command makes happen, and what is refused."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from given import ASSESSED_ON, AT_WORK, BARE, HELD, MEMBERS, PROGRAMME, STARTED_ON, Given, ask, fact, noon

from domain.calendar import calendar_of
from domain.evidence import EVIDENCE
from domain.family import Member
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.agenda import agenda
from domain.journey.case_checks import MOST
from domain.journey.corrections import not_correctable
from domain.journey.disclosure import payload
from domain.journey.effects import Notify
from domain.journey.evolve import fold
from domain.journey.explain import explain
from domain.journey.owed_work import owed_work
from domain.journey.react import react
from domain.programme.clocks import HOUSE_CLOCKS, Clock

DAY = date(2012, 6, 14)
LATER, DUE = DAY + timedelta(days=1), date(2012, 7, 2)
WORDS = c.Personal(sealed="c2VhbGVk", digest="d")
ANN = "coordinator:ann"


def held(kind: Any, entry: str, /, **fields: Any) -> Any:
    return fact(kind, DAY, entry=entry, by=ANN, **fields)


note = held(e.NoteAdded, "N1", about="visit")
action = held(e.ActionAgreed, "A1", need="debt", owner="partner:police", due_on=DUE, do="debt-advice")
own = held(e.ActionAgreed, "A1", need="debt", owner="m1", due_on=DUE)
done = held(e.ActionClosed, "A1", how="done")
meeting = held(e.MeetingRecorded, "MT1", present=("m1",), next_on=DUE)
voice = held(e.VoiceRecorded, "V1", member_id="m2")
scale = held(e.ScaleSet, "S1", need="debt", score=3)
related = held(e.RelationshipRecorded, "R1", member_id="m1", relation="parent-of", to_member_id="m2")
concern = held(e.ConcernRaised, "C1", kind="neglect", to="mo", member_id="m2")
answered = held(e.ConcernAnswered, "C1", answer="advice-given")


def told(kind: Any, /, **fields: Any) -> Any:
    return ask(kind, DAY, **fields)


@pytest.mark.parametrize(
    ("before", "command", "event"),
    [
        ((), told(c.AddNote, about="visit", personal=WORDS), note),
        (
            (),
            told(c.AddAction, need="debt", owner="partner:police", due_on=DUE, do="debt-advice"),
            action,
        ),
        ((), told(c.AddAction, need="debt", owner="m1", due_on=DUE, personal=WORDS), own),
        (
            (own,),
            told(c.MoveAction, entry="A1", due_on=LATER, reason="no-room"),
            held(e.ActionMoved, "A1", due_on=LATER, reason="no-room"),
        ),
        ((own,), told(c.CloseAction, entry="A1", how="done"), done),
        ((), told(c.RecordMeeting, present=("m1",), next_on=DUE), meeting),
        (
            (),
            told(c.RecordMeeting, present=("key-worker", "key-worker"), absent=("partner:police",)),
            held(e.MeetingRecorded, "MT1", present=("key-worker",), absent=("partner:police",)),
        ),
        ((), told(c.RecordVoice, member_id="m2", personal=WORDS), voice),
        ((), told(c.SetScale, need="debt", score=3), scale),
        (
            (scale,),
            told(c.SetScale, need="debt", score=3, member_id="m1"),
            held(e.ScaleSet, "S2", need="debt", score=3, member_id="m1"),
        ),
        ((), told(c.AddRelationship, member_id="m1", relation="parent-of", to_member_id="m2"), related),
        ((related,), told(c.EndRelationship, entry="R1"), held(e.RelationshipEnded, "R1")),
        ((), told(c.RaiseConcern, kind="neglect", to="mo", member_id="m2"), concern),
        (
            (),
            told(c.RaiseConcern, kind="missing", to="mo"),
            held(e.ConcernRaised, "C1", kind="missing", to="mo"),
        ),
        ((note,), told(c.WithdrawEntry, entry="N1", reason="slip"), held(e.EntryWithdrawn, "N1", reason="slip")),
    ],
    ids=lambda value: getattr(value, "type", ""),
)
def test_each_command_makes_its_event_happen(before: tuple[e.AnyEvent, ...], command: Any, event: e.AnyEvent):
    """A command on the case file makes one event happen, of codes and days, with the next free name."""
    Given(*AT_WORK, *before).when(command).then(event)


def test_a_concern_is_answered_by_its_receiver_or_a_manager():
    """Whom it was raised with answers it, and so does a manager."""
    for actor in ("coordinator:mo", "manager:ann"):
        given = Given(*AT_WORK, concern)
        given.when(told(c.AnswerConcern, entry="C1", answer="advice-given", actor=actor))
        given.then(answered.model_copy(update={"by": actor}))


@pytest.mark.parametrize(
    ("before", "command"),
    [
        ((own,), told(c.MoveAction, entry="A1", due_on=DUE, reason="no-room")),
        ((own, done), told(c.CloseAction, entry="A1", how="done")),
        ((scale,), told(c.SetScale, need="debt", score=3)),
        ((related,), told(c.AddRelationship, member_id="m1", relation="parent-of", to_member_id="m2")),
        ((related, held(e.RelationshipEnded, "R1")), told(c.EndRelationship, entry="R1")),
        ((concern, answered), told(c.AnswerConcern, entry="C1", answer="advice-given", actor="manager:mo")),
        ((note, held(e.EntryWithdrawn, "N1", reason="slip")), told(c.WithdrawEntry, entry="N1", reason="slip")),
    ],
    ids=lambda value: getattr(value, "type", ""),
)
def test_said_again_nothing_happens(before: tuple[e.AnyEvent, ...], command: Any):
    """What the case file holds already is not recorded a second time."""
    Given(*AT_WORK, *before).when(command).then()


@pytest.mark.parametrize(
    ("before", "command", "code", "saying"),
    [
        ((), told(c.AddNote, about="visit"), "no-text", "standard input"),
        ((), told(c.AddNote, about="visit", personal=WORDS, on=date(2013, 1, 1)), "future-date", "2013"),
        ((), told(c.AddAction, need="rent", owner="m1", due_on=DUE, do="training"), "unknown-need", "debt"),
        ((), told(c.AddAction, need="debt", owner="m9", due_on=DUE, do="training"), "unknown-member", "m1, m2"),
        (
            (),
            told(c.AddAction, need="debt", owner="partner:library", due_on=DUE, do="training"),
            "unknown-partner",
            "health, police, schools",
        ),
        ((), told(c.AddAction, need="debt", owner="m1", due_on=date(2012, 6, 1), do="training"), "bad-dates", "before"),
        ((), told(c.AddAction, need="debt", owner="m1", due_on=date(2016, 1, 1), do="training"), "too-far", "24"),
        ((), told(c.AddAction, need="debt", owner="m1", due_on=DUE), "bad-request", "--do"),
        (
            (),
            told(c.AddAction, need="debt", owner="partner:police", due_on=DUE, personal=WORDS),
            "text-for-partner",
            "code",
        ),
        ((), told(c.MoveAction, entry="A1", due_on=DUE, reason="x"), "unknown-entry", "journeys case"),
        ((own, done), told(c.MoveAction, entry="A1", due_on=LATER, reason="x"), "action-closed", "done"),
        ((own,), told(c.CloseAction, entry="A1", how="dropped"), "no-reason", "--reason"),
        ((own, done), told(c.CloseAction, entry="A1", how="dropped", reason="x"), "action-closed", "done"),
        ((), told(c.RecordMeeting, present=("m1",), absent=("m1",)), "bad-request", "present and absent"),
        ((), told(c.RecordVoice, member_id="m1", personal=WORDS), "not-a-child", "note"),
        ((), told(c.SetScale, need="debt", score=3, member_id="m9"), "unknown-member", "m9"),
        (
            (),
            told(c.AddRelationship, member_id="m1", relation="sibling-of", to_member_id="m1"),
            "bad-request",
            "itself",
        ),
        (
            (related, held(e.RelationshipEnded, "R1")),
            told(c.EndRelationship, entry="R1", on=DAY - timedelta(days=1)),
            "already-ended",
            "withdraw",
        ),
        ((concern,), told(c.AnswerConcern, entry="C1", answer="advice-given"), "not-allowed", "mo"),
        (
            (concern, answered),
            told(c.AnswerConcern, entry="C1", answer="strategy-discussion", actor="manager:mo"),
            "already-answered",
            "note",
        ),
        ((concern,), told(c.WithdrawEntry, entry="C1", reason="slip"), "concern-open", "answer"),
        ((), told(c.WithdrawEntry, entry="N1", reason="slip"), "unknown-entry", "N1"),
        (
            (concern, answered),
            told(c.WithdrawEntry, entry="C1", reason="slip", actor="key-worker:kim"),
            "not-allowed",
            "manager",
        ),
        ((note,), told(c.WithdrawEntry, entry="N1", reason="slip", actor="key-worker:kim"), "not-allowed", "ann"),
        ((note,), told(c.AddNote, about="call", personal=WORDS, family_erased=True), "erased", "nothing more"),
    ],
    ids=lambda value: getattr(value, "type", "") if not isinstance(value, str) else value,
)
def test_what_does_not_fit_is_refused(before: tuple[e.AnyEvent, ...], command: Any, code: str, saying: str):
    """A refusal has a code, and says which thing and what to do."""
    Given(*AT_WORK, *before).when(command).refused(code, saying)


def test_nobody_is_party_where_no_partner_has_an_agreement():
    """A programme without agreements names nobody instead of the partner."""
    alone = BARE.model_copy(update={"agreements": ()})
    given = Given(*AT_WORK, programme=alone)
    given.when(told(c.RecordMeeting, present=("partner:police",))).refused("unknown-partner", "name no partner")


def test_a_case_file_is_not_without_end():
    """There are as many entries of a kind as their names have room for."""
    notes = [fact(e.NoteAdded, DAY, entry=f"N{number}", by=ANN, about="call") for number in range(1, MOST + 1)]
    Given(*AT_WORK, *notes).when(told(c.AddNote, about="call", personal=WORDS)).refused("case-file-full")


def test_a_visit_before_the_close_is_written_up_after_it():
    """A closed journey takes a note of a day before its close, and none of a day after it."""
    closed = fact(e.JourneyClosed, DAY, outcome="moved-away")
    after = ask(c.AddNote, LATER, about="visit", personal=WORDS, on=DAY)
    Given(*AT_WORK, closed).when(after).then(note.model_copy(update={"at": noon(LATER)}))
    Given(*AT_WORK, closed).when(ask(c.AddNote, LATER, about="visit", personal=WORDS)).refused("closed")


def works(*events: e.AnyEvent) -> list[tuple[str, str | None, date | None, str | None]]:
    """What is outstanding of the case file: the work, the entry, by when, and who has to do it."""
    journey = fold([*AT_WORK, *events])
    owed = owed_work(journey, PROGRAMME, calendar_of("ENG"))
    return [(each.work, each.about, each.due_on, each.who) for each in owed if each.work != "plan-review"]


def test_actions_are_outstanding_each_by_its_own_day():
    """Two actions are outstanding at once; what is done or withdrawn is not, and what was moved is by its new day."""
    second = action.model_copy(update={"entry": "A2", "due_on": LATER})
    assert works(own, second) == [("action", "A2", LATER, "partner:police"), ("action", "A1", DUE, "m1")]
    assert works(own, second, done) == [("action", "A2", LATER, "partner:police")]
    assert works(own, held(e.EntryWithdrawn, "A1", reason="slip")) == []
    moved = held(e.ActionMoved, "A1", due_on=LATER, reason="no-room")
    assert works(own, moved) == [("action", "A1", LATER, "m1")]


def test_the_next_meeting_is_outstanding_until_one_is_recorded():
    """A meeting settles the one that was agreed; withdrawn, it announces none."""
    assert works(meeting) == [("meeting", None, DUE, None)]
    assert works(meeting, held(e.MeetingRecorded, "MT2", present=("m1",))) == []
    assert works(meeting, held(e.EntryWithdrawn, "MT1", reason="slip")) == []


def test_a_concern_is_outstanding_until_it_is_answered_also_on_a_closed_journey():
    """The close of the journey leaves the answer outstanding, by its receiver."""
    owed = [("concern-answer", "C1", LATER, "mo")]
    assert works(concern) == owed
    assert works(concern, fact(e.JourneyClosed, DAY, outcome="moved-away")) == owed
    assert works(concern, answered) == []


def rungs(*events: e.AnyEvent, work: str) -> list[tuple[datetime, str, bool]]:
    """When who hears of the work."""
    found = agenda(fold([*AT_WORK, *events]), PROGRAMME, calendar_of("ENG"))
    return [(each.at, each.to, each.escalation) for each in found if each.work == work]


def test_the_receiver_of_a_concern_hears_at_once_and_managers_every_day_after():
    """The first mail goes to the named colleague at the moment; a day later it escalates, and again each day."""
    first, second, third, *_ = rungs(concern, work="concern-answer")
    assert (first, second) == ((noon(DAY), "named", False), (noon(LATER), "manager", True))
    assert third[0] - second[0] == timedelta(days=1)


def test_an_action_is_reminded_of_as_all_work():
    """Whoever holds the family is reminded before the day and on it; managers hear three working days later."""
    assert [(at.date(), to, up) for at, to, up in rungs(own, work="action")] == [
        (date(2012, 6, 29), "holder", False),
        (DUE, "holder", False),
        (date(2012, 7, 5), "manager", True),
    ]


def test_the_clock_of_an_action_is_the_action_s_own():
    """The deadline commands say how the day of an action is moved, and that a concern is answered."""
    for before, work in ((own, "action"), (concern, "concern-answer")):
        given = Given(*AT_WORK, before)
        given.when(ask(c.MoveDeadline, DAY, work=work, to=DUE, reason="x")).refused(
            "no-deadline", f"journeys {work[:6]}"
        )


def test_distance_is_from_the_first_score_to_the_latest():
    """By need and member, in the order of days, without what was withdrawn."""
    early = scale.model_copy(update={"entry": "S2", "on": ASSESSED_ON, "score": 1})
    wrong = scale.model_copy(update={"entry": "S3", "on": LATER, "score": 9})
    events = (scale, early, wrong, held(e.EntryWithdrawn, "S3", reason="slip"))
    (distance,) = fold([*AT_WORK, *events]).case.distances()
    assert (distance.first, distance.first_on, distance.latest, distance.gained) == (1, ASSESSED_ON, 3, 2)


def test_a_child_who_was_not_heard_is_named():
    """Ninety days after the family was allocated a child without a voice is named; heard, it is not."""
    quarter = timedelta(days=90)
    journey = fold([*HELD])
    assert journey.unheard(journey.held_from + quarter, quarter) == ()
    assert journey.unheard(journey.held_from + quarter + timedelta(days=1), quarter) == ("m2",)
    heard = fold([*HELD, voice])
    assert heard.unheard(journey.held_from + quarter + timedelta(days=1), quarter) == ()
    assert fold([AT_WORK[0]]).unheard(STARTED_ON + quarter * 3, quarter) == ()
    assert [member.role for member in MEMBERS] == ["adult", "child"]


def saying(number: str = "A1", source: str = "police") -> Any:
    item = {"id": "e1", "kind": "action-done", "source": source, "observed_on": DAY, "on": DAY, "action": number}
    return told(c.RecordEvidence, evidence=EVIDENCE.validate_python(item), actor=f"partner:{source}")


def test_a_partner_closes_its_own_action_and_no_other():
    """Its event closes the action once; an action of others, or none, is refused."""
    closed = done.model_copy(update={"by": "partner:police"})
    Given(*AT_WORK, action).when(saying()).then(closed)
    Given(*AT_WORK, action, closed).when(saying()).then()
    Given(*AT_WORK, action).when(saying(source="schools")).refused("unknown-action", "schools")
    Given(*AT_WORK, action).when(saying("A2")).refused("unknown-action", "A2")


def test_an_entry_is_found_by_its_name():
    """Each kind of entry is found, and a name that there is not is not."""
    case = fold([*AT_WORK, note, own, meeting, voice, scale, related, concern]).case
    assert [case.entry(name).id for name in ("N1", "A1", "MT1", "V1", "S1", "R1", "C1")]
    assert case.entry("N9") is None


def messages(*events: e.AnyEvent, programme: Any = PROGRAMME) -> list[Any]:
    """What partners are told after the last of these events."""
    return [each for each in react(fold([*AT_WORK, *events]), events[-1], programme) if isinstance(each, Notify)]


def test_a_partner_is_told_of_its_own_action_as_far_as_its_agreement_shares():
    """Agreed, moved or dropped by us, it hears the name and state, the day where dates are shared, and no need."""
    moved = held(e.ActionMoved, "A1", due_on=LATER, reason="no-room")
    dropped = held(e.ActionClosed, "A1", how="dropped", reason="x")
    for events, state, day in (
        ((action,), "open", DUE),
        ((action, moved), "open", LATER),
        ((action, dropped), "dropped", DUE),
    ):
        (message,) = messages(*events)
        assert (message.partner, message.purpose, message.categories) == ("police", "family-support", ("dates",))
        told = payload(message, fold([*AT_WORK, *events]))
        assert (told["type"], told["action"]) == (f"family-journeys.{events[-1].type}", "A1")
        assert (told["state"], told["due_on"], "needs" in told) == (state, day.isoformat(), False)


def test_what_a_partner_has_to_do_is_shared_with_needs():
    """Under an agreement that shares needs it hears which need the action is about, and what to do."""
    agreements = [each.model_copy(update={"categories": ("needs",)}) for each in PROGRAMME.agreements]
    (message,) = messages(action, programme=PROGRAMME.model_copy(update={"agreements": tuple(agreements)}))
    told = payload(message, fold([*AT_WORK, action]))
    assert (told["needs"], told["do"], "due_on" in told) == (["debt"], "debt-advice", False)


def test_nobody_is_told_of_what_is_not_a_partner_s():
    """An action of the family, or one that the partner closed itself, is told to nobody."""
    assert messages(own) == []
    assert messages(action, done.model_copy(update={"by": "partner:police"})) == []
    assert messages(held(e.ActionClosed, "A7", how="done")) == []


def test_without_an_agreement_the_message_is_planned_and_shares_nothing():
    """Whether it may go out is judged when it is sent; until then it opens no category."""
    (message,) = messages(action, programme=PROGRAMME.model_copy(update={"agreements": ()}))
    assert (message.purpose, message.categories) == ("family-support", ())


def test_a_close_says_what_is_left_open():
    """Actions that are not done, and concerns without an answer, are named as the journey closes."""
    closed = fact(e.JourneyClosed, DAY, outcome="moved-away")
    left = (own, action.model_copy(update={"entry": "A2"}), done.model_copy(update={"entry": "A2"}), concern)
    assert explain(fold([*AT_WORK, *left, closed]), closed, PROGRAMME) == (
        "actions left open: A1",
        "concerns that still wait for an answer: C1",
    )
    assert explain(fold([*AT_WORK, closed]), closed, PROGRAMME) == ()


def test_what_was_withdrawn_after_the_close_is_not_owed_once_it_is_taken_back():
    """A journey that is reopened owes its open actions again, and none that was withdrawn in between."""
    second = action.model_copy(update={"entry": "A2"})
    closed = fact(e.JourneyClosed, DAY, outcome="moved-away")
    gone = held(e.EntryWithdrawn, "A2", reason="slip")
    reopened = fact(e.JourneyReopened, LATER, reason="closed-in-error")
    assert works(own, second, closed) == []
    assert works(own, second, closed, gone, reopened) == [("action", "A1", DUE, "m1")]


def test_a_concern_waits_until_it_is_answered():
    """By its name the journey tells whether a concern waits; another name is none."""
    assert fold([*AT_WORK, concern]).waits_for_answer("C1")
    assert not fold([*AT_WORK, concern, answered]).waits_for_answer("C1")
    assert not fold([*AT_WORK, concern]).waits_for_answer("C2")


def test_only_the_clock_of_a_concern_names_somebody():
    """A pack whose other work is owed by somebody named would remind nobody: it is refused."""
    named = next(clock for clock in HOUSE_CLOCKS if clock.work == "concern-answer").model_dump()
    assert Clock.model_validate(named).owner == "named"
    with pytest.raises(ValueError, match="only a concern and a change of people name somebody"):
        Clock.model_validate(named | {"work": "plan"})


def test_an_expected_child_is_not_asked_for_its_voice_before_it_is_born():
    """From the day that its birth is recorded it is a child like any other; another correction changes nothing."""
    long = timedelta(days=90)
    ash = Member(id="m3", role="child", from_=DAY)
    expected = fact(e.MemberJoined, DAY, how="expected", member=ash)
    other = fact(e.MemberCorrected, DAY, reason="slip", member=ash, fields=("surname",))
    born = fact(e.MemberCorrected, LATER, reason="born", member=ash, fields=("date-of-birth",))
    day = DAY + long + timedelta(days=2)
    assert fold([*HELD, voice, expected, other]).unheard(day, long) == ("m2",)
    assert fold([*HELD, voice, expected, born]).unheard(day, long) == ("m2", "m3")


def test_the_next_meeting_is_moved_by_its_deadline():
    """A meeting has one deadline, which is moved as that of other work; recorded, it is settled."""
    day, generation = date(2012, 7, 9), len(AT_WORK) + 1
    moved = fact(e.DeadlineMoved, DAY, work="meeting", generation=generation, reason="ill", due_on=day)
    move = ask(c.MoveDeadline, DAY, work="meeting", to=day, reason="ill")
    Given(*AT_WORK, meeting).when(move).then(moved)
    assert works(meeting, moved) == [("meeting", None, day, None)]
    assert works(meeting, moved, held(e.MeetingRecorded, "MT2", present=("m1",))) == []


def test_an_entry_is_withdrawn_and_not_corrected():
    """Whoever wants to correct a note is told to withdraw it."""
    assert "journeys withdraw-entry F-7K3Q-9D2X ENTRY" in not_correctable("F-7K3Q-9D2X", 9, "note-added", 9).remedy
    assert "withdraw-entry" not in not_correctable("F-7K3Q-9D2X", 9, "reminder-sent", 9).remedy
