"""The decisions on two families that are one, on one that parts, and on undoing either.

Decided here:

- One family goes on. The other's journey ends and names it; its people, referrals and evidence count on the journey
  that goes on, its steps, consents and deadlines do not.
- Who is who was weighed or said before. Of a person whom both knew, the record of the family that goes on holds.
- Whoever parts belongs to the other family from that day on; what was recorded of them of days from then goes with
  them.
- Undone, a merged family goes on where it was. What was recorded meanwhile of people whom only that family had goes
  back with them; all else stays where it was recorded.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import assert_never

from domain.errors import Rejected
from domain.evidence import Evidence, Withdrawal, days_of
from domain.family import Member
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.evolve.path import back
from domain.journey.facts import Facts
from domain.journey.members import concerns
from domain.journey.refusals import happened
from domain.journey.state import Journey, TakenIn

UNDO = "journeys families undo"


def decide_families(journey: Journey, command: c.FamilyCommand, facts: Facts) -> Sequence[e.AnyEvent]:
    """Return what a change of two families makes happen on this journey; raise `Rejected` where it does not fit."""
    match command:
        case c.MergeFamily():
            return _merge(journey, command, facts)
        case c.SplitFamily():
            return _split(journey, command, facts)
        case c.UndoMerge():
            return _undo(journey, command, facts)
        case c.EndAsMerged():
            fields = command.model_dump(include={"on", "into", "reason", "people"})
            return [e.FamilyMerged(at=command.at, **fields)]
        case c.TakeIn():
            return [_taken_in(command)]
        case c.RestoreFamily():
            return [
                e.FamilyRestored(
                    at=command.at,
                    on=command.on,
                    out_of=command.out_of,
                    reason=command.reason,
                    evidence=command.evidence,
                )
            ]
        case _:
            assert_never(command)


def of_members(evidence: Iterable[Evidence], ids: Mapping[str, str]) -> tuple[Evidence, ...]:
    """Return the evidence about people as it is of another family, where they have the ids that `ids` says."""
    return tuple(
        item.model_copy(update={"member": ids.get(item.member) if item.member else None})
        for item in evidence
        if item.member is None or item.member in ids
    )


# Merged


def _merge(journey: Journey, command: c.MergeFamily, facts: Facts) -> list[e.AnyEvent]:
    other = _other(journey, command.of, facts)
    if other.merged_into == journey.reference:
        return _merged_already(journey, other.reference)
    _may_merge(journey, other)
    happened(command.on, command.at, None, "merged on")
    people = _counterparts(other.members, command.same, facts)
    ids = {each.member: each.here for each in people}
    taken = e.FamilyTakenIn(
        at=command.at,
        on=command.on,
        of=other.reference,
        how="merged",
        reason=command.reason,
        people=people,
        members=_as_here(journey, other, people),
        referrals=_referrals(journey, other),
        evidence=of_members((item for item in other.evidence if concerns(other, item)), ids),
    )
    return [taken]


def _merged_already(journey: Journey, other: str) -> list[e.AnyEvent]:
    """Nothing is left to do; where an earlier journey of the family took the other in, that is said."""
    if any((each.of, each.how) == (other, "merged") for each in journey.taken):
        return []
    reason = f"{other} was merged into {journey.reference} before that family was referred again"
    raise Rejected("merged", reason, f"nothing is left to do: journeys show {other}")


def _may_merge(journey: Journey, other: Journey) -> None:
    """Refuse what is of another area or merged already, and to end an open journey for a closed one."""
    if other.merged_into is not None:
        raise Rejected(
            "merged",
            f"{other.reference} was merged into {other.merged_into}",
            f"merge {other.merged_into}, or undo that first: {UNDO} {other.reference}",
        )
    if other.area != journey.area:
        raise Rejected(
            "other-area",
            f"{other.reference} is of {other.area}, and {journey.reference} of {journey.area}",
            "close it as transferred: journeys close REF --outcome transferred --to AREA",
        )
    if other.open and not journey.open:
        raise Rejected(
            "closed",
            f"{journey.reference} is closed and {other.reference} is open",
            f"merge them the other way: journeys families merge {journey.reference} {other.reference} --reason CODE",
        )


def _as_here(journey: Journey, other: Journey, people: Sequence[e.Counterpart]) -> tuple[Member, ...]:
    """Return who is new here, or reads otherwise: who had left and is of the other family now has come back."""
    theirs = {member.id: member for member in other.members}
    ours = {member.id: member for member in journey.members}
    members = []
    for each in people:
        there, here = theirs[each.member], ours.get(each.here)
        if here is None:
            members.append(there.model_copy(update={"id": each.here}))
        elif here.to is not None and there.to is None:
            since = there.from_ or other.referred_on or here.to
            members.append(back(here, since) if since > here.to else here.model_copy(update={"to": None}))
    return tuple(members)


def _referrals(journey: Journey, other: Journey) -> tuple[e.JoinedReferral, ...]:
    """Return the other family's referrals that are not on this journey yet."""
    first = [e.JoinedReferral(on=other.referred_on, referrer=other.referrer)] if other.referred_on else []
    return tuple(each for each in dict.fromkeys((*first, *other.joined)) if each not in journey.joined)


