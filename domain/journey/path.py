"""The decisions of the path, stage by stage: what each step needs, and what it makes happen."""

from collections.abc import Sequence
from typing import assert_never

from domain.calendar import calendar_of
from domain.errors import Rejected
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.agenda import checks_left, set_day
from domain.journey.closing import close, reopen
from domain.journey.days import last_checked, latest
from domain.journey.erasure import erase
from domain.journey.facts import Facts
from domain.journey.giving_consent import record_consent, withdraw_consent
from domain.journey.guards import goes_through, in_locality, known_cohort, known_criteria, known_needs, needs_fit
from domain.journey.joining import join
from domain.journey.refusals import before_close, happened, is_held, out_of_order
from domain.journey.state import Journey, Owed
from domain.programme.programme import Programme


def decide_path(  # noqa: C901, PLR0911, PLR0912 - one case a step, in the order of the path
    journey: Journey, command: c.PathCommand, facts: Facts, programme: Programme
) -> Sequence[e.AnyEvent]:
    """Return what a step of the path makes happen; raise `Rejected` where it does not fit."""
    match command:
        case c.ReferFamily():
            return _refer(journey, command, facts, programme)
        case c.JoinReferral():
            return join(journey, command, programme)
        case c.RecordConsent():
            return record_consent(journey, command, programme)
        case c.WithdrawConsent():
            return withdraw_consent(journey, command)
        case c.IdentifyFamily():
            return _identify(journey, command, programme)
        case c.RecordContact():
            return _record_contact(journey, command)
        case c.AssessFamily():
            return _assess(journey, command, programme)
        case c.AgreePlan():
            return _agree_plan(journey, command, programme)
        case c.StartIntervention():
            return _start_intervention(journey, command)
        case c.ReviewPlan():
            return _review_plan(journey, command)
        case c.StepDown():
            return _step_down(journey, command, programme)
        case c.StepUp():
            return _step_up(journey, command)
        case c.RecordCheck():
            return _record_check(journey, command, programme)
        case c.CloseJourney():
            return close(journey, command, programme)
        case c.ReopenJourney():
            return reopen(journey, command, facts)
        case c.EraseFamily():
            return erase(journey, command, facts)
        case _:
            assert_never(command)


def _refer(journey: Journey, command: c.ReferFamily, facts: Facts, programme: Programme) -> list[e.AnyEvent]:
    """Open the journey, for a family the programme's partners refer for criteria the programme knows."""
    if facts.family_erased:
        raise Rejected(
            "erased",
            f"{command.reference} was erased while it was being referred",
            "refer its people again, with a new Idempotency-Key",
        )
    if journey.stage != "unreferred":
        raise Rejected(
            "already-referred",
            f"{journey.reference} is already referred",
            f"see it with: journeys show {journey.reference}",
        )
    happened(command.on, command.at, None, "referred on")
    if not programme.knows_referrer(command.referrer):
        raise Rejected("unknown-referrer", f"no sharing agreement with {command.referrer}", programme.referrers)
    in_locality(command.locality, programme)
    known_criteria(command.criteria, programme)
    if len({member.id for member in command.members}) < len(command.members):
        raise Rejected("repeated-member", "two members of the family have the same id", "give each a different id")
    fields = command.model_dump(exclude={"type", "command_id", "actor", "seen_version"})
    return [e.FamilyReferred(**fields)]


def _identify(journey: Journey, command: c.IdentifyFamily, programme: Programme) -> list[e.AnyEvent]:
    """Check criteria and household; a family found not eligible may be looked at again until its journey is closed."""
    if journey.stage not in {"referral", "identification"} or journey.eligible:
        raise out_of_order(
            journey,
            "identified",
            f"it was identified already; see the criteria with: journeys show {journey.reference}",
        )
    happened(command.on, command.at, journey.identified_on or journey.referred_on, "identified on")
    known_criteria(command.criteria, programme)
    known_cohort(command.cohort, programme)
    met = tuple(dict.fromkeys(command.criteria))
    judged = programme.judge(met, journey.members_on(command.on))
    return [
        e.FamilyIdentified(at=command.at, on=command.on, criteria=met, eligible=judged.eligible, cohort=command.cohort)
    ]


def _record_contact(journey: Journey, command: c.RecordContact) -> list[e.AnyEvent]:
    """Record a contact by the key worker."""
    is_held(journey, "contacted")
    before_close(journey, command.on)
    happened(command.on, command.at, journey.referred_on, "contact on")
    return [e.ContactRecorded(at=command.at, on=command.on, kind=command.kind)]


