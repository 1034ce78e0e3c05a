"""What the operators see of a running system: figures, one trace of a command, and nothing of any one person."""

import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from temporalio.client import Client

from programmes import load
from stack import tokens
from tests.eventually import eventually
from tests.watched import PERSONAL, SAMPLES, SHORT, Watched, any_of, opened, personal
from timelapse.feed import Feed, read
from timelapse.referrals import Imported

pytestmark = pytest.mark.slow(25)

EVENTS = read(SAMPLES / "partner-events.ndjson")[:1500]
SEEN = {"WORKER figures": b'stage="referral"', "GATEWAY figures": b"/v1/imports", "temporal.log": b"Temporal Server"}


@pytest.fixture(scope="module")
async def watched() -> AsyncIterator[Watched]:
    """Import the sample referrals, send the sample feed, and let everything be worked off."""
    async with opened(JOURNEYS_LOG_LEVEL="DEBUG") as watched:
        secrets = {}
        for held in load("wirral-2012").agreements:
            made = await watched.http.post("/v1/partners", json={"name": held.partner})
            secrets[held.partner] = made.raise_for_status().json()["secret"]
        imported = await Imported(url=watched.stack.gateway_url, token=watched.token).take(SAMPLES / "referrals.csv")
        feed = Feed(watched.http, secrets)
        await feed.send([event for event in EVENTS if event["source"].removeprefix("/partners/") in secrets])
        watched.told = Counter(families=len(imported), **feed.outcomes)
        yield watched


def _value(page: str, name: str, **labels: str) -> float:
    """Return one sample of a page of figures; 0 where there is none."""
    samples = (sample for family in text_string_to_metric_families(page) for sample in family.samples)
    return sum(s.value for s in samples if s.name == name and labels.items() <= s.labels.items())


@pytest.mark.timeout(180)  # the first test waits for the import and the feed too
async def test_figures(watched: Watched):
    """Gateway and worker tell what the tables do: journeys by stage, events by fate, requests, activities."""
    counts = (await watched.http.get("/v1/counts")).json()
    assert watched.told["families"] > 40

    async def up_to_date() -> str | None:
        page = await watched.figures("WORKER")
        waiting = _value(page, "journeys_partner_events", state="received")
        forwarded = _value(page, "journeys_partner_events", state="forwarded")
        told = _value(page, "journeys_stage", stage="referral") == counts["stages"]["referral"]
        return page if told and waiting == forwarded == 0 else None

    page = await eventually(up_to_date, within=50)
    assert _value(page, "journeys_partner_events") == watched.told["accepted"] + watched.told["quarantined"]
    assert (
        _value(page, "journeys_activity_seconds_count", activity="carry_out", outcome="done")
        >= watched.told["families"]
    )
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
    """A referral is one trace through gateway, workflow and activity; a later step is linked to its request."""
    (first, *_) = (await watched.http.get("/v1/journeys", params={"limit": 1})).json()["journeys"]
    body = {"criteria": ["poverty", "addiction"]}
    answer = await watched.http.post(f"/v1/journeys/{first['reference']}/identify", json=body)
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


async def test_one_id(watched: Watched):
    """The id of a request is in the gateway's line, in the worker's line, in both spans and in Temporal's files."""
    journey = (await watched.http.get("/v1/journeys", params={"limit": 2})).json()["journeys"][1]
    body = {"criteria": ["poverty", "addiction"]}
    told = {"x-request-id": "asked-2", "idempotency-key": "once-2"}
    path = "/v1/journeys/{reference}/identify"
    answer = await watched.http.post(path.format(**journey), json=body, headers=told)
    assert answer.raise_for_status().headers["x-request-id"] == "asked-2"
    (asked,) = await eventually(
        lambda: [line for line in _lines(watched, "gateway", "asked-2") if line["event"] == "request"]
    )
    assert (asked["route"], asked["command_id"]) == (path, "staff:once-2")
    (done,) = await eventually(lambda: _lines(watched, "worker", "asked-2"))
    assert (done["activity"], done["outcome"]) == ("carry_out", "done")
    assert journey["reference"] in done["workflow_id"]

    def named() -> bool:
        return {f"POST {path}", "RunActivity:carry_out"} == {
            span.name
            for _, span in watched.spans()
            if any(each.key == "request_id" and each.value.string_value == "asked-2" for each in span.attributes)
        }

    assert await eventually(named, within=30)
    files = watched.temporal_files().values()
    assert any(b"asked-2" in content for content in files)
    assert any(b"staff:once-2:" in content for content in files), "the update's id begins with the command's"


async def test_nothing_personal_outside_the_vault(watched: Watched):
    """No name, date of birth or identifier of the sample stands in logs, figures, spans or Temporal's files."""
    words = personal(SAMPLES / "referrals.csv") | {event["subject"].partition(":")[2] for event in EVENTS}
    pattern, long = any_of(words), any_of(words, SHORT)
    (journey,) = (await watched.http.get("/v1/journeys", params={"limit": 1})).json()["journeys"]
    reference = journey["reference"].encode()
    family = await watched.http.get(f"/v1/journeys/{journey['reference']}")
    assert pattern.search(family.content), "the search finds what is there"

    texts = watched.logs() | {
        f"{name} figures": (await watched.figures(name)).encode() for name in ("WORKER", "GATEWAY")
    }
    texts["spans"] = b"\n".join(watched.received())
    for place, known in {"worker.log": reference, "spans": reference, "gateway.log": b"/v1/imports", **SEEN}.items():
        assert known in texts[place], f"the search looks at {place} where something stands"
    found = {name: pattern.findall(text)[:3] for name, text in texts.items() if pattern.search(text)}
    files = watched.temporal_files()
    assert any(reference in content for content in files.values()), "the search looks where journeys are"
    found |= {name: told for name, content in files.items() if (told := long.findall(content)[:3])}
    assert found == {}


async def test_no_address_asks_for_anything_personal(watched: Watched):
    """No path and no query of any route takes what tells of one person: it goes in bodies, which no proxy logs."""
    document = (await watched.http.get("/openapi.json")).json()
    routes = [route for methods in document["paths"].values() for route in methods.values()]
    asked = {each["name"] for route in routes for each in route.get("parameters", ())}
    assert "reference" in asked
    assert not asked & set(PERSONAL)


async def test_temporal_cannot_read_what_journeys_are_told(watched: Watched):
    """Who did what to a family is ciphertext in Temporal's files, where the same words without the codec are read."""
    words = {"manager:tester", "school-attendance", "long-term-unemployed"}
    pattern = any_of(words)
    read = {
        name: found for name, content in watched.temporal_files().items() if (found := set(pattern.findall(content)))
    }
    assert read == {}
    bare = await Client.connect(watched.stack.temporal_address, namespace=watched.stack.temporal_namespace)
    run = await bare.start_workflow("Nobody", sorted(words), id="in-clear", task_queue="nobody")
    files = watched.temporal_files().values()
    await run.terminate()
    assert {word for content in files for word in pattern.findall(content)} == {word.encode() for word in words}


def _lines(watched: Watched, part: str, request_id: str) -> list[dict]:
    lines = (json.loads(line) for line in watched.logs()[f"{part}.log"].splitlines())
    return [line for line in lines if line.get("request_id") == request_id]
