"""The places of a programme, and the lock under which they are counted across all its families."""

from domain.journey.facts import PlacesTaken
from domain.journey.state import Journey
from store.pool import Conn
from store.queries import queries

_SQL = queries("places")


async def lock_places(conn: Conn, journey: Journey, key_worker: str) -> PlacesTaken:
    """Count what the other open families of the journey's area and programme take up.

    Until the caller's transaction ends nobody else can. Must be called inside the transaction that appends the
    allocation; `RuntimeError` outside one.
    """
    if not conn.is_in_transaction():
        raise RuntimeError("lock_places holds its lock only inside a transaction")
    await conn.execute(_SQL["lock"], journey.area, journey.programme)
    # The count is a statement of its own: one that waited for the lock would count in the snapshot from before it.
    (row,) = await conn.fetch(_SQL["taken"], journey.area, journey.programme, journey.journey_id, key_worker)
    return PlacesTaken(**dict(row))
