"""What one family's journey makes happen on another's, in the same transaction: two halves of one change.

The commands here are given by nobody: their ids follow from that of the command which made them, and they rest on what
that one was decided on.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from domain.ids import JourneyId
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.facts import Facts
from domain.journey.families import since_merged, taken_by_split
from domain.journey.state import UNREFERRED, Journey


class Beside(NamedTuple):
    """Commands for another journey, to be carried out with the change that made them or not at all."""

    journey_id: str
    commands: tuple[c.AnyCommand, ...]


def beside(before: Journey, command: c.AnyCommand, facts: Facts, happened: Sequence[e.AnyEvent]) -> list[Beside]:
    """Return what a command makes happen on other journeys, given its own journey before it."""
    other = facts.other or UNREFERRED
    found: list[Beside] = []
    for event in happened:
        match event, command:
            case e.FamilyTakenIn(how="merged"), c.MergeFamily():
                ending = c.EndAsMerged(
                    **_of(command), on=event.on, into=before.reference, reason=event.reason, people=event.people
                )
                found.append(Beside(other.journey_id, (ending,)))
            case e.FamilySplit(), c.SplitFamily():
                found.append(_split(before, command, event, other))
            case e.MergeUndone(), c.UndoMerge():
                restored = c.RestoreFamily(
                    **_of(command),
                    on=event.on,
                    out_of=before.reference,
                    reason=event.reason,
                    evidence=since_merged(before, event),
                )
                found.append(Beside(other.journey_id, (restored,)))
            case e.FamilyErased(), c.EraseFamily():
                found += [_erased(command, journey_id) for journey_id in facts.merged]
            case _:
                pass
    return found


def _split(before: Journey, command: c.SplitFamily, event: e.FamilySplit, other: Journey) -> Beside:
    """Let the other family take them in; one that nobody knows yet is referred first, under the same programme."""
    parts = taken_by_split(before, event, other)
    taking = c.TakeIn.model_validate(
        {**_of(command), "on": event.on, "of": before.reference, "how": "split", "reason": event.reason, **parts}
    )
    if other.stage != "unreferred":
        return Beside(other.journey_id, (taking,))
    journey_id = str(JourneyId(before.area, event.into, 1))
    referring = c.ReferFamily(
        **_of(command, "opened"),
        on=event.on,
        journey_id=journey_id,
        reference=event.into,
        area=before.area,
        locality=before.locality,
        programme=before.programme,
        programme_version=before.programme_version,
        programme_hash=before.programme_hash,
        members=taking.members,
        referrer=before.referrer,
        criteria=before.criteria,
    )
    return Beside(journey_id, (referring, taking))


def _erased(command: c.EraseFamily, journey_id: str) -> Beside:
    erasing = c.EraseFamily(
        **_of(command, journey_id), reason=command.reason, despite_claims=command.despite_claims, with_survivor=True
    )
    return Beside(journey_id, (erasing,))


def _of(command: c.AnyCommand, part: str = "other") -> dict[str, object]:
    """Return what a command carries that another one made: who gave it, when, and an id that follows from its own."""
    name = hashlib.sha256(f"{command.command_id}/{part}".encode()).hexdigest()[:32]
    return {"command_id": f"beside:{name}", "at": command.at, "actor": command.actor}
