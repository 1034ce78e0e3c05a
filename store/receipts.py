"""What became of a partner's events, as that partner may see it: nothing of whom they are about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.inbox import InboxState
from store.pool import Conn
from store.queries import queries

_SQL = queries("receipts")


@dataclass(frozen=True, slots=True)
class Kept:
    """One event of the partner; `seq` is its place among all events, for the next page."""

    seq: int
    event_id: str
    kind: str
    state: InboxState
    reason: str | None
    observed_at: datetime | None
    received_at: datetime


async def page(
    conn: Conn, partner: str, after: int = 0, limit: int = 100, states: Sequence[InboxState] | None = None
) -> list[Kept]:
    """Return a partner's events in the order in which they first came, those numbered above `after`."""
    rows = await conn.fetch(_SQL["page"], partner, after, limit, states)
    return [Kept(**dict(row)) for row in rows]


async def find(conn: Conn, partner: str, event_id: str) -> Kept | None:
    """Return one event of a partner, or None: others' events are not found either."""
    row = await conn.fetchrow(_SQL["find"], partner, event_id)
    return None if row is None else Kept(**dict(row))
