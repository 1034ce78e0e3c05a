"""A gateway on real Postgres, with an engine in this process that carries commands out for real, without Temporal."""

import asyncio
import itertools
import json
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from random import Random
from string import ascii_lowercase
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI
from standardwebhooks.webhooks import Webhook
from stdnum.gb import nhs

from activities.journal import JournalActivities
from activities.messages import CarryOut
from domain.errors import Rejected
from domain.journey.commands import AnyCommand, RecordEvidence
from domain.journey.replies import Reply
from gateway.app import create_app
from gateway.http.security import Tokens
from gateway.services import Services, open_vault
from stack.private_stack import PrivateStack, running
from stack.tokens import mint
from store.pool import Pool, open_pool
from store.vault import Vault
from wiring.settings import Settings
from wiring.temporal.journeys import Unavailable

NOON = datetime(2012, 6, 1, 12, tzinfo=UTC)
PROBLEM = "urn:family-journeys:problem:"


class Unlisted:
    """Histories of a server that lists no workflows, as the time-skipping one."""

    async def journeys(self) -> None:
        """Tell that there is no list."""


class NearWindows:
    """Claim windows that no workflow carries: which were started is remembered."""

    def __init__(self) -> None:
        self.started: list[str] = []

    async def start(self, window_id: str) -> None:
        """Remember which window was started."""
        self.started.append(window_id)


class NearEngine:
    """Carries commands out at once, as the workflow's local activity does; `away` makes it unreachable."""

    def __init__(self, pool: Pool, vault: Vault) -> None:
        self._journal = JournalActivities(pool, vault, timedelta(0))
        self.clock = NOON
        self.away = False
        self.rearmed: list[str] = []
        self.woken: list[str] = []
        self.windows = NearWindows()
        self._signals: list[asyncio.Task[Any]] = []

    async def submit(self, journey_id: str, command: AnyCommand) -> Reply:
        """Carry out one command."""
        done = await self._carry_out(journey_id, [command])
        (reply,) = done.replies
        if reply.rejection:
            raise Rejected(reply.rejection.code, reply.rejection.reason, reply.rejection.remedy)
        return reply

    async def forward(self, journey_id: str, rows: Sequence[RecordEvidence]) -> None:
        """Take a batch of evidence and carry it out soon, as a signal does."""
        if self.away:
            raise Unavailable("the engine is away")
        self._signals.append(asyncio.create_task(self._carry_out(journey_id, rows)))

    @property
    def survey(self) -> Any:
        """There is no Temporal to ask."""
        raise Unavailable("no Temporal behind this engine")

    @property
    def histories(self) -> Any:
        """There is no Temporal whose workflows could be listed."""
        return Unlisted()

    async def wake(self, journey_ids: Sequence[str]) -> int:
        """Let pass what is due on each journey, and remember which were woken."""
        self.woken.extend(journey_ids)
        for journey_id in journey_ids:
            await self._carry_out(journey_id, [])
        return len(journey_ids)

    async def rearm(self, journey_ids: Sequence[str]) -> int:
        """Remember which journeys were armed."""
        self.rearmed += journey_ids
        return len(journey_ids)

    async def taken_up(self, journey_id: str) -> None:
        """Whatever it was given is done."""
        assert journey_id in self.rearmed

    async def now(self) -> datetime:
        """Return a clock that tests set."""
        return self.clock

    async def ready(self) -> bool:
        """Tell whether it is there."""
        return not self.away

    async def _carry_out(self, journey_id: str, commands: Sequence[AnyCommand]) -> Any:
        if self.away:
            raise Unavailable("the engine is away")
        return await self._journal.carry_out(CarryOut(journey_id=journey_id, now=self.clock, commands=list(commands)))


