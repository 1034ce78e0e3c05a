"""What goes wrong, and what a caller writes where it does not belong, leaves by no side door: spans, logs, Temporal."""

import json
from collections.abc import AsyncIterator
from contextlib import suppress

import asyncpg
import httpx
import pytest

from stack import tokens
from tests.eventually import eventually
from tests.watched import Watched, opened

pytestmark = pytest.mark.slow(12)

NAME = "quillfeather"
REFUSED = "asyncpg.exceptions.CheckViolationError"  # its words quote the row
FORM = {
    "referrer": "wirral-schools",
    "referred_on": "2012-05-01",
    "locality": "Leasowe",
    "criteria": ["poverty", "addiction"],
    "members": [
        {"role": "adult", "surname": "Nobody", "forename": "Wren", "date_of_birth": "1978-04-18"},
        {"role": "child", "surname": "Nobody", "forename": "Toni", "date_of_birth": "1999-10-05"},
    ],
}


@pytest.fixture(scope="module")
async def watched() -> AsyncIterator[Watched]:
    """The whole system, logging all it can."""
    async with opened(JOURNEYS_LOG_LEVEL="DEBUG") as watched:
        yield watched


async def _execute(watched: Watched, statement: str) -> None:
    conn = await asyncpg.connect(watched.stack.database_url)
    try:
        await conn.execute(statement)
    finally:
        await conn.close()


async def _lines(watched: Watched, part: str, **fields: str) -> list[dict]:
    """Return the lines of a part's log that have these fields."""
    lines = (json.loads(line) for line in watched.logs()[f"{part}.log"].splitlines())
    return [line for line in lines if fields.items() <= line.items()]


async def test_a_fault_of_the_gateway(watched: Watched):
    """A fault that nobody foresaw is counted and told by type and place; what it quotes is in no log and no span."""
    assert "journeys_requests_failed_total 0.0" in await watched.figures("GATEWAY"), "there before the first fault"
    await _execute(watched, f"ALTER TABLE staff ADD CONSTRAINT refused CHECK (email NOT LIKE '{NAME}%')")
    form = {"name": "kw-1", "role": "key-worker", "email": f"{NAME}@council.example"}
    answer = await watched.http.post("/v1/staff", json=form, headers={"x-request-id": "failing-1"})
    assert answer.status_code == 500
    assert NAME not in answer.text

    async def counted() -> bool:
        return "journeys_requests_failed_total 1.0" in await watched.figures("GATEWAY")

    assert await eventually(counted)
    (line,) = await _lines(watched, "gateway", event="unexpected", request_id="failing-1")
    assert line["exception"][0]["type"] == REFUSED

    def told() -> list[str]:
        found = [span for _, span in watched.spans() if span.name == "POST /v1/staff"]
        return [span.status.message for span in found if span.status.code == span.status.STATUS_CODE_ERROR]

    assert await eventually(told, within=30)
    assert not _found(watched, NAME)


async def test_a_fault_in_an_activity(watched: Watched):
    """What fails in an activity is told by its type in the worker's log and in its span, without the row it quotes."""
    made = (await watched.http.post("/v1/journeys", json=FORM)).raise_for_status().json()
    await _execute(watched, "ALTER TABLE events ADD CONSTRAINT refused CHECK (actor <> 'manager:marchbanks') NOT VALID")
    token = tokens.mint(watched.stack.layout.secrets, name="marchbanks", role="manager")
    with suppress(httpx.ReadTimeout):  # it is tried again until the journal takes it
        await watched.http.post(
            f"/v1/journeys/{made['reference']}/identify",
            json={"criteria": ["poverty", "addiction"]},
            headers={"authorization": f"Bearer {token}", "x-request-id": "failing-2"},
            timeout=3,
        )

    def told() -> list[str]:
        found = [span.status.message for _, span in watched.spans() if span.name == "RunActivity:carry_out"]
        return [message for message in found if message]

    assert set(await eventually(told, within=30)) == {REFUSED}
    failed = await _lines(watched, "worker", request_id="failing-2", activity="carry_out")
    assert {(line["outcome"], line["error"]) for line in failed} == {("failed", REFUSED)}
    traced = [line["exception"] for line in await _lines(watched, "worker") if "exception" in line]
    assert {first["type"] for first, *_ in traced} == {REFUSED}, "the SDK's own line"
    await _execute(watched, "ALTER TABLE events DROP CONSTRAINT refused")
    assert not [name for name in _found(watched, "marchbanks") if name != "gateway.log"]  # which names who asks


async def test_what_a_caller_writes_into_an_address(watched: Watched):
    """Addresses and headers may be written full of names: neither they nor their parts are logged, traced or kept."""
    name = "ravensworth"
    beside = {"baggage": f"family={name}", "tracestate": f"family={name}", "user-agent": name, "referer": f"/{name}"}
    headers = beside | {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    for path in (f"/v1/journeys?surname={name}", f"/v1/journeys/{name}", f"/{name}", f"/v1/journeys/{name}/identify"):
        await watched.http.get(path, headers=headers)
    made = await watched.http.post(f"/v1/journeys?surname={name}", json=FORM, headers=headers)
    assert made.status_code < 500

    def followed() -> bool:
        ours = [span for _, span in watched.spans() if span.trace_id.hex() == "0af7651916cd43dd8448eb211c80319c"]
        return any(span.name == "POST /v1/journeys" for span in ours)

    assert await eventually(followed, within=30), "the caller's trace goes on"
    assert not _found(watched, name)


def _found(watched: Watched, word: str) -> list[str]:
    """Name the places outside the process where a word can be read."""
    places = watched.logs() | watched.temporal_files() | {"spans": b"\n".join(watched.received())}
    return [name for name, content in places.items() if word.encode() in content.lower()]
