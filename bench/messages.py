"""Notifications to ten partners, one of them dead, against the same with all ten alive."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime

import asyncpg
import httpx
from temporalio.client import Client

from activities.delivery.services import DeliveryServices
from bench.families import journey_of, six_steps
from bench.row import Row
from domain.calendar import local_date
from domain.journey.commands import IdentifyFamily
from domain.programme.agreements import Agreement, Notice
from domain.programme.programme import Programme
from programmes import content_hash, load
from stack import sinks
from stack.ports import LOOPBACK
from store import partners, programmes
from store.vault import Vault
from wiring.keys import key
from wiring.references import new_reference
from wiring.settings import Settings
from wiring.temporal.journeys import JourneyClient
from worker import build

PARTNERS = tuple(f"partner-{number}" for number in range(10))
DEAD = PARTNERS[-1]
FAMILIES = 8  # a partner and round
ROUNDS = 3
AT_ONCE = 10
SOURCE = {"source": "the benchmark", "confidence": "verified"}


async def measure(pool: asyncpg.Pool, client: Client, settings: Settings) -> Row:
    """Take rounds in turn, so that the machine's moods fall on each alike; the first of both warms up."""
    vault = Vault(key(settings.secrets_dir, "vault.key"), key(settings.secrets_dir, "subject.key"))
    programme = await _prepare(pool, vault)
    rounds = []
    async with (
        sinks.webhooks() as alive,
        _dead() as port,
        httpx.AsyncClient(trust_env=False) as http,
        build(settings, pool, client, vault, DeliveryServices(settings, http)),
    ):
        for _ in range(ROUNDS + 1):
            pair = []
            for last in (port, alive.port):  # the dead one first, so that what it leaves behind counts against it
                await _address(pool, alive.port, last)
                pair.append(await _rate(client, programme, alive))
            rounds.append(pair)
    return Row(
        name="notifications to nine partners while the tenth is dead",
        ours=statistics.median(dead for dead, _ in rounds[1:]),
        theirs=statistics.median(well for _, well in rounds[1:]),
        against="the same nine while the tenth is alive",
        unit="notifications a second",
    )


@asynccontextmanager
async def _dead() -> AsyncIterator[int]:
    """Take calls and never answer."""

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65536):
            pass
        writer.close()

    server = await asyncio.start_server(silent, LOOPBACK, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def _prepare(pool: asyncpg.Pool, vault: Vault) -> Programme:
    """Keep a programme under which each referrer is told that its family was identified."""
    agreed = {
        "purposes": ("family-support",),
        "categories": ("stage",),
        "lawful_basis": "public-task",
        "channel": "webhook",
        **SOURCE,
    }
    pack = load("wirral-2012").model_copy(
        update={
            "name": "bench-messages",
            "agreements": tuple(Agreement(partner=name, valid_from=date(2011, 4, 1), **agreed) for name in PARTNERS),
            "notices": (
                Notice(
                    event="family-identified",
                    partners=("referrer",),
                    purpose="family-support",
                    categories=("stage",),
                    **SOURCE,
                ),
            ),
        }
    )
    pack = pack.model_copy(update={"hash": content_hash(pack)})
    async with pool.acquire() as conn:
        await programmes.keep(conn, pack)
        for name in PARTNERS:
            await partners.add(conn, vault, name)
    return pack


async def _address(pool: asyncpg.Pool, alive: int, last: int) -> None:
    async with pool.acquire() as conn:
        for name in PARTNERS:
            await partners.set_addresses(
                conn, name, {"webhook_url": f"http://{LOOPBACK}:{last if name == DEAD else alive}/{name}"}
            )


async def _rate(client: Client, programme: Programme, alive: sinks.Sink) -> float:
    """Refer families, then identify all of them; return how many of the nine partners' messages arrive a second."""
    engine = JourneyClient(client)
    families = [(new_reference(), name) for _ in range(FAMILIES) for name in PARTNERS]
    await _all(families, lambda reference, name: _refer(engine, programme, reference, name))
    expected = {journey_of(reference) for reference, name in families if name != DEAD}
    began = time.perf_counter()
    identifying = asyncio.create_task(_all(families, lambda reference, _: _identify(engine, reference)))
    while not expected <= {one.key.rsplit(":", 2)[0] for one in alive.received}:  # noqa: ASYNC110 - a sink tells nobody
        await asyncio.sleep(0.005)
    taken = time.perf_counter() - began
    await identifying
    return len(expected) / taken


async def _all(families: Sequence[tuple[str, str]], do: Callable[[str, str], Awaitable[None]]) -> None:
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(reference: str, name: str) -> None:
        async with slots:
            await do(reference, name)

    await asyncio.gather(*(one(reference, name) for reference, name in families))


async def _refer(engine: JourneyClient, programme: Programme, reference: str, referrer: str) -> None:
    refer, consent, *_ = six_steps(programme, reference)
    await engine.submit(journey_of(reference), refer.model_copy(update={"referrer": referrer}))
    await engine.submit(journey_of(reference), consent)


async def _identify(engine: JourneyClient, reference: str) -> None:
    now = datetime.now(UTC)
    command = IdentifyFamily(
        command_id=f"{reference}-identify",
        at=now,
        actor="coordinator:bench",
        on=local_date(now),
        criteria=("poverty", "addiction"),
    )
    await engine.submit(journey_of(reference), command)
