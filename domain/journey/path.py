"""The decisions of the path, stage by stage: what each step needs, and what it makes happen."""

from datetime import date

from domain.calendar import calendar_of
from domain.errors import Rejected
from domain.family import Consent
from domain.journey.agenda import checks_left, set_day
from domain.journey.commands import (
    AgreePlan,
    AssessFamily,
    CloseJourney,
    IdentifyFamily,
    RecordCheck,
    RecordConsent,
    RecordContact,
    ReferFamily,
    ReviewPlan,
    StartIntervention,
    StepDown,
    StepUp,
    WithdrawConsent,
)
from domain.journey.events import (
    AnyEvent,
    CheckRecorded,
    ConsentRecorded,
    ConsentWithdrawn,
    ContactRecorded,
    FamilyAssessed,
    FamilyIdentified,
    FamilyReferred,
    InterventionStarted,
    JourneyClosed,
    PlanAgreed,
    PlanReviewed,
    SteppedDown,
    SteppedUp,
)
from domain.journey.guards import goes_through, in_locality, known_cohort, known_criteria, known_needs, needs_fit
from domain.journey.refusals import happened, is_held, out_of_order
from domain.journey.state import Journey
from domain.programme.programme import Programme


def refer(journey: Journey, command: ReferFamily, programme: Programme) -> list[AnyEvent]:
    """Open the journey, for a family the programme's partners refer for criteria the programme knows."""
    if command.family_erased:
        raise Rejected(
            "erased",
            f"{command.reference} was erased while it was being referred",
            "refer its people anew, under a new key",
        )
    if journey.stage != "unreferred":
        raise Rejected("already-referred", f"{journey.reference} is already referred", "show it instead")
    happened(command.on, command.at, None, "referred on")
    if not programme.knows_referrer(command.referrer):
        raise Rejected("unknown-referrer", f"no sharing agreement with {command.referrer}", programme.referrers)
    in_locality(command.locality, programme)
    known_criteria(command.criteria, programme)
    if len({member.id for member in command.members}) < len(command.members):
        raise Rejected("repeated-member", "two members of the family have the same id", "give each an id of its own")
    fields = command.model_dump(exclude={"type", "command_id", "actor", "seen_version", "family_erased"})
    return [FamilyReferred(**fields)]


def consent(journey: Journey, command: RecordConsent) -> list[AnyEvent]:
    """Record a lawful basis; the same one again changes nothing, not even its withdrawal."""
    happened(command.on, command.at, None, "given on")
    if command.expires_on is not None and command.expires_on < command.on:
        raise Rejected("bad-dates", f"it would expire on {command.expires_on}, before it was given", "check the dates")
    given = Consent(
        id=command.consent_id,
        basis=command.basis,
        purpose=command.purpose,
        partners=command.partners,
        categories=command.categories,
        on=command.on,
        expires_on=command.expires_on,
    )
    held = _consent(journey, command.consent_id)
    if held is None:
        return [ConsentRecorded(at=command.at, consent=given)]
    if held.model_copy(update={"withdrawn_on": None}) != given:
        raise Rejected(
            "consent-differs",
            f"consent {held.id} is recorded with other terms",
            "record the new one under an id of its own, or correct the earlier one",
        )
    return []


def withdraw_consent(journey: Journey, command: WithdrawConsent) -> list[AnyEvent]:
    """End a recorded basis."""
    held = _consent(journey, command.consent_id)
    if held is None:
        raise Rejected("unknown-consent", f"no consent {command.consent_id}", "show the journey for the ids it holds")
    happened(command.on, command.at, held.on, "withdrawn on")
    if held.withdrawn_on is not None:
        return []
    return [ConsentWithdrawn(at=command.at, on=command.on, consent_id=held.id)]


def identify(journey: Journey, command: IdentifyFamily, programme: Programme) -> list[AnyEvent]:
    """Check criteria and household; a family found not eligible may be looked at again until its journey is closed."""
    if journey.stage not in {"referral", "identification"} or journey.eligible:
        raise out_of_order(journey, "identified", "it was identified before; show it for the criteria met")
    happened(command.on, command.at, journey.identified_on or journey.referred_on, "identified on")
    known_criteria(command.criteria, programme)
    known_cohort(command.cohort, programme)
    met = tuple(dict.fromkeys(command.criteria))
    judged = programme.judge(met, journey.members)
    return [
        FamilyIdentified(at=command.at, on=command.on, criteria=met, eligible=judged.eligible, cohort=command.cohort)
    ]


def record_contact(journey: Journey, command: RecordContact) -> list[AnyEvent]:
    """Record a contact by the key worker."""
    is_held(journey, "contacted")
    happened(command.on, command.at, journey.referred_on, "contact on")
    return [ContactRecorded(at=command.at, on=command.on, kind=command.kind)]


def assess(journey: Journey, command: AssessFamily, programme: Programme) -> list[AnyEvent]:
    """Record an assessment; later ones replace the needs found.

    Where the needs decide who is eligible, they do until a plan is agreed: a family at work is not judged again.
    """
    is_held(journey, "assessed")
    known_needs(command.needs, programme)
    happened(command.on, command.at, journey.assessed_on or journey.identified_on, "assessed on")
    needs = tuple(dict.fromkeys(command.needs))
    if (command.on, needs) == (journey.assessed_on, journey.needs):
        return []
    judged = programme.judge_needs(needs) if programme.judges_needs and journey.plan_on is None else None
    return [FamilyAssessed(at=command.at, on=command.on, needs=needs, judged=judged)]


