"""The way of partner events from the inbox to their journeys; gateway and worker run the same sweep."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

import structlog

from domain.commands import RecordEvidence
from store import inbox
from store.pool import Pool
from wiring.engine import Engine

Forward = Callable[[str, Sequence[RecordEvidence]], Awaitable[None]]

BATCH = 500  # rows held locked while they are handed over
EVERY = 5.0  # seconds between sweeps that nothing woke
LOST_AFTER = timedelta(minutes=10)  # handed over and never applied: hand over again, idempotent by command id

log = structlog.stdlib.get_logger("inbox")


@asynccontextmanager
async def sweeping(pool: Pool, engine: Engine, wake: asyncio.Event | None = None) -> AsyncIterator[None]:
    """Sweep the inbox in the background while the context is open, at once when `wake` is set."""
    task = asyncio.create_task(_sweep_on(pool, engine, wake or asyncio.Event()))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def sweep(pool: Pool, forward: Forward, now: datetime) -> int:
    """Hand every matched event to its journey, one signal a journey and batch; return how many were handed over.

    When `forward` raises, its batch stays in the inbox for the next sweep. Run twice, nothing is applied twice.
    """
    count = 0
    while batch := await _hand_over(pool, forward, now):
        count += batch
    return count


async def _sweep_on(pool: Pool, engine: Engine, wake: asyncio.Event) -> None:
    """Sweep again and again; while Temporal or the database is away, events wait in the inbox."""
    while True:
        wake.clear()
        try:
            now = await engine.now()
            async with pool.acquire() as conn:
                await inbox.stale(conn, now - LOST_AFTER)
            await sweep(pool, engine.forward, now)
        except Exception as fault:  # noqa: BLE001 - the sweep must outlive whatever is away
            log.warning("the inbox waits", error=type(fault).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), EVERY)


async def _hand_over(pool: Pool, forward: Forward, now: datetime) -> int:
    async with pool.acquire() as conn, conn.transaction():
        journeys = await inbox.take(conn, BATCH)
        for journey_id, rows in journeys.items():
            await forward(journey_id, [inbox.as_command(row, now) for row in rows])
        keys = [row.key for rows in journeys.values() for row in rows]
        return await inbox.forwarded(conn, keys, now) if keys else 0
