"""Laws of the journey: they hold for every history and every walk along the path, however odd."""

from datetime import UTC, datetime, timedelta

import pytest
from arbitrary import CORRECTABLE, commands, events, of
from given import HELD, PROGRAMME, REFERRAL, ROOM, SUSTAINED, ask, at
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pydantic import ValidationError
from test_calendar import NATIONS, within_hours

from domain import commands as c
from domain.agenda import agenda, checks_left, due_on, owed_now
from domain.calendar import calendar_of, local_date
from domain.commands import COMMAND
from domain.decide import AFTER_CLOSE, decide
from domain.errors import Rejected
from domain.events import EVENT, EventCorrected
from domain.evolve import as_corrected, evolve, fold
from domain.journey import STAGES, UNREFERRED
from domain.react import react

histories = st.lists(events, max_size=25)


def stepwise(history):
    journey = UNREFERRED
    for event in history:
        journey = evolve(journey, event)
    return journey


# Every history, also those that no decision would ever write


@given(histories)
def test_evolve_never_raises_and_counts_every_event(history):
    """Any events in any order make a journey whose version is their number."""
    assert stepwise(history).version == len(history)


@given(histories)
def test_folding_is_deterministic(history):
    """The same events make the same journey."""
    assert fold(history) == fold(tuple(history))


@given(histories)
def test_folding_is_evolving_step_by_step_where_nothing_was_corrected(history):
    """Without corrections, a journey kept up event by event is the one read from the journal."""
    uncorrected = [event for event in history if not isinstance(event, EventCorrected)]
    assert fold(uncorrected) == stepwise(uncorrected)


@given(histories)
def test_a_corrected_event_reads_as_its_latest_correction(history):
    """Folding the corrected history is folding the history with each replacement in its place."""
    assert fold(history) == stepwise(as_corrected(history))
    assert len(as_corrected(history)) == len(history)


@given(histories)
def test_the_agenda_can_be_asked_of_any_history(history):
    """No state, however odd, breaks the agenda; it is sorted, its ids differ, none has fired before."""
    journey = fold(history)
    due = agenda(journey, PROGRAMME, calendar_of("ENG"))
    ids = [deadline.id for deadline in due]
    assert sorted(deadline.at for deadline in due) == [deadline.at for deadline in due]
    assert len(set(ids)) == len(ids)
    assert not set(ids) & {reminder.id for reminder in journey.reminders}


@given(histories, events)
def test_react_can_be_asked_of_any_history(history, event):
    """Once referred, no state breaks the effects; their ids are the same each time and never shared."""
    journey = fold([HELD[0], *history, event])
    ids = [effect.effect_id for effect in react(journey, event, PROGRAMME)]
    assert ids == [effect.effect_id for effect in react(journey, event, PROGRAMME)]
    assert len(set(ids)) == len(ids)


@given(events, commands)
def test_events_and_commands_survive_the_journey_through_json(event, command):
    """What is written is what is read, for every event and every command."""
    assert EVENT.validate_json(EVENT.dump_json(event)) == event
    assert COMMAND.validate_json(COMMAND.dump_json(command)) == command


@given(events | commands)
def test_a_moment_without_a_time_zone_is_refused(said):
    """A naive moment could mean two hours of the year, so no event and no command takes one."""
    naive = said.model_dump(by_alias=True) | {"at": datetime(2012, 10, 28, 1, 30)}  # noqa: DTZ001 - the point
    with pytest.raises(ValidationError, match="timezone"):
        type(said).model_validate(naive)


@given(histories, commands)
@settings(max_examples=300)
def test_decide_accepts_or_refuses_but_never_breaks(history, command):
    """In any state, any command makes events or is refused; nothing else is ever raised."""
    if fold(history).stage != "unreferred":
        history = [*HELD, *history]
    try:
        happened = decide(fold(history), command, PROGRAMME)
    except Rejected as fault:
        assert fault.code
        assert fault.reason
        assert fault.remedy
    else:
        assert fold([*history, *happened]).version == len(history) + len(happened)


@given(st.dates(HELD[0].on, SUSTAINED[-1].on + timedelta(days=4000)), st.sampled_from(NATIONS))
def test_every_deadline_lies_within_working_hours(day, nation):
    """On any day of the year, in each nation, every deadline of every stage falls between 08:00 and 18:00."""
    programme = PROGRAMME.model_copy(update={"nation": nation})
    moved = day - HELD[0].on
    for length in range(1, len(SUSTAINED) + 1):
        stream = [
            event.model_copy(update={"on": event.on + moved, "at": event.at + moved}) for event in SUSTAINED[:length]
        ]
        for deadline in agenda(fold(stream), programme, calendar_of(nation)):
            assert within_hours(deadline.at, nation)


