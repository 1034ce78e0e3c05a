"""What the operators see of a running system: figures, one trace of a command, and nothing of any one person."""

import asyncio
import csv
import gzip
import json
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from prometheus_client.parser import text_string_to_metric_families

from programmes import load
from stack import sinks, tokens
from stack.feed import Feed, read
from stack.intake import Imported
from stack.parts import PrivateStack, running
from tests.eventually import eventually

SAMPLES = Path(__file__).parents[1] / "samples"
PERSONAL = (
    "surname",
    "forename",
    "date_of_birth",
    "address",
    "postcode",
    "uprn",
    "upn",
    "nhs_number",
    "nino",
    "police_urn",
)
SHORT = 5  # letters; in encrypted bytes a shorter word turns up by chance


@dataclass
class Watched:
    """A whole system after a council's referrals and eighteen months of its partners' events."""

    stack: PrivateStack
    http: httpx.AsyncClient
    collector: sinks.Sink
    taken: int
    feed: Feed

    async def figures(self, process: str) -> str:
        """Return the page of figures of a process."""
        port = self.stack.environment[f"JOURNEYS_{process}_METRICS_PORT"]
        async with httpx.AsyncClient(trust_env=False) as client:
            return (await client.get(f"http://127.0.0.1:{port}/metrics")).text

    def spans(self) -> list[tuple[str, Span]]:
        """Return every span that the collector got, with the service it came from."""
        found = []
        for received in self.collector.received:
            packed = received.headers.get("content-encoding") == "gzip"
            message = ExportTraceServiceRequest.FromString(gzip.decompress(received.body) if packed else received.body)
            for group in message.resource_spans:
                service = group.resource.attributes[0].value.string_value
                names = [a.value.string_value for a in group.resource.attributes if a.key == "service.name"]
                found += [(names[0] if names else service, span) for part in group.scope_spans for span in part.spans]
        return found


@pytest.fixture(scope="module")
async def watched() -> AsyncIterator[Watched]:
    """Import the sample referrals, send the sample feed, and let everything be worked off."""
    async with AsyncExitStack() as things:
        collector = await things.enter_async_context(sinks.webhooks())
        env = {"JOURNEYS_TRACES_URL": f"http://127.0.0.1:{collector.port}/v1/traces", "JOURNEYS_LOG_LEVEL": "DEBUG"}
        stack = await things.enter_async_context(running(temporal="dev", worker=True, gateway=True, env=env))
        token = tokens.mint(stack.layout.secrets, name="tester", role="manager")
        headers = {"authorization": f"Bearer {token}"}
        http = await things.enter_async_context(
            httpx.AsyncClient(base_url=stack.gateway_url, headers=headers, timeout=60, trust_env=False)
        )
        secrets = {}
        for held in load("wirral-2012").agreements:
            made = await http.post("/v1/partners", json={"name": held.partner})
            secrets[held.partner] = made.raise_for_status().json()["secret"]
        families = await Imported(url=stack.gateway_url, token=token).take(SAMPLES / "referrals.csv")
        feed = Feed(http, secrets)
        await feed.send([event for event in read(SAMPLES / "partner-events.ndjson")[:1500] if _known(event, secrets)])
        yield Watched(stack, http, collector, len(families), feed)


def _known(event: dict, secrets: dict[str, str]) -> bool:
    return event["source"].removeprefix("/partners/") in secrets


def _value(page: str, name: str, **labels: str) -> float:
    """Return one sample of a page of figures; 0 where there is none."""
    samples = (sample for family in text_string_to_metric_families(page) for sample in family.samples)
    return sum(s.value for s in samples if s.name == name and labels.items() <= s.labels.items())


async def test_figures(watched: Watched):
    """Gateway and worker tell what the tables do: journeys by stage, events by fate, requests, activities."""
    counts = (await watched.http.get("/v1/counts")).json()
    assert watched.taken > 40

    async def up_to_date() -> str | None:
        page = await watched.figures("WORKER")
        waiting = _value(page, "journeys_partner_events", state="received")
        forwarded = _value(page, "journeys_partner_events", state="forwarded")
        told = _value(page, "journeys_stage", stage="referral") == counts["stages"]["referral"]
        return page if told and waiting == forwarded == 0 else None

    page = await eventually(up_to_date, within=50)
    assert _value(page, "journeys_partner_events") == sum(
        watched.feed.outcomes[outcome] for outcome in ("accepted", "quarantined")
    )
    assert _value(page, "journeys_activity_seconds_count", activity="carry_out", outcome="done") >= watched.taken
    assert _value(page, "journeys_figures_timestamp_seconds") > datetime.now(UTC).timestamp() - 60
    door = await watched.figures("GATEWAY")
    assert _value(door, "journeys_request_seconds_count", route="/v1/imports", method="POST") > 0


