"""How the steps of the path change the journey, stage by stage."""

from domain.family import Consent
from domain.journey.events import (
    CheckRecorded,
    ConsentWithdrawn,
    ContactRecorded,
    FamilyAssessed,
    FamilyIdentified,
    FamilyReferred,
    InterventionStarted,
    JourneyClosed,
    KeyWorkerAllocated,
    PlanAgreed,
    PlanReviewed,
    SteppedDown,
    SteppedUp,
)
from domain.journey.evolve.changes import owe, settle, with_changes
from domain.journey.state import EXTENSIONS, Check, Found, Journey
from domain.programme.local_scheme import COMPARISON
from domain.programme.programme import Work

ANSWERS: tuple[Work, ...] = ("regression-response", "check-decision")  # what a further check or a step-up settles


def referred(journey: Journey, event: FamilyReferred) -> Journey:
    """The journey is open; the identification is owed."""
    opened = with_changes(
        journey,
        stage="referral",
        journey_id=event.journey_id,
        reference=event.reference,
        area=event.area,
        locality=event.locality,
        programme=event.programme,
        programme_version=event.programme_version,
        programme_hash=event.programme_hash,
        members=event.members,
        referrer=event.referrer,
        referred_on=event.on,
        criteria=event.criteria,
        earlier=event.earlier,
    )
    return owe(opened, "identification", event.on, event.at)


def withdrawn(held: Consent, event: ConsentWithdrawn) -> Consent:
    """The basis meant does not hold any more; another stays as it is."""
    return held.model_copy(update={"withdrawn_on": event.on}) if held.id == event.consent_id else held


def identified(journey: Journey, event: FamilyIdentified) -> Journey:
    """Found eligible, a key worker is owed; else the close. The comparison group is followed and not helped."""
    judged = with_changes(
        settle(journey, "identification", "allocation", "close"),
        stage="identification",
        identified_on=event.on,
        eligible=event.eligible,
        criteria=event.criteria,
        cohort=event.cohort,
    )
    if event.eligible and event.cohort == COMPARISON:
        return judged
    return owe(judged, "allocation" if event.eligible else "close", event.on, event.at)


def allocated(journey: Journey, event: KeyWorkerAllocated) -> Journey:
    """One named person holds the family; a first contact and the assessment are owed."""
    held = with_changes(
        journey, stage="assessment", key_worker=event.key_worker, key_worker_from=event.on, held_from=event.on
    )
    held = with_changes(held, waiver=event.waiver)
    held = owe(settle(held, "allocation"), "first-contact", event.on, event.at)
    return owe(held, "assessment", event.on, event.at)


def contacted(journey: Journey, event: ContactRecorded) -> Journey:
    """A contact counts when it came about."""
    if event.kind == "attempted":
        return journey
    first = min(event.on, journey.first_contact_on or event.on)
    last = max(event.on, journey.last_contact_on or event.on)
    return settle(with_changes(journey, first_contact_on=first, last_contact_on=last), "first-contact")


def assessed(journey: Journey, event: FamilyAssessed) -> Journey:
    """The needs found stand; a plan is owed, or the close where they do not fit."""
    after = with_changes(
        settle(journey, "assessment"),
        assessed_on=event.on,
        first_assessed_on=journey.first_assessed_on or event.on,
        needs=event.needs,
        needs_found=_found(journey, event),
    )
    if event.judged is None:
        return owe(after, "plan", event.on, event.at)
    judged = with_changes(settle(after, "plan", "close"), eligible=event.judged.eligible)
    return owe(judged, "plan" if event.judged.eligible else "close", event.on, event.at)


def _found(journey: Journey, event: FamilyAssessed) -> tuple[Found, ...]:
    """Add the needs of an assessment to those found before; of two findings of a need the earlier day stands."""
    days = {found.need: found.on for found in journey.needs_found}
    days |= {need: min(event.on, days.get(need, event.on)) for need in event.needs}
    return tuple(Found(need=need, on=on) for need, on in days.items())


def planned(journey: Journey, event: PlanAgreed) -> Journey:
    """The first plan makes the intervention due."""
    agreed = with_changes(settle(journey, "plan"), plan_on=event.on, first_plan_on=journey.first_plan_on or event.on)
    if journey.stage != "assessment":
        return agreed
    return owe(agreed, "intervention-start", event.on, event.at)


def started(journey: Journey, event: InterventionStarted) -> Journey:
    """High-intensity work began; its plan is reviewed."""
    begun = with_changes(
        settle(journey, "intervention-start"),
        stage="intervention",
        intensity="high",
        intervention_from=event.on,
        first_intervention_from=event.on,
    )
    return owe(begun, "plan-review", event.on, event.at)


def reviewed(journey: Journey, event: PlanReviewed) -> Journey:
    """At low intensity a review is welcome but no further one is owed: the checks take its place."""
    seen = with_changes(journey, reviewed_on=event.on)
    return owe(seen, "plan-review", event.on, event.at) if journey.intensity == "high" else seen


def stepped_down(journey: Journey, event: SteppedDown) -> Journey:
    """Low intensity: the checks are counted from here."""
    lowered = with_changes(
        settle(journey, "plan-review"), stage="step-down", intensity="low", stepped_down_on=event.on, checks=()
    )
    return owe(lowered, "check", event.on, event.at)


def stepped_up(journey: Journey, event: SteppedUp) -> Journey:
    """High intensity again: what was checked since the step-down counts no more."""
    raised = with_changes(
        settle(journey, "check", *ANSWERS),
        stage="intervention",
        intensity="high",
        intervention_from=event.on,
        stepped_down_on=None,
        checks=(),
    )
    return owe(raised, "plan-review", event.on, event.at)


def checked(journey: Journey, event: CheckRecorded) -> Journey:
    """A check was made: the next is owed, and an answer to one that did not pass."""
    made = Check(months=event.months, on=event.on, verdict=event.verdict)
    after = with_changes(settle(journey, *ANSWERS), stage="sustained-outcome", checks=(*journey.checks, made))
    after = owe(after, "check", event.on, event.at)
    if event.verdict == "regressed":
        return owe(after, "regression-response", event.on, event.at)
    if after.insufficient_in_a_row > EXTENSIONS:
        return owe(after, "check-decision", event.on, event.at)
    return after


def closed(journey: Journey, event: JourneyClosed) -> Journey:
    """Nothing is owed on a closed journey but the decision on a clawback."""
    owed = tuple(
        item if item.work == "clawback-decision" else item.model_copy(update={"done": True}) for item in journey.owed
    )
    return with_changes(
        journey,
        stage="closed",
        closed_on=event.on,
        outcome=event.outcome,
        handover_to=None,
        intensity=None,
        owed=owed,
    )
