"""How late reminders are: 500 due in one minute on a live stack, once left alone and once with the worker killed."""

import asyncio
import os
import re
import statistics
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import psutil
from asyncpg import Pool

from bench.families import journey_of, six_steps
from domain.calendar import local_date
from domain.journey.handling import handle
from domain.journey.stream import Loaded
from domain.programme.programme import Programme
from programmes import content_hash, load
from stack import commands, postgres, sinks, state, tokens
from stack.folders import Layout, temporary
from stack.ports import free_ports
from store import journal, programmes, staff
from store.pool import Conn, open_pool
from wiring.references import new_reference

REMINDERS = 500
LEAD = timedelta(seconds=100)  # from the first seed to the minute: all journeys must run by then
MINUTE = timedelta(minutes=1)
PATIENCE = 180  # seconds after the minute
REFERENCE = re.compile(r"F-[0-9A-Z]{4}-[0-9A-Z]{4}")


@dataclass(frozen=True)
class Lateness:
    """What became of one minute's reminders; `repeated` went out again under the id by which a receiver drops them."""

    name: str
    due: int
    median: float
    p99: float
    missed: int
    doubled: int
    repeated: int

    def line(self) -> str:
        """Return the figures as text."""
        return (
            f"{self.name}: {self.due} reminders due in one minute, lateness median {self.median:.2f} s, "
            f"p99 {self.p99:.2f} s, missed {self.missed}, doubled {self.doubled}, "
            f"repeated under the same id {self.repeated}"
        )


async def measure() -> list[Lateness]:
    """Measure on a private folder, each time on a stack of its own."""
    return [await _minute("left alone", kill=False), await _minute("worker killed in that minute", kill=True)]


async def _minute(name: str, *, kill: bool) -> Lateness:
    async with sinks.smtp() as mail, _live_stack(mail.port) as layout:
        pool = await open_pool(postgres.uri(layout.postgres))
        try:
            begins = datetime.now(UTC) + LEAD
            due = await _seed(pool, begins)
        finally:
            await pool.close()
        await _arm(layout)
        await _until(begins + MINUTE / 2)
        if kill:
            _kill_worker(layout)
        await _until(begins + MINUTE)
        await _arrived(mail, len(due))
    return _figures(name, due, mail)


@asynccontextmanager
async def _live_stack(mail_port: int) -> AsyncIterator[Layout]:
    """Bring a stack up as `journeys up` does, in a folder that is removed afterwards."""
    settings = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(mail_port), "SMTP_TLS": "none"}
    os.environ.update({f"JOURNEYS_{name}": value for name, value in settings.items()})
    gateway, temporal, ui = free_ports(3)
    with temporary() as data:
        await asyncio.to_thread(commands.up, data, gateway_port=gateway, temporal_port=temporal, ui_port=ui)
        try:
            yield Layout(data)
        finally:
            await asyncio.to_thread(commands.down, data)


def _urgent() -> Programme:
    """Return a pack with one urgent clock of one rung: due to the second, day or night, and told to no partner."""
    pack = load("wirral-2012")
    clock = pack.clock("identification")
    if clock is None:
        raise AssertionError("the pack sets no clock for the identification")
    urgent = clock.model_validate(clock.model_dump() | {"urgent": True, "ladder": [{"at": 0}]})
    pack = pack.model_copy(update={"name": "lateness", "clocks": (urgent,), "notices": ()})
    return pack.model_copy(update={"hash": content_hash(pack)})


async def _seed(pool: Pool, begins: datetime) -> dict[str, datetime]:
    """Write referrals that became known a day before the minute, evenly over it; return when each is reminded of."""
    programme, due = _urgent(), {}
    async with pool.acquire() as conn:
        await programmes.keep(conn, programme)
        await staff.add(conn, staff.StaffMember("co-1", "coordinator", "co-1@council.example"))
        for number in range(REMINDERS):
            reference = new_reference()
            due[reference] = begins + MINUTE * number / REMINDERS
            await _refer(conn, programme, reference, due[reference])
    return due


async def _refer(conn: Conn, programme: Programme, reference: str, moment: datetime) -> None:
    """Write one referral, long overdue, so that its reminder falls a day after it became known."""
    known = moment - timedelta(days=1)
    first = next(six_steps(programme, reference))
    order = first.model_copy(update={"on": local_date(known) - timedelta(days=60)})
    change = handle(Loaded(journey_of(reference)), [order], {}, known, programme)
    planned = [deadline.at for deadline in change.deadlines]
    if planned != [moment]:
        raise AssertionError(f"planned for {planned} instead of {moment}")
    await journal.append(conn, change)


async def _arm(layout: Layout) -> None:
    """Start every journey, as an operator does after the loss of Temporal."""
    token = tokens.mint(layout.secrets, name="bench", role="manager")
    address = commands.status(layout.data).gateway
    async with httpx.AsyncClient(timeout=LEAD.total_seconds(), trust_env=False) as http:
        place: str | None = "/v1/rearm"
        while place is not None:
            answer = await http.post(f"{address}{place}", headers={"authorization": f"Bearer {token}"})
            place = answer.raise_for_status().links.get("next", {}).get("url")


def _kill_worker(layout: Layout) -> None:
    """Kill the worker (SIGKILL); the supervisor starts it again."""
    worker = next(part for part in state.read(layout.state).parts if part.name == "worker")
    if worker.process is None:
        raise AssertionError("the worker does not run")
    psutil.Process(worker.process.pid).kill()


async def _until(moment: datetime) -> None:
    ahead = (moment - datetime.now(UTC)).total_seconds()
    if ahead < 0:
        raise AssertionError(f"the stack was not ready in time; it is {-ahead:.0f} s past {moment:%H:%M:%S}")
    await asyncio.sleep(ahead)


async def _arrived(mail: sinks.Sink, expected: int) -> None:
    """Wait until so many messages arrived, and then for what may come twice: a send that is tried again waits 20 s."""
    for _ in range(PATIENCE):
        if len(mail.keys()) >= expected:
            break
        await asyncio.sleep(1)
    await asyncio.sleep(30)


def _figures(name: str, due: dict[str, datetime], mail: sinks.Sink) -> Lateness:
    first: dict[str, datetime] = {}
    messages: dict[str, set[str]] = {}
    for message in mail.received:
        reference = REFERENCE.findall(message.headers["subject"])[0]
        first.setdefault(reference, message.at)
        messages.setdefault(reference, set()).add(message.key)
    late = [(first[reference] - moment).total_seconds() for reference, moment in due.items() if reference in first]
    return Lateness(
        name=name,
        due=len(due),
        median=statistics.median(late),
        p99=statistics.quantiles(late, n=100)[98],
        missed=len(due) - len(first),
        doubled=sum(len(keys) - 1 for keys in messages.values()),
        repeated=sum(count - 1 for count in Counter(message.key for message in mail.received).values()),
    )
