"""Consent: recorded, withdrawn, and asked before any message goes out."""

from datetime import date, timedelta

import pytest
from given import ALLOCATED_ON, HELD, IDENTIFIED_ON, LATER, PROGRAMME, SUSTAINED, Given, ask, fact, referred

from domain.family import Consent
from domain.journey.commands import RecordConsent, WithdrawConsent
from domain.journey.consent import refusal
from domain.journey.effects import Notify
from domain.journey.events import ConsentRecorded, ConsentWithdrawn, EventCorrected, FamilyErased, JourneyClosed
from domain.journey.evolve import fold

TERMS = {"basis": "consent", "purpose": "family-support"}
given_consent = Consent(id="k1", on=IDENTIFIED_ON, **TERMS)
recorded = fact(ConsentRecorded, IDENTIFIED_ON, consent=given_consent)
withdrawn = fact(ConsentWithdrawn, ALLOCATED_ON, consent_id="k1")
record = ask(RecordConsent, IDENTIFIED_ON, consent_id="k1", **TERMS)


def message(partner="police", purpose="family-support", categories=("stage",)):
    return Notify(
        effect_id="j:1:1",
        partner=partner,
        about="stepped-down",
        on=LATER,
        purpose=purpose,
        categories=categories,
    )


def why_not(*events, today=ALLOCATED_ON, **sent):
    return refusal(fold(events), message(**sent), PROGRAMME, today)


def test_a_basis_is_recorded_with_its_terms():
    """A lawful basis is kept with whom and what it covers and until when."""
    until = date(2013, 1, 1)
    terms = TERMS | {"partners": ("police",), "categories": ("stage",), "expires_on": until}
    Given(referred).when(ask(RecordConsent, IDENTIFIED_ON, consent_id="k1", **terms)).then(
        fact(ConsentRecorded, IDENTIFIED_ON, consent=Consent(id="k1", on=IDENTIFIED_ON, **terms))
    )


def test_a_basis_may_be_older_than_the_referral():
    """Consent given to a partner before the referral is recorded with its own day."""
    before = date(2012, 4, 2)
    Given(referred).when(ask(RecordConsent, IDENTIFIED_ON, on=before, consent_id="k1", **TERMS)).then(
        fact(ConsentRecorded, IDENTIFIED_ON, consent=Consent(id="k1", on=before, **TERMS))
    )


