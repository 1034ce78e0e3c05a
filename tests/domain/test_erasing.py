"""Erasing a family: once, when nothing of it is open; after that nothing more is recorded of it."""

from datetime import UTC, datetime

import pytest
from given import LATER, PROGRAMME, REFERRAL, SUSTAINED, Given, ask, at, fact

from domain.calendar import calendar_of
from domain.evidence import EVIDENCE
from domain.journey.agenda import agenda
from domain.journey.commands import (
    AcknowledgeReminder,
    CorrectEvent,
    EraseFamily,
    RecordEvidence,
    RecordNotification,
    ReferFamily,
    RetryMessage,
    WithdrawConsent,
)
from domain.journey.events import FamilyErased, JourneyClosed, NotificationNotSent
from domain.journey.evolve import fold
from domain.journey.facts import StillOpen

OWN = REFERRAL["journey_id"]
CLOSED = (*SUSTAINED, fact(JourneyClosed, LATER, outcome="sustained"))
ERASED = (*CLOSED, fact(FamilyErased, LATER, reason="request"))
OFFENCE = EVIDENCE.validate_python(
    {"id": "e1", "kind": "offence", "source": "police", "observed_on": LATER, "on": LATER, "proven": True}
)


def erase(*, despite: bool = False, **left: object) -> EraseFamily:
    still_open = StillOpen(newest=OWN).model_copy(update=left)
    return ask(EraseFamily, LATER, reason="request", despite_claims=despite, still_open=still_open)


def test_a_closed_family_is_erased():
    """With every journey closed and no claim under way, the erasure is recorded with its day and its reason."""
    Given(*CLOSED).when(erase()).then(fact(FamilyErased, LATER, reason="request"))


def test_the_journey_tells_when_and_why():
    """Folding an erasure shows its day and its reason."""
    journey = fold(ERASED)
    assert (journey.stage, journey.erased_on, journey.erased_for) == ("closed", LATER, "request")


def test_erased_twice_is_erased_once():
    """A second erasure, for whatever reason, has nothing to do."""
    Given(*ERASED).when(ask(EraseFamily, LATER, reason="court-order")).then()


@pytest.mark.parametrize(
    ("events", "left", "code", "saying"),
    [
        (
            SUSTAINED,
            {},
            "journey-open",
            "close the journey first: journeys close F-7K3Q-9D2X --outcome OUTCOME",
        ),
        (
            CLOSED,
            {"journeys": ("journey:wirral:F-7K3Q-9D2X:2",)},
            "journey-open",
            "close the journey first: journeys close F-7K3Q-9D2X --outcome OUTCOME",
        ),
        (CLOSED, {"newest": "journey:wirral:F-7K3Q-9D2X:2"}, "changed-since", "newer journey"),
        (CLOSED, {"concerns": ("F-7K3Q-9D2X C1",)}, "concern-open", "journeys concern answer F-7K3Q-9D2X C1 --answer"),
        (CLOSED, {"evaluations": 2}, "claims-under-way", "still to be evaluated (2 times)"),
        (CLOSED, {"claims": ("c1", "c2")}, "claims-under-way", "not settled: c1, c2;"),
        (CLOSED, {"claims": tuple("abcdefg")}, "claims-under-way", "a, b, c, d, e, ...;"),
    ],
)
def test_what_stands_in_the_way(events, left, code, saying):
    """An open journey, a newer one, evaluations to come and unsettled claims each refuse the erasure, by name."""
    Given(*events).when(erase(**left)).refused(code, saying)


@pytest.mark.parametrize("left", [{"evaluations": 2}, {"claims": ("c1",)}])
def test_despite_claims(left):
    """Who says so erases a family whose claims are under way."""
    Given(*CLOSED).when(erase(despite=True, **left)).then(fact(FamilyErased, LATER, reason="request"))


def test_claims_are_no_excuse_for_an_open_journey():
    """Despite claims is not despite an open journey."""
    Given(*SUSTAINED).when(erase(despite=True)).refused("journey-open")


def test_an_unread_family_is_not_erased():
    """Without having looked at what is open, nothing is destroyed."""
    Given(*CLOSED).when(ask(EraseFamily, LATER, reason="request")).refused("family-not-read")


@pytest.mark.parametrize(
    "command",
    [
        ask(RecordEvidence, LATER, evidence=OFFENCE),
        ask(CorrectEvent, LATER, version=3, reason="misread", replacement=SUSTAINED[2], original=SUSTAINED[2]),
        ask(WithdrawConsent, LATER, consent_id="k1"),
        ask(RetryMessage, LATER, effect_id="j:1:1"),
    ],
    ids=lambda command: command.type,
)
def test_nothing_more_is_recorded_of_an_erased_family(command):
    """What a closed journey still takes, that of an erased family refuses, saying when and why it was erased."""
    Given(*ERASED).when(command).refused("erased", f"was erased on {LATER} (request)")


def test_what_became_of_a_message_is_still_told():
    """A message that waited when the family was erased leaves its outcome on the journey."""
    fields = {"effect_id": "j:9:1", "partner": "police", "about": "stepped-down", "fault": "refused"}
    told = ask(RecordNotification, LATER, **fields, reason="family-erased")
    Given(*ERASED).when(told).then(fact(NotificationNotSent, LATER, **fields, reason="family-erased"))


def test_a_message_of_an_earlier_journey_is_not_tried_again():
    """A journey that does not itself tell of the erasure refuses it as well, by what was read of the family."""
    Given(*CLOSED).when(ask(RetryMessage, LATER, effect_id="j:1:1", family_erased=True)).refused(
        "erased", "nothing is sent about it"
    )


def test_an_unknown_reminder_is_still_unknown():
    """A reminder is acknowledged on an erased family's journey as on any closed one."""
    Given(*ERASED).when(ask(AcknowledgeReminder, LATER, reminder_id="x")).refused("unknown-reminder")


def test_an_erased_familys_results_are_not_evaluated():
    """Evaluations that were still to come fall away with the dates of birth."""
    calendar = calendar_of(PROGRAMME.nation)
    assert [due.kind for due in agenda(fold(CLOSED), PROGRAMME, calendar)] == ["evaluate", "evaluate"]
    assert agenda(fold(ERASED), PROGRAMME, calendar) == ()
    Given(*ERASED).when(at(datetime(2016, 1, 4, 12, tzinfo=UTC))).then()


def test_a_family_erased_while_it_is_referred_again_is_not_referred():
    """A referral that found its people known, and then erased, is refused: a journey without people helps nobody."""
    Given().when(ask(ReferFamily, LATER, **REFERRAL, family_erased=True)).refused(
        "erased", "with a new Idempotency-Key"
    )
