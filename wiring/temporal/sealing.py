"""Says of each value that leaves for Temporal what it is for: the start of a workflow, one signal, one update."""

import uuid
from typing import Any

from temporalio import activity, client, worker

from wiring.temporal import seals
from wiring.temporal.refusals import TALLY
from wiring.temporal.values import GOOD_UNTIL


class Sealing(client.Interceptor, worker.Interceptor):
    """Stands in the client, and so in every worker of it; it adds nothing to what a workflow commands."""

    def intercept_client(self, next: client.OutboundInterceptor) -> client.OutboundInterceptor:
        """Stand before every call to Temporal."""
        return _Calling(next)

    def intercept_activity(self, next: worker.ActivityInboundInterceptor) -> worker.ActivityInboundInterceptor:
        """Stand before every activity."""
        return _InActivity(next)


class _Calling(client.OutboundInterceptor):
    async def start_workflow(self, input: client.StartWorkflowInput) -> client.WorkflowHandle[Any, Any]:
        input.args = seals.each_for(seals.START, input.args)
        if input.start_signal:
            input.start_signal_args = seals.each_for(seals.signal(input.start_signal), input.start_signal_args)
        return await super().start_workflow(input)

    async def signal_workflow(self, input: client.SignalWorkflowInput) -> None:
        input.args = seals.each_for(seals.signal(input.signal), input.args)
        await super().signal_workflow(input)

    async def start_workflow_update(self, input: client.StartWorkflowUpdateInput) -> client.WorkflowUpdateHandle[Any]:
        _seal_update(input)
        return await super().start_workflow_update(input)

    async def start_update_with_start_workflow(
        self,
        input: client.StartWorkflowUpdateWithStartInput,
    ) -> client.WorkflowUpdateHandle[Any]:
        start = input.start_workflow_input
        start.args = seals.each_for(seals.START, start.args)
        _seal_update(input.update_workflow_input)
        return await super().start_update_with_start_workflow(input)


def _seal_update(asked: client.StartWorkflowUpdateInput | client.UpdateWithStartUpdateWorkflowInput) -> None:
    asked.update_id = asked.update_id or uuid.uuid4().hex
    asked.args = seals.each_for(seals.update(asked.update, asked.update_id), asked.args)


class _InActivity(worker.ActivityInboundInterceptor):
    async def execute_activity(self, input: worker.ExecuteActivityInput) -> Any:
        """Refuse an input of the old kind that was scheduled since; mark the result as one."""
        info, until = activity.info(), GOOD_UNTIL.get()
        if until is not None and info.scheduled_time >= until:
            TALLY.add("activity", "unbound", info.workflow_id or "")
            raise seals.foreign("unbound")
        return seals.For(seals.RESULT, await super().execute_activity(input))
