"""The way of partner events from the inbox to their journeys; gateway and worker run the same sweep."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from pydantic import ValidationError

from domain.journey.commands import RecordEvidence
from store import forwarding, inbox
from store.pool import Conn, Pool
from wiring.background import beside
from wiring.temporal.journeys import JourneyClient, Unavailable

Forward = Callable[[str, Sequence[RecordEvidence]], Awaitable[None]]
Take = Callable[[Conn, int, int], Awaitable[forwarding.Taken | None]]

BATCH = 2_000  # events looked at in one turn: the more, the more of a journey's go to it together
TOGETHER = 20  # journeys that are handed theirs at once
SIGNAL = 200  # events in one signal, which has a size that it must not pass
EVERY = 5.0  # seconds between sweeps that nothing woke
AWAY_AFTER = 3  # journeys in a row without an answer: Temporal is away, and asking for each would take for ever
LOST_AFTER = timedelta(minutes=10)  # handed over and never applied: hand over again, idempotent by command id

log = structlog.stdlib.get_logger("inbox")


def sweeping(pool: Pool, engine: JourneyClient, wake: asyncio.Event | None = None) -> AbstractAsyncContextManager[None]:
    """Sweep the inbox in the background while the context is open, at once when `wake` is set."""
    return beside(_sweep_on(pool, engine, wake or asyncio.Event()))


async def sweep(pool: Pool, forward: Forward, now: datetime) -> int:
    """Hand every matched event to its journey, those of one batch together; return how many were handed over.

    First comes back what was lost on its way, and what a referral that broke off left in quarantine. What `forward`
    raises for one journey leaves that journey's events in the inbox for the next sweep, and only those. Run twice,
    nothing is applied twice. Raise `Unavailable` when Temporal is away.
    """
    async with pool.acquire() as conn:
        await forwarding.stale(conn, now - LOST_AFTER)
        await inbox.release(conn)
    return sum([await _hand_over_all(pool, forward, now, take) for take in (forwarding.take, forwarding.take_shares)])


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
    """Hand over one batch; return how many and the last number looked at, or None when there was nothing left.

    No row stays locked meanwhile: the journeys mark theirs as applied, and would wait for the whole batch.
    """
    async with pool.acquire() as conn, forwarding.in_turn(conn):
        taken = await take(conn, BATCH, after)
        if taken is None:
            return None
        batch = _Batch(forward, now)
        await batch.hand_over(taken.journeys)
        await _mark(conn, batch.handed, now)
        if batch.refused:
            await forwarding.refuse(conn, batch.refused, forwarding.OUTDATED)
    if batch.away:
        raise batch.silent[-1]
    return len(batch.handed), taken.last


@dataclass
class _Batch:
    """What became of the events that one turn looks at."""

    forward: Forward
    now: datetime
    handed: list[forwarding.Forwardable] = field(default_factory=list)
    refused: list[inbox.EventKey] = field(default_factory=list)
    silent: list[Unavailable] = field(default_factory=list)  # of journeys in a row that Temporal did not answer for

    @property
    def away(self) -> bool:
        """Whether Temporal is."""
        return len(self.silent) >= AWAY_AFTER

    async def hand_over(self, journeys: Mapping[str, Sequence[forwarding.Forwardable]]) -> None:
        """Hand each journey its events: first a few, to see whether Temporal answers, then some at once."""
        waiting, at_once = list(journeys.items()), AWAY_AFTER
        while waiting and not self.away:
            now, waiting = waiting[:at_once], waiting[at_once:]
            for fault in await asyncio.gather(*(self._hand_one(*each) for each in now)):
                self.silent = [*self.silent, fault] if isinstance(fault, Unavailable) else []
            at_once = TOGETHER

    async def _hand_one(self, journey_id: str, rows: Sequence[forwarding.Forwardable]) -> Exception | None:
        """Hand one journey its events, in their order; return what went wrong, for the others' events go on."""
        try:
            orders = _orders(rows, self.now)
            self.refused += [row.key for row in rows if row.key not in orders]
            for first in range(0, len(orders), SIGNAL):
                await self.forward(journey_id, list(orders.values())[first : first + SIGNAL])
        except Exception as fault:  # noqa: BLE001 - whatever it is, the other journeys' events go on
            log.warning("events wait", journey=journey_id, events=len(rows), error=type(fault).__name__)
            return fault
        self.handed += [row for row in rows if row.key in orders]
        return None


async def _mark(conn: Conn, done: Sequence[forwarding.Forwardable], now: datetime) -> None:
    """Mark what was handed over, events and shares each in their table."""
    keys = [row.key for row in done if row.shared_as is None]
    shares = [row.shared_as for row in done if row.shared_as is not None]
    if keys:
        await forwarding.forwarded(conn, keys, now)
    if shares:
        await forwarding.shares_forwarded(conn, shares, now)


def _orders(rows: Sequence[forwarding.Forwardable], now: datetime) -> dict[inbox.EventKey, RecordEvidence]:
    """Return the commands of one journey's events, each made alone; one that cannot be read is left out and told of."""
    orders: dict[inbox.EventKey, RecordEvidence] = {}
    for row in rows:
        try:
            orders[row.key] = forwarding.as_command(row, now)
        except ValidationError as fault:
            first = fault.errors(include_input=False, include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            told = {"partner": row.partner, "inbox_number": row.seq, "field": where, "fault": first["type"]}
            log.warning("an event cannot be read", **told)
    return orders
