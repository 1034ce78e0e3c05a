"""Which commands the journal has answered: it is asked, for Temporal may remember more than a restored journal."""

from collections.abc import Sequence
from datetime import datetime

from store.pool import Pool
from store.queries import queries

_SQL = queries("answers")


async def answered(pool: Pool, command_id: str) -> bool:
    """Tell whether the journal has answered a command."""
    async with pool.acquire() as conn:
        return bool(await conn.fetchval(_SQL["answered"], command_id))


async def unanswered(pool: Pool, command_ids: Sequence[str]) -> set[str]:
    """Return those of these commands that the journal has not answered."""
    async with pool.acquire() as conn:
        return {row["command_id"] for row in await conn.fetch(_SQL["unanswered"], list(command_ids))}


async def end_of(pool: Pool, journey_id: str) -> tuple[int, datetime | None]:
    """Return the version of a journey's last event and when it was recorded; 0 and None for one without events."""
    async with pool.acquire() as conn:
        row = await conn.fetchrow(_SQL["end_of"], journey_id)
    return (row["version"], row["recorded_at"]) if row else (0, None)
