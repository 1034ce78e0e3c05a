"""Six-step durable journeys of this engine against the same steps in plain SDK style."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
from temporalio.client import Client
from temporalio.worker import Worker

from activities.journal import JournalActivities
from bench.families import journey_of, prepare, six_steps
from bench.plain import PLAIN_WORKFLOW, PlainJourney
from bench.row import Row
from domain.names import TASK_QUEUE
from domain.programme.programme import Programme
from store.vault import Vault
from wiring.references import new_reference
from wiring.temporal.client import sandbox
from wiring.temporal.journeys import JourneyClient
from workflows.family_journey import FamilyJourney

JOURNEYS = 40  # a round
ROUNDS = 3
AT_ONCE = 10
PLAIN_QUEUE = "plain"

Drive = Callable[[str], Awaitable[None]]


async def measure(pool: asyncpg.Pool, client: Client) -> Row:
    """Take rounds in turn, so that the machine's moods fall on each alike; the first of both warms up."""
    programme = await prepare(pool)
    journal = JournalActivities(pool, Vault(bytes(32), bytes(32)), timedelta(0))
    ours = Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[FamilyJourney],
        activities=[journal.carry_out],
        workflow_runner=sandbox(),
    )
    plain = Worker(client, task_queue=PLAIN_QUEUE, workflows=[PlainJourney], activities=[journal.carry_out])
    async with ours, plain:
        rounds = [
            (await _rate(_ours(client, programme)), await _rate(_plain(client, programme))) for _ in range(ROUNDS + 1)
        ]
    return Row(
        name="six-step durable journeys",
        ours=statistics.median(rate for rate, _ in rounds[1:]),
        theirs=statistics.median(rate for _, rate in rounds[1:]),
        against="the same steps in plain SDK style",
        unit="journeys a second",
    )


def _ours(client: Client, programme: Programme) -> Drive:
    engine = JourneyClient(client)

    async def drive(reference: str) -> None:
        for command in six_steps(programme, reference):
            await engine.submit(journey_of(reference), command)

    return drive


def _plain(client: Client, programme: Programme) -> Drive:
    async def drive(reference: str) -> None:
        commands = list(six_steps(programme, reference))
        handle = await client.start_workflow(
            PLAIN_WORKFLOW, len(commands), id=f"plain:{reference}", task_queue=PLAIN_QUEUE
        )
        for command in commands:
            await handle.execute_update(PlainJourney.step, args=[journey_of(reference), command])

    return drive


async def _rate(drive: Drive) -> float:
    """Drive a round of journeys, some at once, and return journeys a second."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def one() -> None:
        async with slots:
            await drive(new_reference())

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(JOURNEYS)))
    return JOURNEYS / (time.perf_counter() - began)