class Doors:
    """One running gateway: its app, its engine, and clients of every role."""

    def __init__(self, stack: PrivateStack, app: FastAPI, services: Services, engine: NearEngine) -> None:
        self.stack, self.app, self.services, self.engine = stack, app, services, engine
        self.key = json.loads((stack.layout.secrets / "jwt.json").read_text())
        self._numbers = itertools.count(1)
        self._secrets: dict[str, str] = {}
        self._holding: list[str] = []

    def token(self, role: str = "manager", name: str = "ann", lifetime: int = 600) -> str:
        """Return a staff token."""
        return mint(self.stack.layout.secrets, name=name, role=role, lifetime=timedelta(seconds=lifetime))

    def client(self, role: str = "manager", name: str = "ann") -> httpx.AsyncClient:
        """Return a client with a token."""
        return self.bare({"authorization": f"Bearer {self.token(role, name)}"})

    def bare(self, headers: dict[str, str] | None = None) -> httpx.AsyncClient:
        """Return a client with these headers only."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://gateway", headers=headers)

    def form(self, **changes: Any) -> dict[str, Any]:
        """Return a good referral of people whom nobody knows yet."""
        surname, adult, child = (_word(f"{next(self._numbers)}") for _ in range(3))
        told: dict[str, Any] = {
            "referrer": "wirral-schools",
            "referred_on": "2012-05-01",
            "locality": "Leasowe",
            "criteria": ["poverty", "addiction"],
            "members": [
                {"role": "adult", "surname": surname, "forename": f"Wren{adult}", "date_of_birth": "1978-04-18"},
                {"role": "child", "surname": surname, "forename": f"Toni{child}", "date_of_birth": "1999-10-05"},
            ],
        }
        return told | changes

    async def referred(self, **changes: Any) -> str:
        """Refer a family and return its reference."""
        async with self.client() as client:
            answer = await client.post("/v1/journeys", json=self.form(**changes))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["reference"])

    async def step(
        self, reference: str, step: str, *, role: str = "manager", name: str = "ann", **body: Any
    ) -> httpx.Response:
        """Take a step of the path."""
        async with self.client(role, name) as client:
            return await client.post(f"/v1/journeys/{reference}/{step}", json=body)

    async def partner(self, name: str) -> str:
        """Return the secret of a partner, which is added the first time."""
        if name not in self._secrets:
            async with self.client() as client:
                self._secrets[name] = (await client.post("/v1/partners", json={"name": name})).json()["secret"]
        return self._secrets[name]

    async def worker(self, name: str | None = None, cap: int | None = None) -> str:
        """Add a key worker nobody has."""
        name = name or f"kw-{uuid.uuid4().hex[:8]}"
        async with self.client() as client:
            told = {"name": name, "email": f"{name}@council.example", "cap": cap}
            assert (await client.post("/v1/staff", json=told)).status_code == 201
        return name

    async def receiver(self) -> str:
        """Add a manager with whom a concern can be raised, once."""
        async with self.client() as client:
            told = {"name": "mo", "role": "manager", "email": "mo@council.example"}
            assert (await client.post("/v1/staff", json=told)).status_code in {200, 201}
        return "mo"

    async def allocated(self) -> tuple[str, str]:
        """Bring a family as far as its key worker; return its reference and the worker."""
        reference, worker = await self.referred(), await self.worker()
        for step, body in (("identify", {"criteria": ["poverty", "addiction"]}), ("allocate", {"key_worker": worker})):
            answer = await self.step(reference, step, **body)
            assert answer.status_code == 200, answer.text
        self._holding.append(reference)
        return reference, worker

    async def free_places(self) -> None:
        """Close what `allocated` brought on its way: the programme has places for fifty families, and all share one."""
        for reference in self._holding:
            assert (await self.step(reference, "close", outcome="moved-away")).status_code in {200, 409}
        self._holding.clear()


def _word(seed: str) -> str:
    """Return a name that is like no other."""
    return "".join(Random(seed).choices(ascii_lowercase, k=12))


def nhs_number(seed: int) -> str:
    """Return a valid NHS number of the test range."""
    return next(str(number) for number in range(9_990_000_000 + seed * 100, 9_999_999_999) if nhs.is_valid(str(number)))


def event(partner: str, kind: str, subject: str, data: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a CloudEvent of a partner."""
    return {
        "specversion": "1.0",
        "id": uuid.uuid4().hex,
        "source": f"/partners/{partner}",
        "type": f"family-journeys.evidence.{kind}",
        "subject": subject,
        "time": "2012-05-20T09:00:00Z",
        "data": data,
    } | changes


def signed(
    secret: str,
    body: str,
    *,
    at: datetime | None = None,
    kind: str = "cloudevents-batch+json",
    name: str | None = None,
) -> dict[str, str]:
    """Return the headers of a signed body; `name` is the message's id."""
    at = at or datetime.now(UTC)
    name = name or uuid.uuid4().hex
    return {
        "content-type": f"application/{kind}",
        "webhook-id": name,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(name, at, body),
    }


def years_before(day: date, years: int) -> str:
    """Return a birthday."""
    return day.replace(year=day.year - years).isoformat()


def quiet() -> None:
    """Send log lines to the standard library, where pytest keeps them, and not to stdout."""
    structlog.configure(
        processors=[structlog.stdlib.render_to_log_kwargs],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


@pytest.fixture(scope="session")
async def doors() -> AsyncIterator[Doors]:
    """A gateway for the whole run; every test brings its own families."""
    async with running(temporal=None, migrated=True) as stack:
        settings = Settings(
            database_url=stack.database_url, temporal_address="127.0.0.1:1", secrets_dir=stack.layout.secrets
        )
        pool = await open_pool(settings.database_url)
        vault = open_vault(settings)
        engine = NearEngine(pool, vault)
        services = Services(settings=settings, pool=pool, vault=vault, tokens=Tokens(settings), engine=engine)

        @asynccontextmanager
        async def opening(_: Settings) -> AsyncIterator[Services]:
            yield services

        app = create_app(settings, opening)
        quiet()
        async with app.router.lifespan_context(app):
            yield Doors(stack, app, services, engine)
        await pool.close()
