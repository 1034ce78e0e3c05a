"""An hour without Temporal, worker, Postgres and gateway in turn: each partner event stands on its journey once."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import stamina

from domain.calendar import local_date
from stack import tokens
from stack.private_stack import PrivateStack, running
from store.pool import Pool, open_pool
from tests.doors import event, signed
from tests.eventually import eventually

FAMILIES = 5
ROUNDS = 6  # batches while Temporal is away: each one wakes a sweep, as the passing hour does
PARTNER = "merseyside-police"
TODAY = local_date(datetime.now(UTC))


class AwayError(Exception):
    """The gateway is not there, or the database is not: a partner sends the same batch again."""


@dataclass
class Council:
    """A stack of real processes, a partner's secret, and everything the partner was promised."""

    stack: PrivateStack
    http: httpx.AsyncClient
    pool: Pool
    secret: str

    async def send(self, events: list[dict[str, Any]]) -> list[str]:
        """Send a batch until there is an answer, as any partner does; return the outcomes."""
        async for attempt in stamina.retry_context(on=AwayError, attempts=None, timeout=60, wait_max=1.0):
            with attempt:
                return await self._send(events)
        raise AssertionError("the loop above returns or raises")

    async def _send(self, events: list[dict[str, Any]]) -> list[str]:
        body = json.dumps(events)
        try:
            answer = await self.http.post("/v1/events", content=body, headers=signed(self.secret, body))
        except httpx.TransportError as fault:
            raise AwayError from fault
        if answer.status_code == 503:
            raise AwayError
        assert answer.status_code == 202, self.stack.log("gateway", 15)
        return [receipt["outcome"] for receipt in answer.json()["receipts"]]

    async def refer(self, number: int) -> str:
        """Refer a family whose child is known by its number; return its reference."""
        surname = f"Heron{chr(97 + number)}"
        told = {
            "members": [
                {
                    "role": "adult",
                    "surname": surname,
                    "forename": "Kim",
                    "date_of_birth": f"19{70 + number}-04-{10 + number}",
                },
                {
                    "role": "child",
                    "surname": surname,
                    "forename": "Toni",
                    "date_of_birth": f"{2010 + number}-01-{10 + number}",
                    "upn": upn(number),
                },
            ],
            "locality": "Leasowe",
            "referrer": "wirral-schools",
            "referred_on": (TODAY - timedelta(days=3)).isoformat(),
            "criteria": ["poverty", "addiction"],
        }
        answer = await self.http.post("/v1/journeys", json=told)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["reference"])

    async def states(self) -> dict[str, int]:
        """How many events are in each state."""
        return {
            row["state"]: row["n"] for row in await self.pool.fetch("SELECT state, count(*) AS n FROM inbox GROUP BY 1")
        }

    async def an_hour_passes(self) -> None:
        """Make what was handed over look as old as if it had been an hour ago."""
        await self.pool.execute(
            "UPDATE inbox SET forwarded_at = forwarded_at - interval '1 hour' WHERE state = 'forwarded'"
        )


def upn(number: int) -> str:
    """The pupil number of a family's child."""
    return f"B9000000000{number:02}"


def callouts(numbers: range, day: int) -> list[dict[str, Any]]:
    """One event for each family, observed some days ago."""
    on = TODAY - timedelta(days=day)
    return [
        event(PARTNER, "police-callout", f"upn:{upn(number)}", {"on": on.isoformat()}, time=f"{on}T09:00:00Z")
        for number in numbers
    ]


@pytest.fixture
async def council() -> AsyncIterator[Council]:
    """A stack with one partner."""
    async with AsyncExitStack() as things:
        stack = await things.enter_async_context(running(temporal="dev", worker=True, gateway=True))
        headers = {"authorization": f"Bearer {tokens.mint(stack.layout.secrets, name='tester', role='manager')}"}
        client = httpx.AsyncClient(base_url=stack.gateway_url, headers=headers, timeout=30, trust_env=False)
        http = await things.enter_async_context(client)
        pool = await open_pool(stack.database_url)
        things.push_async_callback(pool.close)
        secret = (await http.post("/v1/partners", json={"name": PARTNER})).json()["secret"]
        yield Council(stack, http, pool, secret)


@pytest.mark.slow(25)
@pytest.mark.timeout(240)
async def test_an_hour_without_temporal(council: Council):
    """What was accepted while everything went away in turn is on its journey once, with its own observed date."""
    references = [await council.refer(number) for number in range(FAMILIES)]
    closing = {"outcome": "declined"}
    assert (await council.http.post(f"/v1/journeys/{references[0]}/close", json=closing)).is_success
    everyone, late = range(FAMILIES), FAMILIES
    first = callouts(everyone, 2)
    assert {*await council.send(first)} == {"accepted"}
    await eventually(lambda: _only(council, {"applied": FAMILIES}), within=40)

    await council.stack.stop("worker")
    await council.stack.kill("temporal")
    sent = [*first]
    for number in range(ROUNDS):
        batch = callouts(everyone, 30 - 5 * number)  # the oldest last but one, so out of order
        sent += batch
        if number == 2:  # the database goes away under the batch
            restart = asyncio.create_task(_restart(council, "postgres"))
            assert {*await council.send(batch)} <= {"accepted", "duplicate"}
            await restart
        elif number == 4:  # and so does the gateway, which must come up without Temporal
            await _restart(council, "gateway")
            assert {*await council.send(batch)} == {"accepted"}
        else:
            assert {*await council.send(batch)} == {"accepted"}
    strangers = callouts(range(late, late + 1), 4)
    assert await council.send(strangers) == ["quarantined"]
    assert {*await council.send(first)} == {"duplicate"}
    held = await council.states()
    assert held == {"applied": FAMILIES, "received": FAMILIES * ROUNDS, "quarantined": 1}

    await council.stack.start("temporal")
    await eventually(lambda: _none(council, "received"), within=60)  # handed over to journeys that nobody works on
    for _ in range(2):
        await council.an_hour_passes()
        await council.send(first)  # wakes the sweep, which hands everything over a second and a third time
        await eventually(lambda: _handed_over_now(council), within=30)
    await council.stack.start("worker")
    references.append(await council.refer(late))
    await eventually(lambda: _only(council, {"applied": FAMILIES * (ROUNDS + 1) + 1}), within=60)

    for number, reference in enumerate(references):
        told = (await council.http.get(f"/v1/journeys/{reference}")).json()
        kept = [one["event"]["evidence"] for one in told["timeline"] if one["event"]["type"] == "evidence-recorded"]
        mine = [one for one in [*sent, *strangers] if one["subject"] == f"upn:{upn(number)}"]
        assert Counter(each["id"] for each in kept) == Counter(f"{PARTNER}:{one['id']}" for one in mine)
        assert {each["id"]: each["observed_on"] for each in kept} == {
            f"{PARTNER}:{one['id']}": one["time"][:10] for one in mine
        }
        assert {each["member"] for each in kept} == {"m2"}


async def _restart(council: Council, part: str) -> None:
    await council.stack.kill(part)
    await council.stack.start(part)


async def _only(council: Council, expected: dict[str, int]) -> bool:
    return await council.states() == expected


async def _none(council: Council, state: str) -> bool:
    return state not in await council.states()


async def _handed_over_now(council: Council) -> bool:
    """Whether nothing under way looks old any more: the sweep has handed all of it over again."""
    query = (
        "SELECT count(*) FROM inbox WHERE state = 'received'"
        " OR state = 'forwarded' AND forwarded_at < now() - interval '10 minutes'"
    )
    return not await council.pool.fetchval(query)