# Split


def _split(journey: Journey, command: c.SplitFamily, facts: Facts) -> list[e.AnyEvent]:
    other = _other(journey, command.into, facts, unreferred=True)
    if other.stage != "unreferred":
        _may_receive(journey, other)
    happened(command.on, command.at, journey.referred_on, "parted on")
    leaving = [_leaving(journey, name) for name in dict.fromkeys(command.members)]
    for member in leaving:
        happened(command.on, command.at, member.from_, f"{member.id} parted on")
    if not {member.id for member in journey.present} - {member.id for member in leaving}:
        raise Rejected(
            "last-member",
            f"nobody of {journey.reference} would be left",
            f"merge it instead: journeys families merge {journey.reference} {command.into} --reason CODE",
        )
    people = _counterparts(leaving, command.same, facts)
    return [
        e.FamilySplit(at=command.at, on=command.on, into=command.into, reason=command.reason, people=people),
    ]


def _may_receive(journey: Journey, other: Journey) -> None:
    if other.merged_into is not None or not other.open or other.area != journey.area:
        how = f"was merged into {other.merged_into}" if other.merged_into else f"is {other.stage} in {other.area}"
        raise Rejected(
            "cannot-receive",
            f"{other.reference} {how}",
            "name an open family of this area, or leave out --into: a new family is opened",
        )


def _leaving(journey: Journey, name: str) -> Member:
    held = next((member for member in journey.present if member.id == name), None)
    if held is None:
        raise Rejected(
            "unknown-member",
            f"{name} is not a member of {journey.reference} now",
            f"its members are {', '.join(member.id for member in journey.present)}",
        )
    return held


def taken_by_split(journey: Journey, event: e.FamilySplit, other: Journey) -> dict[str, object]:
    """Return what the other family takes in of a split: who they are there, and what is recorded of days from then."""
    ids = {each.member: each.here for each in event.people}
    ours = {member.id: member for member in journey.members}
    there = {member.id: member for member in other.members}
    members = []
    for each in event.people:
        held = there.get(each.here)
        if held is None:
            members.append(Member(id=each.here, role=ours[each.member].role, from_=event.on))
        elif held.to is not None:
            members.append(back(held, event.on) if event.on > held.to else held.model_copy(update={"to": None}))
    later = [item for item in journey.evidence if item.member in ids and _of_later(item, event)]
    return {"people": event.people, "members": tuple(members), "evidence": of_members(later, ids)}


def _of_later(item: Evidence, event: e.FamilySplit) -> bool:
    return isinstance(item, Withdrawal) or item.replaces is not None or days_of(item)[1] >= event.on


# Undone


