"""The queue of families that wait for a key worker, and who has room: questions to the read models, without a lock."""

from dataclasses import dataclass
from datetime import date

from store.pool import Conn
from store.queries import queries

_SQL = queries("queue")
QueuePlace = tuple[str, str, date, date, str]
HEAD: QueuePlace = ("", "", date.min, date.min, "")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A family in the queue of its area and programme: its place, and since when it waits (the day it was eligible)."""

    journey_id: str
    reference: str
    area: str
    locality: str
    programme: str
    programme_hash: str
    referred_on: date
    since: date
    criteria: list[str]
    place: int

    @property
    def at(self) -> QueuePlace:
        """Where the row stands in the list."""
        return self.area, self.programme, self.since, self.referred_on, self.journey_id


@dataclass(frozen=True, slots=True)
class Room:
    """A key worker with room for `free` families; `unoffered` leaves out those that are offered to them."""

    name: str
    area: str | None
    free: int
    unoffered: int


async def waiting(
    conn: Conn,
    area: str | None = None,
    programme: str | None = None,
    limit: int | None = None,
    after: QueuePlace = HEAD,
) -> list[Waiting]:
    """Return the families in the queue, each area and programme on its own, the oldest first.

    `after` is the `at` of the last row of the page before.
    """
    return [Waiting(**dict(row)) for row in await conn.fetch(_SQL["queue"], area, programme, limit, *after)]


async def head(conn: Conn, area: str | None = None, programme: str | None = None) -> str | None:
    """Return the journey of the family that waits longest, or None when nobody waits."""
    journey_id: str | None = await conn.fetchval(_SQL["head"], area, programme)
    return journey_id


async def place(conn: Conn, journey_id: str) -> int | None:
    """Return a family's place in its queue, or None when it does not wait."""
    number: int | None = await conn.fetchval(_SQL["place"], journey_id)
    return number


async def room(conn: Conn, area: str | None, default_cap: int, today: date) -> list[Room]:
    """Return who has room for families of `area` (None: of any), the most first."""
    return [Room(**dict(row)) for row in await conn.fetch(_SQL["room"], area, default_cap, today)]
