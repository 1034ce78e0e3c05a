"""The erasure of a family: when it may be, and what stands in the way, each with the command that clears it."""

from domain.calendar import local_date
from domain.errors import Rejected
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.facts import Facts, StillOpen
from domain.journey.state import Journey

NAMED = 5  # claims named in a refusal


def erase(journey: Journey, command: c.EraseFamily, facts: Facts) -> list[e.AnyEvent]:
    """Erase a family of which nothing is open; one that was erased stays so."""
    if journey.erased_on is not None:
        return []
    if journey.merged_into is not None and not command.with_survivor:
        raise Rejected(
            "merged",
            f"{journey.reference} was merged into {journey.merged_into}",
            f"erase that one, and this one is erased with it: journeys erase {journey.merged_into} --why CODE",
        )
    left = facts.still_open
    if left is None:
        raise Rejected("family-not-read", "the outstanding work of the family was not read", "repeat the step")
    _all_closed(journey, left)
    _all_answered(journey, left)
    if not command.despite_claims:
        _nothing_claimed(journey, left)
    return [e.FamilyErased(at=command.at, on=local_date(command.at), reason=command.reason)]


def _all_closed(journey: Journey, left: StillOpen) -> None:
    """Refuse while anybody works with the family, who must know whom they work with."""
    if journey.open or left.journeys:
        raise Rejected(
            "journey-open",
            f"{journey.reference} has an open journey, so its holder still needs the names",
            f"close the journey first: journeys close {journey.reference} --outcome OUTCOME",
        )
    if left.newest != journey.journey_id:
        raise Rejected("changed-since", f"{journey.reference} has a newer journey", "repeat the step")


def _all_answered(journey: Journey, left: StillOpen) -> None:
    """Refuse while a concern waits: whoever must answer it needs to know about whom it is."""
    if left.concerns:
        raise Rejected(
            "concern-open",
            f"concerns about {journey.reference} wait for an answer: {', '.join(left.concerns)}",
            f"answer them first: journeys concern answer {left.concerns[0]} --answer CODE",
        )


def _nothing_claimed(journey: Journey, left: StillOpen) -> None:
    """Refuse while money depends on judging the family once more, which needs its dates of birth."""
    if left.evaluations:
        raise Rejected(
            "claims-under-way",
            f"the results of {journey.reference} are still to be evaluated ({left.evaluations} times)",
            "wait for the last evaluation that journeys show lists, or erase without it: --despite-claims",
        )
    if left.claims:
        more = ", ..." if len(left.claims) > NAMED else ""
        raise Rejected(
            "claims-under-way",
            f"claims of {journey.reference} are not settled: {', '.join(left.claims[:NAMED])}{more}",
            "submit, settle and decide them first, or keep them as they are, never judged again: --despite-claims",
        )
