"""The way of partner events from the inbox to their journeys; gateway and worker run the same sweep."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from datetime import datetime, timedelta

import structlog
from pydantic import ValidationError

from domain.journey.commands import RecordEvidence
from store import inbox
from store.pool import Conn, Pool
from wiring.background import beside
from wiring.temporal.journeys import JourneyClient, Unavailable

Forward = Callable[[str, Sequence[RecordEvidence]], Awaitable[None]]
Take = Callable[[Conn, int, int], Awaitable[inbox.Taken | None]]

BATCH = 500  # rows held locked while they are handed over
EVERY = 5.0  # seconds between sweeps that nothing woke
AWAY_AFTER = 3  # journeys in a row without an answer: Temporal is away, and asking for each would take for ever
LOST_AFTER = timedelta(minutes=10)  # handed over and never applied: hand over again, idempotent by command id

log = structlog.stdlib.get_logger("inbox")


def sweeping(pool: Pool, engine: JourneyClient, wake: asyncio.Event | None = None) -> AbstractAsyncContextManager[None]:
    """Sweep the inbox in the background while the context is open, at once when `wake` is set."""
    return beside(_sweep_on(pool, engine, wake or asyncio.Event()))


async def sweep(pool: Pool, forward: Forward, now: datetime) -> int:
    """Hand every matched event to its journey, one signal a journey and batch; return how many were handed over.

    First comes back what was lost on its way, and what a referral that broke off left in quarantine. What `forward`
    raises for one journey leaves that journey's events in the inbox for the next sweep, and only those. Run twice,
    nothing is applied twice. Raise `Unavailable` when Temporal is away.
    """
    async with pool.acquire() as conn:
        await inbox.stale(conn, now - LOST_AFTER)
        await inbox.release(conn)
    return sum([await _hand_over_all(pool, forward, now, take) for take in (inbox.take, inbox.take_shares)])


async def _hand_over_all(pool: Pool, forward: Forward, now: datetime, take: Take) -> int:
    count = last = 0
    while (batch := await _hand_over(pool, forward, now, take, last)) is not None:
        handed, last = batch
        count += handed
    return count


async def _sweep_on(pool: Pool, engine: JourneyClient, wake: asyncio.Event) -> None:
    """Sweep again and again; while Temporal or the database is away, events wait in the inbox."""
    while True:
        wake.clear()
        try:
            await sweep(pool, engine.forward, await engine.now())
        except Exception as fault:  # noqa: BLE001 - the sweep must outlive whatever is away
            log.warning("the inbox waits", error=type(fault).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), EVERY)


async def _hand_over(pool: Pool, forward: Forward, now: datetime, take: Take, after: int) -> tuple[int, int] | None:
    """Hand over one batch; return how many and the last number looked at, or None when there was nothing left."""
    silent: list[Unavailable] = []  # journeys in a row that Temporal did not answer for
    async with pool.acquire() as conn, conn.transaction():
        taken = await take(conn, BATCH, after)
        if taken is None:
            return None
        done: list[inbox.Forwardable] = []
        refused: list[inbox.EventKey] = []
        for journey_id, rows in taken.journeys.items():
            try:
                orders = _orders(rows, now)
                refused += [row.key for row in rows if row.key not in orders]
                if orders:
                    await forward(journey_id, list(orders.values()))
            except Exception as fault:  # noqa: BLE001 - whatever it is, the other journeys' events go on
                log.warning("events wait", journey=journey_id, events=len(rows), error=type(fault).__name__)
                silent = [*silent, fault] if isinstance(fault, Unavailable) else []
            else:
                done += [row for row in rows if row.key in orders]
                silent = []
            if len(silent) == AWAY_AFTER:
                break
        handed = await _mark(conn, done, now)
        if refused:
            await inbox.refuse(conn, refused, inbox.OUTDATED)
    if len(silent) == AWAY_AFTER:
        raise silent[-1]
    return handed, taken.last


async def _mark(conn: Conn, done: Sequence[inbox.Forwardable], now: datetime) -> int:
    """Mark what was handed over, events and shares each in their table; return how many."""
    keys = [row.key for row in done if row.shared_as is None]
    shares = [row.shared_as for row in done if row.shared_as is not None]
    count = await inbox.forwarded(conn, keys, now) if keys else 0
    return count + (await inbox.shares_forwarded(conn, shares, now) if shares else 0)


def _orders(rows: Sequence[inbox.Forwardable], now: datetime) -> dict[inbox.EventKey, RecordEvidence]:
    """Return the commands of one journey's events, each made alone; one that cannot be read is left out and told of."""
    orders: dict[inbox.EventKey, RecordEvidence] = {}
    for row in rows:
        try:
            orders[row.key] = inbox.as_command(row, now)
        except ValidationError as fault:
            first = fault.errors(include_input=False, include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            told = {"partner": row.partner, "inbox_number": row.seq, "field": where, "fault": first["type"]}
            log.warning("an event cannot be read", **told)
    return orders
