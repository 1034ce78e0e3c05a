"""The end of a journey: what each outcome of a close needs, and the reopening that takes a close back."""

from datetime import date

from domain.errors import Rejected
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.agenda import checks_left
from domain.journey.days import last_checked, latest
from domain.journey.facts import Facts
from domain.journey.guards import goes_through
from domain.journey.refusals import happened, out_of_order
from domain.journey.state import Journey
from domain.programme.programme import Programme


def close(journey: Journey, command: c.CloseJourney, programme: Programme) -> list[e.AnyEvent]:
    """End the journey; `sustained` needs every check passed, `not-eligible` a finding of that."""
    happened(command.on, command.at, _last_step(journey), "closed on")
    if command.outcome == "not-eligible" and journey.eligible is not False:
        raise Rejected(
            "not-found-ineligible",
            f"{journey.reference} was not found ineligible",
            "choose another --outcome; see: journeys close --help",
        )
    if command.outcome == "regressed" and (not journey.checks or journey.checks[-1].verdict != "regressed"):
        raise Rejected(
            "not-found-regressed",
            f"the last check of {journey.reference} was not recorded as regressed",
            f"record the check first: journeys check {journey.reference} --verdict regressed",
        )
    if command.outcome == "sustained":
        _sustained(journey, programme)
    _transferred(journey, command)
    return [e.JourneyClosed(at=command.at, on=command.on, outcome=command.outcome, to=command.to)]


def _transferred(journey: Journey, command: c.CloseJourney) -> None:
    """Refuse a transfer to nowhere, and a destination of a family that is not transferred."""
    if (command.outcome == "transferred") == (command.to is not None):
        return
    if command.to is None:
        raise Rejected(
            "no-destination",
            f"a transfer of {journey.reference} needs the new area",
            "name the area, such as --to kent",
        )
    raise Rejected(
        "not-transferred",
        f"{journey.reference} is closed as {command.outcome}, so no new area is needed",
        "leave out --to, or use --outcome transferred",
    )


def reopen(journey: Journey, command: c.ReopenJourney, facts: Facts) -> list[e.AnyEvent]:
    """Take a close back, unless the family is on a later journey by now."""
    if journey.stage != "closed":
        raise Rejected(
            "not-closed",
            f"{journey.reference} is in {journey.stage} and not closed",
            f"nothing needs to be reopened; see: journeys show {journey.reference}",
        )
    left = facts.still_open
    if left is None or left.newest != journey.journey_id:
        raise Rejected(
            "newer-journey",
            f"{journey.reference} has a newer journey",
            f"see it with: journeys show {journey.reference}; an error on this one can still be corrected",
        )
    happened(command.on, command.at, journey.closed_on, "reopened on")
    return [e.JourneyReopened(at=command.at, on=command.on, reason=command.reason)]


def _last_step(journey: Journey) -> date | None:
    """Return the day of the last step taken on the path."""
    return latest(
        journey.referred_on,
        journey.identified_on,
        journey.key_worker_from,
        journey.last_contact_on,
        journey.assessed_on,
        journey.plan_on,
        journey.intervention_from,
        journey.reviewed_on,
        last_checked(journey),
    )


def _sustained(journey: Journey, programme: Programme) -> None:
    goes_through(
        journey,
        "sustained-outcome",
        programme,
        "without checks nothing shows that it lasted; use --outcome no-longer-needed",
    )
    if journey.stepped_down_on is None:
        raise out_of_order(journey, "closed as sustained", "step it down first, or use another --outcome")
    left = ", ".join(f"{months} months" for months in checks_left(journey, programme))
    if left:
        raise Rejected(
            "not-sustained",
            f"{journey.reference} still has checks to pass ({left})",
            f"record them with: journeys check {journey.reference} --verdict sustained, or use another --outcome",
        )
