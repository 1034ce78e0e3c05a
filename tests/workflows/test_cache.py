"""How many journeys a worker keeps in memory: too few, and steps under way are lost again and again."""

import asyncio

import pytest
from pydantic import ValidationError
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from domain.journey import commands
from tests.workflows import path
from tests.workflows.conftest import World
from wiring.settings import Settings
from wiring.temporal.client import sandbox
from workflows.family_journey import FamilyJourney

AT_ONCE = 2
LEAST = 2 * AT_ONCE
TIMED_OUT = EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT


@pytest.mark.parametrize("kept", [0, 1, LEAST - 1])
def test_a_worker_that_would_keep_too_few_does_not_start(world: World, kept: int) -> None:
    """With no room for the journeys at work a wake beside a step wedges one of them, so that setting is refused."""
    given = world.settings.model_dump() | {"worker_workflow_tasks": AT_ONCE}
    with pytest.raises(ValidationError, match=f"JOURNEYS_WORKER_CACHED_WORKFLOWS is {kept}.*set it to {LEAST}"):
        Settings.model_validate(given | {"worker_cached_workflows": kept})
    assert Settings.model_validate(given | {"worker_cached_workflows": LEAST}).worker_cached_workflows == LEAST


@pytest.fixture(scope="module")
async def crowded(world: World) -> list[WorkflowHistory]:
    """Histories of more journeys than the smallest memory holds, each woken beside each of its steps."""
    journeys = [path.fresh() for _ in range(2 * LEAST)]
    async with world.worker(worker_cached_workflows=LEAST, worker_workflow_tasks=AT_ONCE):
        await asyncio.gather(*(_walk(world, each) for each in journeys))
    return [await world.client.get_workflow_handle(path.journey_of(each)).fetch_history() for each in journeys]


@pytest.mark.slow(20)
async def test_wakes_beside_steps_wedge_nobody(crowded: list[WorkflowHistory]) -> None:
    """With the smallest memory that is taken, every step is answered and no task times out."""
    late = [one.workflow_id for one in crowded for event in one.events if event.event_type == TIMED_OUT]
    assert late == []


async def test_what_came_side_by_side_replays(world: World, crowded: list[WorkflowHistory]) -> None:
    """A worker that reads these histories from their first event asks for the same commands."""
    replayer = Replayer(
        workflows=[FamilyJourney], data_converter=world.client.data_converter, workflow_runner=sandbox()
    )
    told = [await replayer.replay_workflow(one, raise_on_replay_failure=False) for one in crowded]
    assert [one.replay_failure for one in told] == [None] * len(crowded)


async def _walk(world: World, reference: str) -> None:
    journey_id = path.journey_of(reference)
    for step in (path.refer(reference), *path.until_intervention(), commands.RecordContact(**path.common())):
        await asyncio.gather(world.engine.submit(journey_id, step), world.engine.wake([journey_id]))
