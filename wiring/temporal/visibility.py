"""What Temporal knows of the journeys: which run, how a search finds them, where they stand, and what is stuck."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, ResetActivityRequest
from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus, WorkflowQueryFailedError
from temporalio.common import SearchAttributeKey, TypedSearchAttributes
from temporalio.service import RPCError, RPCStatusCode

from domain.names import JOURNEY_WORKFLOW, PROGRESS, SEARCH_ATTRIBUTES, TASK_QUEUE
from wiring.temporal.faults import asking, unavailable

TOGETHER = 20  # questions at a time
PAGE = 1000
POLL = 90  # seconds; a worker that lives asks again within 60
RUNNING = f"WorkflowType = '{JOURNEY_WORKFLOW}' AND ExecutionStatus = 'Running'"
KEYWORDS = [SearchAttributeKey.for_keyword(name) for name, kind in SEARCH_ATTRIBUTES.items() if kind == "Keyword"]
PATIENCE = timedelta(seconds=5)  # for one answer
UNKNOWN = frozenset({RPCStatusCode.UNIMPLEMENTED})  # the time-skipping server knows few questions
SILENT = frozenset({RPCStatusCode.NOT_FOUND, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED})

Labels = dict[str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pending:
    """An activity that waits for its next attempt."""

    journey_id: str
    activity: str
    attempts: int


class Visibility:
    """Questions to Temporal, bounded in number and time; none of them changes anything but `retry`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def running(self) -> dict[str, Labels] | None:
        """Return the search attributes of every running journey, by id; None where the server lists no workflows."""
        found: dict[str, Labels] = {}
        try:
            async for run in self._client.list_workflows(RUNNING, page_size=PAGE):
                found[run.id] = _labels(run.typed_search_attributes)
        except RPCError as fault:
            _unless(fault, UNKNOWN)
            return None
        return found

    async def described(self, journey_ids: Sequence[str]) -> dict[str, Labels]:
        """Return the search attributes of those of these journeys that run, asked one by one."""
        seen = await self._each(journey_ids, self._describe)
        return {
            name: _labels(told.typed_search_attributes)
            for name, told in seen.items()
            if told.status == WorkflowExecutionStatus.RUNNING
        }

    async def versions(self, journey_ids: Sequence[str], seconds: float) -> dict[str, int]:
        """Return the version each of these journeys stands at, as far as they answer within so many seconds."""
        return await self._each(journey_ids, self._version, seconds)

    async def pending(self, journey_ids: Sequence[str], attempts: int) -> list[Pending]:
        """Return the activities of these journeys that failed at least so many times."""
        seen = await self._each(journey_ids, self._describe)
        return [
            Pending(name, waiting.activity_type.name, waiting.attempt - 1)
            for name, told in seen.items()
            for waiting in told.raw_description.pending_activities
            if waiting.attempt > attempts
        ]

    async def retry(self, journey_ids: Sequence[str]) -> int:
        """Try what waits for its next attempt at once; return how many activities that were."""
        with asking():
            return sum([await self._retry(journey_id) for journey_id in journey_ids])

    async def _retry(self, journey_id: str) -> int:
        told = await self._describe(journey_id)
        waiting = list(told.raw_description.pending_activities) if told else []
        for each in waiting:
            request = ResetActivityRequest(namespace=self._client.namespace, id=each.activity_id)
            request.execution.workflow_id = journey_id
            await self._client.workflow_service.reset_activity(request)
        return len(waiting)

    async def works(self) -> bool:
        """Tell whether a worker asks for work."""
        request = DescribeTaskQueueRequest(
            namespace=self._client.namespace,
            task_queue=TaskQueue(name=TASK_QUEUE),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
        try:
            told = await self._client.workflow_service.describe_task_queue(request)
        except RPCError as fault:
            _unless(fault, UNKNOWN)
            return True
        return any(time.time() - each.last_access_time.ToSeconds() < POLL for each in told.pollers)

    async def _describe(self, journey_id: str) -> WorkflowExecutionDescription | None:
        try:
            return await self._client.get_workflow_handle(journey_id).describe(rpc_timeout=PATIENCE)
        except RPCError as fault:
            _unless(fault, frozenset({RPCStatusCode.NOT_FOUND}))
            return None

    async def _version(self, journey_id: str) -> int | None:
        """Ask one journey; one that has just ended, or whose worker is busy, does not answer."""
        try:
            told = await self._client.get_workflow_handle(journey_id).query(PROGRESS, rpc_timeout=PATIENCE)
        except WorkflowQueryFailedError:
            return None
        except RPCError as fault:
            _unless(fault, SILENT)
            return None
        return int(told["version"])

    async def _each(
        self, journey_ids: Sequence[str], ask: Callable[[str], Awaitable[T | None]], seconds: float = 60.0
    ) -> dict[str, T]:
        """Ask of each journey, a few at a time, until the time is up; what was not answered is left out."""
        found: dict[str, T] = {}
        waiting = iter(journey_ids)

        async def go_on() -> None:
            for journey_id in waiting:
                told = await ask(journey_id)
                if told is not None:
                    found[journey_id] = told

        tasks = [asyncio.create_task(go_on()) for _ in range(TOGETHER)]
        done, late = await asyncio.wait(tasks, timeout=seconds)
        for task in late:
            task.cancel()
        for task in done:
            task.result()
        return found


def _unless(fault: RPCError, expected: frozenset[RPCStatusCode]) -> None:
    """Raise a fault that was not expected; one of the connection as `Unavailable`."""
    if fault.status not in expected:
        raise unavailable(fault) from fault


def _labels(attributes: TypedSearchAttributes) -> Labels:
    return {key.name: told for key in KEYWORDS if (told := attributes.get(key))}
