"""Who looked at a family: kept with every read by name or by its story."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.pool import Conn
from store.queries import queries

_SQL = queries("views")
NEWEST = 2**62  # before every number there will be


@dataclass(frozen=True, slots=True)
class View:
    """One look: by whom (role and name), at what, when, and in which request."""

    seq: int
    reference: str
    actor: str
    what: str
    at: datetime
    request_id: str


async def keep(conn: Conn, references: Sequence[str], actor: str, what: str, request_id: str) -> None:
    """Note that somebody read something of these families."""
    if references:
        await conn.execute(_SQL["keep"], list(references), actor, what, request_id)


async def listing(conn: Conn, reference: str, limit: int, before: int = NEWEST) -> list[View]:
    """Return who looked at a family, the newest first."""
    return [View(**dict(row)) for row in await conn.fetch(_SQL["listing"], reference, limit, before)]
