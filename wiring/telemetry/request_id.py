"""A request's id goes with it: from the door's log through Temporal's headers to the worker's log and its spans.

Temporal carries it beside the payloads and in clear, as it carries an update's id: whoever reads a history finds
the request. It decides nothing: a repeat is known by the id of its command.
"""

from collections.abc import Mapping
from typing import Any

import structlog
from opentelemetry import trace
from temporalio import client, worker
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadConverter

HEADER = "request-id"
FIELD = "request_id"  # of a log line and of a span
Headers = Mapping[str, Payload]


def name_request(request_id: str) -> None:
    """Name the request in the span under way, where one is kept."""
    trace.get_current_span().set_attribute(FIELD, request_id)


class Following(client.Interceptor, worker.Interceptor):
    """Stands in the client, and so in every worker of it; it adds nothing to what a workflow commands."""

    def intercept_client(self, next: client.OutboundInterceptor) -> client.OutboundInterceptor:
        """Stand before every call to Temporal."""
        return _Calling(next)

    def workflow_interceptor_class(
        self,
        input: worker.WorkflowInterceptorClassInput,  # noqa: ARG002
    ) -> type[worker.WorkflowInboundInterceptor]:
        """Stand in every workflow."""
        return _InWorkflow

    def intercept_activity(self, next: worker.ActivityInboundInterceptor) -> worker.ActivityInboundInterceptor:
        """Stand before every activity."""
        return _InActivity(next)


class _Calling(client.OutboundInterceptor):
    async def start_workflow_update(self, input: client.StartWorkflowUpdateInput) -> client.WorkflowUpdateHandle[Any]:
        input.headers = _marked(input.headers)
        return await super().start_workflow_update(input)

    async def start_update_with_start_workflow(
        self,
        input: client.StartWorkflowUpdateWithStartInput,
    ) -> client.WorkflowUpdateHandle[Any]:
        input.update_workflow_input.headers = _marked(input.update_workflow_input.headers)
        return await super().start_update_with_start_workflow(input)


class _InWorkflow(worker.WorkflowInboundInterceptor):
    """Hands the ids of the updates that came in to the local activity that carries them out together."""

    def init(self, outbound: worker.WorkflowOutboundInterceptor) -> None:
        self._waiting: dict[str, None] = {}  # in the order in which they came
        super().init(_Handing(outbound, self._waiting))

    async def handle_update_handler(self, input: worker.HandleUpdateInput) -> Any:
        if request_id := _told(input.headers):
            self._waiting[request_id] = None
        return await super().handle_update_handler(input)


class _Handing(worker.WorkflowOutboundInterceptor):
    def __init__(self, next: worker.WorkflowOutboundInterceptor, waiting: dict[str, None]) -> None:
        super().__init__(next)
        self._waiting = waiting

    def start_local_activity(self, input: worker.StartLocalActivityInput) -> Any:
        if self._waiting:
            input.headers = {**input.headers, HEADER: _payload(" ".join(self._waiting))}
            self._waiting.clear()
        return super().start_local_activity(input)


class _InActivity(worker.ActivityInboundInterceptor):
    async def execute_activity(self, input: worker.ExecuteActivityInput) -> Any:
        request_id = _told(input.headers)
        if not request_id:
            return await super().execute_activity(input)
        name_request(request_id)
        with structlog.contextvars.bound_contextvars(**{FIELD: request_id}):
            return await super().execute_activity(input)


def _marked(headers: Headers) -> Headers:
    """Return `headers` with the id of the request under way, if there is one."""
    request_id = structlog.contextvars.get_contextvars().get(FIELD)
    return {**headers, HEADER: _payload(request_id)} if request_id else headers


def _payload(request_id: str) -> Payload:
    return PayloadConverter.default.to_payloads([request_id])[0]


def _told(headers: Headers) -> str:
    if HEADER not in headers:
        return ""
    return str(PayloadConverter.default.from_payloads([headers[HEADER]])[0])
