"""Two families that are one, one that parts, and undoing either: shown first where that is wanted, then done whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from domain.errors import Rejected
from domain.family import MEMBER_ID
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.decide import decide
from domain.journey.evolve import fold
from domain.journey.state import Journey
from domain.journey.stream import Recorded
from domain.model import Code
from gateway.http.problems import ON_A_JOURNEY
from gateway.journeys.alike import who_is_who
from gateway.journeys.bodies import Body
from gateway.journeys.families import Asked, OnFamily, family
from gateway.journeys.sealing import own_key
from gateway.journeys.steps import Key, carry, command_id
from gateway.services import Served, Services
from store import claims, families, journal, programmes, read_models
from store.people import FamilyRecord
from store.pool import Conn
from wiring.references import new_reference

router = APIRouter(prefix="/v1/journeys/{reference}", tags=["people"], responses=ON_A_JOURNEY)

MOST = 50
Merging = Annotated[Asked, Depends(OnFamily("merge"))]
MemberId = Annotated[str, Field(pattern=MEMBER_ID)]
Dry = Annotated[bool, Field(description="Say what would happen, and change nothing.")]
Changing = c.MergeFamily | c.SplitFamily | c.UndoMerge


class Merge(Body):
    """The family that is the same as the one in the address, which goes on; `same` and `apart` say who is who."""

    family: str
    reason: Code
    on: date | None = None
    same: tuple[c.Same, ...] = Field(default=(), max_length=MOST)
    apart: tuple[MemberId, ...] = Field(default=(), max_length=MOST)
    dry_run: Dry = False


class Split(Body):
    """Who parts from the family, from which day on, and `into` which other family; left out, a new one is opened."""

    members: tuple[MemberId, ...] = Field(min_length=1, max_length=MOST)
    reason: Code
    on: date | None = Field(default=None, description="Their first day in the other family; default: today.")
    into: str | None = None
    same: tuple[c.Same, ...] = Field(default=(), max_length=MOST)
    apart: tuple[MemberId, ...] = Field(default=(), max_length=MOST)
    dry_run: Dry = False


class Undo(Body):
    """Why a merge or a split was wrong; the address names the family that was merged, or that people went to."""

    reason: Code
    dry_run: Dry = False


class HeldClaim(BaseModel):
    """A claim on a result that both families claimed: it is not submitted, or a manager decides on it."""

    claim_id: str
    reference: str
    result: str
    state: str
    claimed_as: str


class Changed(BaseModel):
    """What a change of two families did, or (`dry_run`) would do.

    People left `of` and are `into` another family; `evidence` counts observations that went with them, and `stays`
    names what stays where it was and is to be looked at.
    """

    happened: str
    of: str
    into: str
    dry_run: bool
    on: date
    people: list[e.Counterpart]
    evidence: int = 0
    stays: list[str] = []
    held: list[HeldClaim] = []


@dataclass(frozen=True)
class Plan:
    """A change as it is to be made: on which journey, by which command."""

    asked: Asked
    order: Callable[[dict[str, Any]], Changing]
    other: str


@router.post("/merge")
async def merge(body: Merge, asked: Merging, services: Served, key: Key = None) -> Changed:
    """Merge another family into this one, as the same family: its journey ends, and this one goes on."""
    async with services.pool.acquire() as conn:
        of = (await family(conn, body.family))[-1].reference
        same = await _who(services, conn, of, asked.journey.reference, None, body.same, body.apart)
    told = {"on": body.on or await services.today(), "of": of, "reason": body.reason, "same": same}
    plan = Plan(asked, lambda common: c.MergeFamily.model_validate({**told, **common}), of)
    return await _done(services, plan, own_key(key), dry_run=body.dry_run)


@router.post("/split")
async def split(body: Split, asked: Merging, services: Served, key: Key = None) -> Changed:
    """Let members be of another family from a day on, with what is recorded of them from that day."""
    key = own_key(key)
    async with services.pool.acquire() as conn:
        before = await _split_before(conn, asked, command_id(key))
        if body.into is None:
            into, same = before or await _unused(conn), body.same
        else:
            into = (await family(conn, body.into))[-1].reference
            same = await _who(services, conn, asked.journey.reference, into, body.members, body.same, body.apart)
    told = {
        "on": body.on or await services.today(),
        "into": into,
        "members": body.members,
        "reason": body.reason,
        "same": same,
    }
    plan = Plan(asked, lambda common: c.SplitFamily.model_validate({**told, **common}), into)
    return await _done(services, plan, key, dry_run=body.dry_run)


@router.post("/undo-families")
async def undo(body: Undo, asked: Merging, services: Served, key: Key = None) -> Changed:
    """Undo a merge or a split: everybody is where they were, with what was recorded of them since."""
    async with services.pool.acquire() as conn:
        plan = await _undoing(services, conn, asked, body.reason)
    return await _done(services, plan, own_key(key), dry_run=body.dry_run)


async def _undoing(services: Services, conn: Conn, asked: Asked, reason: str) -> Plan:
    """Return how the last change of a family is undone: a merge as such, a split by letting its people go back."""
    today, row = await services.today(), asked.journey
    if asked.seen_version not in {None, row.version}:
        reason = f"{row.reference} is at version {row.version}, not {asked.seen_version}"
        raise Rejected("changed-since", reason, f"look again (journeys show {row.reference}), and decide again")
    if row.merged_into is not None:
        on_it = Asked(asked.actor, await family(conn, row.merged_into))
        told: dict[str, Any] = {"on": today, "of": row.reference, "reason": reason}
        return Plan(on_it, lambda common: c.UndoMerge.model_validate({**told, **common}), row.reference)
    stream = await journal.timeline(conn, row.journey_id)
    taken = _last_split_in(stream)
    if taken is None:
        gone = next((one.event.into for one in reversed(stream) if isinstance(one.event, e.FamilySplit)), None)
        remedy = f"name the family they went to: journeys families undo {gone}" if gone else "see: journeys show REF"
        raise Rejected("nothing-to-undo", f"{row.reference} was not merged, and nobody parted into it", remedy)
    back = [c.Same(member=each.here, here=each.member) for each in taken.people]
    home = Asked(asked.actor, await family(conn, taken.of))
    members = {member.id for member in fold(one.event for one in stream).members}
    if members <= {each.here for each in taken.people}:
        told = {"on": today, "of": row.reference, "reason": reason, "same": back}
        return Plan(home, lambda common: c.MergeFamily.model_validate({**told, **common}), row.reference)
    leaving = [each.here for each in taken.people]
    told = {"on": taken.on, "into": taken.of, "members": leaving, "reason": reason, "same": back}
    return Plan(asked, lambda common: c.SplitFamily.model_validate({**told, **common}), taken.of)


def _last_split_in(stream: Sequence[Recorded]) -> e.FamilyTakenIn | None:
    """Return the last time people parted into a family, unless they went on or back since."""
    taken = [one.event for one in stream if isinstance(one.event, e.FamilyTakenIn) and one.event.how == "split"]
    members = {member.id for member in fold(one.event for one in stream).present}
    return next((each for each in reversed(taken) if {one.here for one in each.people} <= members), None)


async def _who(  # noqa: PLR0913, PLR0917 - two families, and what was said of them
    services: Services,
    conn: Conn,
    of: str,
    into: str,
    members: Sequence[str] | None,
    said: tuple[c.Same, ...],
    apart: Sequence[str],
) -> tuple[c.Same, ...]:
    """Return who is who in two families; nobody where one of them was erased, which the decision refuses."""
    records = [await services.vault.read_family(conn, reference) for reference in (of, into)]
    theirs, ours = records
    if theirs is None or ours is None or of == into:
        return said
    row = (await read_models.by_reference(conn, of))[-1]
    journey = fold(one.event for one in await journal.timeline(conn, row.journey_id))
    if row.merged_into == into:
        return said  # done before: nobody is asked again
    return who_is_who(theirs, ours, members or [each.id for each in journey.members], said, apart)


async def _unused(conn: Conn) -> str:
    while await read_models.by_reference(conn, reference := new_reference()):
        pass
    return reference


async def _split_before(conn: Conn, asked: Asked, name: str) -> str | None:
    """Return the family that a repeated command opened the first time."""
    stream = await journal.timeline(conn, asked.journey.journey_id)
    mine = [one.event for one in stream if one.command_id == name and isinstance(one.event, e.FamilySplit)]
    return mine[0].into if mine else None


async def _done(services: Services, plan: Plan, key: str, *, dry_run: bool) -> Changed:
    """Make a change, or say what it would be; the other journey is woken, as its deadlines are others now."""
    if dry_run:
        return await _would(services, plan, key)
    await carry(services, plan.asked, plan.order, key)
    async with services.pool.acquire() as conn:
        rows = await read_models.by_reference(conn, plan.other)
        await services.engine.wake([row.journey_id for row in rows[-1:]])
        services.mail.set()
        stream = await journal.timeline(conn, plan.asked.journey.journey_id)
        own = [one for one in stream if one.command_id == command_id(key)]
        journey, last = fold(one.event for one in stream), _about(own or stream, plan.other)
        return await _told(services, conn, plan, journey, last, dry_run=False)


async def _would(services: Services, plan: Plan, key: str) -> Changed:
    """Decide as it would be decided now, on the version that was seen; keep nothing of it."""
    common = {"command_id": command_id(key), "at": await services.now(), "actor": plan.asked.actor.code}
    command = plan.order(common)
    async with services.pool.acquire() as conn, conn.transaction():
        stream = await journal.timeline(conn, plan.asked.journey.journey_id)
        journey = fold(one.event for one in stream)
        if plan.asked.seen_version not in {None, journey.version}:
            reason = f"{journey.reference} is at version {journey.version}, not {plan.asked.seen_version}"
            raise Rejected("changed-since", reason, f"look again (journeys show {journey.reference}), and decide again")
        known = await families.facts(conn, services.vault, journey, command)
        programme = await programmes.get(conn, journey.programme_hash)
        happened = [each for each in decide(journey, command, known, programme) if isinstance(each, e.FamilyEvent)]
        event = happened[0] if happened else _about(stream, plan.other)
        return await _told(services, conn, plan, journey, event, dry_run=True)


def _about(stream: Sequence[Recorded], other: str) -> e.FamilyEvent:
    """Return the last change of a journey that is about the other family."""
    found = [one.event for one in stream if isinstance(one.event, e.FamilyEvent) and other in _named(one.event)]
    return found[-1]


def _named(event: e.FamilyEvent) -> set[str]:
    return {str(getattr(event, name)) for name in ("of", "into", "out_of") if hasattr(event, name)}


async def _told(  # noqa: PLR0913 - what happened, to whom, and what is beside it
    services: Services, conn: Conn, plan: Plan, journey: Journey, event: e.FamilyEvent, *, dry_run: bool
) -> Changed:
    into = event.into if isinstance(event, e.FamilySplit) else journey.reference
    of = journey.reference if isinstance(event, e.FamilySplit) else plan.other
    if isinstance(event, e.MergeUndone):
        of, into = journey.reference, event.of
    return Changed(
        happened=event.type,
        of=of,
        into=into,
        dry_run=dry_run,
        on=event.on,
        people=list(getattr(event, "people", ())),
        evidence=len(getattr(event, "evidence", ())),
        stays=await _stays(services, conn, journey, event),
        held=await _held(conn, into) if isinstance(event, e.FamilyTakenIn) and not dry_run else [],
    )


async def _stays(services: Services, conn: Conn, journey: Journey, event: e.FamilyEvent) -> list[str]:
    """Name what does not go with the people, and what somebody is to do about it."""
    if isinstance(event, e.MergeUndone):
        mine = {each.here for each in event.people if each.known}
        since = [one for one in await journal.timeline(conn, journey.journey_id) if one.event.at > _at(journey, event)]
        kept = sum(_stays_here(one.event, mine) for one in since)
        text = f"{kept} observations recorded since of people both families know, or of the household"
        return [f"{text}: they stay with {journey.reference}"] if kept else []
    if not isinstance(event, e.FamilyTakenIn) or event.how != "merged":
        return []
    theirs = await services.vault.read_family(conn, event.of)
    ours = await services.vault.read_family(conn, journey.reference)
    other = fold(one.event for one in await journal.timeline(conn, (await family(conn, event.of))[-1].journey_id))
    consents = [each.id for each in other.consents if each.withdrawn_on is None]
    return [
        *(
            [f"consents {', '.join(consents)} stay with {event.of}; to share on {journey.reference}, record them there"]
            if consents
            else []
        ),
        *(
            [f"the address of {event.of} is another; if the family lives there: journeys move {journey.reference}"]
            if _elsewhere(theirs, ours)
            else []
        ),
    ]


def _at(journey: Journey, event: e.MergeUndone) -> Any:
    return next((link.at for link in reversed(journey.links) if link.other == event.of), event.at)


def _stays_here(event: e.AnyEvent, mine: set[str]) -> bool:
    return isinstance(event, e.EvidenceRecorded) and (event.evidence.member is None or event.evidence.member in mine)


def _elsewhere(theirs: FamilyRecord | None, ours: FamilyRecord | None) -> bool:
    return bool(theirs and ours and theirs.address.lines and theirs.address != ours.address)


async def _held(conn: Conn, reference: str) -> list[HeldClaim]:
    """Return the claims on results that were claimed before, for a family that is one with theirs."""
    found = []
    for claim in await claims.of_one_family(conn, reference):
        twin = (await claims.as_claimed(conn, claim)).twin
        if twin is not None and claim.state in {"eligible", "submitted", "paid"}:
            told = {"claim_id": claim.claim_id, "reference": claim.reference, "result": claim.result}
            found.append(HeldClaim(**told, state=claim.state, claimed_as=twin))
    return found
