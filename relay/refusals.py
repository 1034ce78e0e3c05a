"""Writes down what was refused at Temporal's port, so that the doctor finds it whichever process refused it."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict

import asyncpg
import structlog

from store import refusals
from store.pool import Pool
from wiring.background import beside
from wiring.temporal.refusals import TALLY

EVERY = 2.0  # seconds; a flood of refusals is one row each time
AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)

log = structlog.stdlib.get_logger("temporal-door")


def writing_refusals(pool: Pool) -> AbstractAsyncContextManager[None]:
    """Write down in the background while the context is open."""
    return beside(_write_on(pool))


async def write_down(pool: Pool) -> None:
    """Write down what was refused since the last time; what cannot be written now is kept for the next time."""
    taken = TALLY.take()
    while taken:
        try:
            async with pool.acquire() as conn:
                while taken:
                    await refusals.add(conn, refusals.Refusals(**asdict(taken[-1])))
                    taken.pop()
        except AWAY as fault:
            log.warning("refusals wait to be written down", error=type(fault).__name__)
            for one in taken:
                TALLY.put(one)
            return


async def _write_on(pool: Pool) -> None:
    while True:
        await asyncio.sleep(EVERY)
        await write_down(pool)
