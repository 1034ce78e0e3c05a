"""What was refused at Temporal's port: how often, why, when last, and who has seen it."""

from datetime import datetime

from domain.model import Value
from store.pool import Conn
from store.queries import queries

_SQL = queries("refusals")


class Refusals(Value):
    """What came in one way and was refused for one reason; `seen` of `times` were looked at."""

    part: str
    why: str
    times: int
    first_at: datetime
    last_at: datetime
    workflow_id: str
    seen: int = 0
    seen_by: str | None = None
    seen_at: datetime | None = None


async def add(conn: Conn, refused: Refusals) -> None:
    """Count what was refused."""
    told = refused
    await conn.execute(_SQL["add"], told.part, told.why, told.times, told.first_at, told.last_at, told.workflow_id)


async def everything(conn: Conn) -> list[Refusals]:
    """Return what was ever refused, the last first."""
    return [Refusals(**dict(row)) for row in await conn.fetch(_SQL["all"])]


async def seen(conn: Conn, actor: str, at: datetime) -> None:
    """Note who has looked at everything so far."""
    await conn.execute(_SQL["seen"], actor, at)
