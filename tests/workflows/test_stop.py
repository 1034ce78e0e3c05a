"""SIGTERM stops a worker that is at work, and drops nothing."""

import asyncio

import pytest

from programmes import load
from stack.private_stack import running
from store import journal, programmes, staff
from store.pool import open_pool
from tests.workflows import path
from wiring.settings import Settings
from wiring.temporal.client import connect
from wiring.temporal.journeys import JourneyClient

FAMILIES = 15


@pytest.mark.slow(15)
async def test_a_worker_told_to_stop_drops_nothing() -> None:
    """Commands given before, while and after a worker stops are all answered, and each is in the journal once."""
    async with running(temporal="dev", worker=True) as stack:
        settings = Settings(
            database_url=stack.database_url,
            temporal_address=stack.temporal_address,
            secrets_dir=stack.layout.secrets,
        )
        pool = await open_pool(settings.database_url)
        async with pool.acquire() as conn:
            await programmes.keep(conn, load("wirral-2012"))
            await staff.add(conn, staff.StaffMember("kw-1", "key-worker", "kw-1@council.example", cap=FAMILIES))
        engine = JourneyClient(await connect(settings))
        references = [path.fresh() for _ in range(FAMILIES)]
        walking = asyncio.gather(*(_walk(engine, reference) for reference in references))
        await asyncio.sleep(0.5)  # into the middle of the work
        assert not walking.done()
        await stack.stop("worker")
        assert stack.process("worker") is None
        await stack.start("worker")
        await walking
        for reference in references:
            async with pool.acquire() as conn:
                told = [one.event.type for one in await journal.timeline(conn, path.journey_of(reference))]
            assert told.count("intervention-started") == 1
            assert told.count("family-referred") == 1
        await pool.close()


async def _walk(engine: JourneyClient, reference: str) -> None:
    for step in [path.refer(reference), *path.until_intervention()]:
        await engine.submit(path.journey_of(reference), step)
