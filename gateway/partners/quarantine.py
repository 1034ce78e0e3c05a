"""Events that no family could be found for: looked at, given to a family by hand, or let rest with a reason."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from domain.access import Actor
from domain.errors import Rejected
from domain.intake.referral_columns import shown
from domain.journey.evolve import fold
from domain.journey.state import Journey
from domain.model import Code
from gateway.http.known_names import known
from gateway.http.paging import PLACE, Cursor, Links, place_of
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.journeys.bodies import Body
from gateway.journeys.families import family
from gateway.services import Served, Services
from store import journal, quarantine
from store.inbox import EventKey
from store.pool import Conn
from store.quarantine import By, Sorted, Waiting

router = APIRouter(prefix="/v1/quarantine", tags=["partners"], responses=DOCUMENTED)

HOUSEHOLD = "uprn"

Reader = Annotated[Actor, Depends(Allow("read"))]
Sorter = Annotated[Actor, Depends(Allow("correct"))]
EventId = Annotated[str, Field(max_length=200, description="`<partner>:<event id>`, as the list shows it.")]

log = structlog.stdlib.get_logger()


class HeldEvent(BaseModel):
    """One event in quarantine; never the identifier it came with, only which kind of identifier that was."""

    id: str
    partner: str
    kind: str
    subject_scheme: str | None
    reason: str
    observed_at: datetime
    received_at: datetime
    days: int


class Quarantine(BaseModel):
    """What waits, oldest first, and how much waits in all for which reason."""

    events: list[HeldEvent]
    waiting: list[Waiting]


class Match(Body):
    """The family an event is about, and which member; no `member`: its whole family, for a household's event only."""

    id: EventId
    reference: str
    member: Code | None = None
    same_subject: bool = Field(
        default=False, description="Also every other event in quarantine about the same subject."
    )


class Discard(Body):
    """The event to let rest, and why."""

    id: EventId
    why: Code


class SortedOut(BaseModel):
    """What came of it: how the event stands, and how many left quarantine; 0: it was so already."""

    id: str
    state: str
    reason: str | None
    count: int


@router.get("")
async def waiting(
    *,
    _actor: Reader,
    services: Served,
    links: Links,
    partner: str | None = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Quarantine:
    """List what is in quarantine, oldest first, with counts and ages. `Link` names the next page."""
    (after,) = place_of(cursor, PLACE) or (0,)
    now = await services.now()
    async with services.pool.acquire() as conn:
        rows = await quarantine.page(conn, after, partner, limit)
        if not rows:
            await known(conn, partner=partner)
        total = await quarantine.summary(conn)
    events = [
        HeldEvent(
            **{name: value for name, value in asdict(row).items() if name not in {"seq", "event_id"}},
            id=f"{row.partner}:{row.event_id}",
            days=max(0, (now - row.received_at).days),
        )
        for row in rows
    ]
    links.page(rows, limit, lambda row: (row.seq,))
    return Quarantine(events=events, waiting=total)


@router.post("/match")
async def match(form: Match, actor: Sorter, services: Served) -> SortedOut:
    """Give an event to a family: it goes to the family's newest journey, with its own observed date."""
    key = _key(form.id)
    async with services.pool.acquire() as conn:
        held = await _held(conn, key)
        newest = (await family(conn, form.reference))[-1]
        await _member_of(conn, newest.journey_id, held, form.member)
        count = 0
        if (held.given_reference, held.given_member) != (newest.reference, form.member):
            by = By(actor.code, await services.now())
            count = await quarantine.match(conn, key, newest.reference, form.member, by, same_subject=form.same_subject)
            if not count:
                raise Rejected(
                    "not-in-quarantine",
                    f"event {shown(form.id)} is {held.state}",
                    "list the events in quarantine: journeys quarantine list",
                )
        log.info("matched", actor=actor.code, inbox_number=held.seq, reference=newest.reference, count=count)
        return await _told(services, conn, form.id, count)


@router.post("/discard")
async def discard(form: Discard, actor: Sorter, services: Served) -> SortedOut:
    """Let an event rest: its row stays, with the reason and who gave it, and it can still be matched."""
    key = _key(form.id)
    async with services.pool.acquire() as conn:
        held = await _held(conn, key)
        count = int(await quarantine.discard(conn, key, form.why, By(actor.code, await services.now())))
        if not count and (held.state, held.reason) != ("discarded", form.why):
            raise Rejected(
                "not-in-quarantine",
                f"event {shown(form.id)} is {held.state}",
                "list the events in quarantine: journeys quarantine list",
            )
        log.info("discarded", actor=actor.code, inbox_number=held.seq, why=form.why, count=count)
        return await _told(services, conn, form.id, count)


async def _member_of(conn: Conn, journey_id: str, held: Sorted, member: str | None) -> None:
    """Refuse a member who is not of the family, and a person's event that would become the whole family's."""
    journey = fold(recorded.event for recorded in await journal.timeline(conn, journey_id))
    if journey.erased_on is not None:
        raise Rejected(
            "erased",
            f"{journey.reference} was erased on {journey.erased_on}",
            "discard it: journeys quarantine discard ID --why family-erased",
        )
    if journey.merged_into is not None:
        raise Rejected(
            "merged", f"{journey.reference} was merged into {journey.merged_into}", f"match it to {journey.merged_into}"
        )
    known = [each.id for each in journey.members]
    if held.subject_scheme == HOUSEHOLD and member is None:
        return
    if held.subject_scheme == HOUSEHOLD or member not in known:
        whose = "the whole household's: give no member" if held.subject_scheme == HOUSEHOLD else "one person's"
        raise Rejected("unknown-member", f"the event is {whose}", f"the members are {', '.join(known)}")
    _was_a_member(journey, held, member)


def _was_a_member(journey: Journey, held: Sorted, member: str | None) -> None:
    """Refuse an event about days on which its person was no member; days that are none are told of elsewhere."""
    try:
        days = date.fromisoformat(held.first), date.fromisoformat(held.last)
    except ValueError:
        return
    if any(each.id == member and each.belongs(*days) for each in journey.members):
        return
    raise Rejected(
        "not-a-member",
        f"the event is about {held.first}, when {member} was no member of {journey.reference}",
        f"see when: journeys show {journey.reference}; a wrong day is mended by: journeys member correct",
    )


async def _held(conn: Conn, key: EventKey) -> Sorted:
    held = await quarantine.find(conn, key)
    if held is None:
        raise Rejected(
            "unknown-event", f"no event {shown(':'.join(key))}", "copy the id from: journeys quarantine list"
        )
    return held


async def _told(services: Services, conn: Conn, name: str, count: int) -> SortedOut:
    services.mail.set()
    now = await _held(conn, _key(name))
    return SortedOut(id=name, state=now.state, reason=now.reason, count=count)


def _key(name: str) -> EventKey:
    partner, _, event_id = name.partition(":")
    return partner, event_id
