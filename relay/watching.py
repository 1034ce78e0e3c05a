"""Keeps the gauges true: reads the figures of the whole system every few seconds while the worker runs."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import get_args

import asyncpg
import structlog
from temporalio.service import RPCError

from domain.journey.state import ReminderState
from domain.stages import STAGES
from store.effects import EffectState
from store.inbox import InboxState
from store.pool import Pool
from store.watching import Figures, figures
from wiring.background import beside
from wiring.telemetry import metrics

EVERY = 15.0  # seconds; as often as Prometheus usually asks
KNOWN = {"stage": STAGES, "reminder": get_args(ReminderState), "inbox": get_args(InboxState)}
AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, RPCError)

log = structlog.stdlib.get_logger("watching")


def watching(pool: Pool, now: Callable[[], Awaitable[datetime]]) -> AbstractAsyncContextManager[None]:
    """Refresh the gauges in the background while the context is open."""
    return beside(_watch_on(pool, now))


async def look(pool: Pool, now: datetime) -> None:
    """Read the figures and set every gauge by them; a name that is gone from the tables goes from its gauge."""
    async with pool.acquire() as conn:
        found = await figures(conn, now)
    for part, gauge in metrics.GAUGES.items():
        gauge.clear()
        # A state that nothing is in yet is 0 and not absent: the first burst into it must show as a rise.
        for name, value in ({**dict.fromkeys(KNOWN.get(part, ()), 0.0), **found.get(part, {})}).items():
            gauge.labels(name).set(value)
    _set_effects(found)
    metrics.FOREIGN_UNSEEN.set(found["foreign_unseen"][""])
    metrics.UNTOLD.set(found["effect_untold"][""])
    metrics.OVERDUE.set(found["overdue"][""])
    metrics.OVERDUE_AGE.set(found["overdue_age"][""])
    metrics.LOOKED.set(time.time())


def _set_effects(found: Figures) -> None:
    metrics.EFFECTS.clear()
    known = [f"{effect}|{state}" for effect in ("remind", "notify") for state in get_args(EffectState)]
    for name, value in ({**dict.fromkeys(known, 0.0), **found.get("effect", {})}).items():
        metrics.EFFECTS.labels(*name.split("|")).set(value)


async def _watch_on(pool: Pool, now: Callable[[], Awaitable[datetime]]) -> None:
    """Look again and again; while the database is away the gauges stand still, and their timestamp tells it."""
    while True:
        try:
            await look(pool, await now())
        except AWAY as fault:
            log.warning("the figures stand still", error=type(fault).__name__)
        await asyncio.sleep(EVERY)
