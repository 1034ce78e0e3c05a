"""The queue of families that wait for a key worker: who waits, who has room, and the next one allocated."""

from dataclasses import asdict
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from domain.access import Actor
from domain.calendar import local_date
from domain.errors import Rejected
from domain.ids import reference_of
from domain.journey.commands import AllocateKeyWorker
from domain.model import Code
from gateway.http.known_names import known
from gateway.http.paging import QUEUED, Cursor, Links, place_of
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.journeys.bodies import Answer, Step
from gateway.journeys.steps import Key, command_id
from gateway.services import Served, Services
from store import journal, programmes, staff
from store import queue as queues
from store.queue import Room, Waiting

router = APIRouter(prefix="/v1/queue", tags=["queue"], responses=DOCUMENTED)

TRIES = 5  # heads of the queue that others may take while we ask for them

Allocating = Annotated[Actor, Depends(Allow("allocate"))]


class InQueue(BaseModel):
    """A family in the queue: its place among those of its area and programme, and who could take it."""

    journey_id: str
    reference: str
    area: str
    locality: str
    programme: str
    referred_on: date
    since: date
    criteria: list[str]
    place: int
    room: list[Room]


class Queue(BaseModel):
    """Who waits, each area and programme the oldest first."""

    waiting: list[InQueue]


class Next(Step):
    """Who takes the oldest family; in `area` and `programme` where given."""

    key_worker: Code
    area: Code | None = None
    programme: Code | None = None
    waiver: Code | None = Field(default=None, description="Why the cap may be exceeded; managers only.")


@router.get("")
async def queue(  # noqa: PLR0913 - one argument a filter
    *,
    _actor: Annotated[Actor, Depends(Allow("read"))],
    services: Served,
    links: Links,
    area: str | None = None,
    programme: str | None = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Queue:
    """List the families that wait for a key worker, and who has room for each. `Link` names the next page."""
    today = await services.today()
    after = place_of(cursor, QUEUED) or queues.HEAD
    room: dict[tuple[str, str], list[Room]] = {}
    async with services.pool.acquire() as conn:
        rows = await queues.waiting(conn, area, programme, limit, after)
        if not rows:
            await known(conn, area=area, programme=programme)
        for row in rows:
            kind = (row.area, row.programme_hash)
            if kind not in room:
                pack = await programmes.get(conn, row.programme_hash)
                room[kind] = await queues.room(conn, row.area, pack.cap, today)
    waiting = [_in_queue(row, room[row.area, row.programme_hash]) for row in rows]
    links.page(rows, limit, lambda row: row.at)
    return Queue(waiting=waiting)


@router.post("/next")
async def take_next(form: Next, actor: Allocating, services: Served, key: Key = None) -> Answer:
    """Allocate the oldest family of the queue; under the same key it is the same family again."""
    first = command_id(key)
    for number in range(1, TRIES + 1):
        name = f"{first}:{number}"
        journey_id = await _asked_before(services, name) or await _head(services, form)
        at = await services.now()
        command = AllocateKeyWorker(
            command_id=name,
            at=at,
            actor=actor.code,
            on=form.on or local_date(at),
            key_worker=form.key_worker,
            waiver=form.waiver,
        )
        try:
            return await _given(services, journey_id, command)
        except Rejected as fault:
            if fault.code != "out-of-order":
                raise
    raise Rejected(
        "queue-moves", "others took families from the queue at the same time", "try again, with a new Idempotency-Key"
    )


async def _given(services: Services, journey_id: str, command: AllocateKeyWorker) -> Answer:
    """Give the command to a journey; where another took it since we looked, that one answers, and none is given too."""
    try:
        reply = await services.engine.submit(journey_id, command)
    except Rejected as fault:
        taken = await _asked_before(services, command.command_id)
        if fault.code != "command-id-reused" or taken in {None, journey_id}:
            raise
        return await _given(services, str(taken), command)
    return Answer.of(reference_of(journey_id), reply)


async def _asked_before(services: Services, name: str) -> str | None:
    """Return the journey that was given this command before, so that a repeat finds its first answer."""
    async with services.pool.acquire() as conn:
        return await journal.journey_of_command(conn, name)


async def _head(services: Services, form: Next) -> str:
    """Return the family that waits longest; a key worker of one area takes families there."""
    async with services.pool.acquire() as conn:
        worker = await staff.get(conn, form.key_worker)
        area = form.area or (worker.area if worker else None)
        journey_id = await queues.head(conn, area, form.programme)
        if journey_id is None:
            await known(conn, area=form.area, programme=form.programme)
    if journey_id is None:
        raise Rejected(
            "queue-empty", "no family waits for a key worker there", "see the whole queue with: journeys queue"
        )
    return journey_id


def _in_queue(row: Waiting, room: list[Room]) -> InQueue:
    told = asdict(row)
    del told["programme_hash"]
    return InQueue(**told, room=room)
