"""How two families that are one, and one that parts, change a journey; undone, it reads as it did before."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import assert_never

from domain.evidence import Evidence
from domain.family import Member
from domain.journey import events as e
from domain.journey.evolve.changes import owe, with_changes
from domain.journey.evolve.path import closed, reopened
from domain.journey.state import Journey, Link, TakenIn
from domain.rules.spans import DAY


def evolve_families(journey: Journey, event: e.FamilyEvent) -> Journey:
    """Return the journey after people came from another family, went to one, or after that was undone.

    Whoever held it is to see that: also on the journey of a family that was merged, which nobody holds any more.
    """
    changed = _changed(journey, event)
    held_by = journey.holder or changed.holder
    if held_by is None:
        return changed
    return owe(changed, "people-changed", event.on, event.at, by=event.on, who=held_by)


def _changed(journey: Journey, event: e.FamilyEvent) -> Journey:
    match event:
        case e.FamilyTakenIn():
            return _taken_in(journey, event)
        case e.FamilyMerged():
            ended = journey if journey.stage == "closed" else closed(journey, event.on, "merged")
            linked = _linked(ended, event.into, event.at)
            return with_changes(linked, merged_into=event.into, merged_people=event.people)
        case e.FamilySplit():
            return _linked(_without(journey, event), event.into, event.at)
        case e.MergeUndone():
            return _undone(journey, event)
        case e.FamilyRestored():
            return _restored(journey, event)
        case _:
            assert_never(event)


def _taken_in(journey: Journey, event: e.FamilyTakenIn) -> Journey:
    """Whoever came is of the family, and what was recorded of them is on this journey, once."""
    anew = {member.id for member in event.members}
    held = {item.id for item in journey.evidence}
    news = tuple(item for item in event.evidence if item.id not in held)
    taken = TakenIn(
        of=event.of,
        how=event.how,
        at=event.at,
        version=journey.version,
        people=event.people,
        before=tuple(member for member in journey.members if member.id in anew),
        referrals=event.referrals,
        evidence=tuple(item.id for item in news),
    )
    joined = with_changes(
        journey,
        members=_members(journey, (), event.members),
        joined=(*journey.joined, *event.referrals),
        evidence=(*journey.evidence, *news),
        taken=(*journey.taken, taken),
    )
    return _linked(joined, event.of, event.at)


def _without(journey: Journey, event: e.FamilySplit) -> Journey:
    """Whoever went has left on the day before; who came on that day or later was never here."""
    gone = {each.member for each in event.people}
    last = event.on - DAY
    stay = [member for member in journey.members if member.id not in gone]
    left = [
        member.model_copy(update={"to": last, "away": tuple(each for each in member.away if each.to < event.on)})
        for member in journey.members
        if member.id in gone and (member.from_ is None or member.from_ < event.on)
    ]
    return with_changes(journey, members=_members(journey, [member.id for member in journey.members], [*stay, *left]))


def _undone(journey: Journey, event: e.MergeUndone) -> Journey:
    """Whoever came and what came with them goes; what was recorded of others stays."""
    taken = next((each for each in reversed(journey.taken) if each.of == event.of), None)
    goes = set(event.evidence)
    referrals = taken.referrals if taken else ()
    parted = with_changes(
        journey,
        members=_members(journey, event.gone, event.members),
        joined=tuple(each for each in journey.joined if each not in referrals),
        evidence=tuple(item for item in journey.evidence if item.id not in goes),
        taken=tuple(each for each in journey.taken if each is not taken),
    )
    return _unlinked(parted, event.of, event.at)


def _restored(journey: Journey, event: e.FamilyRestored) -> Journey:
    """The journey goes on where it was merged, with what was recorded of its people meanwhile."""
    again = reopened(journey) if journey.outcome == "merged" else journey
    free = with_changes(again, merged_into=None, merged_people=(), evidence=_with(again, event.evidence))
    return _unlinked(free, event.out_of, event.at)


def _with(journey: Journey, evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    news = {item.id for item in evidence}
    return (*(item for item in journey.evidence if item.id not in news), *evidence)


def _members(journey: Journey, gone: Collection[str], anew: Iterable[Member]) -> tuple[Member, ...]:
    """Return the members without those who are gone, and those who read anew, in their order."""
    people = {member.id: member for member in journey.members if member.id not in gone}
    people |= {member.id: member for member in anew}
    return tuple(sorted(people.values(), key=lambda member: int(member.id[1:])))


def _linked(journey: Journey, other: str, at: datetime) -> Journey:
    """What either family claims counts for both from now on; a link that holds already stays as it is."""
    if any(link.other == other and link.until is None for link in journey.links):
        return journey
    return with_changes(journey, links=(*journey.links, Link(other=other, at=at)))


def _unlinked(journey: Journey, other: str, at: datetime) -> Journey:
    """What was claimed while the families were one goes on to count for both."""
    return with_changes(
        journey,
        links=tuple(
            link.model_copy(update={"until": at}) if link.other == other and link.until is None else link
            for link in journey.links
        ),
    )
