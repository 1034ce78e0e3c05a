"""What a command that moves a family is told: caseload and places, counted under locks that are held to the commit."""

from datetime import date

from domain.journey.commands import AcceptHandover, AllocateKeyWorker, AnyCommand, Caseload, OfferHandover
from domain.journey.state import Journey
from domain.programme.programme import Programme
from store import places, queue, staff
from store.pool import Conn

MOVING = AllocateKeyWorker | AcceptHandover | OfferHandover
NAMED = 5  # of those with room


async def with_caseload(
    conn: Conn, command: AnyCommand, journey: Journey, programme: Programme, today: date
) -> AnyCommand:
    """Bring along the programme's places and the key worker's caseload, counted under locks held until the commit.

    The locks are always taken in this order, so that two allocations never wait for each other. Where the worker is
    full, who has room comes too, or the place in the queue.
    """
    if not isinstance(command, MOVING):
        return command
    counts_places = programme.places is not None and not isinstance(command, OfferHandover)
    if counts_places:
        await places.lock_places(conn, journey, "")
    counted = await _counted(conn, command, journey.area, programme.cap, today)
    changes: dict[str, object] = {"caseload": await _with_room(conn, counted, journey, programme.cap, today)}
    if counts_places:
        changes["places"] = await places.lock_places(conn, journey, counted.worker)
    return command.model_copy(update=changes)


async def _with_room(conn: Conn, counted: Caseload, journey: Journey, cap: int, today: date) -> Caseload:
    """Bring along who else has room, or the place in the queue, where the one who was counted is full."""
    if counted.held < counted.cap:
        return counted
    free = await queue.room(conn, journey.area, cap, today)
    place = None if free else await queue.place(conn, journey.journey_id)
    return counted.model_copy(update={"room": tuple(each.name for each in free[:NAMED]), "place": place})


async def _counted(conn: Conn, command: MOVING, area: str, cap: int, today: date) -> Caseload:
    key_worker = command.to if isinstance(command, OfferHandover) else command.key_worker
    if key_worker is None:
        return await staff.lock_most_room(conn, area, cap, today)
    return await staff.lock_caseload(conn, key_worker, cap, today)
