"""How the steps of the path change the journey, stage by stage."""

from collections.abc import Callable
from datetime import date
from typing import Literal, assert_never

from domain.family import Consent, Member
from domain.journey import events as e
from domain.journey.evolve.changes import owe, settle, with_changes
from domain.journey.state import EXTENSIONS, BeforeClose, Check, Found, Journey
from domain.programme.clocks import Work
from domain.programme.local_scheme import COMPARISON
from domain.rules.spans import DAY
from domain.stays import Away

OUTLIVING: tuple[Work, ...] = ("clawback-decision", "concern-answer")  # what is owed also on a closed journey
ANSWERS: tuple[Work, ...] = ("regression-response", "check-decision")  # what a further check or a step-up settles


def evolve_path(journey: Journey, event: e.PathEvent) -> Journey:  # noqa: C901, PLR0911, PLR0912 - one case an event
    """Return the journey after a step of the path."""
    match event:
        case e.FamilyReferred():
            return _referred(journey, event)
        case e.ReferralJoined():
            return _joined(journey, event)
        case e.ConsentRecorded():
            others = tuple(held for held in journey.consents if held.id != event.consent.id)
            return with_changes(journey, consents=(*others, event.consent))
        case e.ConsentWithdrawn():
            return with_changes(journey, consents=tuple(_withdrawn(held, event) for held in journey.consents))
        case e.FamilyIdentified():
            return _identified(journey, event)
        case e.ContactRecorded():
            return _as_before_the_close(journey, lambda then: _contacted(then, event))
        case e.FamilyAssessed():
            return _assessed(journey, event)
        case e.PlanAgreed():
            return _planned(journey, event)
        case e.InterventionStarted():
            return _started(journey, event)
        case e.PlanReviewed():
            return _reviewed(journey, event)
        case e.SteppedDown():
            return _stepped_down(journey, event)
        case e.SteppedUp():
            return _stepped_up(journey, event)
        case e.CheckRecorded():
            return _as_before_the_close(journey, lambda then: _checked(then, event))
        case e.JourneyClosed():
            return closed(journey, event.on, event.outcome)
        case e.JourneyReopened():
            return reopened(journey)
        case e.FamilyErased():
            return with_changes(journey, erased_on=event.on, erased_for=event.reason)
        case _:
            assert_never(event)


def _referred(journey: Journey, event: e.FamilyReferred) -> Journey:
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


def _joined(journey: Journey, event: e.ReferralJoined) -> Journey:
    """The referral is kept beside the first, and whoever is new in it is of the family."""
    people = {member.id: member for member in journey.members}
    for member in event.members:
        people[member.id] = back(people.get(member.id, member), event.on)
    referral = e.JoinedReferral(on=event.on, referrer=event.referrer, criteria=event.criteria)
    return with_changes(journey, joined=(*journey.joined, referral), members=tuple(people.values()))


def back(member: Member, on: date) -> Member:
    """Who left and is referred with the family again has come back on that day."""
    if member.to is None or on <= member.to:
        return member
    gone = (Away(from_=member.to + DAY, to=on - DAY),) if on > member.to + DAY else ()
    return member.model_copy(update={"to": None, "away": (*member.away, *gone)})


def _withdrawn(held: Consent, event: e.ConsentWithdrawn) -> Consent:
    """The basis meant does not hold any more; another stays as it is."""
    return held.model_copy(update={"withdrawn_on": event.on}) if held.id == event.consent_id else held


def _identified(journey: Journey, event: e.FamilyIdentified) -> Journey:
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


def _contacted(journey: Journey, event: e.ContactRecorded) -> Journey:
    """A contact counts when it came about."""
    if event.kind == "attempted":
        return journey
    first = min(event.on, journey.first_contact_on or event.on)
    last = max(event.on, journey.last_contact_on or event.on)
    return settle(with_changes(journey, first_contact_on=first, last_contact_on=last), "first-contact")


def _assessed(journey: Journey, event: e.FamilyAssessed) -> Journey:
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


