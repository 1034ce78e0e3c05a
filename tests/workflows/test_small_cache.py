"""A worker that has to forget journeys all the time loses none of what reaches them together."""

import asyncio

import pytest

from domain.journey import commands as c
from domain.journey.replies import Reply
from tests.workflows import path
from tests.workflows.conftest import World
from workflows.family_journey import FamilyJourney

FAMILIES = 6
FEW = 2  # with none at all the SDK gives up local activities that run, and the same step may wait for ever


@pytest.mark.slow(12)
async def test_steps_beside_wakes(world: World) -> None:
    """Steps that come together with a wake, also while no worker runs, are answered; no workflow task fails."""
    references = [path.fresh() for _ in range(FAMILIES)]
    async with world.worker(worker_cached_workflows=FEW):
        for reference in references:
            for command in [path.refer(reference), *path.until_intervention()]:
                await world.engine.submit(path.journey_of(reference), command)
        for _ in range(2):
            await asyncio.gather(*(_step_beside_a_wake(world, reference) for reference in references))
    waiting = [asyncio.create_task(_step_beside_a_wake(world, reference)) for reference in references]
    async with world.worker(worker_cached_workflows=FEW):
        replies = await asyncio.gather(*waiting)
        assert [None] * FAMILIES == [reply.rejection for reply in replies]
        assert [] == [fault for reference in references for fault in await _failed_tasks(world, reference)]


async def _step_beside_a_wake(world: World, reference: str) -> Reply:
    journey_id = path.journey_of(reference)
    step = asyncio.create_task(world.engine.submit(journey_id, c.RecordContact(**path.common())))
    await world.engine.wake([journey_id])
    return await step


async def _failed_tasks(world: World, reference: str) -> list[str]:
    handle = world.client.get_workflow_handle_for(FamilyJourney.run, path.journey_of(reference))
    return [
        event.workflow_task_failed_event_attributes.failure.message
        async for event in handle.fetch_history_events()
        if event.HasField("workflow_task_failed_event_attributes")
    ]
