"""The record: corrections, evidence, reminders, messages, claims and passing time."""

from datetime import date, timedelta

import pytest
from given import (
    ALLOCATED_ON,
    AT_WORK,
    HELD,
    IDENTIFIED_ON,
    LATER,
    LOWERED,
    PLANNED_ON,
    PROGRAMME,
    REFERRED_ON,
    SIX_MONTHS_ON,
    STARTED_ON,
    SUSTAINED,
    TWELVE_MONTHS_ON,
    Given,
    allocated,
    ask,
    assessed,
    at,
    fact,
    identified,
    noon,
    not_eligible,
    planned,
    referred,
    six_months,
    stepped_down,
)

from domain.calendar import calendar_of
from domain.evidence import EVIDENCE
from domain.family import Consent
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.agenda import agenda, owed_now
from domain.journey.evolve import as_corrected, fold

DAY = timedelta(days=1)
ENGLAND = calendar_of("ENG")


def seen(**changes):
    return EVIDENCE.validate_python(
        {
            "id": "police-1",
            "kind": "offence",
            "source": "police",
            "observed_on": "2012-06-01",
            "on": "2012-05-30",
            "proven": True,
        }
        | changes
    )


def deadlines(*events):
    return agenda(fold(events), PROGRAMME, ENGLAND)


def correct(events, version, replacement, day=LATER):
    """Ask to correct an event of the stream, as the journal does: with the event as it reads now."""
    return ask(
        c.CorrectEvent,
        day,
        version=version,
        reason="misread",
        replacement=replacement,
        original=as_corrected(events)[version - 1],
    )


# Corrections

CONSENT = fact(
    e.ConsentRecorded,
    IDENTIFIED_ON,
    consent=Consent(id="k1", basis="consent", purpose="family-support", on=IDENTIFIED_ON),
)
OBSERVED = fact(e.EvidenceRecorded, PLANNED_ON, evidence=seen())
RECORD = (*SUSTAINED, CONSENT, OBSERVED)
CLOSED = fact(e.JourneyClosed, LATER, outcome="sustained")


@pytest.mark.parametrize(
    ("version", "changes"),
    [
        (2, {"criteria": ("addiction", "crime")}),
        (3, {"on": IDENTIFIED_ON}),
        (4, {"kind": "attempted"}),
        (5, {"needs": ("health",)}),
        (7, {"on": PLANNED_ON}),
        (9, {"verdict": "insufficient"}),
        (11, {"consent": CONSENT.consent.model_copy(update={"on": date(2012, 4, 2)})}),
        (12, {"evidence": seen(proven=False)}),
    ],
)
def test_an_event_is_corrected_by_one_of_its_type_about_the_same_thing(version, changes):
    """The correction carries the whole replacement, known from the moment it was made; the original stays."""
    replacement = RECORD[version - 1].model_copy(update=changes)
    Given(*RECORD).when(correct(RECORD, version, replacement)).then(
        fact(
            e.EventCorrected,
            LATER,
            version=version,
            reason="misread",
            replacement=replacement.model_copy(update={"at": noon(LATER)}),
        )
    )


@pytest.mark.parametrize(
    ("version", "replacement", "code"),
    [
        (2, planned, "other-type"),
        (3, allocated.model_copy(update={"key_worker": "lee"}), "other-subject"),
        (9, six_months.model_copy(update={"months": 12}), "other-subject"),
        (11, CONSENT.model_copy(update={"consent": CONSENT.consent.model_copy(update={"id": "k2"})}), "other-subject"),
        (12, OBSERVED.model_copy(update={"evidence": seen(id="police-2")}), "other-subject"),
        (2, identified.model_copy(update={"criteria": ("noise",)}), "unknown-criterion"),
        (5, assessed.model_copy(update={"on": LATER + DAY}), "future-date"),
        (5, assessed.model_copy(update={"on": REFERRED_ON - DAY}), "bad-dates"),
        (
            11,
            CONSENT.model_copy(update={"consent": CONSENT.consent.model_copy(update={"on": LATER + DAY})}),
            "future-date",
        ),
    ],
)
def test_a_correction_that_would_be_another_event_is_refused(version, replacement, code):
    """Neither the type, nor what the event is about, nor an impossible day can be slipped in by a correction."""
    Given(*RECORD).when(correct(RECORD, version, replacement)).refused(code)


