"""One dev server and one migrated database for the workflow tests, and a worker where a test asks for one."""

import contextlib
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import httpx
import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from activities.delivery.services import DeliveryServices
from programmes import load
from stack import sinks
from stack.private_stack import Flavour, PrivateStack, running
from store import partners, programmes, staff
from store.pool import Pool, open_pool
from store.vault import Vault
from wiring.keys import key
from wiring.settings import Settings
from wiring.temporal.client import connect
from wiring.temporal.journeys import JourneyClient
from worker import build


@dataclass
class World:
    """Everything a workflow test touches: real Postgres, real Temporal, real sinks."""

    stack: PrivateStack
    settings: Settings
    pool: Pool
    client: Client
    vault: Vault
    engine: JourneyClient
    mail: sinks.Sink
    hooks: sinks.Sink
    http: httpx.AsyncClient

    def worker(self, **changes: object) -> Worker:
        """Return a worker as `worker.py` builds it."""
        return build(
            self.settings.model_copy(update=changes),
            self.pool,
            self.client,
            self.vault,
            DeliveryServices(self.settings, self.http),
        )


@contextlib.asynccontextmanager
async def private(temporal: Flavour) -> AsyncIterator[World]:
    """Open a private stack without worker and gateway, with sinks for mail and webhooks."""
    async with contextlib.AsyncExitStack() as open_things:
        mail = await open_things.enter_async_context(sinks.smtp())
        hooks = await open_things.enter_async_context(sinks.webhooks())
        stack = await open_things.enter_async_context(running(temporal=temporal, migrated=True))
        http = await open_things.enter_async_context(httpx.AsyncClient(trust_env=False))
        settings = Settings(
            database_url=stack.database_url,
            temporal_address=stack.temporal_address,
            secrets_dir=stack.layout.secrets,
            smtp_host="127.0.0.1",
            smtp_port=mail.port,
            smtp_tls="none",
        )
        pool = await open_pool(settings.database_url)
        open_things.push_async_callback(pool.close)
        vault = Vault(key(settings.secrets_dir, "vault.key"), key(settings.secrets_dir, "subject.key"))
        client = await connect(settings)
        await introduce(pool, vault, hooks.port)
        yield World(stack, settings, pool, client, vault, JourneyClient(client), mail, hooks, http)


@pytest.fixture(scope="session")
async def world() -> AsyncIterator[World]:
    """The one private stack of the tests that need no clock of their own."""
    async with private("dev") as opened:
        yield opened


async def introduce(pool: Pool, vault: Vault, port: int) -> None:
    async with pool.acquire() as conn:
        await programmes.keep(conn, load("wirral-2012"))
        for name, role in (("kw-1", "key-worker"), ("co-1", "coordinator"), ("ma-1", "manager")):
            await staff.add(conn, staff.StaffMember(name, role, f"{name}@council.example", cap=100))
        for held in load("wirral-2012").agreements:
            await partners.add(conn, vault, held.partner, {"webhook_url": f"http://127.0.0.1:{port}/{held.partner}"})


@pytest.fixture(scope="session")
async def working(world: World) -> AsyncIterator[World]:
    """The world with one worker running."""
    async with world.worker():
        yield world


@pytest.fixture
def fresh_id() -> Callable[[], str]:
    """Return command ids that no other test uses."""
    return lambda: uuid.uuid4().hex
