"""Random walks along the path: after every step, whoever takes it, the laws of the journey hold."""

from datetime import UTC, datetime, timedelta
from typing import ClassVar, get_args

import pytest
from arbitrary import CORRECTABLE, FIELDS, commands, of
from given import PROGRAMME, REFERRAL, ROOM, ask, at
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from test_calendar import NATIONS, within_hours

from domain.calendar import calendar_of, local_date
from domain.errors import Rejected
from domain.journey import commands as c
from domain.journey.agenda import agenda, checks_left, owed_now, set_day
from domain.journey.events import EventCorrected
from domain.journey.evolve import as_corrected, evolve, fold
from domain.journey.facts import Household
from domain.journey.office_hours import rings_at
from domain.journey.state import UNREFERRED
from domain.stages import STAGES
from tests.facts import apart, decide

HANDOVER = [c.OfferHandover, c.AcceptHandover, c.RefuseHandover, c.WithdrawHandover]
DEADLINES = [c.MoveDeadline, c.PauseDeadline, c.ResumeDeadline, c.CancelDeadline]
ANEW = [c.StepUp, c.AssessFamily, c.AgreePlan, c.ReviewPlan, c.RecordContact]
AFTER_THE_CLOSE = {
    "message-retried",
    "clawback-proposed",
    "clawback-withdrawn",
    "clawback-decided",
    "reminder-fell-due",  # of a proposed clawback, which may come years after the close
    "reminder-sent",
    "reminder-not-sent",
    "reminder-acknowledged",
    "reminder-escalated",
    "consent-withdrawn",
    "evaluation-fell-due",
    "event-corrected",
    "evidence-recorded",
    "reminder-ended",
    "notification-sent",
    "notification-not-sent",
    "claim-eligibility-recorded",
    "family-erased",
    "contact-recorded",  # of a day before the close, as is a check
    "check-recorded",
    "journey-reopened",
    "member-joined",  # of before the close, or news of where partners' events go from now on
    "member-left",
    "member-corrected",
    "identifier-changed",
    "household-moved",
    "contacts-changed",
    "evidence-withdrawn",
    "note-added",  # of the case file: what is still to be said, heard or answered
    "voice-recorded",
    "concern-raised",
    "concern-answered",
    "entry-withdrawn",
    "family-merged",  # where it is, or who it is, may be found out after the close
    "merge-undone",
    "family-split",
    "family-restored",
    "family-taken-in",
}
ENDS = {"journey-closed": "journey-reopened", "family-merged": "family-restored"}  # and what takes each back
PEOPLE = {"member-joined", "member-left", "member-corrected", "identifier-changed", "household-moved"}
LEARNED = {"message-retried", "consent-withdrawn", "evaluation-fell-due", "event-corrected", "evidence-recorded"}
LEARNED |= {*PEOPLE, "contacts-changed"}

EXAMPLES = 240
HAPPENS = {f"deadline-{how}" for how in ("moved", "paused", "resumed", "cancelled")} | PEOPLE
HAPPENS |= {"handover-accepted", "handover-withdrawn", "stepped-up", "reminder-escalated", "event-corrected"}
HAPPENS |= {"family-erased"}


