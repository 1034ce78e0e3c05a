"""What the reminder of a waiting family says of the queue: its place, and who has room as the message goes out."""

from datetime import date

from activities.delivery.templates import Queued
from domain.journey.state import Journey
from store import programmes, queue
from store.pool import Conn

NAMED = 5  # of those with room


async def queued(conn: Conn, journey: Journey, today: date) -> Queued | None:
    """Return how the queue stands for a family, or None when it does not wait."""
    place = await queue.place(conn, journey.journey_id)
    if place is None:
        return None
    programme = await programmes.get(conn, journey.programme_hash)
    free = await queue.room(conn, journey.area, programme.cap, today)
    return Queued(place, tuple(each.name for each in free[:NAMED]))
