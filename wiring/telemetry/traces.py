"""One trace of a command, from the gateway through the workflow to the activity; kept only where a collector is set.

What a span may carry out of the process is for `wiring/telemetry/spans.py` to say: routes, ids and the types of
faults. An instrumentation records more, such as whole addresses and the words of faults; the exporter is not given it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from temporalio.contrib.opentelemetry import TracingInterceptor

from wiring.settings import Settings
from wiring.telemetry.spans import Discreet, Traceparent


@contextmanager
def tracing(settings: Settings, service: str) -> Iterator[None]:
    """Send the spans of this process to the collector of the settings; what is left goes out at the end."""
    if settings.traces_url is None:
        yield
        return
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: f"family-journeys-{service}"}))
    provider.add_span_processor(BatchSpanProcessor(Discreet(OTLPSpanExporter(endpoint=settings.traces_url))))
    trace.set_tracer_provider(provider)
    propagate.set_global_textmap(Traceparent())
    try:
        yield
    finally:
        provider.shutdown()


def interceptors(settings: Settings) -> list[TracingInterceptor]:
    """Return what carries a trace through Temporal; nothing where no collector is set."""
    return [] if settings.traces_url is None else [TracingInterceptor()]
