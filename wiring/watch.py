"""Times every attempt at an activity, for Prometheus, and names it in each log line written meanwhile."""

import time
from typing import Any

import structlog
from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from wiring.metrics import ACTIVITIES


class Watch(Interceptor):
    """The worker's interceptor; it adds nothing to any history."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002  the SDK's name for it
        """Stand before every activity."""
        return _Timed(super().intercept_activity(next))


class _Timed(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002  the SDK's name for it
        info = activity.info()
        began, outcome = time.perf_counter(), "failed"
        with structlog.contextvars.bound_contextvars(activity=info.activity_type, workflow_id=info.workflow_id):
            try:
                result = await super().execute_activity(input)
                outcome = "done"
            finally:
                ACTIVITIES.labels(info.activity_type, outcome).observe(time.perf_counter() - began)
        return result
