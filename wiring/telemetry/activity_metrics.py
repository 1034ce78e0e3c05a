"""Times every attempt at an activity, for Prometheus, and names it in each log line written meanwhile."""

import logging
import time
from typing import Any

import structlog
from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from wiring.telemetry.metrics import ACTIVITIES
from wiring.telemetry.redaction import name
from wiring.telemetry.request_id import FIELD

log = structlog.stdlib.get_logger("watch")


class Watch(Interceptor):
    """The worker's interceptor; it adds nothing to any history."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Stand before every activity."""
        return _Timed(super().intercept_activity(next))


class _Timed(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(activity=info.activity_type, workflow_id=info.workflow_id):
            try:
                result = await super().execute_activity(input)
            except BaseException as fault:
                _tell(info.activity_type, "failed", began, logging.WARNING, error=name(fault))
                raise  # the SDK logs where it failed
            # What a request asked for is told as the request is; what time brings would bury it.
            asked = FIELD in structlog.contextvars.get_contextvars()
            _tell(info.activity_type, "done", began, logging.INFO if asked else logging.DEBUG)
        return result


def _tell(activity_type: str, outcome: str, began: float, level: int, **fields: str) -> None:
    """Count an attempt and write its line."""
    seconds = time.perf_counter() - began
    ACTIVITIES.labels(activity_type, outcome).observe(seconds)
    log.log(level, "activity", outcome=outcome, milliseconds=round(seconds * 1000, 1), **fields)