def test_there_must_be_something_to_correct():
    """A number without an event, or an event that is not a step of the path, cannot be corrected."""
    nothing = ask(c.CorrectEvent, LATER, version=99, reason="misread", replacement=assessed)
    Given(*AT_WORK).when(nothing).refused("nothing-to-correct", saying="has no event 99; the last is")


def test_a_closed_journey_takes_corrections_up_to_its_close():
    """After the close an event may be corrected, though not to a day after the close."""
    events = (*SUSTAINED, CLOSED)
    before, after = (assessed.model_copy(update={"on": day}) for day in (LATER, LATER + DAY))
    assert len(Given(*events).when(correct(events, 5, before, LATER + 9 * DAY)).happened) == 1
    Given(*events).when(correct(events, 5, after, LATER + 9 * DAY)).refused("bad-dates")


def test_the_same_correction_again_is_nothing_new_but_going_back_is():
    """What counts is how the event reads now: repeating a correction does nothing, undoing it is a new one."""
    wrong = assessed.model_copy(update={"needs": ("health",)})
    once = Given(*AT_WORK).when(correct(AT_WORK, 5, wrong))
    events = [*once.events, *once.happened]
    Given(*events).when(correct(events, 5, wrong)).then()
    undone = Given(*events).when(correct(events, 5, assessed))
    assert fold([*events, *undone.happened]).needs == ("debt", "school")


def test_eligibility_cannot_be_corrected_without_its_criteria():
    """Whether a corrected family is eligible follows from its criteria, whatever the replacement claims."""
    claimed = identified.model_copy(update={"criteria": ("crime", "crime"), "eligible": True})
    (correction,) = Given(*HELD).when(correct(HELD, 2, claimed)).happened
    assert not correction.replacement.eligible


def test_a_family_corrected_to_not_eligible_keeps_its_holder_and_is_owed_a_close():
    """A family at work that turns out not eligible stays held, is not identified afresh, and may be closed as such."""
    not_met = identified.model_copy(update={"criteria": ("crime",)})
    events = [*AT_WORK, *Given(*AT_WORK).when(correct(AT_WORK, 2, not_met)).happened]
    journey = fold(events)
    assert (journey.holder, journey.stage, journey.owes("close") is not None) == ("kim", "intervention", True)
    Given(*events).when(ask(c.IdentifyFamily, LATER, criteria=("crime", "poverty"))).refused("out-of-order")
    Given(*events).when(ask(c.CloseJourney, LATER, outcome="not-eligible")).then(
        fact(e.JourneyClosed, LATER, outcome="not-eligible")
    )


def test_a_correction_between_two_findings_leaves_one_thing_owed():
    """Found eligible by correction, then not eligible: the family waits for its close, not for a key worker as well."""
    again = fact(e.FamilyIdentified, ALLOCATED_ON, criteria=(), eligible=False)
    events = (referred, not_eligible, again)
    met = not_eligible.model_copy(update={"criteria": ("crime", "poverty")})
    corrected = [*events, *Given(*events).when(correct(events, 2, met)).happened]
    assert [owed.work for owed in owed_now(fold(corrected), PROGRAMME)] == ["close"]


def test_a_corrected_step_moves_its_deadlines_and_reminds_anew():
    """Correcting the step-down to a later day moves the check; reminders of the old day are gone, new ones planned."""
    passed = Given(*LOWERED).when(at(noon(date(2013, 7, 1))))
    events = [*passed.events, *passed.happened]
    later = stepped_down.model_copy(update={"on": date(2013, 3, 4)})
    corrected = [*events, *Given(*events).when(correct(events, 8, later, date(2013, 7, 2))).happened]
    old = {event.reminder_id for event in events if event.type == "reminder-fell-due"}
    checks = [deadline for deadline in deadlines(*corrected) if deadline.work == "check"]
    assert [date(2013, 9, 4)] * 3 == [deadline.due_on for deadline in checks]
    assert set() == {deadline.id for deadline in checks} & old


