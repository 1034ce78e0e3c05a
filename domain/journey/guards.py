"""The bounds a scheme sets, each refused with a reason and a remedy: localities, cohorts, criteria, needs, places."""

from collections.abc import Collection
from difflib import get_close_matches

from domain.errors import Rejected
from domain.journey.explain import sentences
from domain.journey.facts import PlacesTaken
from domain.journey.refusals import out_of_order
from domain.journey.state import Journey
from domain.programme.local_scheme import COMPARISON
from domain.programme.programme import Programme
from domain.stages import Stage


def in_locality(locality: str, programme: Programme) -> None:
    """Refuse a family from a locality that the programme does not take families from."""
    taken = programme.localities
    if taken is not None and not taken.hold(locality):
        raise Rejected(
            "other-locality",
            f"{programme.name} takes no families from {locality}",
            f"use one of {', '.join(taken.names)}, or another programme",
        )


def known_cohort(cohort: str | None, programme: Programme) -> None:
    """Refuse a cohort that the programme does not have."""
    if cohort is None:
        return
    names = programme.cohorts.names if programme.cohorts else ()
    if cohort not in names:
        raise Rejected(
            "unknown-cohort",
            f"{programme.name} has no cohort {cohort}",
            f"use one of {', '.join(names)}" if names else "leave the cohort out",
        )


def found_eligible(journey: Journey, programme: Programme) -> None:
    """Refuse a family that was not found eligible, and say why it was not."""
    if not journey.eligible:
        judged = programme.judge(journey.criteria, journey.members_on(journey.identified_on))
        why = "; ".join(sentences(judged)) if journey.eligible is False else "its criteria are not recorded"
        raise out_of_order(
            journey,
            "allocated",
            f"identify the family first ({why}): journeys identify {journey.reference} --criterion CODE",
        )


def is_helped(journey: Journey) -> None:
    """Refuse a key worker for a family of the comparison group, which is followed and not helped."""
    if journey.cohort == COMPARISON:
        raise Rejected(
            "comparison-group",
            f"{journey.reference} is in the comparison group, which gets no key worker",
            f"if that is wrong, correct it: journeys correct {journey.reference} NUMBER --set cohort=NAME",
        )


def known_criteria(criteria: tuple[str, ...], programme: Programme) -> None:
    """Refuse criteria that the programme does not know; one without a rule knows them all."""
    _known(criteria, programme.known_criteria, "criterion", programme)


def known_needs(needs: tuple[str, ...], programme: Programme) -> None:
    """Refuse needs that the programme does not list; one without a list knows them all."""
    _known(needs, programme.known_needs, "need", programme)


def _known(named: tuple[str, ...], known: Collection[str] | None, word: str, programme: Programme) -> None:
    unknown = [each for each in named if known is not None and each not in known]
    if known and unknown:
        raise Rejected(
            f"unknown-{word}",
            f"{', '.join(unknown)} is not a {word} of {programme.name}",
            f"{_meant(unknown[0], known)}use one or more of {', '.join(known)}",
        )


def known_sharing(partners: tuple[str, ...], purpose: str, programme: Programme) -> None:
    """Refuse a basis for partners or a purpose that no agreement names: it would never let anything out."""
    agreed = programme.agreements
    _known(partners, sorted({held.partner for held in agreed}), "partner", programme)
    _known((purpose,), sorted({each for held in agreed for each in held.purposes}), "purpose", programme)


def _meant(name: str, known: Collection[str]) -> str:
    """Say which word was probably meant; nothing where none is near."""
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}? Otherwise " if near else ""


def needs_fit(journey: Journey, programme: Programme) -> None:
    """Refuse a plan for a family whose needs were found not to meet the rule."""
    if programme.judges_needs and not journey.eligible:
        reasons = "; ".join(sentences(programme.judge_needs(journey.needs)))
        raise Rejected(
            "needs-do-not-fit",
            f"the needs found for {journey.reference} do not meet the rule of {programme.name} ({reasons})",
            f"assess again: journeys assess {journey.reference} --need NEED; or close it as not-eligible",
        )


def no_place(programme: Programme, taken: PlacesTaken | None) -> Rejected | None:
    """Return why the programme has no place for a family, or for one more key worker, as counted under lock."""
    places = programme.places
    if places is None:
        return None
    if taken is None:
        raise Rejected("places-not-counted", f"the places of {programme.name} were not counted", "repeat the step")
    if places.families is not None and taken.families >= places.families:
        return Rejected(
            "places-full",
            f"{programme.name} has {taken.families} families and places for {places.families}",
            "close a journey that has ended, or wait for a place",
        )
    if places.key_workers is not None and not taken.holds and taken.key_workers >= places.key_workers:
        return Rejected(
            "key-workers-full",
            f"{taken.key_workers} key workers hold families of {programme.name}, the limit is {places.key_workers}",
            "choose one of them: journeys staff list",
        )
    return None


def goes_through(journey: Journey, stage: Stage, programme: Programme, remedy: str) -> None:
    """Refuse a step into a stage that journeys of this programme do not have."""
    if not programme.goes_through(stage):
        raise Rejected("no-such-stage", f"{programme.name} has no {stage}, so {journey.reference} has none", remedy)