# Every walk that people, partners and the clock can take


moves = st.sampled_from(
    [c.OfferHandover, c.OfferHandover, c.AcceptHandover, c.AcceptHandover, c.RefuseHandover, c.StepUp]
    + [c.AssessFamily, c.AgreePlan, c.ReviewPlan, c.RecordContact]
)


class Walk(RuleBasedStateMachine):
    """One journey, carried on as the journal does: decide, append, fold anew after a correction, let time pass."""

    reached: set[str] = set()
    happened: set[str] = set()

    @initialize(nation=st.sampled_from(NATIONS), steps=st.integers(0, 9))
    def begin(self, nation, steps):
        """Refer a family in some nation and take it some way along the path."""
        self.programme = PROGRAMME.model_copy(update={"nation": nation})
        self.calendar = calendar_of(nation)
        self.now = datetime(2012, 5, 1, 12, tzinfo=UTC)
        self.stream, self.journey = [], UNREFERRED
        self.give(ask(c.ReferFamily, self.today, **REFERRAL))
        for _ in range(steps):
            self.take_the_next_step(eligible=True, verdict="sustained")

    @property
    def today(self):
        return local_date(self.now)

    def give(self, command):
        """Carry out one command at this moment, then let everything due by now fall due."""
        closed, refused = self.journey.stage == "closed", False
        try:
            self.append(decide(self.journey, command.model_copy(update={"at": self.now}), self.programme))
        except Rejected:
            refused = True
        assert refused or not closed or command.type in AFTER_CLOSE
        self.append(decide(self.journey, at(self.now), self.programme))
        assert decide(self.journey, at(self.now), self.programme) == []

    def append(self, happened):
        for event in happened:
            self.stream.append(event)
            corrected = isinstance(event, EventCorrected)
            self.journey = fold(self.stream) if corrected else evolve(self.journey, event)
            self.happened.add(event.type)
            self.reached.add(self.journey.stage)

    @rule(eligible=st.booleans(), verdict=st.sampled_from(["sustained", "sustained", "regressed", "insufficient"]))
    def take_the_next_step(self, eligible, verdict):
        """Do what the path asks for next, waiting for the day of a check if need be."""
        owed = {item.work: item for item in owed_now(self.journey, self.programme)}
        if "check" in owed:
            due = due_on(self.journey, owed["check"], self.programme, self.calendar)
            self.now += max(timedelta(), timedelta(days=(due - self.today).days))
        steps = {
            "identification": (c.IdentifyFamily, {"criteria": ("poverty", "crime") if eligible else ()}),
            "allocation": (c.AllocateKeyWorker, {"key_worker": "kim", "caseload": ROOM}),
            "first-contact": (c.RecordContact, {}),
            "assessment": (c.AssessFamily, {"needs": ("debt",)}),
            "plan": (c.AgreePlan, {"needs": self.journey.needs}),
            "intervention-start": (c.StartIntervention, {}),
            "plan-review": (c.StepDown, {}),
            "check": (c.RecordCheck, {"verdict": verdict}),
            "close": (c.CloseJourney, {"outcome": "sustained" if self.journey.eligible else "not-eligible"}),
        }
        for work, (kind, fields) in steps.items():
            if work in owed:
                self.give(ask(kind, self.today, **fields))
                return

    @rule(command=moves, worker=st.sampled_from(["kim", "lee"]))
    def move_the_family(self, command, worker):
        """Hand the family over, step it up, look again at its needs or its plan."""
        fields = {"to": worker, "key_worker": worker, "caseload": ROOM, "needs": ("debt",), "reason": "relapse"}
        self.give(ask(command, self.today, **{name: fields[name] for name in fields.keys() & command.model_fields}))

    @rule(command=commands, today=st.booleans(), data=st.data())
    def give_any_command(self, command, today, data):
        """Ask for anything at all, about today or some other day."""
        changes = {"on": self.today} if today and "on" in type(command).model_fields else {}
        if self.journey.reminders and "reminder_id" in type(command).model_fields:
            changes["reminder_id"] = data.draw(st.sampled_from([held.id for held in self.journey.reminders]))
        self.give(command.model_copy(update=changes))

    @rule(data=st.data())
    def correct_something(self, data):
        """Correct a step that was taken, sensibly or not."""
        standing = as_corrected(self.stream)
        chosen = [number for number, event in enumerate(standing, 1) if isinstance(event, CORRECTABLE)]
        if not chosen:
            return
        version = data.draw(st.sampled_from(chosen))
        original = standing[version - 1]
        kept = {"key_worker", "months", "evidence"} | ({"on"} if data.draw(st.booleans()) else set())
        drawn = data.draw(of(type(original)))
        replacement = drawn.model_copy(
            update={name: getattr(original, name) for name in kept & set(type(drawn).model_fields)}
        )
        fields = {"version": version, "reason": "misread", "replacement": replacement, "original": original}
        self.give(ask(c.CorrectEvent, self.today, **fields))

    @rule(days=st.integers(0, 120), seconds=st.integers(0, 86400))
    def wait(self, days, seconds):
        """Let time pass unattended."""
        self.now += timedelta(days=days, seconds=seconds)
        self.give(at(self.now))

    @precondition(lambda self: self.agenda)
    @rule()
    def wait_for_the_next_deadline(self):
        """Let time pass to the very moment of the next deadline, which then falls due."""
        due, before = self.agenda[0], len(self.stream)
        self.now = due.at
        self.give(at(self.now))
        assert due.id in {getattr(event, "reminder_id", None) or event.evaluation_id for event in self.stream[before:]}

    @property
    def agenda(self):
        return agenda(self.journey, self.programme, self.calendar)

    @invariant()
    def the_journal_tells_the_same_journey(self):
        assert fold(self.stream) == self.journey
        assert len(self.stream) == self.journey.version

    @invariant()
    def someone_always_holds_the_family(self):
        allocated = any(event.type == "key-worker-allocated" for event in self.stream)
        assert (allocated and self.journey.stage != "closed") == (self.journey.holder is not None)

    @invariant()
    def only_one_close(self):
        closes = [number for number, event in enumerate(self.stream) if event.type == "journey-closed"]
        assert len(closes) == (self.journey.stage == "closed")
        later = self.stream[closes[0] + 1 :] if closes else []
        assert {event.type for event in later} <= AFTER_THE_CLOSE

    @invariant()
    def no_reminder_is_live_for_work_that_is_not_owed(self):
        owed = {(item.work, item.generation) for item in owed_now(self.journey, self.programme)}
        assert {(held.work, held.generation) for held in self.journey.reminders if held.live} <= owed

    @invariant()
    def what_falls_due_falls_due_once_and_not_before_its_time(self):
        fallen = [event for event in self.stream if event.type == "reminder-fell-due"]
        evaluated = [event.evaluation_id for event in self.stream if event.type == "evaluation-fell-due"]
        assert len({event.reminder_id for event in fallen}) == len(fallen)
        assert len(set(evaluated)) == len(evaluated)
        assert [event for event in fallen if event.at < event.planned_for] == []

    @invariant()
    def the_agenda_is_ahead_sorted_and_only_of_what_is_owed(self):
        owed = {(item.work, item.generation) for item in owed_now(self.journey, self.programme)}
        moments = [deadline.at for deadline in self.agenda]
        assert moments == sorted(moments)
        assert [
            moment for moment in moments if moment <= self.now or not within_hours(moment, self.calendar.nation)
        ] == []
        assert {(deadline.work, deadline.generation) for deadline in self.agenda if deadline.work} <= owed

    @invariant()
    def the_checks_left_are_the_programmes(self):
        passed = set(self.journey.sustained_months)
        assert passed | set(checks_left(self.journey, self.programme)) <= set(self.programme.checks.months)


AFTER_THE_CLOSE = {
    "consent-withdrawn",
    "event-corrected",
    "evidence-recorded",
    "reminder-ended",
    "notification-sent",
    "notification-not-sent",
    "claim-eligibility-recorded",
}


def test_no_walk_along_the_path_breaks_its_invariants():
    """Random commands, corrections and waiting never break a law of the journey, and they reach every stage of it."""
    run_state_machine_as_test(Walk, settings=settings(max_examples=150, stateful_step_count=40))
    assert set(STAGES) <= Walk.reached
    assert {"handover-accepted", "stepped-up", "reminder-escalated", "event-corrected"} <= Walk.happened
