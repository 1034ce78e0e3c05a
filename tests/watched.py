"""A whole system that is watched from outside: its figures, spans, logs and Temporal's files, and searches in them."""

import csv
import gzip
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from domain.intake import referral_columns
from stack import sinks, tokens
from stack.private_stack import PrivateStack, running

SAMPLES = Path(__file__).parents[1] / "samples"
CODES = {"role", "locality", "referrer", "referred_on", "criteria"}  # what may be seen; every other column tells of one
PERSONAL = tuple(column for column in referral_columns.COLUMNS if column not in CODES)
SHORT = 5  # letters; in encrypted bytes a shorter word turns up by chance


@dataclass
class Watched:
    """A running stack with a collector of its spans, and a manager's client."""

    stack: PrivateStack
    http: httpx.AsyncClient
    collector: sinks.Sink
    token: str
    told: dict[str, int] = field(default_factory=dict)  # what was sent to it, and how much

    async def figures(self, process: str) -> str:
        """Return the page of figures of a process."""
        port = self.stack.environment[f"JOURNEYS_{process}_METRICS_PORT"]
        async with httpx.AsyncClient(trust_env=False) as client:
            return (await client.get(f"http://127.0.0.1:{port}/metrics")).text

    def received(self) -> list[bytes]:
        """Return what the collector got, as it came."""
        packed = [(got.headers.get("content-encoding") == "gzip", got.body) for got in self.collector.received]
        return [gzip.decompress(body) if is_packed else body for is_packed, body in packed]

    def spans(self) -> list[tuple[str, Span]]:
        """Return every span that the collector got, with the service it came from."""
        found = []
        for body in self.received():
            for group in ExportTraceServiceRequest.FromString(body).resource_spans:
                names = [each.value.string_value for each in group.resource.attributes if each.key == "service.name"]
                found += [(names[0], span) for part in group.scope_spans for span in part.spans]
        return found

    def logs(self) -> dict[str, bytes]:
        """Return the log of each part."""
        return {path.name: path.read_bytes() for path in self.stack.layout.log("gateway").parent.iterdir()}

    def temporal_files(self) -> dict[str, bytes]:
        """Return what Temporal keeps on disk, its journal too."""
        return {path.name: path.read_bytes() for path in self.stack.layout.data.glob("temporal.db*")}


@asynccontextmanager
async def opened(**settings: str) -> AsyncIterator[Watched]:
    """Start the whole system with a collector of its own, and close it at the end."""
    async with AsyncExitStack() as things:
        collector = await things.enter_async_context(sinks.webhooks())
        env = {"JOURNEYS_TRACES_URL": f"http://127.0.0.1:{collector.port}/v1/traces", **settings}
        stack = await things.enter_async_context(running(temporal="dev", worker=True, gateway=True, env=env))
        token = tokens.mint(stack.layout.secrets, name="tester", role="manager")
        headers = {"authorization": f"Bearer {token}"}
        http = await things.enter_async_context(
            httpx.AsyncClient(base_url=stack.gateway_url, headers=headers, timeout=60, trust_env=False)
        )
        yield Watched(stack, http, collector, token)


def personal(path: Path) -> set[str]:
    """Return every personal value of a council's file; of the personal columns it may leave some out."""
    with path.open(encoding="utf-8-sig") as file:
        words = {row[column].strip() for row in csv.DictReader(file) for column in row.keys() & PERSONAL}
    return {word for word in words if word and not word.startswith("=")}


def any_of(words: Iterable[str], shortest: int = 1) -> re.Pattern[bytes]:
    """Return a search for any of these words, each by itself, that have so many letters."""
    told = sorted(word for word in words if len(word) >= shortest)
    return re.compile(rb"\b(" + b"|".join(re.escape(word.encode()) for word in told) + rb")\b")
