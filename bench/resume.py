"""How long a part's death is felt: journeys with long histories are each asked for a step as the part is killed."""

import asyncio
import statistics
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from temporalio.client import Client

from bench.families import journey_of, prepare, six_steps
from domain.calendar import local_date
from domain.journey.commands import AnyCommand, RecordContact
from domain.programme.programme import Programme
from stack.private_stack import PrivateStack, running
from store.pool import open_pool
from wiring.references import new_reference
from wiring.settings import Settings
from wiring.temporal.client import connect
from wiring.temporal.journeys import JourneyClient, Unavailable

JOURNEYS = 40
STEPS = 58  # of each journey before the kill, some 400 history events in all its runs
AT_ONCE = 10
PARTS = ("worker", "temporal", "postgres")


@dataclass(frozen=True)
class Felt:
    """Seconds from the kill of a part to each journey's answer, and the tasks that timed out meanwhile."""

    part: str
    events: int
    seconds: list[float]
    timeouts: int

    def line(self) -> str:
        """Return the figures as text."""
        return (
            f"{self.part} killed, {len(self.seconds)} journeys of about {self.events} history events: "
            f"answered after {statistics.median(self.seconds):.1f} s (median), {max(self.seconds):.1f} s (worst); "
            f"{self.timeouts} workflow tasks timed out"
        )


async def measure(env: Mapping[str, str] | None = None, parts: tuple[str, ...] = PARTS) -> list[Felt]:
    """Kill each part in turn on a live stack, and ask every journey for a step at that moment."""
    async with running(worker=True, env=env) as stack:
        settings = Settings(
            database_url=stack.database_url,
            temporal_address=stack.temporal_address,
            secrets_dir=stack.layout.secrets,
        )
        pool = await open_pool(settings.database_url)
        client = await connect(settings)
        limit = int((env or {}).get("JOURNEYS_HISTORY_LIMIT", settings.history_limit))
        engine, programme = JourneyClient(client, history_limit=limit), await prepare(pool)
        await pool.close()
        references = [new_reference() for _ in range(JOURNEYS)]
        slots = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(_lengthen(engine, programme, each, slots) for each in references))
        return [await _felt(stack, engine, client, part, references) for part in parts]


async def _lengthen(engine: JourneyClient, programme: Programme, reference: str, slots: asyncio.Semaphore) -> None:
    """Take a journey so far that its history is long."""
    async with slots:
        for command in six_steps(programme, reference):
            await engine.submit(journey_of(reference), command)
    for _ in range(STEPS // 2):
        async with slots:
            for _ in range(2):
                await engine.submit(journey_of(reference), _contact())


async def _felt(stack: PrivateStack, engine: JourneyClient, client: Client, part: str, references: list[str]) -> Felt:
    began, since = time.perf_counter(), datetime.now(UTC)
    await stack.kill(part)
    asked = [asyncio.create_task(_answered(engine, each, began)) for each in references]
    await stack.start(part)
    seconds = list(await asyncio.gather(*asked))
    described = [await client.get_workflow_handle(journey_of(each)).describe() for each in references]
    timeouts = sum([await _timed_out(client, each, since) for each in references])
    return Felt(part, round(statistics.mean(each.history_length for each in described)), seconds, timeouts)


async def _answered(engine: JourneyClient, reference: str, began: float) -> float:
    """Ask until there is an answer, as the CLI does, under one key; return the seconds since `began`."""
    command = _contact()
    while True:
        try:
            await engine.submit(journey_of(reference), command)
        except Unavailable:
            await asyncio.sleep(0.5)
        else:
            return time.perf_counter() - began


async def _timed_out(client: Client, reference: str, since: datetime) -> int:
    count = 0
    async for event in client.get_workflow_handle(journey_of(reference)).fetch_history_events():
        late: Any = event.HasField("workflow_task_timed_out_event_attributes")
        count += bool(late and event.event_time.ToDatetime(tzinfo=UTC) >= since)
    return count


def _contact() -> AnyCommand:
    now = datetime.now(UTC)
    return RecordContact(command_id=uuid.uuid4().hex, at=now, actor="coordinator:bench", on=local_date(now))
