"""One command at the journal (load 20 events, decide, append, read models) against bare one-row commits."""

import statistics
import time
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta

import asyncpg

from activities.journal import JournalActivities
from activities.messages import CarryOut
from bench.families import journey_of, observation, prepare, with_twenty_events
from bench.row import Row
from store.vault import Vault

ROUNDS = 300
WARM = 30


async def measure(pool: asyncpg.Pool) -> Row:
    """Interleave both, so that the machine's moods fall on each alike; return the medians and their ratio."""
    programme = await prepare(pool)
    journal = JournalActivities(pool, Vault(bytes(32), bytes(32)), timedelta(0))
    references = [await with_twenty_events(journal, programme) for _ in range(ROUNDS + WARM)]
    async with pool.acquire() as conn:
        await conn.execute("CREATE TABLE bench_row (id bigint GENERATED ALWAYS AS IDENTITY, payload text NOT NULL)")
    commands, commits = [], []
    for reference in references:
        commands.append(await _timed(_command(journal, reference)))
        commits.append(await _timed(_commit(pool)))
    return Row(
        name="one command at the journal (20 events loaded)",
        ours=statistics.median(commands[WARM:]),
        theirs=statistics.median(commits[WARM:]),
        against="a bare one-row commit",
        unit="s",
    )


async def _timed(act: Coroutine[None, None, None]) -> float:
    began = time.perf_counter()
    await act
    return time.perf_counter() - began


async def _command(journal: JournalActivities, reference: str) -> None:
    order = CarryOut(journey_id=journey_of(reference), now=datetime.now(UTC), commands=[observation(reference, 99)])
    await journal.carry_out(order)


async def _commit(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as conn:
        await conn.execute("INSERT INTO bench_row (payload) VALUES ($1)", "x" * 300)