REFUSED = {
    "given in the future": (
        ask(RecordConsent, IDENTIFIED_ON, on=LATER, consent_id="k2", **TERMS),
        "future-date",
    ),
    "expired before it was given": (
        ask(RecordConsent, LATER, consent_id="k2", expires_on=IDENTIFIED_ON, **TERMS),
        "bad-dates",
    ),
    "other terms under the same id": (
        ask(RecordConsent, LATER, consent_id="k1", **TERMS),
        "consent-differs",
    ),
    "withdrawing one that is not there": (
        ask(WithdrawConsent, LATER, consent_id="k2"),
        "unknown-consent",
    ),
    "withdrawing it before it was given": (
        ask(WithdrawConsent, LATER, on=IDENTIFIED_ON - timedelta(days=1), consent_id="k1"),
        "bad-dates",
    ),
    "withdrawing it in the future": (
        ask(WithdrawConsent, ALLOCATED_ON, on=LATER, consent_id="k1"),
        "future-date",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_basis_that_makes_no_sense_is_refused(name):
    """Impossible dates, unknown ids and a second meaning for one id are refused."""
    command, code = REFUSED[name]
    Given(referred, recorded).when(command).refused(code)


def test_the_same_basis_again_is_nothing_new_and_does_not_undo_a_withdrawal():
    """Recording a basis a second time changes nothing, least of all that it was withdrawn since."""
    Given(referred, recorded).when(record).then()
    Given(referred, recorded, withdrawn).when(record).then()


def test_a_basis_is_withdrawn_once():
    """A withdrawal is recorded with its day; a second one finds nothing left to withdraw."""
    withdraw = ask(WithdrawConsent, ALLOCATED_ON, consent_id="k1")
    Given(referred, recorded).when(withdraw).then(withdrawn)
    Given(referred, recorded, withdrawn).when(withdraw).then()


def test_a_basis_can_be_withdrawn_after_the_close():
    """Closing the journey does not take away the right to withdraw: the message about it may still be queued."""
    closed = fact(JourneyClosed, LATER, outcome="sustained")
    withdraw = ask(WithdrawConsent, LATER, consent_id="k1")
    Given(*SUSTAINED, recorded, closed).when(withdraw).then(fact(ConsentWithdrawn, LATER, consent_id="k1"))


def test_a_message_goes_out_under_an_agreement_and_a_basis():
    """With both in force for partner, purpose and categories, nothing stands in the way."""
    assert why_not(*HELD, recorded) is None


@pytest.mark.parametrize(
    ("sent", "today", "code"),
    [
        ({"partner": "library"}, ALLOCATED_ON, "no-agreement-in-force"),
        ({"partner": "schools"}, date(2014, 1, 1), "no-agreement-in-force"),
        ({}, date(2011, 12, 31), "no-agreement-in-force"),
        ({"purpose": "research"}, ALLOCATED_ON, "purpose-not-agreed"),
        ({"categories": ("stage", "needs")}, ALLOCATED_ON, "category-not-agreed"),
        ({}, IDENTIFIED_ON - timedelta(days=1), "no-consent-in-force"),
    ],
)
def test_a_message_without_its_grounds_stays_here(sent, today, code):
    """Each missing ground stops the message with a code of its own."""
    assert code == why_not(*HELD, recorded, today=today, **sent)


@pytest.mark.parametrize(
    ("terms", "stopped"),
    [
        ({"purpose": "research"}, True),
        ({"partners": ("schools",)}, True),
        ({"partners": ("schools", "police")}, False),
        ({"categories": ("dates",)}, True),
        ({"categories": ("dates", "stage")}, False),
        ({"expires_on": ALLOCATED_ON}, False),
        ({"expires_on": ALLOCATED_ON - timedelta(days=1)}, True),
        ({"withdrawn_on": ALLOCATED_ON}, True),
        ({"withdrawn_on": ALLOCATED_ON + timedelta(days=1)}, False),
    ],
)
def test_a_basis_covers_what_its_terms_say(terms, stopped):
    """A basis covers its own purpose, partners, categories and days; the day of withdrawal is not covered."""
    held = fact(ConsentRecorded, IDENTIFIED_ON, consent=given_consent.model_copy(update=terms))
    assert stopped == (why_not(*HELD, held) in {"no-consent-in-force", "category-not-consented"})


def test_a_withdrawal_stops_a_message_that_was_planned_before():
    """What counts is the day the message would go out, not the day it was planned."""
    assert why_not(*HELD, recorded, withdrawn, today=IDENTIFIED_ON) is None
    assert why_not(*HELD, recorded, withdrawn, today=ALLOCATED_ON) == "no-consent-in-force"


def test_one_basis_of_several_is_enough():
    """A withdrawn consent does not stop what another basis still covers."""
    other = fact(ConsentRecorded, IDENTIFIED_ON, consent=given_consent.model_copy(update={"id": "k2"}))
    assert why_not(*HELD, recorded, other, withdrawn) is None


def test_a_category_without_consent_stops_the_whole_message():
    """The agreement names both categories and the family agreed to one: nothing goes out, and the reason says so."""
    held = fact(ConsentRecorded, IDENTIFIED_ON, consent=given_consent.model_copy(update={"categories": ("stage",)}))
    assert why_not(*HELD, held, categories=("stage", "dates")) == "category-not-consented"
    assert why_not(*HELD, held, categories=("stage",)) is None


def test_two_bases_cover_together_what_neither_does_alone():
    """A family may agree to one category after the other; both must be for this partner and purpose."""
    terms = [{"id": "k1", "categories": ("stage",)}, {"id": "k2", "categories": ("dates",)}]
    one, other = (fact(ConsentRecorded, IDENTIFIED_ON, consent=given_consent.model_copy(update=each)) for each in terms)
    for_schools = fact(
        ConsentRecorded,
        IDENTIFIED_ON,
        consent=given_consent.model_copy(update={**terms[1], "partners": ("schools",)}),
    )
    assert why_not(*HELD, one, other, categories=("stage", "dates")) is None
    assert why_not(*HELD, one, for_schools, categories=("stage", "dates")) == "category-not-consented"


def test_an_agreement_without_a_channel_tells_nothing():
    """What a partner may send us is agreed, and nothing of how it would be told: it is not told."""
    silent = PROGRAMME.model_copy(
        update={"agreements": tuple(held.model_copy(update={"channel": None}) for held in PROGRAMME.agreements)}
    )
    assert refusal(fold([*HELD, recorded]), message(), silent, ALLOCATED_ON) == "no-channel-agreed"


def test_an_agreement_that_ended_since_the_event_stops_the_message():
    """The message was planned under the agreement and would go out a day after its end."""
    assert why_not(*HELD, recorded, partner="schools", today=date(2013, 12, 31)) is None
    assert why_not(*HELD, recorded, partner="schools", today=date(2014, 1, 1)) == "no-agreement-in-force"


def test_a_withdrawal_by_a_later_correction_is_not_undone():
    """A consent that was corrected after its withdrawal stays withdrawn."""
    longer = given_consent.model_copy(update={"categories": ("stage", "dates")})
    amended = fact(
        EventCorrected,
        ALLOCATED_ON,
        version=4,
        reason="misread",
        replacement=fact(ConsentRecorded, ALLOCATED_ON, consent=longer),
    )
    assert why_not(*HELD, recorded, withdrawn, amended, today=ALLOCATED_ON) == "no-consent-in-force"


def test_of_an_erased_family_nobody_is_told():
    """A message that was allowed waits no longer once the family is erased: it is refused, whatever it would say."""
    erased = fact(FamilyErased, LATER, reason="request")
    assert why_not(*SUSTAINED, recorded) is None
    assert why_not(*SUSTAINED, recorded, erased) == "family-erased"
