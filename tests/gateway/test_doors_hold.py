"""Small things at the door: each was seen to be wrong once."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import asyncpg
import jwt
import pytest

from gateway.http.middleware import HUNG_UP
from stack.tokens import AUDIENCE, ISSUER
from tests.doors import PROBLEM, Doors
from tests.eventually import eventually
from wiring.references import new_reference
from wiring.telemetry.metrics import FAILED, REQUESTS


def _token(doors: Doors, **claims: object) -> str:
    now = datetime.now(UTC)
    told = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "ann",
        "role": "manager",
        "iat": now,
        "exp": now + timedelta(hours=1),
    }
    return jwt.encode(told | claims, jwt.PyJWK(doors.key).key, algorithm="EdDSA", headers={"kid": doors.key["kid"]})


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({}, 200),
        ({"exp": datetime.now(UTC) + timedelta(hours=23)}, 200),
        ({"exp": datetime.now(UTC) + timedelta(hours=25)}, 401),
        ({"exp": datetime.now(UTC) + timedelta(days=36500)}, 401),
        ({"iat": datetime.now(UTC) - timedelta(days=365)}, 401),
        ({"exp": 10**400}, 401),
        ({"exp": float("inf")}, 401),
    ],
)
async def test_a_token_has_a_greatest_lifetime(doors: Doors, claims: dict, status: int):
    """A token that is good for more than a day is refused, however well it is signed."""
    async with doors.bare({"authorization": f"Bearer {_token(doors, **claims)}"}) as client:
        answer = await client.get("/v1/journeys")
    assert status == answer.status_code, answer.text


async def test_a_family_of_others_is_as_one_that_is_not(doors: Doors):
    """A key worker gets one answer, word for word, for a family of others and for a reference that nobody has."""
    reference, _ = await doors.allocated()
    free = new_reference()
    other = await doors.worker()
    steps = ("consent", "withdraw-consent", "step-down", "correct", "acknowledge", "accept-handover", "erase")
    bodies = {
        "withdraw-consent": {"consent_id": "c-1"},
        "correct": {"version": 1, "reason": "typo", "changes": {"on": "2012-05-01"}},
        "acknowledge": {"reminder_id": "plan.4.2026-01-20.remind+0"},
        "accept-handover": {"key_worker": other},
        "erase": {"reason": "request"},
    }
    async with doors.client("key-worker", other) as client:
        for step in steps:
            told = [
                await client.post(f"/v1/journeys/{one}/{step}", json=bodies.get(step, {})) for one in (reference, free)
            ]
            assert told[0].status_code == told[1].status_code, (step, told[0].text, told[1].text)
            assert told[0].json() == told[1].json(), step
        told = [await client.get(f"/v1/journeys/{one}") for one in (reference, free)]
        assert (403, told[0].json()) == (told[1].status_code, told[1].json())
    async with doors.client() as client:
        assert (await client.get(f"/v1/journeys/{free}")).status_code == 404
    await doors.free_places()


async def test_no_redirect_repeats_a_foreign_host(doors: Doors):
    """A path with a slash too many is unknown: nobody is sent to the host that the request names."""
    async with doors.client() as client:
        for path in ("/v1/journeys/", "/v1/partners/", "/healthz/"):
            answer = await client.get(path, headers={"host": "evil.example"})
            assert (404, None, False) == (answer.status_code, answer.headers.get("location"), "evil" in answer.text)


async def test_only_https(doors: Doors):
    """Every answer tells browsers to come by TLS only, a refusal and a fault too."""
    async with doors.bare() as client:
        for path in ("/healthz", "/v1/journeys", "/nowhere"):
            answer = await client.get(path)
            assert answer.headers["strict-transport-security"].startswith("max-age=31536000"), path


async def test_a_client_that_hangs_up_is_no_fault_of_ours(doors: Doors, address: str):
    """Who leaves in the midst of sending is counted as such, and alerts nobody."""
    port = int(address.rsplit(":", 1)[1])

    def count(name: str, status: str) -> float:
        found = REQUESTS.collect()[0].samples
        return sum(
            one.value
            for one in found
            if one.name.endswith("_count") and (one.labels["route"], one.labels["status"]) == (name, status)
        )

    failed, left = FAILED._value.get(), count("/v1/imports", str(HUNG_UP))
    headers = f"authorization: Bearer {doors.token('coordinator')}\r\n"
    for path, kind in (("imports", "text/csv"), ("journeys", "application/json")):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"POST /v1/{path} HTTP/1.1\r\nhost: x\r\n{headers}content-type: {kind}\r\ncontent-length: 1000\r\n\r\n"
        writer.write(f"{head}family".encode())
        await writer.drain()
        await asyncio.sleep(0.2)
        writer.transport.abort()
    assert await eventually(lambda: count("/v1/imports", str(HUNG_UP)) == left + 1)
    assert failed == FAILED._value.get()


async def test_ready_only_with_room_on_the_disk(doors: Doors):
    """A database that answers and cannot write is not ready; here its room for files is taken away."""
    conn = await asyncpg.connect(doors.stack.database_url)
    name = await conn.fetchval("SELECT current_database()")
    try:
        await conn.execute(f'ALTER DATABASE "{name}" SET temp_file_limit = 0')
        await doors.services.pool.expire_connections()
        async with doors.bare() as client:
            full = await client.get("/readyz")
    finally:
        await conn.execute(f'ALTER DATABASE "{name}" RESET temp_file_limit')
        await conn.close()
        await doors.services.pool.expire_connections()
    async with doors.bare() as client:
        again = await client.get("/readyz")
    assert (503, {"database": True, "temporal": True, "room": False}, 200) == (
        full.status_code,
        full.json(),
        again.status_code,
    )


async def test_nobody_waits_for_a_connection_without_end(doors: Doors, monkeypatch: pytest.MonkeyPatch):
    """Where every connection is taken, a request is told to come again, and does not hang."""
    monkeypatch.setattr("store.pool.WAITING", 0.5)
    taken = [await doors.services.pool.acquire(timeout=5) for _ in range(doors.services.pool.get_max_size())]
    try:
        async with doors.client() as client, asyncio.timeout(10):
            answer = await client.get("/v1/journeys")
    finally:
        for conn in taken:
            await doors.services.pool.release(conn)
    assert (503, f"{PROBLEM}unavailable", "1") == (
        answer.status_code,
        answer.json()["type"],
        answer.headers.get("retry-after"),
    )


async def test_a_waiver_is_not_written_by_correction(doors: Doors):
    """Who may not exceed a cap cannot write the waiver into the allocation afterwards; a manager may correct one."""
    reference, _ = await doors.allocated()
    async with doors.client() as client:
        timeline = (await client.get(f"/v1/journeys/{reference}")).json()["timeline"]
    (number,) = (one["version"] for one in timeline if one["event"]["type"] == "key-worker-allocated")
    body = {"version": number, "reason": "typing-error", "changes": {"waiver": "sibling-group"}}
    refused = await doors.step(reference, "correct", role="coordinator", name="co", **body)
    dated = body | {"changes": {"on": "2012-05-31"}}
    other = await doors.step(reference, "correct", role="coordinator", name="co", **dated)
    taken = await doors.step(reference, "correct", **body)
    removed = body | {"changes": {"waiver": None}}
    kept = await doors.step(reference, "correct", role="coordinator", name="co", **removed)
    await doors.free_places()
    assert (403, f"{PROBLEM}waiver-not-allowed") == (refused.status_code, refused.json()["type"])
    assert (200, 200, 403) == (other.status_code, taken.status_code, kept.status_code), json.dumps(other.json())