def test_reminders_whose_work_a_correction_took_away_end_with_the_next_command():
    """A regressed check corrected to sustained owes no response: its reminder ends as soon as time passes."""
    regressed = six_months.model_copy(update={"verdict": "regressed"})
    passed = Given(*LOWERED, regressed).when(at(noon(date(2013, 6, 11))))
    events = [*passed.events, *passed.happened]
    (reminder,) = [held for held in fold(events).reminders if held.work == "regression-response"]
    events += Given(*events).when(correct(events, 9, six_months, date(2013, 6, 12))).happened
    tick = at(noon(date(2013, 6, 12)))
    Given(*events).when(tick).then(
        fact(e.ReminderEnded, date(2013, 6, 12), reminder_id=reminder.id, because="pass-time")
    )


def test_a_correction_moves_no_later_reminder_back_to_an_id_that_was_used():
    """After a regressed check was corrected away, a second regression is reminded of under ids of its own."""
    regressed = six_months.model_copy(update={"verdict": "regressed"})
    passed = Given(*LOWERED, regressed).when(at(noon(date(2013, 6, 11))))
    events = [*passed.events, *passed.happened]
    used = {held.id for held in fold(events).reminders}
    events += Given(*events).when(correct(events, 9, six_months, date(2013, 6, 12))).happened
    events.append(fact(e.CheckRecorded, TWELVE_MONTHS_ON, months=12, verdict="regressed"))
    planned_ids = {deadline.id for deadline in deadlines(*events) if deadline.work == "regression-response"}
    assert len(planned_ids - used) == 2


# Evidence


def test_evidence_is_recorded_once():
    """An observation is recorded under the partner's id; the same delivery again adds nothing."""
    record = ask(c.RecordEvidence, PLANNED_ON, evidence=seen())
    Given(*AT_WORK).when(record).then(OBSERVED)
    Given(*AT_WORK, OBSERVED).when(record).then()


def test_evidence_after_the_close_is_kept():
    """A closed journey still takes evidence: it may undo a claim."""
    record = ask(c.RecordEvidence, PLANNED_ON, evidence=seen())
    assert Given(*SUSTAINED, CLOSED).when(record).happened == [OBSERVED]
    assert (seen(),) == fold([*SUSTAINED, CLOSED, OBSERVED]).evidence


def test_the_same_id_from_another_source_is_not_lost_in_silence():
    """An id that another partner used before is refused, so that somebody hears of it."""
    record = ask(c.RecordEvidence, PLANNED_ON, evidence=seen(source="schools"))
    Given(*AT_WORK, OBSERVED).when(record).refused("evidence-differs", saying="police-1 came from police")


def test_corrected_evidence_reads_as_corrected():
    """The journey holds the corrected observation in place of the first."""
    events = (*AT_WORK, OBSERVED)
    wrong = OBSERVED.model_copy(update={"evidence": seen(proven=False)})
    corrected = [*events, *Given(*events).when(correct(events, 8, wrong)).happened]
    assert (seen(proven=False),) == fold(corrected).evidence


# Reminders

FALLEN = Given(referred).when(at(deadlines(referred)[0].at)).happened[0]
REMINDER = FALLEN.reminder_id
SENT = fact(e.ReminderSent, IDENTIFIED_ON, reminder_id=REMINDER)
send = ask(c.RecordReminder, IDENTIFIED_ON, reminder_id=REMINDER)
acknowledge = ask(c.AcknowledgeReminder, IDENTIFIED_ON, reminder_id=REMINDER)


def test_what_became_of_a_reminder_is_recorded_once():
    """Sent or not sent, with the reason: the first news of a reminder's message stands."""
    not_sent = fact(e.ReminderNotSent, IDENTIFIED_ON, reminder_id=REMINDER, fault="failed", reason="no-address")
    failed = send.model_copy(update={"fault": "failed", "reason": "no-address"})
    unexplained = send.model_copy(update={"fault": "refused"})
    Given(referred, FALLEN).when(send).then(SENT)
    Given(referred, FALLEN).when(failed).then(not_sent)
    Given(referred, FALLEN).when(unexplained).then(
        not_sent.model_copy(update={"fault": "refused", "reason": "unknown"})
    )
    Given(referred, FALLEN, SENT).when(failed).then()
    Given(referred).when(send).then()


