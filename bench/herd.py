"""A herd: thousands of journeys that fall due on one date, on the time-skipping server with real worker processes."""

import asyncio
import dataclasses
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from temporalio.client import Client

from bench.families import journey_of, six_steps
from domain.calendar import LONDON, OPENS, local_date
from domain.journey.handling import handle
from domain.journey.stream import Loaded
from domain.programme.programme import Programme
from programmes import content_hash, load
from stack import catalog, sinks
from stack.private_stack import PrivateStack, running
from store import journal, programmes, staff
from store.pool import Conn, Pool, open_pool
from timelapse.clock import SkippingClock
from wiring.references import new_reference
from wiring.settings import Settings
from wiring.temporal.client import connect
from wiring.temporal.journeys import JourneyClient
from workflows.family_journey import FamilyJourney

HEADS = 10_000
WORKERS = 2
AT_ONCE = 60  # started ahead of the workers: a task that waits for more than ten seconds is given up by the server
PATIENCE = 1_200  # tenths of a second for any one thing
QUARTER = timedelta(minutes=15)
QUARTERS = 40  # from 08:00 to 18:00


@dataclass(frozen=True)
class Herd:
    """When each journey's reminder was planned, what the journal says of it, what arrived, and what it took."""

    planned: dict[str, datetime]
    reminders: list[dict[str, Any]]
    mail: Counter[str]
    arming: float
    reminding: float

    def line(self) -> str:
        """Return the figures as text."""
        late = [row["sent_at"] - row["planned_for"] for row in self.reminders]
        spread = Counter(quarter(row["sent_at"]) for row in self.reminders)
        missed = len(self.planned) - len({row["journey_id"] for row in self.reminders})
        return (
            f"{len(self.planned)} journeys due on one date, {WORKERS} workers: armed in {self.arming:.0f} s "
            f"({len(self.planned) / self.arming:.0f} a second), reminded in {self.reminding:.0f} s "
            f"({len(self.planned) / self.reminding:.0f} a second); missed {missed}, doubled "
            f"{self.mail.total() - len(self.planned) + missed}, latest by {max(late).total_seconds():.1f} s, between "
            f"{min(spread.values())} and {max(spread.values())} in each quarter of an hour "
            f"(an even share is {len(self.planned) / QUARTERS:.0f})"
        )


def quarter(moment: datetime) -> int:
    """Return which quarter of an hour of the working day this is, from 0."""
    local = moment.astimezone(LONDON)
    return (local.hour - OPENS.hour) * 4 + local.minute // 15


async def drive(heads: int) -> Herd:
    """Let `heads` journeys fall due on one date; return when every reminder was sent and noted."""
    async with sinks.smtp() as mail, _stack(mail.port, heads) as stack:
        pool, client = await open_pool(stack.database_url), await _client(stack)
        try:
            planned = await _seed(pool, heads)
            began = time.perf_counter()
            await _arm(client, list(planned))
            armed = time.perf_counter()
            await _let_the_day_pass(client, _the_day(planned))
            reminders = await _settled(pool, heads)
        finally:
            await pool.close()
        return Herd(planned, reminders, mail.keys(), armed - began, time.perf_counter() - armed)


@asynccontextmanager
async def _stack(mail_port: int, heads: int) -> AsyncIterator[PrivateStack]:
    """Start the servers and the workers, each of which keeps its share of the journeys in memory."""
    env = {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(mail_port),
        "SMTP_TLS": "none",
        "WORKER_METRICS_PORT": "0",  # they would take the same one
        "WORKER_CACHED_WORKFLOWS": str(heads),
        "LOG_LEVEL": "WARNING",
    }
    async with AsyncExitStack() as things:
        started = running(
            temporal="time-skipping", migrated=True, env={f"JOURNEYS_{name}": value for name, value in env.items()}
        )
        stack = await things.enter_async_context(started)
        for number in range(1, WORKERS + 1):
            worker = catalog.worker(stack.environment, stack.layout)
            await stack.launch(dataclasses.replace(worker, name=f"worker-{number}"))
        yield stack


async def _client(stack: PrivateStack) -> Client:
    prefix = "JOURNEYS_"
    named = {name.removeprefix(prefix).lower(): value for name, value in stack.environment.items()}
    return await connect(Settings.model_validate(named))


def _one_reminder() -> Programme:
    """Return a pack under which a referral falls due once, five working days on, and tells no partner of it."""
    pack = load("wirral-2012")
    clock = pack.clock("identification")
    if clock is None:
        raise AssertionError("the pack sets no clock for the identification")
    single = clock.model_validate(clock.model_dump() | {"ladder": [{"at": 0}]})
    pack = pack.model_copy(update={"name": "herd", "clocks": (single,), "notices": ()})
    return pack.model_copy(update={"hash": content_hash(pack)})


async def _seed(pool: Pool, heads: int) -> dict[str, datetime]:
    """Write the referrals straight into the journal; return each journey's moment."""
    programme = _one_reminder()
    async with pool.acquire() as conn:
        await programmes.keep(conn, programme)
        await staff.add(conn, staff.StaffMember("co-1", "coordinator", "co-1@council.example"))
        return dict([await _refer(conn, programme) for _ in range(heads)])


async def _refer(conn: Conn, programme: Programme) -> tuple[str, datetime]:
    reference = new_reference()
    order = next(six_steps(programme, reference))
    change = handle(Loaded(journey_of(reference)), [order], {}, datetime.now(UTC), programme)
    await journal.append(conn, change)
    return journey_of(reference), change.deadlines[0].at


async def _arm(client: Client, journeys: list[str]) -> None:
    """Start the workflows from the journal, as after the loss of Temporal, no faster than the workers take them up."""
    engine, turn = JourneyClient(client), asyncio.Semaphore(AT_ONCE)

    async def one(journey_id: str) -> None:
        async with turn:
            await engine.rearm([journey_id])
            handle = client.get_workflow_handle(journey_id)
            await _until(lambda: handle.query(FamilyJourney.agenda))

    await asyncio.gather(*(one(journey_id) for journey_id in journeys))


async def _let_the_day_pass(client: Client, day: date) -> None:
    clock = SkippingClock(client, timedelta(0))
    opens = datetime.combine(day, OPENS, tzinfo=LONDON).astimezone(UTC)
    for number in range(QUARTERS + 1):
        await clock.skip_to(opens + QUARTER * number)


async def _settled(pool: Pool, heads: int) -> list[dict[str, Any]]:
    """Wait until each reminder is sent, and its journey's history says so; return what the journal says of each."""
    await _until(lambda: _sent(pool, heads))
    rows = await pool.fetch("SELECT journey_id, reminder_id, planned_for, sent_at, late FROM reminders")
    return [dict(row) for row in rows]


async def _sent(pool: Pool, heads: int) -> bool:
    sent: int = await pool.fetchval("SELECT count(sent_at) FROM reminders")
    return sent >= heads


async def _until(ask: Callable[[], Awaitable[object]]) -> None:
    for _ in range(PATIENCE):
        if await ask():
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"a step of the herd is not done after {PATIENCE / 10:.0f} s")


def _the_day(planned: dict[str, datetime]) -> date:
    (day,) = {local_date(moment) for moment in planned.values()}
    return day