def _assess(journey: Journey, command: c.AssessFamily, programme: Programme) -> list[e.AnyEvent]:
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
    return [e.FamilyAssessed(at=command.at, on=command.on, needs=needs, judged=judged)]


def _agree_plan(journey: Journey, command: c.AgreePlan, programme: Programme) -> list[e.AnyEvent]:
    """Record the plan; every need it names must have been found at assessment."""
    is_held(journey, "planned for")
    if journey.assessed_on is None:
        raise out_of_order(
            journey, "planned for", f"assess the family first: journeys assess {journey.reference} --need NEED"
        )
    needs_fit(journey, programme)
    happened(command.on, command.at, latest(journey.assessed_on, journey.plan_on), "plan agreed on")
    unknown = [need for need in command.needs if need not in journey.needs]
    if unknown:
        raise Rejected(
            "unknown-need",
            f"{', '.join(unknown)} was not found at assessment ({', '.join(journey.needs)})",
            f"plan for needs found, or add the need: journeys assess {journey.reference} --need NEED",
        )
    return [e.PlanAgreed(at=command.at, on=command.on, needs=tuple(dict.fromkeys(command.needs)))]


def _start_intervention(journey: Journey, command: c.StartIntervention) -> list[e.AnyEvent]:
    """Begin high-intensity work on an agreed plan."""
    is_held(journey, "started on")
    if journey.stage != "assessment":
        raise out_of_order(
            journey, "started on", f"the intervention has started already; see: journeys show {journey.reference}"
        )
    if journey.plan_on is None:
        raise out_of_order(
            journey, "started on", f"agree the plan first: journeys plan {journey.reference} --need NEED"
        )
    happened(command.on, command.at, journey.plan_on, "started on")
    return [e.InterventionStarted(at=command.at, on=command.on)]


def _review_plan(journey: Journey, command: c.ReviewPlan) -> list[e.AnyEvent]:
    """Record a review of the plan while the intervention runs at either intensity."""
    if journey.intervention_from is None:
        raise out_of_order(journey, "reviewed", f"start the intervention first: journeys start {journey.reference}")
    happened(command.on, command.at, latest(journey.intervention_from, journey.reviewed_on), "reviewed on")
    return [e.PlanReviewed(at=command.at, on=command.on, outcome=command.outcome)]


def _step_down(journey: Journey, command: c.StepDown, programme: Programme) -> list[e.AnyEvent]:
    """Move to low intensity."""
    goes_through(
        journey, "step-down", programme, "close it when the work is done: journeys close REF --outcome OUTCOME"
    )
    if journey.stage != "intervention":
        raise out_of_order(
            journey, "stepped down", f"it must be in intervention; see: journeys show {journey.reference}"
        )
    happened(command.on, command.at, journey.intervention_from, "stepped down on")
    return [e.SteppedDown(at=command.at, on=command.on)]


def _step_up(journey: Journey, command: c.StepUp) -> list[e.AnyEvent]:
    """Move back to high intensity."""
    if journey.stepped_down_on is None:
        raise out_of_order(journey, "stepped up", f"step it down first: journeys step-down {journey.reference}")
    happened(command.on, command.at, last_checked(journey), "stepped up on")
    return [e.SteppedUp(at=command.at, on=command.on, reason=command.reason)]


def _record_check(journey: Journey, command: c.RecordCheck, programme: Programme) -> list[e.AnyEvent]:
    """Record the next sustained-outcome check, on or after the day it falls due."""
    goes_through(
        journey, "sustained-outcome", programme, "close it when the work is done: journeys close REF --outcome OUTCOME"
    )
    before_close(journey, command.on)
    owed = journey.owes("check") or _owed_before_close(journey)
    if owed is None:
        raise out_of_order(journey, "checked", f"step it down first: journeys step-down {journey.reference}")
    left = checks_left(journey, programme)
    if not left:
        raise out_of_order(
            journey, "checked", f"every check is done; close it: journeys close {journey.reference} --outcome sustained"
        )
    due = set_day(journey, owed, programme, calendar_of(programme.nation))
    if due is not None and command.on < due:
        raise Rejected(
            "too-early",
            f"the {left[0]}-month check of {journey.reference} falls on {due}",
            f"record it on {due} or later",
        )
    happened(command.on, command.at, last_checked(journey), "checked on")
    return [e.CheckRecorded(at=command.at, on=command.on, months=left[0], verdict=command.verdict)]


def _owed_before_close(journey: Journey) -> Owed | None:
    """Return the check that was owed when the journey was closed."""
    before = journey.before_close
    return next((item for item in before.owed if item.work == "check" and not item.done), None) if before else None