def test_a_message_that_goes_out_after_the_escalation_is_recorded_too():
    """After an outage a reminder may be escalated before its own message is sent; that it was sent stands as well."""
    escalated = fact(e.ReminderEscalated, IDENTIFIED_ON, reminder_id=REMINDER)
    Given(referred, FALLEN, escalated).when(send).then(SENT)
    Given(referred, FALLEN, escalated, SENT).when(send).then()
    assert fold([referred, FALLEN, escalated]).reminder(REMINDER).wanted
    assert fold([referred, FALLEN, escalated, SENT]).reminder(REMINDER).state == "escalated"


def test_a_reminder_is_acknowledged_once():
    """Whoever says a reminder was seen answers it for good; delivery news after that changes nothing."""
    answered = fact(e.ReminderAcknowledged, IDENTIFIED_ON, reminder_id=REMINDER)
    Given(referred, FALLEN, SENT).when(acknowledge).then(answered)
    Given(referred, FALLEN, SENT, answered).when(acknowledge).then()
    assert fold([referred, FALLEN, answered, SENT]).reminder(REMINDER).state == "acknowledged"
    Given(referred).when(acknowledge).refused("unknown-reminder")


def test_a_reminder_that_could_not_be_sent_still_waits_for_its_answer():
    """A failed delivery does not let anyone off: the reminder stays live and can be acknowledged."""
    not_sent = fact(e.ReminderNotSent, IDENTIFIED_ON, reminder_id=REMINDER, fault="failed", reason="no-address")
    assert fold([referred, FALLEN, not_sent]).reminder(REMINDER).live
    Given(referred, FALLEN, not_sent).when(acknowledge).then(
        fact(e.ReminderAcknowledged, IDENTIFIED_ON, reminder_id=REMINDER)
    )


def test_the_step_that_was_owed_ends_its_reminder():
    """Doing the work ends what reminded of it, in the same decision, and says which command did."""
    identify = ask(c.IdentifyFamily, IDENTIFIED_ON, criteria=("poverty", "crime"))
    Given(referred, FALLEN, SENT).when(identify).then(
        identified, fact(e.ReminderEnded, IDENTIFIED_ON, reminder_id=REMINDER, because="identify")
    )


def test_closing_ends_even_the_reminder_to_close():
    """After every check the close itself is owed; closing ends the reminders of that too."""
    passed = Given(*SUSTAINED).when(at(noon(date(2013, 12, 19))))
    assert [event.work for event in passed.happened if event.type == "reminder-fell-due"] == ["close"]
    events = [*passed.events, *passed.happened]
    closing = Given(*events).when(ask(c.CloseJourney, LATER, outcome="sustained")).happened
    assert [event.type for event in closing] == ["journey-closed", "reminder-ended"]
    assert [held for held in fold([*events, *closing]).reminders if held.live] == []


def test_an_unanswered_reminder_goes_up():
    """When the escalation falls due, what stayed unanswered is marked as escalated before the manager hears of it."""
    answered = fact(e.ReminderAcknowledged, IDENTIFIED_ON, reminder_id=REMINDER)
    (second,) = Given(referred, FALLEN, answered).when(at(deadlines(referred)[1].at)).happened
    third = deadlines(referred)[2]
    escalated = Given(referred, FALLEN, answered, second).when(at(third.at)).happened
    assert [
        ("reminder-escalated", second.reminder_id),
        ("reminder-fell-due", third.id),
    ] == [(event.type, event.reminder_id) for event in escalated]
    assert (escalated[1].to, escalated[1].escalation) == ("manager", True)


# Passing time


def test_time_that_reaches_nothing_does_nothing():
    """Before the first deadline, or for a journey that was never referred, nothing falls due."""
    Given(referred).when(at(deadlines(referred)[0].at - timedelta(seconds=1))).then()
    Given().when(at(noon(date(2020, 1, 1)))).then()


def test_after_the_close_only_evaluations_fall_due():
    """Nobody is reminded of a closed journey, but what it reached before is still evaluated, once."""
    tick = at(noon(date(2020, 1, 1)))
    fallen = Given(*SUSTAINED, CLOSED).when(tick)
    assert {event.type for event in fallen.happened} == {"evaluation-fell-due"}
    Given(*SUSTAINED, CLOSED, *fallen.happened).when(tick).then()


