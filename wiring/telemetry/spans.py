"""What of a span leaves this process: the codes of a list, and of a fault its type, never its words."""

from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.context import Context
from opentelemetry.propagators.textmap import CarrierT, Getter, default_getter
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Link, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

FAULT = "exception.type"
PARENT = "traceparent"
# A list of what may, and not of what may not: what an instrumentation adds in its next release stays here.
LEAVING = frozenset(
    {
        FAULT,
        "http.method",
        "http.request.method",
        "http.response.status_code",
        "http.route",  # the pattern; the address itself may be anything that a caller wrote
        "http.status_code",
        "request_id",
        "temporalActivityID",
        "temporalActivityType",
        "temporalRunID",
        "temporalUpdateID",
        "temporalWorkflowID",
    }
)


class Discreet(SpanExporter):
    """Before another exporter: hands it what may leave of each span."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export what may leave."""
        return self._inner.export([discreet(span) for span in spans])

    def shutdown(self) -> None:
        """Shut the other exporter down."""
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Flush the other exporter."""
        return self._inner.force_flush(timeout_millis)


class Traceparent(TraceContextTextMapPropagator):
    """Takes from a caller the ids of its trace, and nothing that it wrote beside them (`tracestate`, `baggage`)."""

    def extract(
        self, carrier: CarrierT, context: Context | None = None, getter: Getter[CarrierT] = default_getter
    ) -> Context:
        """Return the context with the caller's trace in it, and nothing more of what it sent."""
        told = getter.get(carrier, PARENT)
        return super().extract({PARENT: list(told)} if told else {}, context)


def discreet(span: ReadableSpan) -> ReadableSpan:
    """Return a copy of `span` that holds what may leave."""
    events = [Event(event.name, _leaving(event.attributes), event.timestamp) for event in span.events]
    return ReadableSpan(
        name=span.name,  # a route's pattern, or a name of ours: instrumentations put no address into it
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=_leaving(span.attributes),
        events=events,
        links=[Link(link.context, _leaving(link.attributes)) for link in span.links],
        kind=span.kind,
        status=_status(span.status, events),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _status(status: Status, events: Sequence[Event]) -> Status:
    """Return the status, with the type of the fault that is told last for its description, where it failed."""
    if status.status_code is not StatusCode.ERROR:
        return Status(status.status_code)
    told = [event.attributes for event in events if event.attributes]
    return Status(StatusCode.ERROR, str(told[-1].get(FAULT)) if told else None)


def _leaving(attributes: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (attributes or {}).items() if name in LEAVING}