def _found(journey: Journey, event: e.FamilyAssessed) -> tuple[Found, ...]:
    """Add the needs of an assessment to those found before; of two findings of a need the earlier day stands."""
    days = {found.need: found.on for found in journey.needs_found}
    days |= {need: min(event.on, days.get(need, event.on)) for need in event.needs}
    return tuple(Found(need=need, on=on) for need, on in days.items())


def _planned(journey: Journey, event: e.PlanAgreed) -> Journey:
    """The first plan makes the intervention due."""
    agreed = with_changes(settle(journey, "plan"), plan_on=event.on, first_plan_on=journey.first_plan_on or event.on)
    if journey.stage != "assessment":
        return agreed
    return owe(agreed, "intervention-start", event.on, event.at)


def _started(journey: Journey, event: e.InterventionStarted) -> Journey:
    """High-intensity work began; its plan is reviewed."""
    begun = with_changes(
        settle(journey, "intervention-start"),
        stage="intervention",
        intensity="high",
        intervention_from=event.on,
        first_intervention_from=event.on,
    )
    return owe(begun, "plan-review", event.on, event.at)


def _reviewed(journey: Journey, event: e.PlanReviewed) -> Journey:
    """At low intensity a review is welcome but no further one is owed: the checks take its place."""
    seen = with_changes(journey, reviewed_on=event.on, review_outcome=event.outcome)
    return owe(seen, "plan-review", event.on, event.at) if journey.intensity == "high" else seen


def _stepped_down(journey: Journey, event: e.SteppedDown) -> Journey:
    """Low intensity: the checks are counted from here."""
    lowered = with_changes(
        settle(journey, "plan-review"), stage="step-down", intensity="low", stepped_down_on=event.on, checks=()
    )
    return owe(lowered, "check", event.on, event.at)


def _stepped_up(journey: Journey, event: e.SteppedUp) -> Journey:
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


def _checked(journey: Journey, event: e.CheckRecorded) -> Journey:
    """A check was made: the next is owed, and an answer to one that did not pass."""
    made = Check(months=event.months, on=event.on, verdict=event.verdict)
    after = with_changes(settle(journey, *ANSWERS), stage="sustained-outcome", checks=(*journey.checks, made))
    after = owe(after, "check", event.on, event.at)
    if event.verdict == "regressed":
        return owe(after, "regression-response", event.on, event.at)
    if after.insufficient_in_a_row > EXTENSIONS:
        return owe(after, "check-decision", event.on, event.at)
    return after


def closed(journey: Journey, on: date, outcome: e.Outcome | Literal["merged"]) -> Journey:
    """Nothing is owed on a closed journey but the decision on a clawback, and the answer to a concern."""
    owed = tuple(item if item.work in OUTLIVING else item.model_copy(update={"done": True}) for item in journey.owed)
    before = BeforeClose(
        stage=journey.stage, intensity=journey.intensity, handover_to=journey.handover_to, owed=journey.owed
    )
    return with_changes(
        journey,
        stage="closed",
        closed_on=on,
        outcome=outcome,
        before_close=before,
        handover_to=None,
        intensity=None,
        owed=owed,
    )


def reopened(journey: Journey) -> Journey:
    """The journey stands where it stood before the close; what was owed then is owed again, since when it was."""
    before = journey.before_close
    if before is None:
        return journey
    since = [item for item in journey.owed if item.work in OUTLIVING]
    owed = (*(item for item in before.owed if item.work not in OUTLIVING), *since)
    then = {"stage": before.stage, "intensity": before.intensity, "handover_to": before.handover_to}
    return with_changes(journey, **then, owed=owed, closed_on=None, outcome=None, before_close=None)


def _as_before_the_close(journey: Journey, change: Callable[[Journey], Journey]) -> Journey:
    """Record what happened before the close of a journey that is closed by now: it stays closed."""
    if journey.stage != "closed" or journey.closed_on is None or journey.outcome is None:
        return change(journey)
    return closed(change(reopened(journey)), journey.closed_on, journey.outcome)
