"""Every part is killed (SIGKILL) under twenty live journeys, Postgres too: nothing is lost, nothing doubled."""

import asyncio
import contextlib
import dataclasses
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import httpx
import pytest
import stamina

from domain.calendar import LONDON, calendar_of, local_date
from programmes import load
from stack import sinks, tokens
from stack.private_stack import PrivateStack, running
from store import journal
from store.pool import Pool, open_pool
from tests.eventually import eventually

FAMILIES = 20
KILLS = ("worker", "gateway", "temporal", "postgres", "worker")


class AwayError(Exception):
    """The gateway is not there, or says that the engine is not; the same request may be sent again."""


@dataclass
class Field:
    """The battlefield: the stack, what it sent out, and what it acknowledged."""

    stack: PrivateStack
    mail: sinks.Sink
    hooks: sinks.Sink
    http: httpx.AsyncClient
    pool: Pool
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def ask(self, place: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post with one idempotency key until there is an answer, as the CLI does; keep what was acknowledged."""
        key = uuid.uuid4().hex
        async for attempt in stamina.retry_context(on=AwayError, attempts=None, timeout=50, wait_max=1.0):
            with attempt:
                answer = await self._post(place, body, key)
        self.acknowledged[f"staff:{key}"] = answer  # as the gateway marks the ids of people
        return answer

    async def _post(self, place: str, body: dict[str, Any], key: str) -> dict[str, Any]:
        try:
            answer = await self.http.post(place, json=body, headers={"Idempotency-Key": key})
        except httpx.TransportError as fault:
            raise AwayError from fault
        if answer.status_code in {502, 503, 504}:
            raise AwayError
        assert answer.is_success, answer.text
        told: dict[str, Any] = answer.json()
        return told


@pytest.fixture
async def battle() -> AsyncIterator[Field]:
    """A private stack of real processes, with staff and partners introduced."""
    async with contextlib.AsyncExitStack() as things:
        mail = await things.enter_async_context(sinks.smtp())
        hooks = await things.enter_async_context(sinks.webhooks())
        env = {"JOURNEYS_SMTP_HOST": "127.0.0.1", "JOURNEYS_SMTP_PORT": str(mail.port), "JOURNEYS_SMTP_TLS": "none"}
        stack = await things.enter_async_context(running(temporal="dev", worker=True, gateway=True, env=env))
        token = tokens.mint(stack.layout.secrets, name="tester", role="manager")
        http = await things.enter_async_context(
            httpx.AsyncClient(
                base_url=stack.gateway_url,
                headers={"authorization": f"Bearer {token}"},
                timeout=httpx.Timeout(25),
                trust_env=False,
            )
        )
        pool = await open_pool(stack.database_url)
        things.push_async_callback(pool.close)
        for name, role in (("kw-1", "key-worker"), ("kw-2", "key-worker"), ("co", "coordinator"), ("ma", "manager")):
            worker = {"name": name, "role": role, "email": f"{name}@council.example"}
            (await http.post("/v1/staff", json=worker)).raise_for_status()
        for held in load("wirral-2012").agreements:
            url = f"http://127.0.0.1:{hooks.port}/{held.partner}"
            partner = {"name": held.partner, "addresses": {"webhook_url": url}}
            (await http.post("/v1/partners", json=partner)).raise_for_status()
        yield Field(stack, mail, hooks, http, pool)


def _referral(number: int) -> dict[str, Any]:
    """Return a referral of four weeks ago, so that reminders are due at once."""
    today = local_date(datetime.now(UTC))
    return {
        "members": [
            {
                "role": "adult",
                "surname": f"Kestrel{chr(65 + number)}",
                "forename": "Kim",
                "date_of_birth": f"19{60 + number}-04-18",
            },
            {
                "role": "child",
                "surname": f"Kestrel{chr(65 + number)}",
                "forename": "Toni",
                "date_of_birth": str(date(today.year - 12, 1, 2) + timedelta(days=67 * number)),
            },
        ],
        "locality": "Leasowe",
        "referrer": "wirral-schools",
        "referred_on": (today - timedelta(weeks=4)).isoformat(),
        "criteria": ["poverty", "addiction"],
    }


async def _family(battle: Field, number: int) -> str:
    """Take one family from referral to contact; its assessment is owed from then on."""
    reference: str = (await battle.ask("/v1/journeys", _referral(number)))["reference"]
    steps: list[tuple[str, dict[str, Any]]] = [
        ("consent", {"basis": "consent", "purpose": "family-support"}),
        ("identify", {"criteria": ["poverty", "addiction"]}),
        ("allocate", {"key_worker": f"kw-{number % 2 + 1}"}),
        ("record-contact", {}),
    ]
    for step, body in steps:
        await battle.ask(f"/v1/journeys/{reference}/{step}", body)
    return reference


async def _on_to_step_down(battle: Field, reference: str) -> None:
    """Go on with a family whose assessment is overdue by now, so that its reminders go out at the first step."""
    steps: list[tuple[str, dict[str, Any]]] = [
        ("record-contact", {"kind": "call"}),
        ("assess", {"needs": ["debt"]}),
        ("agree-plan", {"needs": ["debt"]}),
        ("start-intervention", {}),
        ("step-down", {}),
    ]
    for step, body in steps:
        await battle.ask(f"/v1/journeys/{reference}/{step}", body)


def _to_a_working_noon(days: int) -> str:
    """Return how far it is to noon of a working day after so many days: outside working hours reminders are held."""
    now = datetime.now(UTC)
    day = calendar_of("ENG").roll(local_date(now) + timedelta(days=days))
    return f"PT{round((datetime.combine(day, time(12), tzinfo=LONDON) - now).total_seconds())}S"


async def _sixty_days_later(battle: Field) -> None:
    """Start the worker again with its business clock ahead, as only a private stack may."""
    await battle.stack.kill("worker")
    child = battle.stack.children["worker"]
    env = {**child.part.env, "JOURNEYS_STACK": "time-lapse", "JOURNEYS_CLOCK_OFFSET": _to_a_working_noon(60)}
    child.part = dataclasses.replace(child.part, env=env)
    await battle.stack.start("worker")


async def _kill_in_turn(battle: Field) -> None:
    for name in KILLS:
        await asyncio.sleep(0.7)  # let work get under way: what is killed must be in the middle of something
        await battle.stack.kill(name)
        await asyncio.sleep(0.3)
        await battle.stack.start(name)


@pytest.mark.slow(60)
@pytest.mark.timeout(180)
async def test_nothing_is_lost_and_nothing_doubled(battle: Field) -> None:
    """What was acknowledged stands in the journal once, and each message that was sent reached its receiver."""
    *references, _ = await asyncio.gather(
        *(_family(battle, number) for number in range(FAMILIES)), _kill_in_turn(battle)
    )
    await _sixty_days_later(battle)
    await asyncio.gather(*(_on_to_step_down(battle, reference) for reference in references), _kill_in_turn(battle))
    journeys = [f"journey:wirral:{reference}:1" for reference in references]
    await eventually(lambda: _settled(battle), within=60)
    by_command: Counter[tuple[str, str]] = Counter()
    sent: Counter[str] = Counter()
    for journey_id in journeys:
        async with battle.pool.acquire() as conn:
            told = await journal.timeline(conn, journey_id)
        assert [one.version for one in told] == list(range(1, len(told) + 1))
        by_command.update((one.command_id, one.event.type) for one in told)
        sent.update(one.event.effect_id for one in told if one.event.type == "notification-sent")
    for answer in battle.acknowledged.values():
        assert answer["journey_id"] in journeys
    acknowledged = Counter(
        (key, happened) for key, answer in battle.acknowledged.items() for happened in answer["happened"]
    )
    assert len(battle.acknowledged) == FAMILIES * 10
    assert {key: count for key, count in by_command.items() if key in acknowledged} == dict(acknowledged)
    assert set(sent.values()) == {1}
    assert set(battle.hooks.keys()) == set(sent)
    reminded = await _reminded(battle, journeys)
    assert reminded  # most families: a reminder whose work was done before it went out is not sent any more
    unconfirmed = await _reminded(battle, journeys, "failed")
    assert reminded <= set(battle.mail.keys()) <= reminded | unconfirmed


async def _settled(battle: Field) -> bool:
    """Tell whether every planned message has its outcome, in the outbox and on the journey's own history."""
    async with battle.pool.acquire() as conn:
        waiting = await conn.fetchval("SELECT count(*) FROM effects WHERE state = 'planned'")
        due = await conn.fetchval("SELECT count(*) FROM reminders WHERE state = 'due'")
        untold = await conn.fetchval(
            "SELECT count(*) FROM effects WHERE payload->>'type' = 'notify' AND NOT EXISTS (SELECT 1 FROM events"
            " WHERE events.journey_id = effects.journey_id AND events.payload->>'effect_id' = effects.effect_id)"
        )
    return not waiting and not due and not untold


async def _reminded(battle: Field, journeys: list[str], state: str = "sent") -> set[str]:
    """Return the mail ids of the reminders of which the outbox says this.

    `failed` are those whose worker was killed between sending and noting it, and whose work was done meanwhile: they
    were not sent again, and the journey says that nobody knows.
    """
    async with battle.pool.acquire() as conn:
        rows = await conn.fetch(
            "SELECT effect_id FROM effects WHERE state = $2 AND payload->>'type' = 'remind' AND journey_id = ANY($1)",
            journeys,
            state,
        )
    return {f"<{row['effect_id'].replace(':', '.')}@localhost>" for row in rows}
