"""The close and what comes after it: outcomes, taking it back, and what happened before it and is written up later."""

from datetime import timedelta

import pytest
from given import (
    AT_WORK,
    HELD,
    LATER,
    LOWERED,
    PROGRAMME,
    REFERRAL,
    SIX_MONTHS_ON,
    Given,
    ask,
    fact,
    noon,
)

from domain.calendar import calendar_of
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.agenda import agenda, owed_now
from domain.journey.evolve import fold
from domain.journey.facts import StillOpen

OWN = REFERRAL["journey_id"]
CLOSED = fact(e.JourneyClosed, LATER, outcome="moved-away")
REOPENED = fact(e.JourneyReopened, LATER, reason="closed-by-mistake")
EARLIER = LATER - timedelta(days=10)


def reopen(day=LATER, newest=OWN):
    """Ask to take the close back; `newest` is the family's newest journey."""
    return ask(c.ReopenJourney, day, reason="closed-by-mistake", still_open=StillOpen(newest=newest))


@pytest.mark.parametrize("outcome", ["died", "opened-in-error", "moved-away"])
def test_a_journey_is_closed_with_its_outcome(outcome):
    """A death and a referral that was a mistake have outcomes of their own."""
    Given(*AT_WORK).when(ask(c.CloseJourney, LATER, outcome=outcome)).then(
        fact(e.JourneyClosed, LATER, outcome=outcome)
    )


def test_a_transfer_names_the_area():
    """A transferred family goes somewhere; no other outcome has a destination."""
    transferred = ask(c.CloseJourney, LATER, outcome="transferred", to="kent")
    Given(*AT_WORK).when(transferred).then(fact(e.JourneyClosed, LATER, outcome="transferred", to="kent"))
    Given(*AT_WORK).when(ask(c.CloseJourney, LATER, outcome="transferred")).refused("no-destination", "--to")
    Given(*AT_WORK).when(ask(c.CloseJourney, LATER, outcome="died", to="kent")).refused("not-transferred")


@pytest.mark.parametrize("before", [HELD, AT_WORK, LOWERED], ids=["held", "at work", "stepped down"])
def test_a_reopened_journey_goes_on_where_it_was(before):
    """Stage, holder, what is owed and what falls due are as if the journey had never been closed."""
    Given(*before, CLOSED).when(reopen()).then(REOPENED)
    then, now = fold(before), fold([*before, CLOSED, REOPENED])
    same = ("stage", "intensity", "holder", "handover_to", "checks", "closed_on", "outcome")
    assert [getattr(now, name) for name in same] == [getattr(then, name) for name in same]
    assert owed_now(now, PROGRAMME) == owed_now(then, PROGRAMME)
    calendar = calendar_of(PROGRAMME.nation)
    assert agenda(now, PROGRAMME, calendar) == agenda(then, PROGRAMME, calendar)


def test_an_offer_waits_again_on_a_reopened_journey():
    """A handover that was offered before the close is offered again, to the same key worker."""
    offered = fact(e.HandoverOffered, EARLIER, to="lee")
    assert fold([*AT_WORK, offered, CLOSED, REOPENED]).handover_to == "lee"


def test_a_clawback_proposed_meanwhile_stays_to_be_decided():
    """What was owed only since the close is still owed when the close is taken back."""
    proposed = fact(
        e.ClawbackProposed,
        LATER,
        claim_id="claim-1",
        result="work",
        limb="work",
        verdict_before="met",
        verdict_after="not_met",
        amount_before=800,
        amount_after=0,
        as_of=LATER,
        cause="a",
    )
    owed = {item.work for item in owed_now(fold([*AT_WORK, CLOSED, proposed, REOPENED]), PROGRAMME)}
    assert owed == {item.work for item in owed_now(fold(AT_WORK), PROGRAMME)} | {"clawback-decision"}


def test_what_cannot_be_reopened():
    """An open journey has nothing to take back; one with a newer journey, or unread, stays closed."""
    Given(*AT_WORK).when(reopen()).refused("not-closed")
    Given(*AT_WORK, CLOSED).when(reopen(newest="journey:wirral:F-7K3Q-9D2X:2")).refused("newer-journey")
    Given(*AT_WORK, CLOSED).when(ask(c.ReopenJourney, LATER, reason="x")).refused("newer-journey")
    Given(*AT_WORK, CLOSED).when(reopen(day=EARLIER)).refused("bad-dates")


def test_a_reopening_without_a_close_changes_nothing():
    """An event out of place is read without harm."""
    assert fold([*AT_WORK, REOPENED]).stage == fold(AT_WORK).stage


def test_a_visit_is_written_up_after_the_close():
    """A contact of before the close is recorded with its own day; the journey stays closed, and owes nothing."""
    seen = fact(e.ContactRecorded, EARLIER, kind="visit")
    visit = ask(c.RecordContact, EARLIER, at=noon(LATER))
    recorded = seen.model_copy(update={"at": noon(LATER)})
    Given(*AT_WORK, CLOSED).when(visit).then(recorded)
    after = fold([*AT_WORK, CLOSED, recorded])
    assert (after.stage, after.last_contact_on, after.closed_on) == ("closed", EARLIER, LATER)
    assert owed_now(after, PROGRAMME) == ()


def test_a_check_is_written_up_after_the_close():
    """A check of before the close is recorded after it, and counts; once the close is taken back it was made."""
    closed = fact(e.JourneyClosed, LATER, outcome="no-longer-needed")
    made = fact(e.CheckRecorded, SIX_MONTHS_ON, months=6, verdict="sustained")
    check = ask(c.RecordCheck, SIX_MONTHS_ON, at=noon(LATER), verdict="sustained")
    Given(*LOWERED, closed).when(check).then(made.model_copy(update={"at": noon(LATER)}))
    after = fold([*LOWERED, closed, made])
    assert (after.stage, after.sustained_months) == ("closed", (6,))
    assert fold([*LOWERED, closed, made, REOPENED]).stage == "sustained-outcome"


def test_what_came_after_the_close_is_not_recorded_on_it():
    """A contact or a check of a day after the close belongs to no journey; a manager may take the close back."""
    closed = fact(e.JourneyClosed, EARLIER, outcome="no-longer-needed")
    Given(*LOWERED, closed).when(ask(c.RecordContact, LATER)).refused("closed", "reopen")
    Given(*LOWERED, closed).when(ask(c.RecordCheck, LATER, verdict="sustained")).refused("closed", "reopen")
    Given(*HELD, closed).when(ask(c.RecordCheck, EARLIER, verdict="sustained")).refused("out-of-order")