async def test_refused_entry_is_counted(watched: Watched):
    """Whoever is turned away at any door is counted by why, and logged with who and what."""
    token = tokens.mint(watched.stack.layout.secrets, name="anna", role="analyst")
    async with httpx.AsyncClient(base_url=watched.stack.gateway_url, trust_env=False) as client:
        await client.get("/v1/journeys")
        await client.get("/v1/journeys", headers={"authorization": f"Bearer {token}"})
        await client.get("/v1/receipts", headers={"ce-source": "/partners/wirral-schools"})
    page = await watched.figures("GATEWAY")
    assert _value(page, "journeys_refused_entry_total", why="unauthenticated") >= 1
    assert _value(page, "journeys_refused_entry_total", why="not-allowed") >= 1
    assert _value(page, "journeys_refused_entry_total", why="bad-signature") >= 1
    lines = [json.loads(line) for line in watched.stack.layout.log("gateway").read_text().splitlines()]
    denied = [(line["why"], line.get("who"), line["route"]) for line in lines if line["event"] == "denied"]
    assert denied == [
        ("unauthenticated", None, "/v1/journeys"),
        ("not-allowed", "analyst:anna", "/v1/journeys"),
        ("bad-signature", "partner:wirral-schools", "/v1/receipts"),
    ]


async def test_one_trace(watched: Watched):
    """A referral is one trace through gateway, workflow and activity; a step is linked to its request, by ids too."""
    (first, *_) = (await watched.http.get("/v1/journeys", params={"limit": 1})).json()["journeys"]
    body = {"criteria": ["poverty", "addiction"]}
    told = {"x-request-id": "asked-1", "idempotency-key": "once-1"}
    answer = await watched.http.post(f"/v1/journeys/{first['reference']}/identify", json=body, headers=told)
    answer.raise_for_status()
    whole = {
        "StartUpdateWithStartWorkflow:FamilyJourney": "family-journeys-gateway",
        "HandleUpdate:refer": "family-journeys-worker",
        "RunActivity:carry_out": "family-journeys-worker",
    }

    def traced() -> bool:
        traces: defaultdict[bytes, dict[str, str]] = defaultdict(dict)
        for service, span in watched.spans():
            traces[span.trace_id][span.name] = service
        steps = [span for _, span in watched.spans() if span.name == "HandleUpdate:identify"]
        asked = [traces[link.trace_id] for span in steps for link in span.links]
        return any(whole.items() <= names.items() for names in traces.values()) and any(
            "POST /v1/journeys/{reference}/identify" in names for names in asked
        )

    assert await eventually(traced, within=30)
    lines = [json.loads(line) for line in watched.stack.layout.log("gateway").read_text().splitlines()]
    (asked,) = [line for line in lines if line.get("request_id") == "asked-1" and line["event"] == "request"]
    assert asked["command_id"] == "staff:once-1"
    files = watched.stack.layout.data.glob("temporal.db*")
    assert any(b"staff:once-1:" in path.read_bytes() for path in files), "the update's id begins with the command's"


async def test_nothing_personal_outside_the_vault(watched: Watched):
    """No name, date of birth or identifier of the sample stands in logs, figures, traces or Temporal's files."""
    with (SAMPLES / "referrals.csv").open(encoding="utf-8-sig") as file:
        words = {row[column].strip() for row in csv.DictReader(file) for column in PERSONAL}
    pattern = _any_of({word for word in words if word and not word.startswith("=")})
    long = _any_of({word for word in words if len(word) >= SHORT and not word.startswith("=")})
    shown = await watched.http.get("/v1/journeys", params={"limit": 1})
    reference = shown.json()["journeys"][0]["reference"]
    family = await watched.http.get(f"/v1/journeys/{reference}")
    assert pattern.search(family.content), "the search finds what is there"

    texts = {path.name: path.read_bytes() for path in watched.stack.layout.log("gateway").parent.iterdir()}
    texts |= {name: (await watched.figures(name)).encode() for name in ("WORKER", "GATEWAY")}
    texts["traces"] = b"\n".join(span.SerializeToString() for _, span in watched.spans())
    found = {name: pattern.findall(text)[:3] for name, text in texts.items() if pattern.search(text)}
    files = list(watched.stack.layout.data.glob("temporal.db*"))
    assert any(reference.encode() in path.read_bytes() for path in files), "the search looks where journeys are"
    found |= {path.name: told for path in files if (told := long.findall(await asyncio.to_thread(path.read_bytes))[:3])}
    assert found == {}


def _any_of(words: set[str]) -> re.Pattern[bytes]:
    return re.compile(rb"\b(" + b"|".join(re.escape(word.encode()) for word in sorted(words)) + rb")\b")
