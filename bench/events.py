"""Partner events accepted by one gateway process, against bare one-row commits into the same Postgres."""

import asyncio
import json
import statistics
import time
import uuid
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
from standardwebhooks.webhooks import Webhook

from bench.row import Row
from stack.private_stack import PrivateStack
from stack.tokens import mint

PARTNER = "merseyside-police"
BATCH = 500
BATCHES = 8  # a round
SINGLES = 150
COMMITS = 300
ROUNDS = 3


async def measure(pool: asyncpg.Pool, stack: PrivateStack) -> list[Row]:
    """Take rounds in turn, so that the machine's moods fall on each alike; the first of each warms up."""
    headers = {"authorization": f"Bearer {mint(stack.layout.secrets, name='bench', role='manager')}"}
    async with httpx.AsyncClient(base_url=stack.gateway_url, headers=headers, timeout=60, trust_env=False) as http:
        secret = (await http.post("/v1/partners", json={"name": PARTNER})).raise_for_status().json()["secret"]
        async with pool.acquire() as conn:
            await conn.execute(
                "CREATE TABLE bench_commit (id bigint GENERATED ALWAYS AS IDENTITY, payload text NOT NULL)"
            )
        rounds = [
            (
                await _accepted(http, secret, BATCHES, BATCH),
                await _accepted(http, secret, SINGLES, 1),
                await _committed(pool),
            )
            for _ in range(ROUNDS + 1)
        ]
    batched, single, bare = (statistics.median(column) for column in zip(*rounds[1:], strict=True))
    against, unit = "bare one-row commits", "a second"
    return [
        Row(name=f"partner events accepted, {BATCH} a request", ours=batched, theirs=bare, against=against, unit=unit),
        Row(name="partner events accepted, one a request", ours=single, theirs=bare, against=against, unit=unit),
    ]


async def _accepted(http: httpx.AsyncClient, secret: str, requests: int, size: int) -> float:
    """Send signed requests one after the other; return events a second, each answered from the inbox."""
    bodies = [json.dumps([_event() for _ in range(size)]) for _ in range(requests)]
    began = time.perf_counter()
    for body in bodies:
        name, at = uuid.uuid4().hex, datetime.now(UTC)
        headers = {
            "content-type": "application/cloudevents-batch+json",
            "webhook-id": name,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(secret).sign(name, at, body),
        }
        answer = await http.post("/v1/events", content=body, headers=headers)
        kept = [receipt["outcome"] for receipt in answer.raise_for_status().json()["receipts"]]
        if kept != ["quarantined"] * size:
            raise RuntimeError(f"the gateway did not keep what it was sent: {kept[:3]}")
    return requests * size / (time.perf_counter() - began)


async def _committed(pool: asyncpg.Pool) -> float:
    """Commit one row at a time over one connection, as an event's own size; return rows a second."""
    payload = json.dumps(_event())
    began = time.perf_counter()
    async with pool.acquire() as conn:
        for _ in range(COMMITS):
            await conn.execute("INSERT INTO bench_commit (payload) VALUES ($1)", payload)
    return COMMITS / (time.perf_counter() - began)


def _event() -> dict[str, Any]:
    """Return an event about somebody nobody knows: the inbox keeps it, and nothing goes further."""
    return {
        "specversion": "1.0",
        "id": uuid.uuid4().hex,
        "source": f"/partners/{PARTNER}",
        "type": "family-journeys.evidence.police-callout",
        "subject": "upn:Z999999999999",
        "time": "2025-05-20T09:00:00Z",
        "data": {"on": "2025-05-20"},
    }


async def main() -> None:
    """Take these rows alone: `python -m bench.events`."""
    from stack.private_stack import running  # noqa: PLC0415 - the whole bench brings its own stack
    from store.pool import open_pool  # noqa: PLC0415

    async with running(temporal=None, gateway=True, durable=True, env=ROOMY) as stack:
        pool = await open_pool(stack.database_url)
        try:
            for row in await measure(pool, stack):
                print(row.line())
        finally:
            await pool.close()


ROOMY = {"JOURNEYS_PARTNER_REQUESTS_A_MINUTE": "1000000", "JOURNEYS_PARTNER_EVENTS_A_MINUTE": "1000000000"}

if __name__ == "__main__":
    asyncio.run(main())
