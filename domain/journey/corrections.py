"""The decision to correct an earlier event: which can be, what it may read instead, and what is judged anew."""

from datetime import datetime
from typing import get_args

from domain.access import may_waive
from domain.errors import Rejected
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.facts import Facts
from domain.journey.guards import in_locality, known_cohort, known_criteria, known_needs, known_sharing
from domain.journey.refusals import happened
from domain.journey.state import Journey
from domain.programme.local_scheme import COMPARISON
from domain.programme.programme import Programme

OF_CASE = {kind.model_fields["type"].default for kind in get_args(e.CaseEvent)}
CORRECTABLE: tuple[type[e.AnyEvent], ...] = get_args(get_args(e.Correctable)[0])
# What an event is about, and what follows from what was said: corrected by a step of its own, or by none.
NEVER_CORRECTED = {
    "at", "type", "journey_id", "reference", "area", "programme", "programme_version", "programme_hash", "members",
    "earlier", "eligible", "judged", "key_worker", "months", "id", "source",
}  # fmt: skip
# What to do about an event that is not corrected, and about one whose subject is wrong, which another step mends.
STEPS_INSTEAD = {
    "journey-closed": "ask a manager to reopen it: journeys reopen {reference} --reason CODE",
    "handover-offered": "withdraw the offer: journeys withdraw-handover {reference}",
    "handover-accepted": "hand the family over: journeys offer-handover {reference} --to NAME",
    "key-worker-allocated": "hand the family over: journeys offer-handover {reference} --to NAME",
    "consent-withdrawn": "record the consent again: journeys consent {reference}",
}
WITHDRAWN_INSTEAD = "withdraw the entry and record it anew: journeys withdraw-entry {reference} ENTRY --reason CODE"
ANY_OTHER = "only steps of the path, consents and evidence can be corrected; see: journeys show {reference}"


def not_correctable(reference: str, version: int, named: str | None, last: int) -> Rejected:
    """Return the refusal of a correction of an event that is not there (`named` None) or is of a type that stands."""
    if named is None:
        return Rejected(
            "nothing-to-correct",
            f"{reference} has no event {version}; the last is {last}",
            f"copy the number from: journeys show {reference}",
        )
    return Rejected(
        "nothing-to-correct",
        f"event {version} of {reference} is {named}, which cannot be corrected",
        STEPS_INSTEAD.get(named, WITHDRAWN_INSTEAD if named in OF_CASE else ANY_OTHER).format(reference=reference),
    )


def correct(journey: Journey, command: c.CorrectEvent, facts: Facts, programme: Programme) -> list[e.AnyEvent]:
    """Supersede an earlier event by one of the same type about the same thing.

    The replacement counts as known from the moment of the correction; eligibility follows from its criteria.
    """
    original = facts.original
    if original is None:
        raise not_correctable(journey.reference, command.version, facts.named, journey.version)
    if original.type != command.replacement.type:
        raise Rejected(
            "other-type",
            f"event {command.version} is {original.type}, not {command.replacement.type}",
            f"give an event of type {original.type}",
        )
    if _subject(original) != _subject(command.replacement):
        raise Rejected(
            "other-subject",
            f"event {command.version} is about {_subject(original)}, not {_subject(command.replacement)}",
            _instead(original, journey),
        )
    _within_the_cap(original, command)
    _plausible(journey, command)
    replacement = _known_now(journey, original, command, programme)
    if replacement == original.model_copy(update={"at": command.at}):
        return []
    return [e.EventCorrected(at=command.at, version=command.version, reason=command.reason, replacement=replacement)]


def _subject(event: e.Correctable) -> str:
    """Name what an event is about; another of these would be another event, with checks of its own to pass."""
    match event:
        case e.ConsentRecorded():
            return event.consent.id
        case e.EvidenceRecorded():
            return f"{event.evidence.kind} {event.evidence.id}"
        case e.KeyWorkerAllocated():
            return event.key_worker
        case e.CheckRecorded():
            return f"{event.months} months"
        case e.FamilyReferred():
            return f"{event.journey_id} under {event.programme}, of {len(event.members)} people"
        case _:
            return event.type


