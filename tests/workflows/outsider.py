"""Somebody who reaches Temporal's port and holds no key: plain words by Temporal's CLI, and payloads copied raw."""

import asyncio
import json
import subprocess
import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Any

from temporalio.api.common.v1 import Payload, WorkflowExecution
from temporalio.api.enums.v1 import UpdateWorkflowExecutionLifecycleStage
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.update.v1 import Input, Meta, Request, WaitPolicy
from temporalio.api.workflowservice.v1 import (
    SignalWorkflowExecutionRequest,
    UpdateWorkflowExecutionRequest,
    UpdateWorkflowExecutionResponse,
)
from temporalio.client import Client

from domain.names import TASK_QUEUE
from stack.temporal import program

COMPLETED = UpdateWorkflowExecutionLifecycleStage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED
WITHIN = 30.0  # a call that hangs fails the test


class Outsider:
    """Calls on one server, without our converter."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._where = ("--address", client.service_client.config.target_host, "--namespace", client.namespace)

    async def cli(self, *words: str) -> tuple[int, str]:
        """Run Temporal's CLI; return its exit code and what it wrote."""
        process = await asyncio.create_subprocess_exec(
            *(program("temporal"), *words, *self._where, "--disable-config-file", "--disable-config-env"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        async with asyncio.timeout(WITHIN):
            out, _ = await process.communicate()
        return process.returncode or 0, out.decode()

    async def update(self, workflow_id: str, name: str, content: object) -> tuple[int, str]:
        """Ask a journey for a step in plain JSON."""
        words = ("workflow", "update", "execute", "--workflow-id", workflow_id, "--name", name)
        return await self.cli(*words, "--input", json.dumps(content, default=str))

    async def signal(self, workflow_id: str, name: str, content: object) -> tuple[int, str]:
        """Send a journey a signal in plain JSON."""
        words = ("workflow", "signal", "--workflow-id", workflow_id, "--name", name)
        return await self.cli(*words, "--input", json.dumps(content, default=str))

    async def start(self, workflow_id: str, kind: str, content: object) -> tuple[int, str]:
        """Start a workflow with plain JSON."""
        words = ("workflow", "start", "--workflow-id", workflow_id, "--type", kind, "--task-queue", TASK_QUEUE)
        return await self.cli(*words, "--input", json.dumps(content, default=str))

    async def run_activity(self, name: str, content: object) -> tuple[int, str]:
        """Run an activity by itself, with plain JSON."""
        words = ("activity", "execute", "--activity-id", uuid.uuid4().hex, "--type", name, "--task-queue", TASK_QUEUE)
        limits = ("--start-to-close-timeout", "5s", "--schedule-to-close-timeout", "15s")
        return await self.cli(*words, *limits, "--input", json.dumps(content, default=str))

    async def update_with(
        self, workflow_id: str, name: str, payloads: Sequence[Payload]
    ) -> UpdateWorkflowExecutionResponse:
        """Ask a journey for a step with payloads as they are."""
        request = UpdateWorkflowExecutionRequest(
            namespace=self._client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=workflow_id),
            wait_policy=WaitPolicy(lifecycle_stage=COMPLETED),
            request=Request(meta=Meta(update_id=uuid.uuid4().hex, identity="outsider"), input=Input(name=name)),
        )
        request.request.input.args.payloads.extend(payloads)
        async with asyncio.timeout(WITHIN):
            return await self._client.workflow_service.update_workflow_execution(request)

    async def signal_with(self, workflow_id: str, name: str, payloads: Sequence[Payload]) -> None:
        """Send a journey a signal with payloads as they are."""
        request = SignalWorkflowExecutionRequest(
            namespace=self._client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=workflow_id),
            signal_name=name,
        )
        request.input.payloads.extend(payloads)
        await self._client.workflow_service.signal_workflow_execution(request)

    async def updates_of(self, workflow_id: str) -> dict[str, list[Payload]]:
        """Return what a journey was asked, as the server shows it, by the name of the step."""
        accepted = [
            event.workflow_execution_update_accepted_event_attributes.accepted_request.input
            async for event in self._events(workflow_id)
            if event.HasField("workflow_execution_update_accepted_event_attributes")
        ]
        return {each.name: list(each.args.payloads) for each in accepted}

    async def signals_of(self, workflow_id: str) -> list[list[Payload]]:
        """Return the payloads of the signals a journey was sent."""
        return [
            list(event.workflow_execution_signaled_event_attributes.input.payloads)
            async for event in self._events(workflow_id)
            if event.HasField("workflow_execution_signaled_event_attributes")
        ]

    def _events(self, workflow_id: str) -> AsyncIterator[HistoryEvent]:
        return self._client.get_workflow_handle(workflow_id).fetch_history_events()


def content_of(command: Any, **changes: Any) -> dict[str, Any]:
    """Return a command as JSON, as whoever read the source would write it."""
    told: dict[str, Any] = command.model_dump(mode="json", by_alias=True)
    return told | changes
