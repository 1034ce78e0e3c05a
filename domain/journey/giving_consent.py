"""The lawful basis for sharing: consent recorded, and withdrawn."""

from domain.errors import Rejected
from domain.family import Consent
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.guards import known_sharing
from domain.journey.refusals import happened
from domain.journey.state import Journey
from domain.programme.programme import Programme


def record_consent(journey: Journey, command: c.RecordConsent, programme: Programme) -> list[e.AnyEvent]:
    """Record a lawful basis; the same one again changes nothing, not even its withdrawal."""
    known_sharing(command.partners, command.purpose, programme)
    happened(command.on, command.at, None, "given on")
    if command.expires_on is not None and command.expires_on < command.on:
        raise Rejected(
            "bad-dates", f"it would expire on {command.expires_on}, before it was given", "correct --on or --expires-on"
        )
    given = Consent(
        id=command.consent_id,
        basis=command.basis,
        purpose=command.purpose,
        partners=command.partners,
        categories=command.categories,
        on=command.on,
        expires_on=command.expires_on,
    )
    held = _held_consent(journey, command.consent_id)
    if held is None:
        return [e.ConsentRecorded(at=command.at, consent=given)]
    if held.model_copy(update={"withdrawn_on": None}) != given:
        raise Rejected(
            "consent-differs",
            f"consent {held.id} is recorded with other terms",
            f"give the new one another id, or correct the earlier one: journeys correct {journey.reference} NUMBER",
        )
    return []


def withdraw_consent(journey: Journey, command: c.WithdrawConsent) -> list[e.AnyEvent]:
    """End a recorded basis."""
    held = _held_consent(journey, command.consent_id)
    if held is None:
        raise Rejected(
            "unknown-consent",
            f"no consent {command.consent_id}",
            f"copy the id from: journeys show {journey.reference}",
        )
    happened(command.on, command.at, held.on, "withdrawn on")
    if held.withdrawn_on is not None:
        return []
    return [e.ConsentWithdrawn(at=command.at, on=command.on, consent_id=held.id)]


def _held_consent(journey: Journey, consent_id: str) -> Consent | None:
    return next((held for held in journey.consents if held.id == consent_id), None)