class Walk(RuleBasedStateMachine):
    """One journey, carried on as the journal does: decide, append, fold anew after a correction, let time pass."""

    reached: ClassVar[set[str]] = set()
    happened: ClassVar[set[str]] = set()

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
        """The day in Britain."""
        return local_date(self.now)

    def give(self, command):
        """Carry out one command at this moment, then let everything due by now fall due."""
        closed, refused = self.journey.stage == "closed", False
        erased = self.journey.erased_on is not None
        try:
            self.append(decide(self.journey, command.model_copy(update={"at": self.now}), self.programme))
        except Rejected:
            refused = True
        assert refused or not closed or command.after_close
        assert refused or not erased or command.after_erasing
        self.append(decide(self.journey, at(self.now), self.programme))
        assert decide(self.journey, at(self.now), self.programme) == []

    def append(self, happened):
        """Add to the journal; a correction means folding it anew."""
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
            due = set_day(self.journey, owed["check"], self.programme, self.calendar) or self.today
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

    @precondition(lambda self: self.journey.holder and not self.journey.handover_to)
    @rule(worker=st.sampled_from(["kim", "lee"]))
    def offer_a_handover(self, worker):
        """Whoever holds the family offers it to another key worker, or in vain to themselves."""
        self.give(ask(c.OfferHandover, self.today, to=worker, caseload=ROOM))

    @precondition(lambda self: self.journey.handover_to)
    @rule(command=st.sampled_from([c.AcceptHandover, c.RefuseHandover, c.WithdrawHandover]))
    def answer_the_offer(self, command):
        """Whoever was offered the family takes it over, or does not; or the offer is taken back."""
        taken = {"key_worker": self.journey.handover_to, "caseload": ROOM}
        fields = {c.AcceptHandover: taken, c.RefuseHandover: {"reason": "too-far"}}.get(command, {})
        self.give(ask(command, self.today, **fields))

    @rule(command=st.sampled_from([*HANDOVER, *HANDOVER, *ANEW]), worker=st.sampled_from(["kim", "lee"]))
    def move_the_family(self, command, worker):
        """Hand the family over, step it up, look again at its needs or its plan."""
        fields = {"to": worker, "key_worker": worker, "caseload": ROOM, "needs": ("debt",), "reason": "relapse"}
        self.give(
            ask(
                command,
                self.today,
                **{name: fields[name] for name in fields.keys() & {*command.model_fields, "caseload"}},
            )
        )

    @rule(command=st.sampled_from(DEADLINES), ahead=st.integers(-2, 60), data=st.data())
    def change_a_deadline(self, command, ahead, data):
        """Move, pause, resume or cancel the deadline of something that is owed, or of something that is not."""
        owed = [item.work for item in owed_now(self.journey, self.programme)] or ["plan"]
        fields = {"work": data.draw(st.sampled_from(owed)), "reason": "family-away"}
        to = {"to": self.today + timedelta(days=ahead)} if command is c.MoveDeadline else {}
        self.give(ask(command, self.today, **fields, **to))

    @rule(command=commands, today=st.booleans(), data=st.data())
    def give_any_command(self, command, today, data):
        """Ask for anything at all, about today or some other day."""
        changes = {"on": self.today} if today and "on" in type(apart(command)[0]).model_fields else {}
        if self.journey.reminders and "reminder_id" in type(apart(command)[0]).model_fields:
            changes["reminder_id"] = data.draw(st.sampled_from([held.id for held in self.journey.reminders]))
        self.give(command.model_copy(update=changes))

    @rule(data=st.data(), command=st.sampled_from([*get_args(c.MemberCommand), c.AddMember, c.RecordLeaving]))
    def change_the_family(self, data, command):
        """Let somebody join, leave or come back, correct what is known of them, or let the family move."""
        on = {"on": self.today} if "on" in command.model_fields else {}
        known = {"household": Household(people=("m1", "m2", "m3", "m4"), news=True), "family_erased": False}
        self.give(data.draw(of(command)).model_copy(update=known | on))

    @rule(data=st.data())
    def correct_something(self, data):
        """Correct a step that was taken, sensibly or not."""
        standing = as_corrected(self.stream)
        chosen = [number for number, event in enumerate(standing, 1) if isinstance(event, CORRECTABLE)]
        if not chosen:
            return
        version = data.draw(st.sampled_from(chosen))
        original = standing[version - 1]
        kept = {"key_worker", "waiver", "months", "evidence"} | ({"on"} if data.draw(st.booleans()) else set())
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
        rings = {deadline: self.rings_at(deadline) for deadline in self.agenda}
        due, before = min(self.agenda, key=rings.get), len(self.stream)
        self.now = rings[due]
        self.give(at(self.now))
        assert due.id in {getattr(event, "reminder_id", None) or event.evaluation_id for event in self.stream[before:]}

    def rings_at(self, deadline):
        """When a deadline falls due, which for one that passed outside working hours is the next of these."""
        return rings_at(deadline, self.now, self.calendar, self.journey.reference)

    @property
    def agenda(self):
        """What falls due if nothing else happens."""
        return agenda(self.journey, self.programme, self.calendar)

    @invariant()
    def the_journal_tells_the_same_journey(self):
        """The state kept step by step is the one read from the journal, and its version the number of events."""
        assert fold(self.stream) == self.journey
        assert len(self.stream) == self.journey.version

    @invariant()
    def nobody_is_of_the_family_twice(self):
        """Each member stands once, by number, and belonged on some day."""
        numbers = [int(member.id[1:]) for member in self.journey.members]
        assert len(numbers) == len(set(numbers))
        assert all(member.stays for member in self.journey.members)

    @invariant()
    def someone_always_holds_the_family(self):
        """Between allocation and close there is a named holder, before and after there is none."""
        allocated = any(event.type == "key-worker-allocated" for event in self.stream)
        assert (allocated and self.journey.stage != "closed") == (self.journey.holder is not None)

    @invariant()
    def only_one_close(self):
        """A journey ends once, by its close or where it was merged, and after that only the record is added to."""
        ended_by, later = None, set()
        for event in self.stream:
            if ended_by is None and event.type in ENDS:
                ended_by, later = event.type, set()
            elif ended_by is not None and event.type == ENDS[ended_by]:
                ended_by = None
            elif ended_by is not None:
                assert event.type != "journey-closed"
                later.add(event.type)
        assert (ended_by is not None) == (self.journey.stage == "closed")
        assert ended_by is None or later <= AFTER_THE_CLOSE

    @precondition(lambda self: self.journey.stage == "closed")
    @rule(still_open=FIELDS["still_open"], despite=st.booleans())
    def erase_the_family(self, still_open, despite):
        """Erase the closed family, with claims under way or without."""
        fields = {"reason": "request", "still_open": still_open, "despite_claims": despite}
        self.give(ask(c.EraseFamily, self.today, **fields))

    @invariant()
    def a_family_is_erased_once_and_nothing_is_learned_of_it_after_that(self):
        """After the erasure, which comes once and after the close, no event tells anything new of the family."""
        types = [event.type for event in self.stream]
        after = types[types.index("family-erased") :] if "family-erased" in types else []
        assert after.count("family-erased") == types.count("family-erased") == (self.journey.erased_on is not None)
        assert not LEARNED & set(after)

    @invariant()
    def no_reminder_is_live_for_work_that_is_not_owed(self):
        """A reminder waits for an answer only while its very piece of work is owed."""
        owed = {(item.work, item.generation) for item in owed_now(self.journey, self.programme)}
        assert {(held.work, held.generation) for held in self.journey.reminders if held.live} <= owed

    @invariant()
    def what_falls_due_falls_due_once_and_not_before_its_time(self):
        """No id of a reminder or an evaluation falls due twice, and none early."""
        fallen = [event for event in self.stream if event.type == "reminder-fell-due"]
        evaluated = [event.evaluation_id for event in self.stream if event.type == "evaluation-fell-due"]
        assert len({event.reminder_id for event in fallen}) == len(fallen)
        assert len(set(evaluated)) == len(evaluated)
        assert [event for event in fallen if event.at < event.planned_for] == []
        calm = [event for event in fallen if event.work != "concern-answer"]  # a concern waits for no office hours
        assert [event for event in calm if not within_hours(event.at, self.calendar.nation)] == []

    @invariant()
    def the_agenda_is_ahead_sorted_and_only_of_what_is_owed(self):
        """Deadlines lie ahead, in working hours unless urgent, soonest first, none of a generation that ended."""
        owed = {(item.work, item.generation) for item in owed_now(self.journey, self.programme)}
        planned = [deadline.at for deadline in self.agenda]
        assert planned == sorted(planned)
        for deadline in self.agenda:
            rings = self.rings_at(deadline)
            assert rings > self.now
            assert deadline.urgent or within_hours(rings, self.calendar.nation)
        assert {(deadline.work, deadline.generation) for deadline in self.agenda if deadline.work} <= owed

    @invariant()
    def a_clock_that_was_stopped_reminds_nobody(self):
        """Owed work whose deadline is paused or cancelled has none; moved, it has the day it was given."""
        for item in owed_now(self.journey, self.programme):
            if item.changed is not None and item.changed.work == item.work:
                meant = (item.work, item.generation)  # a correction may leave two closes owed
                due = {one.due_on for one in self.agenda if (one.work, one.generation) == meant}
                assert due <= ({item.changed.due_on} if item.changed.state == "moved" else set())

    @invariant()
    def the_checks_left_are_the_programmes(self):
        """Checks passed and checks left are checks of the programme."""
        passed = set(self.journey.sustained_months)
        assert passed | set(checks_left(self.journey, self.programme)) <= set(self.programme.checks.months)


@pytest.mark.slow(9)
@pytest.mark.timeout(240)
def test_no_walk_along_the_path_breaks_its_invariants():
    """Random commands, corrections and waiting never break a law of the journey, and they reach every stage of it."""
    run_state_machine_as_test(Walk, settings=settings(max_examples=EXAMPLES, stateful_step_count=40))
    assert set(STAGES) <= Walk.reached
    assert HAPPENS <= Walk.happened