def test_time_passed_twice_is_passed_once():
    """The same moment again finds nothing left to fall due."""
    tick = at(noon(date(2012, 12, 12)))
    first = Given(*AT_WORK).when(tick)
    assert len(first.happened) == 6
    Given(*AT_WORK, *first.happened).when(tick).then()


def test_what_falls_due_late_says_so():
    """Passing time within the quarter hour is on time; after a longer outage the reminder is marked as late."""
    moment = deadlines(referred)[0].at
    on_time, late = (Given(referred).when(at(moment + timedelta(minutes=minutes))).happened[0] for minutes in (15, 16))
    assert (moment, False, moment, True) == (on_time.planned_for, on_time.late, late.planned_for, late.late)


def test_an_outage_over_a_whole_ladder_loses_no_rung():
    """Time that jumps over a ladder lets each rung fall due once, in order, with the unanswered ones escalated."""
    happened = Given(referred).when(at(noon(IDENTIFIED_ON + 33 * DAY))).happened
    assert [event.type for event in happened[:4]] == [
        "reminder-fell-due",
        "reminder-fell-due",
        "reminder-escalated",
        "reminder-escalated",
    ]
    assert [event.reminder_id.rsplit(".")[-1] for event in happened if event.type == "reminder-fell-due"] == [
        "remind-1",
        "remind+0",
        "escalate+3",
    ]


def test_an_evaluation_falls_due_as_of_its_day():
    """Evaluations are as of the day the programme sets, however late the clock gets there."""
    due = [event for event in Given(*AT_WORK).when(at(noon(LATER))).happened if event.type == "evaluation-fell-due"]
    assert [("evaluation.6.2012-12-11", date(2012, 12, 11)), ("evaluation.12.2013-06-11", date(2013, 6, 11))] == [
        (event.evaluation_id, event.as_of) for event in due
    ]


# Messages and claims


def test_what_became_of_a_message_is_recorded_once():
    """A partner was told, or was not and why; the first news stands."""
    tell = ask(c.RecordNotification, STARTED_ON, effect_id="j:1:1", partner="police", about="stepped-down")
    told = fact(e.NotificationSent, STARTED_ON, effect_id="j:1:1", partner="police", about="stepped-down")
    untold = fact(
        e.NotificationNotSent,
        STARTED_ON,
        effect_id="j:1:1",
        partner="police",
        about="stepped-down",
        fault="refused",
        reason="no-consent-in-force",
    )
    refused = tell.model_copy(update={"fault": "refused", "reason": "no-consent-in-force"})
    Given(*AT_WORK).when(tell).then(told)
    Given(*AT_WORK).when(refused).then(untold)
    Given(*AT_WORK).when(refused.model_copy(update={"reason": None})).then(
        untold.model_copy(update={"reason": "unknown"})
    )
    Given(*AT_WORK, told).when(refused).then()
    Given(*AT_WORK, untold).when(tell).then()


def test_each_verdict_becomes_an_event_and_a_claim_is_remembered_once():
    """The ledger's verdicts are recorded a result at a time; only one with a claim counts as claimed, for ever."""
    record = ask(
        c.RecordEligibility,
        SIX_MONTHS_ON,
        as_of=SIX_MONTHS_ON,
        results=(
            c.Judged(result="work", verdict="met", amount=800, claim_id="claim-1"),
            c.Judged(result="school", verdict="insufficient", amount=0),
        ),
    )
    happened = Given(*LOWERED).when(record).happened
    assert [(event.result, event.verdict, event.amount, event.claim_id) for event in happened] == [
        ("work", "met", 800, "claim-1"),
        ("school", "insufficient", 0, None),
    ]
    assert fold([*LOWERED, *happened, *happened]).claimed == ("work",)


def test_nothing_judged_is_nothing_recorded():
    """An evaluation that came to no verdict leaves no trace."""
    Given(*LOWERED).when(ask(c.RecordEligibility, SIX_MONTHS_ON, as_of=SIX_MONTHS_ON)).then()