def _undo(journey: Journey, command: c.UndoMerge, facts: Facts) -> list[e.AnyEvent]:
    other = _other(journey, command.of, facts)
    taken = next((each for each in journey.taken if (each.of, each.how) == (command.of, "merged")), None)
    if taken is None and other.merged_into == journey.reference:
        raise Rejected(
            "newer-journey",
            f"{journey.reference} was referred again since {other.reference} was merged into it",
            f"let its people part instead: journeys families split {journey.reference} --members M,M --reason CODE",
        )
    if taken is None or other.merged_into != journey.reference:
        raise Rejected(
            "nothing-to-undo",
            f"{command.of} is not merged into {journey.reference}",
            f"see what was merged: journeys show {journey.reference}",
        )
    happened(command.on, command.at, None, "undone on")
    _nothing_rests_on_it(journey, taken)
    goes = [item.id for item in journey.evidence if item.id in taken.evidence or _goes_back(item, taken)]
    return [
        e.MergeUndone(
            at=command.at,
            on=command.on,
            of=command.of,
            reason=command.reason,
            people=taken.people,
            gone=tuple(sorted(taken.added, key=lambda name: int(name[1:]))),
            members=taken.before,
            evidence=tuple(goes),
        )
    ]


def _nothing_rests_on_it(journey: Journey, taken: TakenIn) -> None:
    """Refuse to undo a merge below a later change of the same people."""
    here = {member.id for member in journey.members}
    later = [each for each in journey.taken if each.version > taken.version]
    rests = [each.of for each in later if taken.added & {one.here for one in each.people}]
    if rests or not taken.added <= here:
        raise Rejected(
            "undo-the-later-first",
            f"people of {taken.of} went on to another family since, or {', '.join(rests) or 'another'} was merged too",
            f"undo that first: {UNDO} REF",
        )


def since_merged(journey: Journey, event: e.MergeUndone) -> tuple[Evidence, ...]:
    """Return what was recorded since the merge and goes back with the other family, under its own ids of people."""
    taken = next((each for each in reversed(journey.taken) if each.of == event.of), None)
    if taken is None:
        return ()
    ids = {each.here: each.member for each in event.people}
    since = [item for item in journey.evidence if item.id not in taken.evidence and _goes_back(item, taken)]
    return of_members(since, ids)


def _goes_back(item: Evidence, taken: TakenIn) -> bool:
    """Tell whether evidence is of somebody whom only the other family had, or puts right what came from it."""
    named = item.withdraws if isinstance(item, Withdrawal) else item.replaces
    return item.member in taken.added or named in taken.evidence


# Shared


def _other(journey: Journey, reference: str, facts: Facts, *, unreferred: bool = False) -> Journey:
    """Return the other family's journey as it was read; refuse one that is unknown, erased, or this one."""
    if reference == journey.reference:
        raise Rejected("same-family", f"{reference} is the same family", "name two families")
    other = facts.other
    if facts.family_erased or (other is not None and other.erased_on is not None):
        raise Rejected("erased", f"{journey.reference} or {reference} was erased", "nothing more can be recorded of it")
    if other is None or facts.household is None:
        raise Rejected("family-not-read", "what is known of the families was not read", "give the step again")
    if other.stage == "unreferred" and not unreferred:
        raise Rejected("unknown-reference", f"no family {reference}", "check the reference with journeys list")
    return other


def _counterparts(members: Iterable[Member], same: Sequence[c.Same], facts: Facts) -> tuple[e.Counterpart, ...]:
    """Return who each of these people is in the other family: somebody known there, or the next free id."""
    known = {each.member: each.here for each in same}
    there = facts.household.people if facts.household else ()
    members = list(members)
    strangers = [name for name in known.values() if name not in there]
    wrong = [name for name in known if name not in {member.id for member in members}]
    if strangers or wrong or len(set(known.values())) < len(known):
        named = ", ".join((*strangers, *wrong)) or "one person twice"
        raise Rejected("unknown-member", f"--same names {named}", "name members of the two families, each once")
    number = max((int(name[1:]) for name in there), default=0)
    people = []
    for member in members:
        if member.id in known:
            numbers = facts.numbers.get(member.id, ())
            people.append(e.Counterpart(member=member.id, here=known[member.id], known=True, numbers=numbers))
        else:
            number += 1
            people.append(e.Counterpart(member=member.id, here=f"m{number}"))
    return tuple(people)


def _taken_in(command: c.TakeIn) -> e.FamilyTakenIn:
    return e.FamilyTakenIn(
        at=command.at,
        on=command.on,
        of=command.of,
        how=command.how,
        reason=command.reason,
        people=command.people,
        members=command.members,
        referrals=command.referrals,
        evidence=command.evidence,
    )