def agree_plan(journey: Journey, command: AgreePlan, programme: Programme) -> list[AnyEvent]:
    """Record the plan; every need it names must have been found at assessment."""
    is_held(journey, "planned for")
    if journey.assessed_on is None:
        raise out_of_order(journey, "planned for", "assess the family first")
    needs_fit(journey, programme)
    happened(command.on, command.at, _latest(journey.assessed_on, journey.plan_on), "plan agreed on")
    unknown = [need for need in command.needs if need not in journey.needs]
    if unknown:
        raise Rejected(
            "unknown-need",
            f"{', '.join(unknown)} was not found at assessment ({', '.join(journey.needs)})",
            "assess again to add the need, or plan for the needs found",
        )
    return [PlanAgreed(at=command.at, on=command.on, needs=tuple(dict.fromkeys(command.needs)))]


def start_intervention(journey: Journey, command: StartIntervention) -> list[AnyEvent]:
    """Begin high-intensity work on an agreed plan."""
    is_held(journey, "started on")
    if journey.stage != "assessment":
        raise out_of_order(journey, "started on", "its intervention has begun already")
    if journey.plan_on is None:
        raise out_of_order(journey, "started on", "agree the plan first")
    happened(command.on, command.at, journey.plan_on, "started on")
    return [InterventionStarted(at=command.at, on=command.on)]


def review_plan(journey: Journey, command: ReviewPlan) -> list[AnyEvent]:
    """Record a review of the plan while the intervention runs at either intensity."""
    if journey.intervention_from is None:
        raise out_of_order(journey, "reviewed", "start the intervention first")
    happened(command.on, command.at, _latest(journey.intervention_from, journey.reviewed_on), "reviewed on")
    return [PlanReviewed(at=command.at, on=command.on, outcome=command.outcome)]


def step_down(journey: Journey, command: StepDown, programme: Programme) -> list[AnyEvent]:
    """Move to low intensity."""
    goes_through(journey, "step-down", programme, "close it when its work is done")
    if journey.stage != "intervention":
        raise out_of_order(journey, "stepped down", "only a journey in intervention can be")
    happened(command.on, command.at, journey.intervention_from, "stepped down on")
    return [SteppedDown(at=command.at, on=command.on)]


def step_up(journey: Journey, command: StepUp) -> list[AnyEvent]:
    """Move back to high intensity."""
    if journey.stepped_down_on is None:
        raise out_of_order(journey, "stepped up", "only a journey that was stepped down can be")
    happened(command.on, command.at, _last_checked(journey), "stepped up on")
    return [SteppedUp(at=command.at, on=command.on, reason=command.reason)]


def record_check(journey: Journey, command: RecordCheck, programme: Programme) -> list[AnyEvent]:
    """Record the next sustained-outcome check, on or after the day it falls due."""
    goes_through(journey, "sustained-outcome", programme, "close it when its work is done")
    owed = journey.owes("check")
    if owed is None:
        raise out_of_order(journey, "checked", "step it down first")
    left = checks_left(journey, programme)
    if not left:
        raise out_of_order(journey, "checked", "every check of its programme is made; close it")
    due = set_day(journey, owed, programme, calendar_of(programme.nation))
    if due is not None and command.on < due:
        raise Rejected(
            "too-early", f"the {left[0]}-month check of {journey.reference} falls on {due}", f"record it from {due} on"
        )
    happened(command.on, command.at, _last_checked(journey), "checked on")
    return [CheckRecorded(at=command.at, on=command.on, months=left[0], verdict=command.verdict)]


def close(journey: Journey, command: CloseJourney, programme: Programme) -> list[AnyEvent]:
    """End the journey; `sustained` needs every check passed, `not-eligible` a finding of that."""
    happened(command.on, command.at, _last_step(journey), "closed on")
    if command.outcome == "not-eligible" and journey.eligible is not False:
        raise Rejected(
            "not-found-ineligible", f"{journey.reference} was not found ineligible", "choose another outcome"
        )
    if command.outcome == "regressed" and (not journey.checks or journey.checks[-1].verdict != "regressed"):
        raise Rejected(
            "not-found-regressed",
            f"the last check of {journey.reference} did not find it regressed",
            "record the check",
        )
    if command.outcome == "sustained":
        _sustained(journey, programme)
    return [JourneyClosed(at=command.at, on=command.on, outcome=command.outcome)]


def _consent(journey: Journey, consent_id: str) -> Consent | None:
    return next((held for held in journey.consents if held.id == consent_id), None)


def _last_step(journey: Journey) -> date | None:
    """Return the day of the last step taken on the path."""
    return _latest(
        journey.referred_on,
        journey.identified_on,
        journey.key_worker_from,
        journey.last_contact_on,
        journey.assessed_on,
        journey.plan_on,
        journey.intervention_from,
        journey.reviewed_on,
        _last_checked(journey),
    )


def _last_checked(journey: Journey) -> date | None:
    """Return the day of the last check since the step-down, or else of the step-down itself."""
    return _latest(journey.stepped_down_on, *(check.on for check in journey.checks))


def _latest(*days: date | None) -> date | None:
    return max((day for day in days if day is not None), default=None)


def _sustained(journey: Journey, programme: Programme) -> None:
    goes_through(journey, "sustained-outcome", programme, "nothing shows that it lasted; close it as no-longer-needed")
    if journey.stepped_down_on is None:
        raise out_of_order(journey, "closed as sustained", "step it down first, or close with another outcome")
    left = ", ".join(f"{months} months" for months in checks_left(journey, programme))
    if left:
        raise Rejected(
            "not-sustained",
            f"{journey.reference} has checks still to pass ({left})",
            "record the checks, or close with another outcome",
        )