def _within_the_cap(original: e.Correctable, command: c.CorrectEvent) -> None:
    """Refuse a waiver that is written, changed or taken away by somebody who could not have given it."""
    held, said = (getattr(event, "waiver", None) for event in (original, command.replacement))
    if held != said and not may_waive(command.actor):
        raise Rejected("waiver-not-allowed", "only a manager may correct a waiver", "ask a manager to correct it")


def _plausible(journey: Journey, command: c.CorrectEvent) -> None:
    """Refuse a day in the future, before the referral or after the close; a consent may be older."""
    match command.replacement:
        case e.EvidenceRecorded():
            return
        case e.ConsentRecorded(consent=consent):
            happened(consent.on, command.at, None, "given on")
        case e.FamilyReferred() as referral:
            _referred_before(journey, referral, command.at)
        case step:
            happened(step.on, command.at, journey.referred_on, "corrected to")
            if journey.closed_on is not None and step.on > journey.closed_on:
                raise Rejected("bad-dates", f"{step.on} is after the close ({journey.closed_on})", "check the date")


def _known_now(
    journey: Journey, original: e.Correctable, command: c.CorrectEvent, programme: Programme
) -> e.Correctable:
    replacement = command.replacement.model_copy(update={"at": command.at})
    match replacement:
        case e.ConsentRecorded(consent=consent):
            known_sharing(consent.partners, consent.purpose, programme)
            return replacement
        case e.FamilyReferred():
            return _referred_now(original, replacement, programme)
        case e.FamilyIdentified():
            return _identified_now(journey, replacement, programme)
        case e.FamilyAssessed():
            return _assessed_now(original, replacement, programme)
        case _:
            return replacement


def _identified_now(journey: Journey, replacement: e.FamilyIdentified, programme: Programme) -> e.FamilyIdentified:
    known_criteria(replacement.criteria, programme)
    known_cohort(replacement.cohort, programme)
    if replacement.cohort == COMPARISON and journey.held_from is not None:
        raise Rejected(
            "comparison-group",
            f"{journey.reference} has had a key worker and cannot be in the comparison group",
            "leave out cohort=comparison, or close the journey",
        )
    judged = programme.judge(replacement.criteria, journey.members_on(replacement.on))
    return replacement.model_copy(update={"eligible": judged.eligible})


def _assessed_now(original: e.Correctable, replacement: e.FamilyAssessed, programme: Programme) -> e.FamilyAssessed:
    """Judge corrected needs anew where the needs as first recorded were judged."""
    known_needs(replacement.needs, programme)
    was_judged = isinstance(original, e.FamilyAssessed) and original.judged is not None
    return replacement.model_copy(update={"judged": programme.judge_needs(replacement.needs) if was_judged else None})


def _instead(original: e.Correctable, journey: Journey) -> str:
    """Say which step does what a correction does not: give an event another subject."""
    remedy = STEPS_INSTEAD.get(
        original.type, "the id, the months and the people cannot be corrected; correct the other fields"
    )
    return remedy.format(reference=journey.reference)


def _referred_before(journey: Journey, referral: e.FamilyReferred, at: datetime) -> None:
    """Refuse a referral in the future, or after the first step that followed it."""
    happened(referral.on, at, None, "referred on")
    if journey.identified_on is not None and referral.on > journey.identified_on:
        raise Rejected(
            "bad-dates",
            f"{referral.on} is after the family was identified ({journey.identified_on})",
            "check the date",
        )


def _referred_now(original: e.Correctable, replacement: e.FamilyReferred, programme: Programme) -> e.FamilyReferred:
    """Hold what was corrected to what a referral is held to; the moment at which it became known stays."""
    if not programme.knows_referrer(replacement.referrer):
        raise Rejected("unknown-referrer", f"no sharing agreement with {replacement.referrer}", programme.referrers)
    in_locality(replacement.locality, programme)
    known_criteria(replacement.criteria, programme)
    return replacement.model_copy(update={"at": original.at})
